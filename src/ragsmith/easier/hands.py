"""The strikes of one hand, changed one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ragsmith.piece import Hand, Note, Piece, normalise

__all__ = ["Strike", "Strikes", "strikes_of", "with_each_strike", "with_strikes"]

Strike = tuple[Note, ...]
"""The notes that a hand begins at one step, low to high."""
Strikes = dict[int, Strike]
"""The strikes of a hand by their step, in order."""


def strikes_of(piece: Piece, hand: Hand) -> Strikes:
    """The strikes of a hand.

    >>> piece = Piece.from_array([[0, 67, 4, 80, 2], [0, 60, 4, 80, 2], [4, 40, 4, 80, 1]])
    >>> [note.pitch for note in strikes_of(piece, Hand.RIGHT)[0]]
    [60, 67]
    """
    strikes: Strikes = {}
    for note in piece.notes:
        if note.hand is hand:
            strikes[note.onset] = (*strikes.get(note.onset, ()), note)
    return strikes


def with_strikes(piece: Piece, hand: Hand, strikes: Strikes) -> Piece:
    """The piece with other strikes of a hand; what changes notes drops the recipe."""
    others: Iterable[Note] = (note for note in piece.notes if note.hand is not hand)
    notes = normalise([*others, *(note for strike in strikes.values() for note in strike)])
    return replace(piece, notes=notes, recipe="")


def with_each_strike(piece: Piece, hand: Hand, change: Callable[[Strike], Strike]) -> Piece:
    """The piece with every strike of a hand changed."""
    strikes = strikes_of(piece, hand)
    return with_strikes(piece, hand, {step: change(strike) for step, strike in strikes.items()})
