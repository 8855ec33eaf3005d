"""Sound as it is played: the same as in a file, but for its loudness, and there at once."""

import io

import numpy as np
import pytest
import soundfile

from ragsmith.errors import BadOption
from ragsmith.io import stream
from ragsmith.io.sound import piano
from ragsmith.io.sound.loudness import measure_loudness
from ragsmith.io.sound.stream import estimated_loudness, stream_wav
from ragsmith.performance import as_written
from ragsmith.piece import Piece
from support.fakes import a_rag


def test_it_is_the_sound_of_the_piece():
    piece = a_rag(bars=4)
    samples, rate = soundfile.read(io.BytesIO(b"".join(stream_wav(piece))))
    assert rate == 44_100
    sound = piano.render(piece)
    assert samples.shape == sound.shape
    gain = np.abs(samples).max() / np.abs(sound).max()
    assert np.abs(samples - gain * sound).max() < 2e-4


def test_the_first_block_is_there_before_the_second_is_computed(monkeypatch):
    blocks = []

    def play(*how):
        for block in piano.play(*how):
            blocks.append(block)
            yield block

    monkeypatch.setattr("ragsmith.io.sound.stream.play", play)
    sound = stream_wav(a_rag(bars=8))
    assert next(sound)[:4] == b"RIFF"
    assert not blocks
    assert len(next(sound)) == 4 * len(blocks[0])
    assert len(blocks) == 1


@pytest.mark.parametrize("bars", [4, 16])
def test_the_loudness_is_about_what_is_measured(bars):
    performance = as_written(a_rag(bars=bars))
    measured = measure_loudness(piano.play(performance), 44_100).lufs
    assert estimated_loudness(performance) == pytest.approx(measured, abs=1)


def test_a_piece_without_notes_is_silent():
    assert not any(b"".join(stream_wav(Piece((), ())))[44:])


def test_an_unknown_piano_is_refused_at_once():
    with pytest.raises(BadOption, match="does not exist"):
        stream(a_rag(bars=1), piano="organ")
