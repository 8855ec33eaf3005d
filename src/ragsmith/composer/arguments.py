"""What a program hands to `compose` and its like, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable

from ragsmith.composer.wish import Wish
from ragsmith.errors import BadOption
from ragsmith.options import SEED

__all__ = ["checked_seeds", "checked_wish"]


def checked_wish(wish: object) -> Wish:
    """What is to be composed.

    Raises:
        BadOption: it is no wish.
    """
    if isinstance(wish, Wish):
        return wish
    raise BadOption(repr(wish), "is no wish", 'give one like ragsmith.Wish(form="AABB")')


def checked_seeds(seeds: Iterable[int]) -> tuple[int, ...]:
    """Seeds as plain numbers.

    Raises:
        BadOption: they are no list, or one is out of range.
    """
    try:
        given = tuple(seeds)
    except TypeError:
        raise BadOption(f"seeds {seeds!r}", "are no list", "give a list like [1, 2]") from None
    if None in given:
        raise BadOption("seed None", SEED.rule, SEED.remedy)
    return tuple(SEED.check(seed) for seed in given)
