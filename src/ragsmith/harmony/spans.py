"""The stretches of a piece that have one chord: half bars, or whole bars where a metre has none.

Convention: a bar of an even number of beats has two halves (2/4, 4/4, 6/8 counted in two), every
other bar is one stretch (3/4, 5/4, 9/8), and so is a pickup and a bar that is cut.
"""

from __future__ import annotations

from collections.abc import Iterable

from ragsmith.piece import Bar, Metre, Piece

__all__ = ["beats_of", "half_bars", "halves_of"]


def beats_of(metre: Metre) -> int:
    """The beats that are counted: of 6/8 and its like the dotted ones.

    >>> beats_of(Metre(2, 4)), beats_of(Metre(6, 8)), beats_of(Metre(3, 8))
    (2, 2, 3)
    """
    compound = metre.unit >= 8 and metre.beats % 3 == 0 and metre.beats > 3
    return metre.beats // 3 if compound else metre.beats


def halves_of(bar: Bar, steps_per_quarter: int) -> list[range]:
    """The steps of each half of a bar, or of the whole where it has no half."""
    steps = range(bar.start, bar.start + bar.length)
    whole = bar.is_full and bar.length == bar.metre.steps(steps_per_quarter)
    if not whole or beats_of(bar.metre) % 2 or bar.length % 2:
        return [steps]
    middle = bar.length // 2
    return [steps[:middle], steps[middle:]]


def half_bars(piece: Piece, bars: Iterable[Bar] | None = None) -> list[range]:
    """The steps of every half bar of a piece, or of some of its bars.

    >>> half_bars(Piece.from_array([[0, 60, 4]], metre="2/4"))
    [range(0, 4), range(4, 8)]
    """
    chosen = piece.bars if bars is None else bars
    return [half for bar in chosen for half in halves_of(bar, piece.steps_per_quarter)]
