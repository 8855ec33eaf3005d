"""Bars by the numbers that the score prints: where they are written, and when they are played.

Numbers are counted from 1 through the written form of a piece (`ragsmith.io.score.repeat_signs`): a
pickup has none, both endings count, and a strain that comes back written out is counted again.
"""

from __future__ import annotations

from itertools import pairwise

from ragsmith.io.score.repeat_signs import Folded, fold, steps_as_signed
from ragsmith.piece import Piece
from ragsmith.playing_order import played_steps, unfold

__all__ = ["numbers_as_played", "numbers_as_stored", "printed_bars"]


def printed_bars(piece: Piece) -> list[range]:
    """Where every printed bar stands in the piece, in its own steps: bar 1 first.

    A bar that a repeat sign cuts in two ends at the sign where the music goes on elsewhere.

    >>> from ragsmith.piece import Metre, Note, Piece, regular_bars
    >>> bars = regular_bars(18, [(0, Metre(2, 4))], pickup=2)
    >>> printed_bars(Piece((Note(0, 60, 2),), bars))
    [range(2, 10), range(10, 18)]
    """
    folded = fold(piece)
    places = _places(piece, folded)
    starts = [bar.start for bar in folded.piece.bars if bar.is_full]
    bars = []
    for start, end in pairwise([*starts, folded.piece.steps]):
        length = 1
        while start + length < end and places[start + length] == places[start] + length:
            length += 1
        bars.append(range(places[start], places[start] + length))
    return bars


def numbers_as_played(piece: Piece) -> list[int]:
    """The printed number of every bar of the piece as it is played; a pickup before bar 1 has 0."""
    folded = fold(piece)
    steps = steps_as_signed(piece, folded)
    if not steps:  # signs cannot say this order
        first = _first_copies(piece, folded)
        steps = [first[place] for place in played_steps(piece)]
    numbers = _numbers(folded)
    return [numbers[steps[bar.start]] for bar in unfold(piece).bars]


def numbers_as_stored(piece: Piece) -> list[int]:
    """The printed number of every bar of the piece as it is stored, each section once; where it is
    printed several times, the first."""
    folded = fold(piece)
    first, numbers = _first_copies(piece, folded), _numbers(folded)
    return [numbers[first[bar.start]] for bar in piece.bars]


def _numbers(folded: Folded) -> list[int]:
    """For every step of the written form the number of its bar."""
    numbers: list[int] = []
    number = 0
    for bar in folded.piece.bars:
        number += bar.is_full
        numbers += [number] * bar.length
    return numbers


def _places(piece: Piece, folded: Folded) -> list[int]:
    """For every step of the written form the step of the piece that it copies."""
    if folded.piece is piece:
        return list(range(piece.steps))
    sections = {section.name: section for section in piece.sections}
    copied = [sections[section.name] for section in folded.piece.sections]
    return [step for section in copied for step in range(section.start, section.end)]


def _first_copies(piece: Piece, folded: Folded) -> dict[int, int]:
    """For every step of the piece the first step of the written form that copies it."""
    places = _places(piece, folded)
    return {place: step for step, place in reversed([*enumerate(places)])}
