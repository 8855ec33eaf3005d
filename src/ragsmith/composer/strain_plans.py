"""Which bars of a strain repeat earlier ones, and which have only the rhythm of an earlier one,
drawn from the plans of the corpus's strains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ragsmith.composer.draws import drawn_by_weight
from ragsmith.measure.strain_plans import lettered
from ragsmith.piece import Bar, Piece
from ragsmith.strains import strain_bars

__all__ = ["repeats_of", "rhythms_of"]

STREAM, RHYTHM_STREAM = 1, 5
"""Keep these draws apart from those of the steps, which have the same seed, and from each other."""


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
        plan = drawn_by_weight(fitting, map(plans.__getitem__, fitting), draw)
        for bar, letter in zip(bars, plan, strict=True):
            first = bars[plan.index(letter)]
            if first.start < bar.start and first.length == bar.length:
                steps = range(bar.length)
                repeats |= {bar.start + step: first.start + step for step in steps}
    return repeats


def rhythms_of(
    outline: Piece, plans: Mapping[str, int], repeats: Mapping[int, int], seed: int
) -> dict[int, int]:
    """Steps at which the right hand has the rhythm of an earlier bar of the strain: step to that
    earlier step. Bars that are repeated whole are none of them.

    Args:
        outline: with its strains.
        plans: how many strains of the corpus have each plan with its rhythms
            (`ragsmith.measure.strain_plans.rhythm_plans_of`). A strain gets the rhythms of one that
            repeats its bars alike; where none does, of one whose rhythms allow those repeats.
        repeats: step to the earlier step that it repeats.
        seed: of the piece.
    """
    draw = np.random.default_rng([RHYTHM_STREAM, seed])
    rhythms: dict[int, int] = {}
    for bars in strain_bars(outline):
        repeated = _repeated(bars, repeats)
        fitting = _fitting(plans, repeated)
        if not fitting:
            continue
        plan = drawn_by_weight(fitting, map(plans.__getitem__, fitting), draw).split(" ")[1]
        for number, (bar, letter) in enumerate(zip(bars, plan, strict=True)):
            first = bars[plan.index(letter)]
            if (
                repeated[number] == number
                and first.start < bar.start
                and first.length == bar.length
            ):
                steps = range(bar.length)
                rhythms |= {bar.start + step: first.start + step for step in steps}
    return rhythms


def _repeated(bars: Sequence[Bar], repeats: Mapping[int, int]) -> list[int]:
    """For each bar the number of the one that it repeats, or its own."""
    numbers = {bar.start: number for number, bar in enumerate(bars)}
    repeated: list[int] = []
    for number, bar in enumerate(bars):
        earlier = numbers.get(repeats.get(bar.start, bar.start), number)
        repeated.append(repeated[earlier] if earlier < number else number)
    return repeated


def _fitting(plans: Mapping[str, int], repeated: Sequence[int]) -> list[str]:
    """The plans of strains that repeat their bars alike, else those whose rhythms do so too."""
    own = lettered(repeated)
    alike = sorted(plan for plan in plans if plan.split(" ")[0] == own)
    if alike:
        return alike
    rhythms = {plan: plan.split(" ")[1] for plan in plans}
    return sorted(
        plan
        for plan, letters in rhythms.items()
        if len(letters) == len(repeated)
        and all(letters[number] == letters[earlier] for number, earlier in enumerate(repeated))
    )
