"""Dampers: how far they lie on the strings while the sustaining pedal moves.

Between `CLEAR` and `TOUCHING` felt touches the strings lightly (half pedal): sound dies the more
slowly, the farther the pedal is down (Lehtonen, Askenfelt & Valimaki, JASA 126, 2009).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ragsmith.performance import Performance

__all__ = ["CLEAR", "Dampers"]

CLEAR = 64
"""Depth from which on no damper touches a string, as MIDI says it: on."""
TOUCHING = 24
"""Depth below which all lie on them with their weight."""

Real = NDArray[np.float64]


class Dampers:
    """How long the dampers have lain on the strings, by the sample.

    Args:
        pedal: how far it is down from which sample on.
        end: the sample at which the dampers fall at the latest.

    >>> dampers = Dampers({0: 127, 80: 0}, end=200)
    >>> dampers.contact([0, 80, 100]).tolist(), dampers.reached([10]).tolist()
    ([0.0, 0.0, 20.0], [90.0])
    """

    def __init__(self, pedal: Mapping[int, int], end: int) -> None:
        self.end = end
        depths = {0: 0} | {at: depth for at, depth in pedal.items() if at < end} | {end: 0}
        self.moves = np.array([*depths, end + 2**40], np.float64)
        self.weights = np.array([weight(depth) for depth in depths.values()])
        passed = np.cumsum(self.weights * np.diff(self.moves))
        self.contacts = np.concatenate([[0.0], passed])

    @classmethod
    def of(cls, performance: Performance, sample_rate: int) -> Dampers:
        """Those of a performance; they fall when the piece ends."""
        clock = performance.clock(sample_rate)
        pedal = {max(0, clock(change.tick)): change.depth for change in performance.pedal}
        return cls(pedal, clock(performance.piece.steps * performance.ticks_per_step))

    def contact(self, samples: ArrayLike) -> Real:
        """Samples of full contact up to a sample."""
        places = np.asarray(samples, np.float64)
        return np.asarray(np.interp(places, self.moves, self.contacts))

    def reached(self, contacts: ArrayLike) -> Real:
        """The last sample up to which the contact is no longer than that."""
        wanted = np.asarray(contacts, np.float64)
        place = np.searchsorted(self.contacts, wanted, side="right") - 1
        lying = np.maximum(self.weights[np.minimum(place, len(self.weights) - 1)], 1e-9)
        return np.asarray(self.moves[place] + (wanted - self.contacts[place]) / lying)


def weight(depth: int) -> float:
    """The share of their weight with which dampers lie on the strings.

    >>> weight(0), weight(44), weight(127)
    (1.0, 0.5, 0.0)
    """
    return min(1.0, max(0.0, (CLEAR - depth) / (CLEAR - TOUCHING)))
