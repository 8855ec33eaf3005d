"""Chord symbols for a piece that has none: the chords that are heard in it, written where they
change."""

from __future__ import annotations

from dataclasses import replace

from ragsmith.chords import ChordMark
from ragsmith.harmony.finder import chords_of
from ragsmith.harmony.spans import half_bars
from ragsmith.piece import Piece

__all__ = ["with_chord_symbols"]


def with_chord_symbols(piece: Piece) -> Piece:
    """The piece with its own chord symbols, or else with those that `chords_of` finds.

    >>> piece = Piece.from_array([[0, 48, 4], [0, 64, 4], [0, 67, 4], [4, 48, 4], [4, 64, 4],
    ...                           [8, 43, 4], [8, 65, 4], [8, 71, 4], [8, 74, 4]], metre="2/4")
    >>> [mark.step for mark in with_chord_symbols(piece).chords]
    [0, 8]
    """
    if piece.chords:
        return piece
    marks: list[ChordMark] = []
    for span, chord in zip(half_bars(piece), chords_of(piece), strict=True):
        if chord and (not marks or marks[-1].chord != chord):
            marks.append(ChordMark(span.start, chord))
    return replace(piece, chords=tuple(marks))
