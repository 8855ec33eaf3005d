"""Notes of MIDI files that nobody lets go."""

import pytest
from mido import Message

from ragsmith.corpus.record import Manner, judge, read_record
from ragsmith.io import read_report
from support.smf import file_of, strike


def held(*pitches, wait=0, channel=0):
    """Keys that are struck together and not let go."""
    notes = [Message("note_on", note=p, velocity=80, channel=channel) for p in pitches]
    notes[0].time = wait
    return notes


def scale(length=480, channel=0):
    return [m for p in range(60, 76) for m in strike(p, length, channel=channel)]


@pytest.mark.parametrize("pitches", [(48,), (48, 52, 55), (36, 40, 43, 48)])
@pytest.mark.parametrize("channel", [0, 3, 15])
def test_a_last_chord_is_ended_with_its_track(tmp_path, pitches, channel):
    path = file_of(
        tmp_path / "x.mid", scale(), scale(channel=channel) + held(*pitches, channel=channel)
    )
    reading = read_report(path)
    chord = [n for n in reading.piece.notes if n.pitch < 60]
    assert [(n.onset, n.duration) for n in chord] == [(64, 4)] * len(pitches)
    notes = "1 note" if len(pitches) == 1 else f"{len(pitches)} notes"
    assert reading.repairs == (f"{notes} without an end, ended with the track",)


@pytest.mark.parametrize("place", [0, 5, 15])
def test_a_note_amid_others_sounds_until_its_track_ends(tmp_path, place):
    notes = scale()
    path = file_of(tmp_path / "x.mid", notes[: 2 * place] + held(40) + notes[2 * place :])
    reading = read_report(path)
    (low,) = (n for n in reading.piece.notes if n.pitch == 40)
    assert (low.onset, low.duration) == (4 * place, 64 - 4 * place)
    assert reading.repairs == ("1 note without an end, ended with the track",)


def test_a_key_struck_again_ends_there(tmp_path):
    path = file_of(tmp_path / "x.mid", held(60) + strike(62, 960) + strike(60) + scale())
    reading = read_report(path)
    assert [n[:3] for n in reading.piece.notes[:3]] == [(0, 60, 8), (0, 62, 8), (8, 60, 4)]
    assert reading.repairs == ("1 note struck again while sounding, ended there",)


@pytest.mark.parametrize("length", [120, 240, 480])
def test_where_no_note_has_an_end_each_is_ended_by_the_next(tmp_path, length):
    notes = [m for p in range(60, 76) for m in held(p, p - 24, wait=length if p > 60 else 0)]
    reading = read_report(file_of(tmp_path / "x.mid", notes))
    assert len(reading.piece.notes) == 32
    steps = length // 120
    assert {n.duration for n in reading.piece.notes[:-2]} == {steps}
    assert reading.repairs == (
        "30 notes without an end, ended at the next one",
        "2 notes without an end, ended with the track",
    )


def test_the_doctor_says_so(tmp_path):
    record, _ = read_record(file_of(tmp_path / "x.mid", scale() + held(48, 52)), Manner(4))
    assert judge(record, 4) == ("repair", "2 notes without an end, ended with the track")


def test_drums_that_nobody_lets_go_are_nobodys_loss(tmp_path):
    path = file_of(tmp_path / "x.mid", scale(), held(36, 38, channel=9))
    assert read_report(path).repairs == ()
