"""What a piece of music is: notes on a grid of integer steps, its bars, keys, tempos and sections.

Time is counted in steps; `steps_per_quarter` says how many make a quarter note. Nothing here is
approximate: what a file says in other units is brought to the grid by `ragsmith.quantise`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

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
    "clip",
    "from_roll",
    "join",
    "merge_split_bars",
    "normalise",
    "place_in_bar",
    "regrid",
    "regular_bars",
    "repeat",
    "to_roll",
    "transpose",
    "unfold",
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


Mark = TypeVar("Mark", Key, Tempo)


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

    def save(self, path: str | Path) -> Path:
        """Write the piece in the format that the path's suffix names; returns the path."""
        from ragsmith.io import write

        return write(self, Path(path))


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


def transpose(piece: Piece, semitones: int) -> Piece:
    """The piece moved by `semitones`, keys along with it.

    Raises:
        ValueError: a pitch would leave 0-127.
    """
    notes = tuple(n._replace(pitch=n.pitch + semitones) for n in piece.notes)
    if notes and not 0 <= min(n.pitch for n in notes) <= max(n.pitch for n in notes) <= 127:
        raise ValueError(f"transposing by {semitones} leaves the MIDI range 0-127")
    keys = tuple(k._replace(fifths=_moved_key(k.fifths, semitones)) for k in piece.keys)
    return replace(piece, notes=notes, keys=keys)


def _moved_key(fifths: int, semitones: int) -> int:
    """The simplest signature `semitones` away; an unmoved key keeps its own spelling."""
    if semitones % 12 == 0:
        return fifths
    moved = (fifths + 7 * semitones) % 12
    return moved if moved <= 6 else moved - 12


def clip(piece: Piece, start: int, end: int) -> Piece:
    """The steps from `start` up to, not including, `end`.

    Notes that begin before `start` are left out; notes that reach past `end` are cut there. Bars
    keep their metre and place; marks in force at `start` are moved to the new beginning.

    Raises:
        ValueError: not 0 <= start < end <= steps.
    """
    if not 0 <= start < end <= piece.steps:
        raise ValueError(f"clip {start}-{end} is not inside the piece's {piece.steps} steps")
    notes = tuple(
        n._replace(onset=n.onset - start, duration=min(n.duration, end - n.onset))
        for n in piece.notes
        if start <= n.onset < end
    )
    bars = []
    for bar in piece.bars:
        first, last = max(bar.start, start), min(bar.start + bar.length, end)
        if first < last:
            offset = bar.offset + first - bar.start
            bars.append(Bar(first - start, last - first, bar.metre, offset))
    sections = tuple(
        Section(s.name, max(s.start, start) - start, min(s.end, end) - start)
        for s in piece.sections
        if s.start < end and s.end > start
    )
    keys = tuple(k._replace(step=s) for s, k in _in_force(piece.keys, start, end))
    tempos = tuple(t._replace(step=s) for s, t in _in_force(piece.tempos, start, end))
    return replace(
        piece, notes=notes, bars=tuple(bars), keys=keys, tempos=tempos, sections=sections, order=()
    )


def _in_force(marks: Sequence[Mark], start: int, end: int) -> list[tuple[int, Mark]]:
    """(new step, mark) for the marks that hold between `start` and `end`."""
    held = [(0, mark) for mark in marks if mark.step <= start][-1:]
    return held + [(mark.step - start, mark) for mark in marks if start < mark.step < end]


def join(first: Piece, second: Piece) -> Piece:
    """The second piece after the first; title and composer of the first.

    A bar cut by the end of the first whose rest is the second's pickup becomes one bar again.

    Raises:
        ValueError: the grids differ.
    """
    if first.steps_per_quarter != second.steps_per_quarter:
        grids = f"{first.steps_per_quarter} and {second.steps_per_quarter}"
        raise ValueError(f"cannot join pieces on the grids {grids}")
    shift = first.steps
    notes = tuple(n._replace(onset=n.onset + shift) for n in second.notes)
    bars = merge_split_bars(
        first.bars + tuple(b._replace(start=b.start + shift) for b in second.bars),
        first.steps_per_quarter,
    )
    keys = first.keys + tuple(k._replace(step=k.step + shift) for k in second.keys)
    tempos = first.tempos + tuple(t._replace(step=t.step + shift) for t in second.tempos)
    sections = first.sections + tuple(
        Section(s.name, s.start + shift, s.end + shift) for s in second.sections
    )
    return replace(
        first,
        notes=normalise(first.notes + notes),
        bars=bars,
        keys=_changes_only(keys),
        tempos=_changes_only(tempos),
        sections=sections,
        order=(),
    )


