"""The first lock's reading of a compact index: a step is turned down when the shortest stretch up
to it that is longer than the limit stands in the corpus.

A run that is longer than the limit ends with such a stretch. Every stretch of the corpus has a
number, a polynomial in its moves modulo 2**64 (R. Karp, M. Rabin, "Efficient randomized
pattern-matching algorithms", 1987); the upper halves are kept in ascending order. Equal stretches
have equal numbers, so that none is missed; two others have by chance, and such a false alarm costs
one proposal.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragsmith.composer.rules.struck import Back
from ragsmith.originality.compact import CompactPassages, Line

__all__ = ["CompactLock"]

ALL = (1 << 64) - 1
BASE = 0x9E3779B97F4A7C15
UNDO = pow(BASE, -1, 1 << 64)
FACTORS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93)
"""Large odd numbers; those of splitmix64 and others."""
HALF = 32


class CompactLock:
    """Tells steps with which a run would be too long.

    Args:
        passages: the index.
        limits: in steps, lane by lane; lanes beyond them are not looked at.
        silence: the longest one inside a run, in steps.
    """

    def __init__(self, passages: CompactPassages, limits: Sequence[int], silence: int) -> None:
        self._lanes = list(zip(limits, _stretches(passages, tuple(limits), silence), strict=True))

    def copies(self, lanes: Sequence[Sequence[Back]]) -> bool:
        """Whether a run is too long that ends with the newest of the `onsets_back`, in any lane."""
        return any(
            bool(onsets) and onsets[-1].age >= limit and _stands_in(known, onsets)
            for onsets, (limit, known) in zip(lanes, self._lanes, strict=True)
        )


def _stands_in(known: NDArray[np.uint32], onsets: Sequence[Back]) -> bool:
    """Whether these moves have one of the known numbers."""
    number = 0
    for (age, newer), (earlier, older) in pairwise(onsets):
        move = _move_number(older.above, earlier - age, newer.base - older.base, newer.above)
        number = move + BASE * number & ALL
    upper = np.uint32(number >> HALF)
    place = known.searchsorted(upper)
    return bool(place < len(known) and known[place] == upper)


@lru_cache(maxsize=8)
def _stretches(
    passages: CompactPassages, limits: tuple[int, ...], silence: int
) -> list[NDArray[np.uint32]]:
    """The numbers of each lane's shortest stretches of more than its limit of steps, up to every
    onset, without a longer silence; ascending."""
    single = np.array([_mixed_chord(1)], np.uint64)
    chords = np.array([_mixed_chord(mask) for mask in passages.chord_masks()], np.uint64)
    return [
        _stretches_of(line, single if lane else chords, limit, silence)
        for lane, (line, limit) in enumerate(zip(passages.lines(), limits, strict=False))
    ]


def _stretches_of(
    line: Line, chords: NDArray[np.uint64], limit: int, silence: int
) -> NDArray[np.uint32]:
    if not len(line.steps):
        return np.zeros(0, np.uint32)
    gaps = np.diff(line.steps, prepend=np.int32(0)).astype(np.int64)
    begins = gaps > silence
    starts = line.starts[:-1]
    begins[starts[starts < len(gaps)]] = True
    times, begun = np.cumsum(np.where(begins, limit, gaps)), np.cumsum(begins)
    first = np.searchsorted(times, times - limit, "right") - 1
    last = np.flatnonzero((first >= 0) & (begun == begun[first]))
    first = first[last]
    # sums[k]: every move m up to the onset k, times BASE ** (m + 1).
    sums = np.cumsum(_moves(line, gaps, chords) * _powers(BASE, len(gaps)))
    numbers = (sums[last] - sums[first]) * (_powers(UNDO, len(gaps))[first] * np.uint64(UNDO))
    return np.sort((numbers >> np.uint64(HALF)).astype(np.uint32))


def _powers(base: int, count: int) -> NDArray[np.uint64]:
    return np.cumprod(np.full(count, base, np.uint64), dtype=np.uint64)


def _moves(line: Line, gaps: NDArray[np.int64], chords: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The number of the move up to every onset."""
    struck = chords[line.chords]
    before = np.concatenate([struck[:1], struck[:-1]])
    intervals = np.diff(line.bases, prepend=line.bases[:1]).astype(np.int64)
    moves: NDArray[np.uint64] = _mixed_move(
        before, gaps.astype(np.uint64), (intervals + 128).astype(np.uint64), struck
    )
    return moves


@lru_cache(maxsize=1 << 16)
def _move_number(before: tuple[int, ...], gap: int, interval: int, after: tuple[int, ...]) -> int:
    """The number of a move between chords, each by its pitches above the lowest."""
    masks = (sum(1 << above for above in chord) for chord in (before, after))
    first, second = map(_mixed_chord, masks)
    return int(_mixed_move(first, gap, interval + 128, second))


def _mixed_chord(mask: int) -> int:
    """The number of a chord, from the two halves of its mask."""
    return int(_mixed((_mixed(mask & ALL) + (mask >> 64)) * FACTORS[0] & ALL))


def _mixed_move(before: Any, gap: Any, interval: Any, after: Any) -> Any:
    """For arrays of uint64, and for plain numbers."""
    return _mixed(
        before * FACTORS[0] + after * FACTORS[1] + (gap * 256 + interval) * FACTORS[2] & ALL
    )


def _mixed(number: Any) -> Any:
    number = (number ^ number >> 31) * FACTORS[1] & ALL
    return number ^ number >> 29
