"""What becomes of a performance: MIDI that opens with the right bars, and sound."""

import music21
import numpy as np
import pytest
from mido import MidiFile

import ragsmith
from ragsmith.io.sound.piano import UPRIGHT, render
from ragsmith.performance import PedalChange, Performance, PlayedNote, perform
from ragsmith.piece import Piece
from ragsmith.playing_order import unfold


@pytest.fixture(scope="module")
def rag():
    return ragsmith.datasets.rags()[0]


@pytest.fixture
def written(rag, tmp_path):
    return ragsmith.write(rag, tmp_path / "rag.mid", expression=0.6)


def test_midi_without_expression_is_as_it_was(rag, tmp_path):
    paths = [
        ragsmith.write(rag, tmp_path / "a.mid"),
        ragsmith.write(rag, tmp_path / "b.mid", expression=0),
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert b"\xb0\x40" not in paths[0].read_bytes()


def test_midi_carries_the_pedal_and_the_tempo(rag, written):
    performance = perform(rag, 0.6)
    messages = [message for track in MidiFile(written).tracks for message in track]
    pedal = [m for m in messages if m.type == "control_change" and m.control == 64]
    assert len(pedal) == 2 * len(performance.pedal)  # each hand has a channel
    tempos = [m.tempo for m in messages if m.type == "set_tempo"]
    assert tempos == [change.microseconds for change in performance.tempos]
    assert MidiFile(written).length == pytest.approx(performance.seconds, abs=0.5)


def test_midi_is_read_with_the_bars_and_the_notes_as_written(rag, written):
    played, again = unfold(rag), ragsmith.read(written)
    assert again.steps_per_quarter == rag.steps_per_quarter
    assert again.bars == played.bars
    assert [(n.onset, n.pitch, n.hand) for n in again.notes] == [
        (n.onset, n.pitch, n.hand) for n in played.notes
    ]


@pytest.mark.slow
def test_another_reader_bars_it_alike(rag, written):
    score = music21.converter.parse(written, quantizePost=False)
    starts = [float(measure.offset) for measure in score.parts[0].getElementsByClass("Measure")]
    played = unfold(rag)
    ours = [bar.start / played.steps_per_quarter for bar in played.bars]
    assert starts[: len(ours)] == ours


def test_the_pedal_is_heard():
    piece = Piece.from_array([[0, 60, 1]], metre="2/4")
    notes = (PlayedNote(0, 60, 120, 80),)
    dry = Performance(piece, notes)
    held = Performance(piece, notes, pedal=(PedalChange(60, 127), PedalChange(900, 0)))
    second = slice(24_000, 40_000)
    power = [np.square(render(one, UPRIGHT, 44_100)[second]).mean() for one in (dry, held)]
    assert power[1] > 100 * power[0]


def test_sound_is_performed_and_midi_is_not_unless_wished(rag, tmp_path, monkeypatch):
    performances = []
    monkeypatch.setattr(
        "ragsmith.io.sound.encode.play", lambda music, *how: performances.append(music) or iter([])
    )
    with pytest.raises(ValueError, match="concatenate"):
        ragsmith.write(rag, tmp_path / "rag.mp3")
    assert performances == [perform(rag)]
