"""Strains that come back to their beginning: which bars say again what earlier bars said."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ragsmith.measure.phrases import halves_of
from ragsmith.piece import Piece

__all__ = ["plan_of"]

STREAM = 1
"""Keeps these draws apart from those of the steps, which have the same seed."""


def plan_of(outline: Piece, returns: Mapping[str, int], seed: int) -> dict[int, int]:
    """For every strain the second half begins as the first did, for as many bars as one of the
    corpus's strains does, drawn at random; step to the earlier step that it repeats.

    Args:
        outline: with its strains.
        returns: how many strains of the corpus return for how many bars.
        seed: of the piece.
    """
    bars = [int(count) for count in returns]
    strains = np.array(list(returns.values()), float)
    if not strains.sum():
        return {}
    draw = np.random.default_rng([STREAM, seed])
    plan: dict[int, int] = {}
    for halves in halves_of(outline):
        count = min(int(draw.choice(bars, p=strains / strains.sum())), len(halves) - 1)
        for first, second in halves[:count]:
            steps = range(min(first.length, second.length))
            plan |= {second.start + step: first.start + step for step in steps}
    return plan
