"""Files that are read, but not learnt from unasked: bands, and free performances."""

import random

import pytest
from mido import Message, MetaMessage

from ragsmith.corpus import scan
from ragsmith.io import read_report
from support.smf import file_of, strike

NAMES = ("Violins", "Flute", "Trumpet", "Tuba", "Guitar")
PROGRAMS = (48, 73, 56, 58, 24)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "music").mkdir()
    return tmp_path / "music"


def tune(seed, channel=0, length=120):
    draw = random.Random(seed)
    return [m for _ in range(40) for m in strike(50 + draw.randrange(24), length, channel=channel)]


def track(name, program, channel):
    """A track with a name and a program, as far as they are given."""
    names = [MetaMessage("track_name", name=name)] if name else []
    programs = [Message("program_change", program=program, channel=channel)] if program else []
    return [*names, *programs, *tune(channel, channel)]


def band(size, named, drums):
    tracks = [track(NAMES[i] if named else "", PROGRAMS[i], i) for i in range(size)]
    return tracks + [tune(9, channel=9)] * drums


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("drums", [True, False])
def test_a_band_without_a_piano_is_rejected_until_a_part_is_named(folder, size, named, drums):
    file_of(folder / "band.mid", *band(size, named, drums))
    (entry,) = scan(folder).entries
    assert entry.verdict == "reject"
    assert entry.reason.startswith(f"{size} instruments, no piano: ")
    assert "--parts all" in entry.reason
    (whole,) = scan(folder, part="all").entries
    assert whole.usable
    (one,) = scan(folder, part="1").entries
    assert one.usable
    assert one.notes == 40
    if named:
        (flute,) = scan(folder, part="flute").entries
        assert flute.usable


@pytest.mark.parametrize("piano", [("Piano", 0), ("", 0), ("Pianoforte", None)])
def test_the_piano_of_a_band_is_taken_and_the_rest_named(folder, piano):
    file_of(folder / "trio.mid", *band(2, True, True), track(*piano, 3))
    (entry,) = scan(folder).entries
    assert (entry.verdict, entry.notes) == ("repair", 40)
    assert "Violins, Flute, drums left out" in entry.reason


@pytest.mark.parametrize("names", [("", ""), ("Right hand", "Left hand"), ("Soprano", "Alto")])
@pytest.mark.parametrize("program", [0, 6])
def test_tracks_of_one_piano_are_one_piano(folder, names, program):
    file_of(folder / "a.mid", *(track(name, program, i) for i, name in enumerate(names)))
    (entry,) = scan(folder).entries
    assert (entry.verdict, entry.reason) == ("accept", "")
    assert entry.notes > 60


def test_one_instrument_alone_is_no_band(folder):
    file_of(folder / "harp.mid", track("Harp", 46, 0), track("Harp", 46, 1))
    assert scan(folder).entries[0].usable


def rubato(seed, spread=0.25):
    """Quarters and eighths, each as long as the moment makes it."""
    draw = random.Random(seed)
    lengths = [int(480 * draw.choice((0.5, 1)) * (1 + draw.gauss(0, spread))) for _ in range(240)]
    return [m for d in lengths for m in strike(50 + draw.randrange(24), max(30, d))]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_played_freely_is_told_so_and_not_learnt_from(folder, seed):
    reading = read_report(file_of(folder / "rubato.mid", rubato(seed)))
    assert reading.doubts[0].startswith("played freely: no grid holds it")
    (entry,) = scan(folder).entries
    assert entry.verdict == "reject"
    assert entry.reason.startswith("played freely: no grid holds it, and its bars mean nothing")
    assert "give a score of it" in entry.reason


@pytest.mark.parametrize("spread", [4, 8, 12])
def test_what_is_played_a_little_unevenly_is_not_free(folder, spread):
    draw = random.Random(spread)
    notes, now, last = [], 0, 0
    for step in range(300):
        now = max(last, 120 * step + round(draw.gauss(0, spread)))
        notes += [Message("note_on", note=50 + draw.randrange(24), velocity=80, time=now - last)]
        notes += [Message("note_off", note=notes[-1].note, time=30)]
        last = now + 30
    reading = read_report(file_of(folder / "uneven.mid", notes))
    assert reading.doubts == ()
    assert reading.piece.steps_per_quarter == 4
    assert [n.onset for n in reading.piece.notes] == list(range(300))
    assert scan(folder).entries[0].verdict == "repair"
