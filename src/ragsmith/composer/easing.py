"""Composed pieces that are harder than was wished, made easier.

Dials alone lead to about level 3: what is left is done as with any piece (`ragsmith.easier`), in
the key that was wished, and checked anew, for fewer notes are other notes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from ragsmith.composer.fill import Composed, Outcome
from ragsmith.composer.wish import Wish
from ragsmith.easier.simplify import as_easy_as_it_comes
from ragsmith.measure.difficulty import HARDEST, difficulty, level_of
from ragsmith.originality.gate import Guarantee, NotOriginal, check_originality
from ragsmith.originality.search import Originality
from ragsmith.piece import Piece

__all__ = ["made_easier", "missed_difficulty", "runs_of"]


def made_easier(outcome: Outcome, wish: Wish, guarantee: Guarantee | None) -> Outcome:
    """The outcome at the wished difficulty, or as near to it as it comes without becoming a copy;
    one that goes on from a primer is as it was, for what is given stays."""
    if not isinstance(outcome, Composed) or wish.difficulty is None or wish.primer:
        return outcome
    keep_key = wish.key is not None or wish.chords is not None
    for level in range(wish.difficulty, HARDEST + 1):
        easier = as_easy_as_it_comes(outcome.piece, level, keep_key)
        if not easier.steps:
            break
        with suppress(NotOriginal):  # few plain notes are soon somebody's tune
            return replace(
                outcome,
                piece=easier.piece,
                originality=runs_of(easier.piece, guarantee),
            )
    return outcome


def runs_of(piece: Piece, guarantee: Guarantee | None) -> Originality | None:
    """The longest runs of the whole piece, where somebody checks.

    Raises:
        NotOriginal: one is too long.
    """
    return check_originality(piece, range(piece.steps), guarantee) if guarantee else None


def missed_difficulty(piece: Piece, wish: Wish) -> str:
    """One line where a piece is harder, or easier, than was wished; else ""."""
    if wish.difficulty is None:
        return ""
    figure = difficulty(piece)
    if level_of(figure) == wish.difficulty:
        return ""
    side = "easier" if level_of(figure) > wish.difficulty else "harder"
    return f"difficulty {wish.difficulty}: the nearest piece has {figure:.1f}; none came {side}"
