"""The first lock's reading of a sealed index: the alignments of the newest row are followed back
for as long as one of them lasts.

What a row is stands in `ragsmith.originality.index`. This file reads the index by code of its own:
the second lock, which checks the finished piece (`ragsmith.originality.search`), must not share its
mistakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from ragsmith.composer.rules.struck import Back
from ragsmith.originality.index import CHECK_BITS, PITCH_BITS, STEP_BITS, Lane, Passages

__all__ = ["SealedLock"]


class SealedLock:
    """Tells steps with which a run would be too long.

    Args:
        passages: the index.
        limits: in steps, lane by lane; lanes beyond them are not looked at.
    """

    def __init__(self, passages: Passages, limits: Sequence[int]) -> None:
        self._beat = passages.steps_per_quarter
        self._lanes = list(zip(limits, passages[1:], strict=False))

    def copies(self, lanes: Sequence[Sequence[Back]]) -> bool:
        """Whether a run is too long that ends with the newest of the `onsets_back`, in any lane."""
        return any(
            bool(onsets) and onsets[-1].age >= limit and self._is_long(lane, onsets)
            for onsets, (limit, lane) in zip(lanes, self._lanes, strict=True)
        )

    def _is_long(self, lane: Lane, onsets: Sequence[Back]) -> bool:
        """Whether one alignment has all rows of these onsets, the newest row first."""
        last = next(k for k, onset in enumerate(onsets) if onset.age >= self._beat)
        alignments = _alignments(lane, onsets[: last + 1])
        newest = 0
        while alignments and last + 1 < len(onsets):
            last += 1
            while onsets[last].age - onsets[newest + 1].age >= self._beat:
                newest += 1
            alignments &= _alignments(lane, onsets[newest : last + 1])
        return bool(alignments)


def _alignments(lane: Lane, onsets: Sequence[Back]) -> set[tuple[int, int, int]]:
    """Where the corpus has this row (newest first): file, the step there that is the newest here,
    and how far its pitches lie from these."""
    first = onsets[-1]
    words, before = [], first.age
    for age, strike in reversed(onsets):
        words.append(_word(before - age, strike.base - first.strike.base, strike.above))
        before = age
    digest = blake2b(" ".join(words).encode(), digest_size=16).digest()
    key = np.uint64(int.from_bytes(digest[:8], "little"))
    seal = int.from_bytes(digest[8:], "little")
    alignments = set()
    for sealed in lane.sealed[slice(*_stretch(lane, key))].tolist():
        rest, check = divmod(sealed ^ seal, 1 << CHECK_BITS)
        if check == 0:
            rest, pitch = divmod(rest, 1 << PITCH_BITS)
            file, step = divmod(rest, 1 << STEP_BITS)
            alignments.add((file, step + first.age, pitch - first.strike.base))
    return alignments


def _stretch(lane: Lane, key: np.uint64) -> tuple[int, int]:
    """The first row of this hash, and the one after its last."""
    place = int(lane.hashes.searchsorted(key))
    if place == len(lane.hashes) or lane.hashes[place] != key:
        return 0, 0
    return int(lane.ends[place - 1]) if place else 0, int(lane.ends[place])


@lru_cache(maxsize=1 << 14)
def _word(gap: int, base: int, above: tuple[int, ...]) -> str:
    """An onset in a row: the steps since the one before, and its pitches above the row's base."""
    return f"{gap}:{'.'.join(str(base + pitch) for pitch in above)}"
