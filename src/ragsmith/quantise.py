"""Free time to grid: rounding to the nearest step, how much that moves, and which grid fits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.piece import GRIDS, Metre

__all__ = [
    "SHARE_THAT_FITS",
    "TOLERANCE",
    "Moved",
    "clustering",
    "fitting_grid",
    "is_free",
    "moved",
    "natural_grid",
    "share_within",
    "to_durations",
    "to_steps",
]

TOLERANCE = 0.01
"""Quarter notes that an onset may lie beside a step and still count as lying on it: more than half
a tick of any usual file, half of the distance at which every onset would fit the finest grid."""
SHARE_THAT_FITS = 0.99
"""Share of the onsets that a grid must hold to fit a file."""
USUAL_GRID = 4
"""Taken where it holds a piece, and for pieces played so freely that no grid holds them."""
LEAST_CLUSTERING = 0.5
"""A file with less `clustering` than this on every grid is played freely. Onsets with a normally
distributed error of 0.047 quarters reach it on a grid of 4: 99 % of them are still nearest to their
own step."""
ABOUT_AS_CLOSE = 0.02
SHOWN_SHARE = 0.01

Ticks = NDArray[np.integer[Any]]
"""Times in a file's own ticks, shape (notes,)."""
Steps = NDArray[np.int64]


class Moved(NamedTuple):
    """How far notes had to be shifted to lie on a grid.

    Attributes:
        share: share of the onsets that did not lie on the grid, give or take `TOLERANCE` (0 to 1).
        mean: mean shift of those, in quarter notes.
        largest: largest shift of any onset, in quarter notes.
    """

    share: float
    mean: float
    largest: float

    def words(self, steps_per_quarter: int, fitting: int | None) -> str:
        """A sentence for users: how much moved, and which grid would have held it (None: none
        would)."""
        moved = f"{self.share:.0%}" if self.share >= SHOWN_SHARE else f"{self.share:.2%}"
        grid = f"the grid of {steps_per_quarter} steps a quarter"
        words = f"{moved} of the onsets moved to {grid}"
        words += f", by {self.mean:.2f} quarter notes on average"
        if fitting is not None and fitting != steps_per_quarter:
            words += f" (a grid of {fitting} holds them)"
        return words


def to_steps(ticks: Ticks, ticks_per_quarter: int, steps_per_quarter: int) -> Steps:
    """The nearest steps, shape (notes,); what lies half-way goes to the later one."""
    doubled = 2 * steps_per_quarter * ticks.astype(np.int64)
    nearest: Steps = (doubled + ticks_per_quarter) // (2 * ticks_per_quarter)
    return nearest


def to_durations(ticks: Ticks, ticks_per_quarter: int, steps_per_quarter: int) -> Steps:
    """Durations rounded to steps, at least one; shape (notes,)."""
    return np.maximum(1, to_steps(ticks, ticks_per_quarter, steps_per_quarter))


def _shifts(onsets: Ticks, ticks_per_quarter: int, steps_per_quarter: int) -> NDArray[np.float64]:
    """Distance of each onset from its nearest step, in quarter notes; shape (notes,)."""
    past = onsets.astype(np.int64) * steps_per_quarter % ticks_per_quarter
    nearest = np.minimum(past, ticks_per_quarter - past)
    shifts: NDArray[np.float64] = nearest / (ticks_per_quarter * steps_per_quarter)
    return shifts


def moved(onsets: Ticks, ticks_per_quarter: int, steps_per_quarter: int) -> Moved:
    """How far these onsets (ticks, shape (notes,)) are shifted by rounding them to a grid."""
    shifts = _shifts(onsets, ticks_per_quarter, steps_per_quarter)
    if not len(shifts):
        return Moved(0.0, 0.0, 0.0)
    beside = shifts[shifts > TOLERANCE]
    mean = float(beside.mean()) if len(beside) else 0.0
    return Moved(len(beside) / len(shifts), mean, float(shifts.max()))


def fitting_grid(onsets: Ticks, ticks_per_quarter: int) -> int | None:
    """The coarsest of `GRIDS` that holds at least 99 % of the onsets (ticks, shape (notes,)).

    None when no grid does: a free performance.
    """
    return next((grid for grid in GRIDS if _holds(grid, onsets, ticks_per_quarter)), None)


def natural_grid(
    onsets: Ticks, ticks_per_quarter: int, metres: Iterable[Metre], ends: Ticks | None = None
) -> int:
    """The grid to work on where none is asked for: 4 where it holds onsets, ends and bars, else the
    coarsest grid that does.

    Where no grid holds the piece, the one that onsets cluster around is taken; for a free
    performance, the grid of 4. `moved` tells how far notes then shift.

    Args:
        onsets: in ticks, shape (notes,).
        ticks_per_quarter: how many ticks make a quarter note.
        metres: of the bars, which must be whole numbers of steps.
        ends: of the notes, in ticks, where a file writes them exactly; None where they are played.
    """
    times = (onsets,) if ends is None else (onsets, ends)
    fitting = [
        grid
        for grid in (USUAL_GRID, *GRIDS[1:])
        if all(_holds(grid, column, ticks_per_quarter) for column in times)
    ]
    if not fitting:
        return _nearest_grid(onsets, ticks_per_quarter)
    lengths = {(metre.beats, metre.unit) for metre in metres}
    whole = (g for g in fitting if all(4 * g * beats % unit == 0 for beats, unit in lengths))
    return next(whole, fitting[0])


def _nearest_grid(onsets: Ticks, ticks_per_quarter: int) -> int:
    """The coarsest grid around which onsets cluster about as closely as around any."""
    if is_free(onsets, ticks_per_quarter):
        return USUAL_GRID
    grids = (USUAL_GRID, *GRIDS[1:])
    clusters = [clustering(onsets, ticks_per_quarter, grid) for grid in grids]
    return next(
        g for g, c in zip(grids, clusters, strict=True) if c > max(clusters) - ABOUT_AS_CLOSE
    )


def is_free(onsets: Ticks, ticks_per_quarter: int) -> bool:
    """Whether the piece was played without regard to the file's beats.

    It is when its onsets cluster around no grid up to 12. The grid of 24 is not tried: in files
    with few ticks a quarter, any onset is close to it.
    """
    return all(clustering(onsets, ticks_per_quarter, g) < LEAST_CLUSTERING for g in GRIDS[:-1])


def clustering(onsets: Ticks, ticks_per_quarter: int, steps_per_quarter: int) -> float:
    """How closely onsets cluster around the steps of a grid: 1 exactly on them, 0 at random.

    Definition: the mean of cos(2 pi d), d an onset's distance from a step in steps (the mean
    resultant length towards a known direction: Mardia and Jupp, Directional Statistics, 2000).
    """
    if not len(onsets):
        return 1.0
    past = onsets.astype(np.int64) * steps_per_quarter % ticks_per_quarter
    return float(np.cos(2 * np.pi / ticks_per_quarter * past).mean())


def share_within(
    tolerance: float, onsets: Ticks, ticks_per_quarter: int, steps_per_quarter: int
) -> float:
    """Share of the onsets (ticks, shape (notes,)) that lie so near to a step, in quarter notes."""
    return float((_shifts(onsets, ticks_per_quarter, steps_per_quarter) <= tolerance).mean())


def _holds(grid: int, times: Ticks, ticks_per_quarter: int) -> bool:
    """Whether at least 99 % of the times lie on a grid."""
    on_grid = _shifts(times, ticks_per_quarter, grid) <= TOLERANCE
    return int(np.count_nonzero(on_grid)) >= SHARE_THAT_FITS * len(times)
