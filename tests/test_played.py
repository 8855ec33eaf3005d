"""What was played: kept when a MIDI file is read, for sound and MIDI; never with other notes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mido import Message, MetaMessage, MidiFile, MidiTrack

from ragsmith.io import read, write
from ragsmith.io.sound.piano import UPRIGHT, strokes_of
from ragsmith.performance import as_played, perform
from ragsmith.piece import Piece
from ragsmith.playing_order import unfold
from ragsmith.verbs import augment, clip, join, regrid, repeat, transpose

Event = tuple[int, int, int]
"""Tick, pitch (or 200 for the pedal), velocity (or value)."""
PEDAL = 200


def file_of(path: Path, *tracks: list[Event], per_quarter: int = 480, tempo: int = 500_000) -> Path:
    """A MIDI file; a note ends where its event has velocity 0."""
    first = MidiTrack([MetaMessage("set_tempo", tempo=tempo)])
    written = MidiFile(type=1, ticks_per_beat=per_quarter, tracks=[first])
    for number, events in enumerate(tracks):
        track, now = MidiTrack(), 0
        for tick, pitch, value in sorted(events):
            kind = "note_on" if value else "note_off"
            message = Message(kind, note=pitch % 128, velocity=value, channel=number)
            if pitch == PEDAL:
                message = Message("control_change", control=64, value=value, channel=number)
            track.append(message.copy(time=tick - now))
            now = tick
        written.tracks.append(track)
    written.save(path)
    return path


def notes(*rows: tuple[int, int, int, int]) -> list[Event]:
    """(onset, pitch, duration, velocity) as events."""
    return [event for on, p, d, v in rows for event in ((on, p, v), (on + d, p, 0))]


SCALE = notes(*((480 * n + n, 60 + n, 400 - n, 50 + n) for n in range(20)))
"""A little late, a little short, ever louder."""
CHANGES = [(100, PEDAL, 127), (1000, PEDAL, 0), (1010, PEDAL, 64), (3000, PEDAL, 63)]


@pytest.mark.parametrize("per_quarter", [96, 480, 1024])
def test_times_velocities_and_pedal_are_kept_to_the_tick(tmp_path: Path, per_quarter: int) -> None:
    path = file_of(tmp_path / "a.mid", SCALE + CHANGES, per_quarter=per_quarter, tempo=612_345)
    played = read(path).played
    assert played is not None
    assert played.per_quarter == per_quarter
    assert played.notes.onsets.tolist() == [480 * n + n for n in range(20)]
    assert played.notes.durations.tolist() == [400 - n for n in range(20)]
    assert played.notes.velocities.tolist() == [50 + n for n in range(20)]
    assert played.pedal.tolist() == [[tick, value] for tick, _, value in CHANGES]
    assert played.tempos.tolist() == [[0, 612_345]]


@pytest.mark.parametrize("places", [(0,), (1,), (0, 1)])
def test_the_pedal_may_stand_on_any_track_with_notes(
    tmp_path: Path, places: tuple[int, ...]
) -> None:
    tracks = [SCALE[:20], SCALE[20:]]
    mixed = [track + CHANGES * (n in places) for n, track in enumerate(tracks)]
    played = read(file_of(tmp_path / "a.mid", *mixed)).played
    assert played is not None
    assert played.pedal.tolist() == [[tick, value] for tick, _, value in CHANGES]


def test_a_child_process_hands_it_over(tmp_path: Path) -> None:
    path = file_of(tmp_path / "a.mid", SCALE + CHANGES)
    one, other = read(path).played, read(path, isolated=True).played
    assert one is not None
    assert other is not None
    for ours, theirs in zip(
        (*one.notes, one.pedal, one.tempos), (*other.notes, other.pedal, other.tempos), strict=True
    ):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("grid", [4, 8, 12])
def test_who_asks_for_a_grid_gets_the_grid_alone(tmp_path: Path, grid: int) -> None:
    assert read(file_of(tmp_path / "a.mid", SCALE), grid).played is None


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 20_000), st.integers(30, 90), st.integers(1, 900), st.integers(1, 127)
        ),
        min_size=1,
        max_size=40,
    ),
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 127)), max_size=20),
    st.sampled_from([24, 96, 480, 960]),
)
def test_midi_is_written_as_it_was_played(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int, int, int, int]],
    changes: list[tuple[int, int]],
    per_quarter: int,
) -> None:
    folder = tmp_path_factory.mktemp("played")
    apart = {(p, n // 1000): (n // 1000 * 1000 + n % 90, p, min(d, 900), v) for n, p, d, v in rows}
    pedal = [(tick, PEDAL, value) for tick, value in dict(changes).items()]
    piece = read(file_of(folder / "a.mid", notes(*apart.values()) + pedal, per_quarter=per_quarter))
    again = read(write(piece, folder / "b.mid"))
    assert [n[:4] for n in again.notes] == [n[:4] for n in piece.notes]
    assert (again.bars, again.tempos) == (piece.bars, piece.tempos)
    one, other = piece.played, again.played
    assert one is not None
    assert other is not None
    scale = other.per_quarter // one.per_quarter
    assert scale * one.per_quarter == other.per_quarter
    order, same = (np.lexsort(p.notes[1::-1]) for p in (one, other))
    assert (one.notes.onsets[order] * scale == other.notes.onsets[same]).all()
    assert (one.notes.durations[order] * scale == other.notes.durations[same]).all()
    assert (one.notes.velocities[order] == other.notes.velocities[same]).all()
    assert (one.pedal * (scale, 1)).tolist() == other.pedal.tolist()


def read_scale(tmp_path: Path) -> Piece:
    return read(file_of(tmp_path / "a.mid", SCALE + CHANGES))


@pytest.mark.parametrize(
    "change",
    [
        lambda p: transpose(p, 2),
        lambda p: clip(p, 0, 8),
        lambda p: clip(p, 4, p.steps),
        lambda p: regrid(p, 12),
        augment,
        lambda p: repeat(p, 2),
        lambda p: join(p, p),
        lambda p: replace(p, notes=p.notes[1:]),
        lambda p: replace(p, tempos=()),
        lambda p: replace(p, steps_per_quarter=8),
    ],
)
def test_other_notes_tempos_or_another_grid_drop_it(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    assert change(read_scale(tmp_path)).played is None


@pytest.mark.parametrize(
    "change",
    [
        unfold,
        lambda p: replace(p, title="Scale", composer="me"),
        lambda p: transpose(p, 0),
        lambda p: clip(p, 0, p.steps),
    ],
)
def test_the_same_notes_keep_it(tmp_path: Path, change) -> None:  # type: ignore[no-untyped-def]
    assert change(read_scale(tmp_path)).played is not None


@pytest.mark.parametrize("value", [64, 100, 127])
def test_a_pedal_that_is_down_is_heard(tmp_path: Path, value: int) -> None:
    held, plain = (
        strokes_of(as_played(read(file_of(tmp_path / "a.mid", SCALE + pedal))), UPRIGHT, 1000)
        for pedal in ([(0, PEDAL, value), (9000, PEDAL, 0)], [])
    )
    assert [s.onset for s in held] == [s.onset for s in plain]
    assert [s.onset for s in plain][:3] == [0, 501, 1002]
    assert all(long.held > short.held for long, short in zip(held[:12], plain, strict=False))


def test_a_file_that_no_number_of_ticks_holds_is_written_on_the_grid(tmp_path: Path) -> None:
    triplets = notes(*((32749 * n // 3, 60 + n, 5000, 80) for n in range(24)))
    piece = read(file_of(tmp_path / "a.mid", triplets, per_quarter=32749))
    assert piece.steps_per_quarter % 3 == 0
    again = read(write(piece, tmp_path / "b.mid"))
    assert [n[:4] for n in again.notes] == [n[:4] for n in piece.notes]


def test_who_asks_for_expression_gets_another_performance(tmp_path: Path) -> None:
    piece = read_scale(tmp_path)
    assert perform(piece, 0).notes == as_played(piece).notes
    assert perform(piece, 0.5).notes != as_played(piece).notes
