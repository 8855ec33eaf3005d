"""The index of a large corpus that anyone may read: the onsets of its files themselves, six bytes
each, so that every passage is found exactly, of any length, with its place.

A file is a row of onsets: how many steps after the one before, the lowest pitch, which chord stands
on it, the highest pitch of the right hand. Chords are kept once, without their key. Nothing is
packed: the arrays are ready to be used, and as large on the disk as in memory.

It does not hide the music, as the sealed index does (`ragsmith.originality.index`), and is for
corpora whose music is public: those of a base.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadFolder
from ragsmith.piece import Hand, Piece, pitches_by_onset

__all__ = [
    "CHORD_BITS",
    "MOST_CHORDS",
    "MOST_ONSETS",
    "NO_HAND",
    "CompactPassages",
    "Line",
    "passages_of",
]

NO_HAND = 255
"""Stands for the right hand's pitch where the right hand begins nothing."""
CHORD_BITS = 20
"""Of a chord's number."""
MOST_ONSETS, MOST_CHORDS = 1 << 21, 1 << 17
"""Bounds of an index in a file. 1,600 pieces for piano have 617,000 onsets and 11,000 chords."""
MOST_STEPS = (1 << 31) - 1
HALF = 64
HIGHEST = 127
SMALLEST = {np.dtype(kind) for kind in (np.uint8, np.uint16, np.uint32)}


class Line(NamedTuple):
    """The onsets of a lane, file after file.

    Attributes:
        starts: (files + 1,); file f has the onsets from starts[f] to starts[f + 1].
        steps: (onsets,), int32; counted from the beginning of its file.
        bases: (onsets,), int16; the lowest pitch, or the highest in a melody.
        chords: (onsets,), int32; number of the chord, 0 in a melody.
    """

    starts: NDArray[np.int64]
    steps: NDArray[np.int32]
    bases: NDArray[np.int16]
    chords: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class CompactPassages:
    """The onsets of all files of a corpus as they are played; files are numbered from 0.

    Attributes:
        steps_per_quarter: the grid.
        lengths: (files,), uint32; onsets of each file.
        gaps: (onsets,), the smallest unsigned type that holds them; steps from the onset before,
            or from the beginning of the file.
        lowest: (onsets,), uint8; the lowest pitch.
        chords: (onsets,), the smallest unsigned type; which row of `masks`.
        right: (onsets,), uint8; the highest pitch of the right hand, or NO_HAND.
        masks: (chords, 2), uint64; bit i of a row's 128, lower half first, is set when a note
            begins i semitones above the lowest.
    """

    steps_per_quarter: int
    lengths: NDArray[Any]
    gaps: NDArray[Any]
    lowest: NDArray[Any]
    chords: NDArray[Any]
    right: NDArray[Any]
    masks: NDArray[Any]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays of a model file."""
        return {name: getattr(self, name) for name in NAMES}

    @classmethod
    def from_arrays(
        cls, steps_per_quarter: int, arrays: Mapping[str, NDArray[Any]]
    ) -> CompactPassages:
        """The inverse of `arrays`.

        Raises:
            ValueError: they are not arrays of that kind.
            KeyError: one is missing.
        """
        passages = cls(steps_per_quarter, *(arrays[name] for name in NAMES))
        _check_form(passages)
        _check_values(passages)
        return passages

    def chord_masks(self) -> list[int]:
        """Every chord as a number of 128 bits."""
        return [low | high << HALF for low, high in self.masks.tolist()]

    def lines(self) -> tuple[Line, Line, Line]:
        """The lanes: texture, melody, the right hand's melody."""
        starts = np.concatenate([[0], np.cumsum(self.lengths, dtype=np.int64)])
        steps = np.cumsum(self.gaps, dtype=np.int64)
        before = np.concatenate([[0], steps])[starts[:-1]]
        steps = (steps - np.repeat(before, self.lengths)).astype(np.int32)
        lowest, chords = self.lowest.astype(np.int16), self.chords.astype(np.int32)
        none = np.broadcast_to(np.int32(0), chords.shape)
        highest = lowest + _spans(self)[chords]
        struck = np.flatnonzero(self.right != NO_HAND)
        right = Line(
            np.searchsorted(struck, starts),
            steps[struck],
            self.right[struck].astype(np.int16),
            none[struck],
        )
        return Line(starts, steps, lowest, chords), Line(starts, steps, highest, none), right


NAMES = tuple(field.name for field in fields(CompactPassages))[1:]


