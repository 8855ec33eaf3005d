"""MIDI files that are played freely: left alone unasked, on tracked beats where asked for."""

import random

import pytest
from mido import Message, MidiFile, MidiTrack
from typer.testing import CliRunner

from ragsmith.cli.commands import app
from ragsmith.corpus import scan
from ragsmith.errors import BadOption
from ragsmith.io import read, read_report
from ragsmith.io.readers.midi_beats import TOO_LONG

PATTERN = ((0, 36), (0, 72), (2, 60), (2, 64), (3, 76), (4, 43), (6, 60), (6, 64))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))


def midi(path, times):
    """A file of (seconds, pitch) at 480 ticks a quarter note and 120 quarters a minute."""
    events = []
    for seconds, pitch in times:
        tick = round(seconds * 960)
        events += [(tick, 1, pitch), (tick + 100, 0, pitch)]
    track, now = MidiTrack(), 0
    for tick, on, pitch in sorted(events):
        kind = "note_on" if on else "note_off"
        track.append(Message(kind, note=pitch, velocity=80 * on, time=tick - now))
        now = tick
    MidiFile(tracks=[track], ticks_per_beat=480).save(path)
    return path


def rag(path, begin=0.1):
    """24 bars of ragtime at some 95 beats a minute, unsteadily."""
    draw, times, now, beat = random.Random(3), [], begin, 0.63
    for bar in range(24):
        for step, pitch in PATTERN:
            stray = draw.gauss(0, 0.01)
            times.append((max(now + step / 4 * beat + stray, 0), pitch + bar % 3))
        now += 2 * beat
        beat = min(max(beat * draw.uniform(0.97, 1.03), 0.55), 0.72)
    return midi(path, times)


def at_random(path, seconds=80):
    draw = random.Random(5)
    notes = ((draw.uniform(0, seconds), draw.randrange(36, 84)) for _ in range(400))
    return midi(path, sorted(notes))


def test_unasked_a_free_performance_is_doubted(tmp_path):
    reading = read_report(rag(tmp_path / "a.mid"))
    assert reading.doubts
    assert reading.doubts[0].startswith("played freely")
    assert "--beats auto" in reading.doubts[0]
    assert "tracked" not in " ".join(reading.repairs)


@pytest.mark.parametrize("begin", [0.1, 4.0])
def test_asked_for_it_is_put_on_its_beats(tmp_path, begin):
    reading = read_report(rag(tmp_path / "a.mid", begin), beats="auto")
    assert not reading.doubts
    assert "beats tracked: " in reading.repairs[0]
    assert "2/4 assumed" in reading.repairs[0]
    piece = reading.piece
    assert (piece.bars[0].metre.beats, piece.bars[0].metre.unit) == (2, 4)
    assert piece.steps_per_quarter == 4
    bars = [
        [
            (note.onset - bar.start, note.pitch)
            for note in piece.notes
            if note.onset in range(bar.start, bar.start + bar.length)
        ]
        for bar in piece.bars
    ]
    right = sum(
        sorted(notes) == sorted((step, pitch + number % 3) for step, pitch in PATTERN)
        for number, notes in enumerate(bars)
    )
    assert right >= 22
    assert read(tmp_path / "a.mid", beats="auto", isolated=True) == piece


def test_what_keeps_to_no_beats_is_not_learnt_from(tmp_path):
    (tmp_path / "music").mkdir()
    at_random(tmp_path / "music" / "x.mid")
    (entry,) = scan(tmp_path / "music", beats="auto").entries
    assert entry.verdict == "reject"
    assert "keep to the tracked beats by" in entry.reason


@pytest.mark.parametrize("seconds", [310, 400, 2000])
def test_what_is_too_long_to_be_tracked_is_told(tmp_path, seconds):
    path = at_random(tmp_path / "a.mid", seconds)
    reading = read_report(path, beats="auto")
    assert reading.doubts == (TOO_LONG,)
    (entry,) = scan(tmp_path, beats="auto").entries
    assert (entry.verdict, entry.reason) == ("reject", TOO_LONG)


def test_a_file_with_beats_of_its_own_is_read_as_ever(tmp_path):
    path = midi(tmp_path / "even.mid", [(0.125 * n, 60 + n % 5) for n in range(100)])
    assert read_report(path, beats="auto") == read_report(path)


def test_doctor_tells_what_was_done_and_the_folder_can_be_learnt_from(tmp_path):
    (tmp_path / "music").mkdir()
    rag(tmp_path / "music" / "a.mid")
    (unasked,) = scan(tmp_path / "music").entries
    assert unasked.verdict == "reject"
    answer = CliRunner().invoke(
        app, ["doctor", str(tmp_path / "music"), "--beats", "auto", "--json"]
    )
    assert answer.exit_code == 0
    assert "beats tracked: " in answer.output
    (entry,) = scan(tmp_path / "music", beats="auto").entries
    assert entry.usable


def test_another_way_of_finding_beats_is_refused(tmp_path):
    with pytest.raises(BadOption, match="write auto"):
        read(rag(tmp_path / "a.mid"), beats="by ear")
