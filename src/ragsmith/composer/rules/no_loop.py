"""A motif is not repeated more often in a row than in the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ragsmith.measure.loops import FEWEST_ONSETS, LONGEST_PERIOD, SHORTEST_PERIOD
from ragsmith.models.base import Step

__all__ = ["NoLoop"]


class NoLoop:
    """Rejects the step that would complete a motif once more than `times` times in a row.

    A motif is what `ragsmith.measure.loops` says. What a form repeats is not composed again, and so
    never looked at. The last step must not complete a loop with what follows it either.

    Args:
        times: how often the corpus plays a motif in a row.
        beat: steps of a quarter note.
        stop: where composing ends; without it nothing follows.
        after: the given steps that follow.
    """

    name = "NoLoop"

    def __init__(
        self, times: int, beat: int, stop: int | None = None, after: Sequence[Step] = ()
    ) -> None:
        self._times = times
        self._periods = range(SHORTEST_PERIOD * beat, LONGEST_PERIOD * beat + 1)
        self._stop = stop
        self._after = after[: LONGEST_PERIOD * beat]

    def allows(self, history: Sequence[Step], step: Step) -> bool:
        """Whether the motif that ends with this step was played at most `times` times in a row."""
        if not self._is_new(history, step):
            return False
        if len(history) + 1 != self._stop:
            return True
        whole = [*history, step, *self._after]
        return all(
            self._is_new(whole[:at], whole[at], before=self._stop)
            for at in range(self._stop, len(whole))
        )

    def _is_new(self, history: Sequence[Step], step: Step, before: int | None = None) -> bool:
        """Whether this step completes no loop, or none that begins before the step `before`."""
        now, struck = len(history), _struck(step)
        for period in self._periods:
            needed = self._times * period
            if needed + period > now + 1:
                return True
            if before is not None and now + 1 - needed - period >= before:
                continue
            if struck != _struck(history[now - period]) or not self._repeats(
                history, now - 1, period, needed - 1
            ):
                continue
            motif = history[now + 1 - period :]
            if sum(map(bool, motif)) + bool(step) >= FEWEST_ONSETS:
                return False
        return True

    @staticmethod
    def _repeats(history: Sequence[Step], last: int, period: int, needed: int) -> bool:
        """Whether so many steps up to `last` equal those a period before them."""
        return all(
            _struck(history[at]) == _struck(history[at - period])
            for at in range(last, last - needed, -1)
        )


@lru_cache(maxsize=1 << 14)
def _struck(step: Step) -> frozenset[int]:
    return frozenset(onset.pitch for onset in step)
