"""MIDI files in and out.

What MIDI cannot say is agreed here, for writing and reading alike:

- a pickup is a first bar in a metre of its own length, followed by the real metre; where no metre
  has that length, the first bar is cut short by the real metre said again;
- sections are markers at their beginnings; a marker `end` ends a section, or the piece; sections
  that are literally repeated are read as written once, with the order in which they are played;
- hands are two piano tracks: by their names when these say right and left, else by mean pitch;
- markings are a text of ours at the beginning, which other programs pass over;
- a piece that was read from MIDI on its natural grid has what was played beside it: that is
  written, to the tick, with the sustain pedal on both tracks.

Read back, a written piece is the same but for its composer, the playing order where no section is
repeated, notes without a hand, and cut bars after the first, whose own length has become their
metre. A full first bar followed by one bar of a longer metre reads as a pickup.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.beats import AUTO, checked
from ragsmith.errors import BadFile, counted
from ragsmith.io.midi_out import END, FINEST_UNIT, MOST_BEATS, write_midi
from ragsmith.io.printable import printable
from ragsmith.io.readers.midi_beats import Tracked, on_tracked_beats, played_freely
from ragsmith.io.readers.midi_file import LONGEST_NOTE, midi_file
from ragsmith.io.readers.midi_markings import markings_in
from ragsmith.io.readers.midi_tracks import columns_of, tracks_taken
from ragsmith.io.readers.parts import names_a_part
from ragsmith.io.readers.reading import FREELY, Reading
from ragsmith.notes import Columns, as_notes, normal
from ragsmith.piece import Bar, Key, Metre, Piece, Section, Tempo, regular_bars
from ragsmith.played import SUSTAIN, Played
from ragsmith.playing_order import refold
from ragsmith.quantise import (
    clustering,
    fitting_grid,
    moved,
    natural_grid,
    to_durations,
    to_steps,
)

__all__ = ["read_midi", "write_midi"]

MOST_MARKERS = 1_000
MOST_QUARTERS = 20_000
"""Longest piece, in quarter notes: some three hours."""


def read_midi(
    path: Path,
    steps_per_quarter: int | None = None,
    part: str | None = None,
    beats: str | None = None,
) -> Reading:
    """Read a MIDI file onto a grid, by default its `natural_grid`: the pianist's tracks.

    Where no grid is asked for, what was played is kept beside the piece.

    Args:
        path: the file.
        steps_per_quarter: the grid.
        part: the name of another track, or "all" for all but drums; see `parts.take`.
        beats: "auto" tracks the beats of a file that was played freely.

    Raises:
        BadFile: the file cannot be read as music; says why.
        BadOption: there is no such part.
    """
    score, per_quarter, title, mended, data = midi_file(path)
    repairs = list(mended)
    tracked = Tracked(score, None)
    if checked(beats) == AUTO:
        tracked = on_tracked_beats(score, per_quarter, path.name, part)
        score = tracked.score
    tracks, taken = tracks_taken(score, path.name, part)
    columns = columns_of(tracks, path.name)
    onsets = columns.onsets
    _refuse_too_long(onsets, per_quarter, path.name)
    columns = _without_endless(columns, per_quarter, repairs)
    metres = _metres(score, per_quarter, repairs)
    played = None
    if steps_per_quarter is None:
        steps_per_quarter = natural_grid(onsets, per_quarter, metres.values())
        played = _played(score, columns, per_quarter) if tracked.beats is None else None
    grid, title = _Grid(per_quarter, steps_per_quarter), _title(title, score)
    own_text = data if tracked.beats is None else b""
    piece = _piece(
        score, grid, columns, metres, repairs, title=title, played=played, own_text=own_text
    )
    shifts = moved(onsets, per_quarter, steps_per_quarter)
    close = clustering(onsets, per_quarter, steps_per_quarter) if shifts.share else 1.0
    repairs += filter(None, [tracked.words(onsets, per_quarter, steps_per_quarter)])
    fitting = fitting_grid(onsets, per_quarter)
    free = FREELY if played_freely(onsets, per_quarter, fitting) else ""
    doubts = tuple(filter(None, [tracked.doubt(close) or free]))
    return Reading(refold(piece), shifts, tuple(repairs), fitting, taken, doubts, close)


def _piece(
    score: Any,
    grid: _Grid,
    columns: Columns,
    metres: dict[int, Metre],
    repairs: list[str],
    *,
    title: str,
    played: Played | None,
    own_text: bytes,
) -> Piece:
    """What a file says, on a grid; the markings are those in the bytes of our own text."""
    steps_long = to_durations(columns.durations, grid.ticks_per_quarter, grid.steps_per_quarter)
    notes = normal(columns._replace(onsets=grid.steps(columns.onsets), durations=steps_long))
    marks = _markers(score, grid)
    end = int((notes.onsets + notes.durations).max())
    end = max([end, *(step for step, name in marks.items() if name == END)])
    bars = _bars(grid.changes(metres), end, grid.steps_per_quarter)
    steps = bars[-1].start + bars[-1].length
    return Piece(
        as_notes(notes),
        bars,
        grid.steps_per_quarter,
        keys=_keys(score, grid, steps, repairs),
        tempos=_tempos(score, grid, steps, repairs),
        sections=_sections(marks, steps),
        title=title,
        played=played,
        markings=markings_in(own_text, grid.steps_per_quarter, steps),
    )


def _title(title: str, score: Any) -> str:
    """The title of a file; "" where it is the name of a part."""
    is_part = names_a_part(title)
    return "" if is_part and any(len(t.notes) and t.name == title for t in score.tracks) else title


def _without_endless(columns: Columns, per_quarter: int, repairs: list[str]) -> Columns:
    """Notes in ticks, those that are longer than any in music cut."""
    longest = LONGEST_NOTE * per_quarter
    cut = int(np.count_nonzero(columns.durations > longest))
    if not cut:
        return columns
    count = counted(cut, "note")
    repairs.append(f"{count} longer than {LONGEST_NOTE} quarters cut to that length")
    return columns._replace(durations=np.minimum(columns.durations, longest))


def _played(score: Any, columns: Columns, per_quarter: int) -> Played:
    """What was played, to the tick."""
    notes = normal(columns._replace(durations=np.maximum(columns.durations, 1)))
    return Played(notes, per_quarter, _pedal(score), _exact_tempos(score))


def _refuse_too_long(onsets: NDArray[Any], per_quarter: int, name: str) -> None:
    """Raise BadFile when the music reaches too far; below 0 is past symusic's 32 bits."""
    last = int(onsets.max())
    if last > MOST_QUARTERS * per_quarter or int(onsets.min()) < 0:
        length = f"reaches more than {MOST_QUARTERS:,} quarter notes far"
        raise BadFile(name, length, "give a file with one piece of music")


