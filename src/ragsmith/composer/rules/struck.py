"""What the lanes of the originality check have struck, step by step, as the first lock sees it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ragsmith.models.base import Step
from ragsmith.piece import Hand

__all__ = ["Back", "Strike", "onsets_back"]


class Strike(NamedTuple):
    """What one lane has at a step: base pitch, pitches above it."""

    base: int
    above: tuple[int, ...]


class Back(NamedTuple):
    """An onset, so many steps before the newest one."""

    age: int
    strike: Strike


def onsets_back(newest_first: Sequence[Step], lane: int, limit: int, silence: int) -> list[Back]:
    """The onsets of a lane, newest first, back to the first with which they last longer than the
    limit, or to a longer silence, which ends every run; none where the newest step has none.

    Args:
        newest_first: steps as they are played.
        lane: 0 texture, 1 melody, 2 the right hand's melody.
        limit, silence: in steps.
    """
    onsets: list[Back] = []
    latest = 0
    for age, step in enumerate(newest_first):
        if age - latest > silence:
            break
        if step and (strike := _strikes(step)[lane]):
            onsets.append(Back(age, strike))
            if age >= limit:
                break
            latest = age
        elif not age:
            break
    return onsets


@lru_cache(maxsize=1 << 14)
def _strikes(step: Step) -> tuple[Strike | None, Strike | None, Strike | None]:
    """What each lane has of a step that is not empty; None where nothing begins."""
    pitches = sorted({onset.pitch for onset in step})
    right = [onset.pitch for onset in step if onset.hand is Hand.RIGHT]
    return (
        Strike(pitches[0], tuple(pitch - pitches[0] for pitch in pitches)),
        Strike(pitches[-1], (0,)),
        Strike(max(right), (0,)) if right else None,
    )