def passages_of(pieces: Iterable[Piece], steps_per_quarter: int) -> CompactPassages:
    """The compact index of pieces as they are played (`ragsmith.originality.search.as_played`), on
    that grid or one that divides it; three seconds per million notes.

    Raises:
        BadFolder: they have too many different chords to number them.

    >>> from ragsmith.datasets import rags
    >>> from ragsmith.originality.search import as_played
    >>> index = passages_of(map(as_played, rags()[:2]), 4)
    >>> len(index.lengths), sum(part.nbytes for part in index.arrays().values()) < 10_000
    (2, True)
    """
    numbers: dict[int, int] = {}
    lengths, gaps, chords = array("L"), array("Q"), array("L")
    lowest, right = array("B"), array("B")
    for piece in pieces:
        ticks = steps_per_quarter // piece.steps_per_quarter
        struck = pitches_by_onset(piece.notes)
        hand = pitches_by_onset(note for note in piece.notes if note.hand is Hand.RIGHT)
        lengths.append(len(struck))
        latest = 0
        for onset, pitches in struck.items():
            gaps.append((onset - latest) * ticks)
            latest = onset
            mask = sum(1 << (pitch - pitches[0]) for pitch in set(pitches))
            chords.append(numbers.setdefault(mask, len(numbers)))
            lowest.append(pitches[0])
            right.append(hand[onset][-1] if onset in hand else NO_HAND)
    if len(numbers) > 1 << CHORD_BITS:
        rule = f"are more than the {1 << CHORD_BITS:,} that can be told apart"
        raise BadFolder(f"{len(numbers):,} different chords", rule, "take fewer files")
    halves = [(mask & ((1 << HALF) - 1), mask >> HALF) for mask in numbers]
    return CompactPassages(
        steps_per_quarter,
        np.array(lengths, np.uint32),
        _smallest(gaps),
        np.array(lowest, np.uint8),
        _smallest(chords),
        np.array(right, np.uint8),
        np.array(halves, np.uint64).reshape(-1, 2),
    )


def _smallest(numbers: array[int]) -> NDArray[Any]:
    return np.array(numbers, np.min_scalar_type(max(numbers, default=0)))


def _spans(passages: CompactPassages) -> NDArray[np.int16]:
    """Semitones from the lowest to the highest note of every chord."""
    return np.array([mask.bit_length() - 1 for mask in passages.chord_masks()], np.int16)


def _check_form(passages: CompactPassages) -> None:
    """Types and shapes.

    Raises:
        ValueError: they are others.
    """
    _, lengths, gaps, lowest, chords, right, masks = (
        getattr(passages, field.name) for field in fields(passages)
    )
    if lengths.dtype != np.uint32 or masks.dtype != np.uint64:
        raise ValueError("lengths have 32 bits, masks 64")
    if not lowest.dtype == right.dtype == np.uint8 or not {gaps.dtype, chords.dtype} <= SMALLEST:
        raise ValueError("gaps, pitches and chords have no signs")
    if lengths.ndim != 1 or masks.ndim != 2 or masks.shape[1] != 2:
        raise ValueError("lengths are a row, masks a row of pairs")
    if not gaps.shape == lowest.shape == chords.shape == right.shape == (len(gaps),):
        raise ValueError("every onset has a gap, a lowest pitch, a chord, a right hand")
    if len(gaps) > MOST_ONSETS or len(masks) > MOST_CHORDS:
        raise ValueError(f"there are at most {MOST_ONSETS:,} onsets, {MOST_CHORDS:,} chords")
    if int(lengths.sum(dtype=np.uint64)) != len(gaps):
        raise ValueError("there are as many onsets as the files have")


def _check_values(passages: CompactPassages) -> None:
    """Whether the numbers are onsets of pieces.

    Raises:
        ValueError: they are not.
    """
    masks = passages.chord_masks()
    if len(set(masks)) != len(masks) or not all(mask & 1 for mask in masks):
        raise ValueError("every chord stands on its lowest note, and is there once")
    first = np.zeros(len(passages.gaps) + 1, np.bool_)
    first[np.concatenate([[0], np.cumsum(passages.lengths, dtype=np.int64)])] = True
    if np.any(passages.gaps[~first[:-1]] == 0):
        raise ValueError("an onset comes after the one before")
    if int(passages.gaps.sum(dtype=np.uint64)) > MOST_STEPS:
        raise ValueError(f"all files together have at most {MOST_STEPS:,} steps")
    if not len(passages.gaps):
        return
    if int(passages.chords.max()) >= len(masks):
        raise ValueError("every onset has a chord that is there")
    highest = passages.lowest + _spans(passages)[passages.chords]
    if highest.max() > HIGHEST:
        raise ValueError("pitches are those of notes")
    if np.any((passages.right > HIGHEST) & (passages.right != NO_HAND)):
        raise ValueError("the right hand has pitches of notes")
