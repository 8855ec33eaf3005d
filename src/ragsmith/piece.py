"""What a piece of music is: notes on a grid of integer steps, its bars, keys, tempos and sections.

Time is counted in steps; `steps_per_quarter` says how many make a quarter note. Nothing here is
approximate: what a file says in other units is brought to the grid by `ragsmith.quantise`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "GRIDS",
    "LOWEST_PITCH",
    "PIANO_KEYS",
    "Bar",
    "Hand",
    "Key",
    "Metre",
    "Note",
    "Piece",
    "Roll",
    "Section",
    "Tempo",
    "from_roll",
    "normalise",
    "pitches_by_onset",
    "place_in_bar",
    "regular_bars",
    "to_roll",
]

GRIDS = (2, 3, 4, 6, 8, 12, 24)
"""Steps per quarter that the package works on; 4 is the classic sixteenth grid."""
LOWEST_PITCH = 21
"""MIDI number of A0, the piano's lowest key."""
PIANO_KEYS = 88
DEFAULT_VELOCITY = 80


class Hand(IntEnum):
    """Which hand plays a note."""

    UNKNOWN = 0
    LEFT = 1
    RIGHT = 2


class Note(NamedTuple):
    """A note: onset and duration in steps, pitch as a MIDI number (0-127), velocity 1-127."""

    onset: int
    pitch: int
    duration: int
    velocity: int = DEFAULT_VELOCITY
    hand: Hand = Hand.UNKNOWN


class Metre(NamedTuple):
    """A time signature: `beats` over `unit` (2/4 is Metre(2, 4))."""

    beats: int
    unit: int

    def steps(self, steps_per_quarter: int) -> int:
        """Steps in a full bar, at least one; a bar that the grid cannot hold exactly is rounded."""
        return max(1, round(self.beats * 4 * steps_per_quarter / self.unit))


class Bar(NamedTuple):
    """A bar: its first step, its length in steps, its metre, and where in the metre it begins.

    `offset` is 0 but for a pickup, which fills the end of its metre.
    """

    start: int
    length: int
    metre: Metre
    offset: int = 0

    @property
    def is_full(self) -> bool:
        """Whether it begins its metre and so has a number of its own; a pickup does not."""
        return not self.offset


class Key(NamedTuple):
    """A key signature from `step` on: sharps (positive) or flats (negative), -7 to 7."""

    step: int
    fifths: int
    minor: bool = False


class Tempo(NamedTuple):
    """A tempo from `step` on, in microseconds per quarter note, as MIDI counts it."""

    step: int
    microseconds: int


class Section(NamedTuple):
    """A named strain or ending: steps `start` up to, not including, `end`."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece for piano.

    Attributes:
        notes: sorted; a key is struck once at a time and let go before it is struck again
            (see `normalise`); all lie inside the bars.
        bars: cover the piece from step 0 to its end without a gap.
        steps_per_quarter: the grid, one of `GRIDS`.
        keys: key signatures in order; may be empty when the file does not say.
        tempos: tempo marks in order; may be empty.
        sections: strains and endings where the source names them, in written order.
        order: section names in playing order; empty means as written.
        recipe: how a composed piece was made, as JSON text; "" for any other.
    """

    notes: tuple[Note, ...]
    bars: tuple[Bar, ...]
    steps_per_quarter: int = 4
    keys: tuple[Key, ...] = ()
    tempos: tuple[Tempo, ...] = ()
    sections: tuple[Section, ...] = ()
    order: tuple[str, ...] = ()
    title: str = ""
    composer: str = ""
    recipe: str = ""

    @property
    def steps(self) -> int:
        """Length in steps."""
        return self.bars[-1].start + self.bars[-1].length if self.bars else 0

    @property
    def beats(self) -> float:
        """Length in quarter notes."""
        return self.steps / self.steps_per_quarter

    @property
    def pickup(self) -> int:
        """Steps of the pickup before the first full bar; 0 when there is none."""
        return self.bars[0].length if self.bars and self.bars[0].offset else 0

    @property
    def full_bars(self) -> tuple[Bar, ...]:
        """The bars that have a number: all but a pickup."""
        return tuple(bar for bar in self.bars if bar.is_full)

    def save(self, path: str | Path) -> Path:
        """Write the piece in the format that the path's suffix names; returns the path."""
        from ragsmith.io import write

        return write(self, path)


