"""The phrases of a piece as it is played: four bars of a strain, as in most music for dancing.

Where a piece names no strains, sixteen bars are taken for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ragsmith.piece import Bar, Piece
from ragsmith.strains import is_introduction, strains_of

__all__ = ["Phrase", "PlayedStrain", "phrases_of", "strains_played"]

BARS_OF_PHRASE = 4
BARS_OF_STRAIN = 16
"""Of music that names no strains."""


class PlayedStrain(NamedTuple):
    """A strain each time that it is played: steps `start` up to, not including, `end`.

    Attributes:
        number: counts the strains that differ, in the order in which they come, from 0; -1 is an
            introduction.
        time: 1 the first time that it is played.
    """

    start: int
    end: int
    number: int = 0
    time: int = 1


class Phrase(NamedTuple):
    """A phrase: its steps, and whether a strain ends with it."""

    start: int
    end: int
    ends_strain: bool


def strains_played(piece: Piece) -> list[PlayedStrain]:
    """The strains of a piece, its repeats written out; together they cover it."""
    strains = strains_of(piece)
    starts = sorted({0, *(strain.start for strain in strains)})
    if not strains:
        starts = [bar.start for bar in piece.full_bars[::BARS_OF_STRAIN]]
        starts = [0, *starts[1:]]
    names = {strain.start: strain for strain in strains}
    numbers: dict[str, int] = {}
    times: dict[int, int] = {}
    played = []
    for start, end in pairwise([*starts, piece.steps]):
        strain = names.get(start)
        if strain is not None and is_introduction(strain, strains):
            number = -1
        else:
            name = strain.name if strain else str(start)
            number = numbers.setdefault(name, len(numbers))
        times[number] = times.get(number, 0) + 1
        played.append(PlayedStrain(start, end, number, times[number]))
    return played


def phrases_of(piece: Piece, strains: Sequence[PlayedStrain]) -> list[Phrase]:
    """The phrases of these strains, in order; a single bar that is left belongs to the last."""
    phrases = []
    for strain in strains:
        inside = [bar for bar in piece.bars if strain.start <= bar.start < strain.end]
        starts = [strain.start, *_later_starts(inside), strain.end]
        phrases += [Phrase(*steps, steps[1] == strain.end) for steps in pairwise(starts)]
    return phrases


def _later_starts(bars: Sequence[Bar]) -> list[int]:
    """Where the phrases after the first begin in the bars of a strain."""
    full = [bar.start for bar in bars if bar.is_full]
    return full[BARS_OF_PHRASE : len(full) - 1 : BARS_OF_PHRASE]
