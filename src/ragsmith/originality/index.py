"""The index of a corpus's passages in a bundle: enough to recognise a copy, not enough to play
them.

A piece has three lanes of onsets: the texture (all onset pitches of each step), the melody (the
highest), and the melody of the right hand. In each lane the index keeps *rows*: the shortest
stretches, from one onset to another, that are longer than a beat; from every onset on, and up to
every onset; none holds a silence that would end a run (`LONGEST_SILENCE`). A row is written down
without its key (`row_text`) and digested; half of the digest finds the row, the other half seals
where it stands (file, step, pitch): only who has the passage can open that. Rows lie in the order
of their digests, so nothing tells what followed what.

Two passages that agree for longer than a beat share all rows in between, and rows that overlap in
one alignment agree together: runs longer than a beat are found exactly, shorter ones not at all.
This hides music, it does not encrypt it: who guesses a bar can test the guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.mapped import let_go
from ragsmith.originality.runs import LONGEST_SILENCE
from ragsmith.piece import Hand, Note, Piece, pitches_by_onset

__all__ = [
    "CHECK_BITS",
    "LANES",
    "PITCH_BITS",
    "STEP_BITS",
    "Lane",
    "Passages",
    "Place",
    "Struck",
    "lanes_of",
    "passages_of",
    "places",
    "row_text",
    "rows",
]

LANES = ("texture", "melody", "right_hand")
STEP_BITS, PITCH_BITS, CHECK_BITS = 28, 7, 9
"""Bits of a sealed place: step, base pitch, and zeros that show that it was opened rightly; the
rest of the 64 is the file."""
ROWS_TOGETHER = 1 << 20
"""Rows that are checked at a time, so that those of a large file need not all be in memory."""


class Struck(NamedTuple):
    """An onset of a lane: its step, its base pitch, and its pitches above the base."""

    step: int
    base: int
    shape: tuple[int, ...]


class Place(NamedTuple):
    """Where a row begins: number of the file, step, base pitch."""

    file: int
    step: int
    base: int


class Lane(NamedTuple):
    """The rows of all files in one lane.

    Attributes:
        hashes: each hash once, ascending; shape (hashes,), uint64.
        ends: for each, how many rows there are up to its last one; shape (hashes,), uint32.
        sealed: where the rows stand, in the order of their hashes; shape (rows,), uint64.
    """

    hashes: NDArray[np.uint64]
    ends: NDArray[np.uint32]
    sealed: NDArray[np.uint64]

    def sealed_of(self, key: int) -> list[int]:
        """Where the rows with this hash stand, sealed."""
        place = int(np.searchsorted(self.hashes, np.uint64(key)))
        if place == len(self.hashes) or self.hashes[place] != key:
            return []
        start = int(self.ends[place - 1]) if place else 0
        stand: list[int] = self.sealed[start : int(self.ends[place])].tolist()
        return stand


class Passages(NamedTuple):
    """The index of a corpus; files are numbered as the card's sources are."""

    steps_per_quarter: int
    texture: Lane
    melody: Lane
    right_hand: Lane

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays of a model file: each LANE.hashes once, LANE.counts (uint32), LANE.sealed."""
        stored: dict[str, NDArray[Any]] = {}
        for name, lane in zip(LANES, self[1:], strict=True):
            stored[f"{name}.hashes"] = lane.hashes
            stored[f"{name}.counts"] = np.diff(lane.ends, prepend=np.uint32(0))
            stored[f"{name}.sealed"] = lane.sealed
        return stored

    @classmethod
    def from_arrays(cls, steps_per_quarter: int, arrays: Mapping[str, NDArray[Any]]) -> Passages:
        """The inverse of `arrays`.

        Raises:
            ValueError: they are not arrays of that kind.
        """
        lanes = (
            _opened_lane(*(arrays[f"{name}.{part}"] for part in ("hashes", "counts", "sealed")))
            for name in LANES
        )
        return cls(steps_per_quarter, *lanes)


def _opened_lane(hashes: NDArray[Any], counts: NDArray[Any], sealed: NDArray[Any]) -> Lane:
    if not hashes.dtype == sealed.dtype == np.uint64 or counts.dtype != np.uint32:
        raise ValueError("rows are pairs of 64-bit numbers, counts have 32 bits")
    if not hashes.ndim == sealed.ndim == 1 or hashes.shape != counts.shape:
        raise ValueError("every hash has a count")
    ends = np.zeros(len(counts), np.uint32)
    last, total = -1, 0
    for start in range(0, len(hashes), ROWS_TOGETHER):
        some = hashes[start : start + ROWS_TOGETHER]
        if int(some[0]) <= last or np.any(some[1:] <= some[:-1]):
            raise ValueError("hashes are in ascending order")
        up_to = total + np.cumsum(counts[start : start + ROWS_TOGETHER], dtype=np.uint64)
        last, total = int(some[-1]), int(up_to[-1])
        if total > len(sealed):
            break
        ends[start : start + ROWS_TOGETHER] = up_to
        let_go(hashes, counts)
    if total != len(sealed):
        raise ValueError("there are as many places as are counted")
    return Lane(hashes, ends, sealed)


def lanes_of(piece: Piece) -> tuple[list[Struck], list[Struck], list[Struck]]:
    """The onsets of a piece as it is played, lane by lane, in order."""
    right = [note for note in piece.notes if note.hand is Hand.RIGHT]
    return (
        _struck(piece.notes, whole=True),
        _struck(piece.notes, whole=False),
        _struck(right, whole=False),
    )


def _struck(notes: Iterable[Note], whole: bool) -> list[Struck]:
    """Sets of pitches above their lowest, or highest pitches alone."""
    chords = pitches_by_onset(notes).items()
    if not whole:
        return [Struck(step, chord[-1], (0,)) for step, chord in chords]
    return [
        Struck(step, chord[0], tuple(pitch - chord[0] for pitch in dict.fromkeys(chord)))
        for step, chord in chords
    ]


def rows(onsets: Sequence[Struck], beat: int) -> Iterator[tuple[int, int]]:
    """(first, last) onset of every row, by number; `beat` in steps."""
    first = begin = 0
    for last, end in enumerate(onsets):
        if last and end.step - onsets[last - 1].step > LONGEST_SILENCE * beat:
            first = begin = last
        begun = first
        while end.step - onsets[first].step + 1 > beat:
            yield first, last
            first += 1
        # Up to this onset: the latest that is more than a beat back, if it was not one of those.
        if begun == first > begin and end.step - onsets[first - 1].step + 1 > beat:
            yield first - 1, last


def row_text(onsets: Sequence[Struck]) -> str:
    """A row in words, the same in every key: "0:0.4.7 2:12" is a triad, and two steps later a note
    an octave above its base."""
    base = onsets[0].base
    steps = [0, *(b.step - a.step for a, b in pairwise(onsets))]
    return " ".join(
        f"{gap}:{'.'.join(str(onset.base - base + above) for above in onset.shape)}"
        for gap, onset in zip(steps, onsets, strict=True)
    )


def passages_of(pieces: Iterable[Piece], steps_per_quarter: int) -> Passages:
    """The index of pieces as they are played, all on that grid; a second per 100,000 notes."""
    sealed: list[list[tuple[int, int]]] = [[] for _ in LANES]
    for number, piece in enumerate(pieces):
        for lane, onsets in zip(sealed, lanes_of(piece), strict=True):
            for first, last in rows(onsets, steps_per_quarter):
                key, seal = digest(onsets[first : last + 1])
                start = onsets[first]
                lane.append((key, seal ^ _packed(Place(number, start.step, start.base))))
    return Passages(steps_per_quarter, *map(_lane, sealed))


def digest(onsets: Sequence[Struck]) -> tuple[int, int]:
    """The two halves: what finds a row, and what opens it."""
    halves = blake2b(row_text(onsets).encode(), digest_size=16).digest()
    return int.from_bytes(halves[:8], "little"), int.from_bytes(halves[8:], "little")


def _lane(sealed: Sequence[tuple[int, int]]) -> Lane:
    in_order = np.array(sorted(sealed), np.uint64).reshape(-1, 2)
    hashes, counts = np.unique(in_order[:, 0], return_counts=True)
    return Lane(hashes, counts.cumsum().astype(np.uint32), np.ascontiguousarray(in_order[:, 1]))


def _packed(place: Place) -> int:
    joined = (place.file << STEP_BITS | place.step) << PITCH_BITS | place.base
    return joined << CHECK_BITS


def places(lane: Lane, onsets: Sequence[Struck]) -> list[Place]:
    """Where this row stands in the corpus, in order."""
    key, seal = digest(onsets)
    opened = sorted(sealed ^ seal for sealed in lane.sealed_of(key))
    return [_unpacked(number) for number in opened if not number & ((1 << CHECK_BITS) - 1)]


def _unpacked(number: int) -> Place:
    joined = number >> CHECK_BITS
    step = joined >> PITCH_BITS & ((1 << STEP_BITS) - 1)
    return Place(joined >> PITCH_BITS >> STEP_BITS, step, joined & ((1 << PITCH_BITS) - 1))
