"""How far a piece is from one that it was made from: the definition of near and far.

Definition: the distance of two pieces in the same bars is 1 minus the mean, over the bars in which
either begins a note, of the Jaccard similarity (common over all) of their sets of (step, pitch)
that begin. 0: the same notes are struck; 1: no note is struck where the other strikes it.
Convention: bars as they are written, a repeat counted once; how long and how loud notes are, and
which hand plays them, is no matter; nothing is transposed.
Source: ours; the similarity is that of `ragsmith.measure.structure`.
"""

from __future__ import annotations

from bisect import bisect_right

from ragsmith.harmony.finder import chords_of
from ragsmith.measure.harmony import same_triad
from ragsmith.piece import Piece

__all__ = ["distance", "same_bars", "same_harmony"]

Struck = frozenset[tuple[int, int]]
"""Steps and pitches."""


def distance(one: Piece, other: Piece) -> float:
    """How far two pieces in the same bars are apart, 0 to 1.

    >>> one = Piece.from_array([[0, 60, 4], [4, 62, 4]], metre="2/4")
    >>> distance(one, one), distance(one, Piece.from_array([[0, 60, 4], [4, 64, 4]], metre="2/4"))
    (0.0, 0.6666666666666667)
    """
    shares = [len(a & b) / len(a | b) for a, b in _pairs(one, other)]
    return 1 - sum(shares) / len(shares) if shares else 0.0


def same_bars(one: Piece, other: Piece) -> float:
    """Share of the bars with notes in which both strike the same ones."""
    same = [a == b for a, b in _pairs(one, other)]
    return sum(same) / len(same) if same else 1.0


def same_harmony(one: Piece, other: Piece) -> float:
    """Share of the half bars in which the finder of chords names the same triad; of those in which
    it names one in both."""
    pairs = zip(chords_of(one), chords_of(other), strict=True)
    same = [same_triad(a, b) for a, b in pairs if a and b]
    return sum(same) / len(same) if same else 1.0


def _pairs(one: Piece, other: Piece) -> list[tuple[Struck, Struck]]:
    """What both strike in each bar in which either strikes anything."""
    return [(a, b) for a, b in zip(_bars(one), _bars(other), strict=True) if a or b]


def _bars(piece: Piece) -> list[Struck]:
    starts = [bar.start for bar in piece.bars]
    struck: list[set[tuple[int, int]]] = [set() for _ in starts]
    for note in piece.notes:
        struck[bisect_right(starts, note.onset) - 1].add((note.onset, note.pitch))
    return [frozenset(bar) for bar in struck]
