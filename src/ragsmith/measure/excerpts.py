"""Figures of excerpts of pieces: what a critic of whole pieces goes by.

Definition: of every whole excerpt of `BARS` full bars, from the first one on, the figures of
`measure.portrait` and those of `measure.harmony`; of a shorter piece those of all its full bars.
Convention: pieces as they are written; figures move with the length, so excerpts are equally long.
Source: ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from ragsmith.hands import in_hands
from ragsmith.measure.harmony import harmony_of
from ragsmith.measure.portrait import Portrait, figures_of
from ragsmith.piece import Piece
from ragsmith.verbs import clip

__all__ = ["BARS", "excerpt_figures", "excerpts_of", "figures_of_excerpt"]

BARS = 32


def excerpts_of(piece: Piece, size: int = BARS) -> Iterator[Piece]:
    """The excerpts of a piece, `size` full bars each; a shorter one is its own."""
    bars = piece.full_bars
    size = max(1, min(size, len(bars)))
    for first in range(0, len(bars) - size + 1, size):
        last = bars[first + size - 1]
        yield clip(piece, bars[first].start, last.start + last.length)


def figures_of_excerpt(excerpt: Piece, portrait: Portrait) -> dict[str, float]:
    """The figures of an excerpt, by name.

    Args:
        excerpt: on the portrait's grid, in hands.
        portrait: of the corpus that it is compared with.
    """
    harmony = asdict(harmony_of(excerpt))
    return figures_of(excerpt, portrait) | {n: v for n, v in harmony.items() if v is not None}


def excerpt_figures(piece: Piece, portrait: Portrait) -> Iterator[dict[str, float]]:
    """The figures of all excerpts of a piece, by name."""
    return (figures_of_excerpt(in_hands(one), portrait) for one in excerpts_of(piece))
