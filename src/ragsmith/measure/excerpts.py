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

__all__ = ["BARS", "excerpt_figures"]

BARS = 32


def excerpt_figures(piece: Piece, portrait: Portrait) -> Iterator[dict[str, float]]:
    """The figures of the excerpts of a piece, by name.

    Args:
        piece: on the portrait's grid; one without full bars has no excerpts.
        portrait: of the corpus that it is compared with.
    """
    bars = piece.full_bars
    size = min(BARS, len(bars))
    for first in range(0, len(bars) - size + 1, max(1, size)) if bars else ():
        last = bars[first + size - 1]
        excerpt = in_hands(clip(piece, bars[first].start, last.start + last.length))
        harmony = asdict(harmony_of(excerpt))
        yield figures_of(excerpt, portrait) | {
            name: value for name, value in harmony.items() if value is not None
        }