def merge_split_bars(bars: Sequence[Bar], steps_per_quarter: int) -> tuple[Bar, ...]:
    """Bars with the two halves of a bar that a repeat barline cut in two put together."""
    merged: list[Bar] = []
    for bar in bars:
        if merged:
            last = merged[-1]
            full = last.metre.steps(steps_per_quarter)
            continues = bar.offset == last.offset + last.length and bar.metre == last.metre
            if continues and bar.offset > 0 and bar.offset + bar.length <= full:
                merged[-1] = last._replace(length=last.length + bar.length)
                continue
        merged.append(bar)
    return tuple(merged)


def _changes_only(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Marks without those that only say again what already holds."""
    kept: list[Mark] = []
    for mark in marks:
        if not kept or mark[1:] != kept[-1][1:]:
            kept.append(mark)
    return tuple(kept)


def repeat(piece: Piece, times: int) -> Piece:
    """The piece `times` times in a row.

    Raises:
        ValueError: times is below 1.
    """
    if times < 1:
        raise ValueError(f"cannot repeat a piece {times} times")
    whole = piece
    for _ in range(times - 1):
        whole = join(whole, piece)
    return replace(whole, order=piece.order if times == 1 else ())


def unfold(piece: Piece) -> Piece:
    """The piece as it is played: its sections in playing order, repeats written out.

    A note that sounds on past the end of a section is tied to the same key at the beginning of
    whichever section follows, as from a strain into its second ending.
    """
    by_name = {s.name: s for s in piece.sections}
    spans: list[tuple[int, int]] = []
    for section in [by_name[name] for name in piece.order if name in by_name]:
        start = spans.pop()[0] if spans and spans[-1][1] == section.start else section.start
        spans.append((start, section.end))
    if not spans:
        return piece
    whole = clip(piece, *spans[0])
    for (start, end), following in pairwise(spans):
        held = {n.pitch for n in piece.notes if start <= n.onset < end < n.onset + n.duration}
        whole = _join_tied(whole, clip(piece, *following), held)
    return whole


def _join_tied(first: Piece, second: Piece, held: Set[int]) -> Piece:
    """As `join`, but of the held pitches those that begin the second piece are not struck again."""
    tied = {n.pitch: n.duration for n in second.notes if n.onset == 0 and n.pitch in held}
    notes = tuple(
        n._replace(duration=n.duration + tied[n.pitch])
        if n.pitch in tied and n.onset + n.duration == first.steps
        else n
        for n in first.notes
    )
    rest = tuple(n for n in second.notes if n.onset > 0 or n.pitch not in tied)
    return join(replace(first, notes=notes), replace(second, notes=rest))


def regrid(piece: Piece, steps_per_quarter: int) -> Piece:
    """The same music on another grid.

    Raises:
        ValueError: a time of the piece falls between the steps of the new grid.
    """
    up, down = steps_per_quarter, piece.steps_per_quarter

    def to_new(step: int) -> int:
        scaled, rest = divmod(step * up, down)
        if rest:
            raise ValueError(f"step {step} of {down} per quarter does not lie on a grid of {up}")
        return scaled

    notes = tuple(
        n._replace(onset=to_new(n.onset), duration=to_new(n.duration)) for n in piece.notes
    )
    bars = tuple(
        Bar(to_new(b.start), to_new(b.length), b.metre, to_new(b.offset)) for b in piece.bars
    )
    return replace(
        piece,
        notes=notes,
        bars=bars,
        steps_per_quarter=steps_per_quarter,
        keys=tuple(k._replace(step=to_new(k.step)) for k in piece.keys),
        tempos=tuple(t._replace(step=to_new(t.step)) for t in piece.tempos),
        sections=tuple(Section(s.name, to_new(s.start), to_new(s.end)) for s in piece.sections),
    )


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
