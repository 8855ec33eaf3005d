"""The first lock's reading of a sealed index: the alignments of the newest row are followed back
for as long as one of them lasts.

What a row is stands in `ragsmith.originality.index`. This file reads the index by code of its own:
the second lock, which checks the finished piece (`ragsmith.originality.search`), must not share its
mistakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from ragsmith.composer.rules.struck import Back, onsets_back
from ragsmith.models.base import Step
from ragsmith.originality.index import CHECK_BITS, PITCH_BITS, STEP_BITS, Lane, Passages

__all__ = ["SealedLock"]


class SealedLock:
    """Tells steps with which a run would be too long.

    Args:
        passages: the index.
        limits: in steps, lane by lane; lanes beyond them are not looked at.
        silence: the longest one inside a run, in steps.
    """

    def __init__(self, passages: Passages, limits: Sequence[int], silence: int) -> None:
        self._beat, self._silence = passages.steps_per_quarter, silence
        self._lanes = tuple(enumerate(zip(passages[1:], limits, strict=False)))

    def copies(self, newest_first: Sequence[Step]) -> bool:
        """Whether a run that ends with the newest step is too long, in any lane."""
        return any(
            self._is_long(newest_first, number, lane, limit)
            for number, (lane, limit) in self._lanes
        )

    def _is_long(self, newest_first: Sequence[Step], number: int, lane: Lane, limit: int) -> bool:
        back = onsets_back(newest_first, number, self._silence)
        newest = next(back, None)
        if newest is None or newest.age:
            return False
        onsets = [newest]
        for onset in back:
            onsets.append(onset)
            if onset.age + 1 > self._beat:
                break
        else:
            return False
        alignments = _alignments(lane, onsets)
        while alignments and onsets[-1].age + 1 <= limit:
            earlier = next(back, None)
            if earlier is None:
                return False
            onsets.append(earlier)
            end = next(
                k
                for k in reversed(range(len(onsets)))
                if earlier.age - onsets[k].age + 1 > self._beat
            )
            alignments &= _alignments(lane, onsets[end:])
        return bool(alignments)


def _alignments(lane: Lane, onsets: Sequence[Back]) -> set[tuple[int, int, int]]:
    """Where the corpus has this row (newest first): file, the step there that is the newest here,
    and how far its pitches lie from these."""
    first = onsets[-1]
    words, before = [], first.age
    for age, strike in reversed(onsets):
        pitches = ".".join(str(strike.base - first.strike.base + above) for above in strike.above)
        words.append(f"{before - age}:{pitches}")
        before = age
    digest = blake2b(" ".join(words).encode(), digest_size=16).digest()
    key = np.frombuffer(digest[:8], "<u8")[0]
    seal = int.from_bytes(digest[8:], "little")
    alignments = set()
    for place in range(
        *(int(np.searchsorted(lane.hashes, key, side)) for side in ("left", "right"))
    ):
        rest, check = divmod(int(lane.sealed[place]) ^ seal, 1 << CHECK_BITS)
        if check == 0:
            rest, pitch = divmod(rest, 1 << PITCH_BITS)
            file, step = divmod(rest, 1 << STEP_BITS)
            alignments.add((file, step + first.age, pitch - first.strike.base))
    return alignments
