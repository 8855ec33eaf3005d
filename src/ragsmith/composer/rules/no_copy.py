"""The first lock: no step that would make a copied run longer than its limit.

What a run is stands in `ragsmith.originality.runs`, what a row of the index is in
`ragsmith.originality.index`. This file reads the index by code of its own: the second lock, which
checks the finished piece (`ragsmith.originality.search`), must not share its mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from ragsmith.models.base import Step
from ragsmith.originality.index import CHECK_BITS, PITCH_BITS, STEP_BITS, Lane, Passages
from ragsmith.originality.runs import LONGEST_SILENCE
from ragsmith.originality.search import Limits
from ragsmith.piece import Hand
from ragsmith.playing_order import PlayingOrder

__all__ = ["NoCopy"]


class Strike(NamedTuple):
    """What one lane has at a step: base pitch, pitches above it; None where nothing begins."""

    base: int
    above: tuple[int, ...]


class Back(NamedTuple):
    """An onset, so many steps before the newest one."""

    age: int
    strike: Strike


class NoCopy:
    """Rejects a step with which a run of more than `limits` would stand in the corpus.

    Args:
        passages: the bundle's index.
        limits: in quarter-note beats.
        played: which steps are neighbours when repeats are played.
    """

    name = "NoCopy"

    def __init__(self, passages: Passages, limits: Limits, played: PlayingOrder) -> None:
        self._beat = passages.steps_per_quarter
        self._lanes = tuple(
            (number, lane, int(beats * self._beat))
            for number, (lane, beats) in enumerate(
                zip(passages[1:], (limits.texture, limits.melody, limits.melody), strict=True)
            )
        )
        self._silence = LONGEST_SILENCE * self._beat
        self._far = int(max(limits) * self._beat) + self._silence
        self._played = played

    def allows(self, history: Sequence[Step], step: Step) -> bool:
        """Whether no run through this step is too long, wherever it is played."""
        for before, after in self._played.around(len(history), self._far):
            if not step and not after:
                continue
            past = [step, *(history[at] for at in before)]
            if step and self._copies(past):
                return False
            for at in after:
                past.insert(0, history[at])
                if history[at] and self._copies(past):
                    return False
        return True

    def _copies(self, newest_first: Sequence[Step]) -> bool:
        """Whether a run that ends with the newest step is too long, in any lane."""
        return any(
            _strikes(newest_first[0])[number] and self._is_long(newest_first, number, lane, limit)
            for number, lane, limit in self._lanes
        )

    def _is_long(self, newest_first: Sequence[Step], number: int, lane: Lane, limit: int) -> bool:
        """Follow the alignments of the newest row back for as long as one of them lasts."""
        back = self._onsets(newest_first, number)
        onsets = [next(back)]
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

    def _onsets(self, newest_first: Sequence[Step], number: int) -> Iterator[Back]:
        """The onsets of a lane, newest first, back to a silence that ends every run."""
        latest = 0
        for age, step in enumerate(newest_first):
            if age - latest > self._silence:
                return
            if step and (strike := _strikes(step)[number]):
                yield Back(age, strike)
                latest = age


@lru_cache(maxsize=1 << 14)
def _strikes(step: Step) -> tuple[Strike | None, Strike | None, Strike | None]:
    """What each lane has of a step that is not empty: texture, melody, right hand's melody."""
    pitches = sorted({onset.pitch for onset in step})
    right = [onset.pitch for onset in step if onset.hand is Hand.RIGHT]
    return (
        Strike(pitches[0], tuple(pitch - pitches[0] for pitch in pitches)),
        Strike(pitches[-1], (0,)),
        Strike(max(right), (0,)) if right else None,
    )


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