class _Grid(NamedTuple):
    """From ticks to steps."""

    ticks_per_quarter: int
    steps_per_quarter: int

    def steps(self, ticks: NDArray[Any]) -> NDArray[np.int64]:
        return to_steps(ticks, self.ticks_per_quarter, self.steps_per_quarter)

    def step(self, tick: int) -> int:
        """`steps` of one time."""
        doubled = 2 * self.steps_per_quarter * tick
        return (doubled + self.ticks_per_quarter) // (2 * self.ticks_per_quarter)

    def changes(self, metres: dict[int, Metre]) -> dict[int, Metre]:
        """Step to metre, the last one said at each step."""
        return {self.step(tick): metre for tick, metre in sorted(metres.items())}


def _inside(events: Iterable[Any], ticks_per_quarter: int) -> list[Any]:
    """The events of one kind, those at impossible times left out."""
    last = MOST_QUARTERS * ticks_per_quarter
    return [event for event in events if 0 <= event.time <= last]


def _metres(score: Any, per_quarter: int, repairs: list[str]) -> dict[int, Metre]:
    """Tick to metre, the last one said at each."""
    metres, wrong = {}, 0
    for event in _inside(score.time_signatures, per_quarter):
        beats, unit = event.numerator, event.denominator
        sensible = 1 <= beats <= MOST_BEATS and 1 <= unit <= FINEST_UNIT
        if sensible and not unit & (unit - 1):
            metres[event.time] = Metre(beats, unit)
        else:
            wrong += 1
    if wrong:
        repairs.append(f"{counted(wrong, 'impossible time signature')} left out")
    return metres


