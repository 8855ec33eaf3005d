"""No scratched record: a motif is not said again and again more often than the corpus does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ragsmith.measure.loops import FEWEST_ONSETS, LONGEST_PERIOD, SHORTEST_PERIOD
from ragsmith.models.base import Step

__all__ = ["NoLoop"]


class NoLoop:
    """Rejects the step that would complete a motif once more than `times` times in a row.

    A motif is what `ragsmith.measure.loops` says. What a form repeats is not composed again, and so
    never looked at.

    Args:
        times: how often the corpus says a motif in a row.
        beat: steps of a quarter note.
    """

    name = "NoLoop"

    def __init__(self, times: int, beat: int) -> None:
        self._times = times
        self._periods = range(SHORTEST_PERIOD * beat, LONGEST_PERIOD * beat + 1)

    def allows(self, history: Sequence[Step], step: Step) -> bool:
        """Whether the motif that ends with this step was said at most `times` times."""
        now, struck = len(history), _struck(step)
        for period in self._periods:
            needed = self._times * period
            if needed + period > now + 1:
                return True
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
