"""In which order written steps are played, and so which steps stand next to one another.

A piece is composed as it is written, strain after strain; rules that look across the joins of
repeats have to know what is played before and after a step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ragsmith.originality.search import LONGEST_LIMIT
from ragsmith.piece import Piece

__all__ = ["Neighbours", "Played", "played_of"]

FAR = LONGEST_LIMIT
"""Quarter-note beats. Where a step is played twice, and so many beats before it both times alike,
it is looked at once."""


class Neighbours(NamedTuple):
    """One place of a written step in the playing order; steps of `before` and `after` are already
    composed. Both are written steps, nearest first."""

    before: tuple[int, ...]
    after: tuple[int, ...]


class Played:
    """A playing order: of each step its neighbours, as far as they were composed before it.

    Args:
        order: the written steps as they are played.
        free: the written steps that are composed; others are given, and never looked at.
        far: how many steps to look, at the joins.
    """

    def __init__(self, order: list[int], free: range, far: int) -> None:
        self._order, self._free, self._far = order, free, far
        self._places = defaultdict(list)
        for place, step in enumerate(order):
            self._places[step].append(place)

    def around(self, step: int) -> set[Neighbours]:
        """All different neighbourhoods of a step."""
        return {
            Neighbours(
                tuple(self._walk(step, place, -1)),
                tuple(self._walk(step, place, +1)),
            )
            for place in self._places[step]
        }

    @property
    def last(self) -> int:
        """The step that is played last."""
        return self._order[-1]

    def preceding(self, step: int, count: int) -> tuple[int, ...]:
        """The steps, at most so many, that are played before a step the first time it is played."""
        place = self._places[step][0]
        return tuple(self._order[max(0, place - count) : place])

    def _walk(self, step: int, place: int, by: int) -> Iterator[int]:
        for distance in range(1, self._far + 1):
            at = place + by * distance
            known = 0 <= at < len(self._order) and self._order[at] < step
            if not known or self._order[at] not in self._free:
                return
            yield self._order[at]


def played_of(outline: Piece, free: range | None = None) -> Played:
    """The playing order of an outline's sections; as written where it names none."""
    spans = {section.name: range(section.start, section.end) for section in outline.sections}
    order = [step for name in outline.order for step in spans[name]]
    every = range(outline.steps)
    return Played(order or list(every), free or every, FAR * outline.steps_per_quarter)
