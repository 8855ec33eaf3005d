"""What the lanes of the originality check have struck, step by step, as the first lock sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def onsets_back(newest_first: Sequence[Step], lane: int, silence: int) -> Iterator[Back]:
    """The onsets of a lane, newest first, back to a silence of more steps, which ends every run.

    Args:
        newest_first: steps as they are played.
        lane: 0 texture, 1 melody, 2 the right hand's melody.
        silence: in steps.
    """
    latest = 0
    for age, step in enumerate(newest_first):
        if age - latest > silence:
            return
        if step and (strike := _strikes(step)[lane]):
            yield Back(age, strike)
            latest = age


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