def _bars(metres: dict[int, Metre], steps: int, steps_per_quarter: int) -> tuple[Bar, ...]:
    """Bars that cover the steps; a short first bar before the real metre is a pickup."""
    changes = sorted(metres.items())
    if len(changes) > 1 and 0 in metres:
        (_, first), (end, metre) = changes[:2]
        whole = end == first.steps(steps_per_quarter) or first == metre
        if whole and end <= first.steps(steps_per_quarter) and end < metre.steps(steps_per_quarter):
            changes[:2] = [(0, metre)]
            return regular_bars(steps, changes, steps_per_quarter, pickup=end)
    return regular_bars(steps, changes, steps_per_quarter)


def _keys(score: Any, grid: _Grid, steps: int, repairs: list[str]) -> tuple[Key, ...]:
    """Key signatures in order, the last one said at each step."""
    keys, wrong = {}, 0
    for event in _inside(score.key_signatures, grid.ticks_per_quarter):
        if -7 <= event.key <= 7 and event.tonality in (0, 1):
            step = grid.step(event.time)
            keys[step] = Key(step, event.key, bool(event.tonality))
        else:
            wrong += 1
    if wrong:
        repairs.append(f"{counted(wrong, 'impossible key signature')} left out")
    return tuple(keys[step] for step in sorted(keys) if step < steps)


def _tempos(score: Any, grid: _Grid, steps: int, repairs: list[str]) -> tuple[Tempo, ...]:
    """Tempo marks in order, the last one said at each step."""
    tempos, wrong = {}, 0
    for event in _inside(score.tempos, grid.ticks_per_quarter):
        if event.mspq > 0:
            step = grid.step(event.time)
            tempos[step] = Tempo(step, event.mspq)
        else:
            wrong += 1
    if wrong:
        repairs.append(f"{counted(wrong, 'impossible tempo')} left out")
    return tuple(tempos[step] for step in sorted(tempos) if step < steps)


def _exact_tempos(score: Any) -> NDArray[np.int64]:
    """Ticks and microseconds a quarter note, in order; shape (changes, 2)."""
    rows = [(event.time, event.mspq) for event in score.tempos if event.mspq > 0]
    return np.array(sorted(rows), np.int64).reshape(-1, 2)


def _pedal(score: Any) -> NDArray[np.int64]:
    """Ticks and values of the sustain pedal, in order, shape (changes, 2): those of the track that
    has most, for a piano has one such pedal."""
    tables = [np.empty((0, 2), np.int64)]
    for track in score.tracks:
        if len(track.controls) and not track.is_drum:
            controls = track.controls.numpy()
            ours = controls["number"] == SUSTAIN
            rows = [controls[name][ours].astype(np.int64) for name in ("time", "value")]
            tables.append(np.stack(rows, axis=1))
    most = max(tables, key=len)
    return most[np.argsort(most[:, 0], kind="stable")]


def _markers(score: Any, grid: _Grid) -> dict[int, str]:
    """Step to marker, the last one said at each step; what has very many has no sections."""
    if len(score.markers) > MOST_MARKERS:
        return {}
    events = _inside(score.markers, grid.ticks_per_quarter)
    markers = [(grid.step(event.time), printable(event.text)) for event in events]
    return {step: name for step, name in markers if name}


def _sections(markers: dict[int, str], steps: int) -> tuple[Section, ...]:
    """From each marker to the next."""
    places = [*sorted(step for step in markers if step < steps), steps]
    return tuple(
        Section(markers[start], start, end)
        for start, end in pairwise(places)
        if markers[start] != END
    )