def pitches_by_onset(notes: Iterable[Note]) -> dict[int, list[int]]:
    """The pitches that begin at each step where something begins, in order of time and of height.

    >>> pitches_by_onset([Note(4, 67, 1), Note(4, 64, 1), Note(0, 60, 2)])
    {0: [60], 4: [64, 67]}
    """
    pitches: dict[int, list[int]] = {}
    for note in sorted(notes):
        pitches.setdefault(note.onset, []).append(note.pitch)
    return pitches


def normalise(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Notes as a piano can play them, sorted.

    A key struck twice at one step is one note (the longest and loudest of them); a note that still
    sounds when its key is struck again ends there. Durations are at least one step.
    """
    merged: dict[tuple[int, int], Note] = {}
    for note in notes:
        place = (note.onset, note.pitch)
        other = merged.get(place)
        if other is None:
            merged[place] = note if note.duration > 0 else note._replace(duration=1)
            continue
        longest = max(note, other, key=lambda n: n.duration)
        loudest = max(note.velocity, other.velocity)
        merged[place] = longest._replace(velocity=loudest)
    struck_next: dict[int, int] = {}
    kept = []
    for note in sorted(merged.values(), reverse=True):
        limit = struck_next.get(note.pitch)
        if limit is not None and note.onset + note.duration > limit:
            note = note._replace(duration=limit - note.onset)
        struck_next[note.pitch] = note.onset
        kept.append(note)
    return tuple(reversed(kept))


def regular_bars(
    steps: int,
    metres: Sequence[tuple[int, Metre]],
    steps_per_quarter: int = 4,
    pickup: int = 0,
) -> tuple[Bar, ...]:
    """Bars that cover at least `steps` steps.

    Args:
        steps: how far the music reaches; the last bar is completed.
        metres: (step, metre) changes in order; a change in the middle of a bar cuts that bar.
        steps_per_quarter: the grid.
        pickup: steps before the first full bar.
    """
    changes = deque((step, metre) for step, metre in metres if step > 0)
    metre = next((m for step, m in reversed(metres) if step <= 0), Metre(4, 4))
    bars: list[Bar] = []
    start = 0
    if pickup:
        bars.append(Bar(0, pickup, metre, max(0, metre.steps(steps_per_quarter) - pickup)))
        start = pickup
    full = metre.steps(steps_per_quarter)
    while start < steps or not bars:
        while changes and changes[0][0] <= start:
            metre = changes.popleft()[1]
            full = metre.steps(steps_per_quarter)
        length = full
        if changes and changes[0][0] < start + length:
            length = changes[0][0] - start
        bars.append(Bar(start, length, metre))
        start += length
    return tuple(bars)


def place_in_bar(piece: Piece) -> NDArray[np.int32]:
    """For every step, its place in the metre: 0 on the downbeat. Shape (steps,)."""
    places = np.zeros(piece.steps, np.int32)
    for bar in piece.bars:
        places[bar.start : bar.start + bar.length] = bar.offset + np.arange(bar.length)
    return places


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """The dense view that models read.

    Attributes:
        onsets: (steps, 88) bool, A0 first.
        durations: (steps, 88) uint8, in steps where a note begins, 0 elsewhere; 255 at most.
    """

    onsets: NDArray[np.bool_]
    durations: NDArray[np.uint8]


def to_roll(piece: Piece) -> Roll:
    """The piece as a Roll; notes outside the piano's 88 keys are left out."""
    durations = np.zeros((piece.steps, PIANO_KEYS), np.uint8)
    for note in piece.notes:
        key = note.pitch - LOWEST_PITCH
        if 0 <= key < PIANO_KEYS:
            durations[note.onset, key] = min(255, note.duration)
    return Roll(durations > 0, durations)


def from_roll(roll: Roll, bars: tuple[Bar, ...], steps_per_quarter: int = 4) -> Piece:
    """The piece that a Roll shows, in the given bars; hands and velocities are not in a Roll."""
    places = zip(*np.nonzero(roll.onsets), strict=True)
    notes = [Note(int(t), int(k) + LOWEST_PITCH, int(roll.durations[t, k])) for t, k in places]
    return Piece(normalise(notes), bars, steps_per_quarter)
