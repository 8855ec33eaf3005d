"""Choices leant towards the rhythm of an earlier bar, for models that write notes one by one.

Where the model chooses the next note and the right hand has none yet in the step, its notes gain or
lose against the end of the step, as the right hand struck there in the earlier bar or did not; what
the left hand does is left as likely as it was. A note of the right hand rather lasts until the
next one, as in nine of ten of the corpus's.
Source: ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ragsmith.composer.sampling import Leaning, LogP, Pick
from ragsmith.models.base import Step
from ragsmith.piece import PIANO_KEYS, Hand

__all__ = ["RhythmLeaning"]

STRIKES = 6.0
"""Nats: a network is sure of whether a hand strikes."""
LASTS = 3.0
"""Nats that a length wins which lasts until the next note."""
END = 2 * PIANO_KEYS
"""The last choice where the next note is chosen: the step has no more."""


class RhythmLeaning:
    """Leans the choices of every step towards the rhythm that it has to have.

    Args:
        rhythms: step to the earlier step that says whether the right hand strikes.
        then: leans what comes of it further.
    """

    def __init__(self, rhythms: Mapping[int, int], then: Leaning) -> None:
        self._rhythms, self._then = rhythms, then

    def __call__(self, history: Sequence[Step], pick: Pick) -> Pick:
        """The chooser for the step after `history`, leant; to be made anew for every proposal."""
        step, then = len(history), self._then(history, pick)
        if step not in self._rhythms:
            return then
        strikes = _right_strikes(history[self._rhythms[step]])
        length = self._length(history)
        chosen: list[int] = []

        def leant(log_p: LogP) -> int:
            is_right = bool(chosen) and chosen[-1] >= PIANO_KEYS
            if len(log_p) == END + 1:
                if not is_right:
                    log_p = _towards(log_p, STRIKES if strikes else -STRIKES)
                chosen.append(then(log_p))
                return chosen[-1]
            if is_right and 0 < length <= len(log_p):
                log_p = log_p + LASTS * (np.arange(len(log_p)) == length - 1)
            return then(log_p)

        return leant

    def _length(self, history: Sequence[Step]) -> int:
        """Steps until the right hand strikes next; 0 where that is not said."""
        now = len(history)
        after = now + 1
        while self._rhythms.get(after, now) < now:
            if _right_strikes(history[self._rhythms[after]]):
                return after - now
            after += 1
        return 0


def _right_strikes(step: Step) -> bool:
    return any(onset.hand is not Hand.LEFT for onset in step)


def _towards(log_p: LogP, nats: float) -> LogP:
    """The right hand's notes with these nats added against the end; both together as likely as
    before."""
    right, end = np.logaddexp.reduce(log_p[PIANO_KEYS:END]), log_p[END]
    if not np.isfinite(right) or not np.isfinite(end):
        return log_p
    less = np.logaddexp(right, end) - np.logaddexp(right + nats, end)
    added = np.zeros(len(log_p))
    added[PIANO_KEYS:END], added[END] = nats + less, less
    return np.asarray(log_p + added)
