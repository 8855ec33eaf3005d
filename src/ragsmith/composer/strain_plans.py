"""Which bars of a strain repeat earlier ones, drawn from the plans of the corpus's strains."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ragsmith.piece import Piece
from ragsmith.strains import strain_bars

__all__ = ["repeats_of"]

STREAM = 1
"""Keeps these draws apart from those of the steps, which have the same seed."""


def repeats_of(outline: Piece, plans: Mapping[str, int], seed: int) -> dict[int, int]:
    """For every strain a plan that a strain of the corpus has, drawn at random; step to the earlier
    step that it repeats.

    Args:
        outline: with its strains; one whose length no strain of the corpus has gets no plan.
        plans: how many strains of the corpus have each plan (`ragsmith.measure.strain_plans`).
        seed: of the piece.
    """
    draw = np.random.default_rng([STREAM, seed])
    repeats: dict[int, int] = {}
    for bars in strain_bars(outline):
        fitting = sorted(plan for plan in plans if len(plan) == len(bars))
        if not fitting:
            continue
        weights = np.array([plans[plan] for plan in fitting], float)
        plan = fitting[draw.choice(len(fitting), p=weights / weights.sum())]
        for bar, letter in zip(bars, plan, strict=True):
            first = bars[plan.index(letter)]
            if first.start < bar.start and first.length == bar.length:
                steps = range(bar.length)
                repeats |= {bar.start + step: first.start + step for step in steps}
    return repeats
