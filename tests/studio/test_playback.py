from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from ragsmith.bundle.profile import Profile
from ragsmith.composer.outline import outline_of
from ragsmith.composer.wish import Wish
from ragsmith.errors import BadOption
from ragsmith.io.score.bar_numbers import printed_bars
from ragsmith.io.score.musicxml import musicxml
from ragsmith.io.score.repeat_signs import fold, sections_as_signed
from ragsmith.performance import perform
from ragsmith.piece import Bar, Key, Metre, Note, Piece, Tempo
from ragsmith.playing_order import unfold
from ragsmith.studio.playback import playing
from support.fakes import a_rag


def with_notes(outline):
    """A note at every second step, none alike within a section."""
    notes = [Note(step, 40 + step % 40, 1) for step in range(0, outline.steps, 2)]
    return replace(outline, notes=tuple(notes))


strains = st.sampled_from(
    ["A", "AA", "B", "BB", "CC", "DD", "AAA", "C(2)", "Intro ", " DC", " Coda"]
)


@pytest.mark.slow
@given(st.lists(strains, min_size=1, max_size=7))
def test_the_signs_are_played_as_the_order_says(parts):
    try:
        outline = outline_of(Wish(form="".join(parts).strip()), Profile(strain=4), 4)
    except BadOption:  # a form may say no such thing
        reject()
    piece = with_notes(outline)
    folded = fold(piece)
    spans = sections_as_signed(folded)
    by_step = {n.onset: n.pitch for n in folded.piece.notes}
    read = [by_step.get(step) for span in spans for step in range(span.start, span.end)]
    played = unfold(piece)
    heard = {n.onset: n.pitch for n in played.notes}
    assert read == [heard.get(step) for step in range(played.steps)]
    told = playing(piece, {})
    assert all(note["head"] for note in told["notes"])
    measures = ElementTree.fromstring(musicxml(piece)).iter("measure")
    shown = [int(n) for m in measures if (n := m.get("number")).isdecimal()]
    assert shown == list(range(1, len(printed_bars(piece)) + 1))
    assert {bar["number"] for bar in told["bars"]} == set(shown)
    for bar in told["bars"]:
        assert bar["place"] == printed_bars(piece)[bar["number"] - 1].start
    for note, struck in zip(told["notes"], played.notes, strict=True):
        head = folded.piece.notes[int(note["head"][1:])]
        assert head.pitch == struck.pitch == note["pitch"]


def test_times_are_those_of_the_performance():
    piece = a_rag(bars=4)
    piece = Piece(piece.notes, piece.bars, 4, (), (Tempo(0, 600_000), Tempo(16, 300_000)))
    told = playing(piece, {"longest_texture": None, "longest_melody": None})
    performance = perform(piece)
    assert told["seconds"] == performance.seconds == pytest.approx(4 * 0.6 + 4 * 0.3, rel=0.1)
    assert [bar["start"] for bar in told["bars"]] == pytest.approx([0, 1.2, 2.4, 3.0], rel=0.1)
    assert [bar["number"] for bar in told["bars"]] == [1, 2, 3, 4]
    assert all(a["end"] == b["start"] for a, b in pairwise(told["bars"]))
    assert {bar["time"] for bar in told["bars"]} == {1}
    for note, struck in zip(told["notes"], performance.notes, strict=True):
        bar = told["bars"][note["bar"] - 1]
        assert bar["start"] - 0.03 <= note["start"] < bar["end"]
        assert note["hand"] in ("left", "right")
        assert note["velocity"] == struck.velocity


def test_a_pickup_is_bar_0_and_marks_say_where_it_stands_elsewhere():
    bars = (Bar(0, 2, Metre(2, 4), 6), Bar(2, 8, Metre(2, 4)))
    piece = Piece((Note(0, 60, 2), Note(2, 62, 8)), bars, 4)
    run = {"beats": 1.5, "file": "x.krn", "at_beat": 0.5, "in_file_at_beat": 8.0}
    told = playing(piece, {"longest_melody": run, "longest_texture": None})
    assert [bar["number"] for bar in told["bars"]] == [0, 1]
    (mark,) = told["marks"]
    assert (mark["start"], mark["end"]) == pytest.approx((0.25, 1.0), rel=0.2)
    assert mark["lane"] == "melody"
    assert "x.krn at beat 8" in mark["label"]


@pytest.mark.parametrize(("metre", "ticks"), [((2, 4), 2), ((3, 4), 3), ((6, 8), 2)])
def test_a_metronome_ticks_on_the_beats_of_every_bar(metre, ticks):
    piece = Piece.from_array([[step, 60, 2] for step in range(0, 40, 2)], metre=metre)
    for bar in playing(piece, {})["bars"]:
        assert bar["beats"][0] == bar["start"]
        assert len(bar["beats"]) == ticks
        assert all(bar["start"] <= beat < bar["end"] for beat in bar["beats"])


def test_a_bar_says_the_key_signature_that_its_notes_are_named_in():
    keys = (Key(0, -2), Key(16, 1))
    piece = replace(Piece.from_array([[0, 60, 4], [16, 62, 4]], metre="2/4"), keys=keys)
    assert [bar["fifths"] for bar in playing(piece, {})["bars"]] == [-2, -2, 1]
