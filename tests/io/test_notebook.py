"""A piece in a notebook: drawn, and heard, without a file beside it."""

import base64
import io
import re
from dataclasses import replace

import pytest
import soundfile

import ragsmith
from ragsmith.io.notebook import BARS_DRAWN, SECONDS_PLAYED, as_html, opening
from ragsmith.piece import Metre, Piece, Tempo
from ragsmith.verbs import repeat
from support.fakes import a_piece


def embedded(html, kind):
    return base64.b64decode(re.search(rf"data:{re.escape(kind)};base64,([^\"]+)", html)[1])


def test_a_piece_shows_its_roll_and_plays_its_first_minute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    piece = replace(a_piece(), title='Rag "no. 1" <b>')
    html = piece._repr_html_()
    assert html == as_html(piece)
    assert b"<svg" in embedded(html, "image/svg+xml")
    sound, rate = soundfile.read(io.BytesIO(embedded(html, "audio/mpeg")))
    assert abs(sound).max() > 0.05
    assert len(sound) / rate < SECONDS_PLAYED + 10
    assert "<b>" not in re.sub('base64,[^"]+', "", html)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_long_piece_makes_no_long_page():
    long = repeat(a_piece(), 200)
    played = opening(long, 5)
    seconds = played.beats * (played.tempos[0].microseconds if played.tempos else 500_000) / 1e6
    assert 0 < seconds <= 5
    slow = replace(a_piece(), tempos=(Tempo(0, 60_000_000),))
    assert len(opening(slow, 5).bars) == 1
    assert len(long.bars) > BARS_DRAWN


def test_a_piece_without_notes_is_drawn_only():
    html = Piece((), ())._repr_html_()
    assert "<img" in html
    assert "<audio" not in html


def test_reprs_fit_on_a_line():
    model = ragsmith.load_model("ragtime")
    checked = ragsmith.check(ragsmith.datasets.rags()[0], model)
    values = [model, model.profile, checked, ragsmith.Plan(minutes=1), ragsmith.Wish(bars=8)]
    assert all(len(repr(value)) < 150 for value in values), [repr(value) for value in values]
    assert repr(values[3]) == "Plan(minutes=1)"
    assert ragsmith.Wish(metre="2/4").metre == Metre(2, 4)
