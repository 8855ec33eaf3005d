"""The settings of `markov`: frozen and checked."""

from __future__ import annotations

from dataclasses import dataclass

from ragsmith.models.limits import check_settings
from ragsmith.models.markov.tokens import WIDTH

__all__ = ["MarkovConfig"]


@dataclass(frozen=True, slots=True)
class MarkovConfig:
    """How far the model looks back, and at what.

    Attributes:
        steps_per_quarter: the grid, one of `GRIDS`.
        order: the longest context, in bytes (a note is two, the end of a step one); 0 to 16.
        transpositions: learn the corpus in all keys from 5 semitones down to 6 up.
        memory: learn the piece at hand as it unfolds, too.

    Raises:
        BadOption: a value outside its range.
    """

    steps_per_quarter: int = 4
    order: int = WIDTH
    transpositions: bool = True
    memory: bool = True

    def __post_init__(self) -> None:
        check_settings(self, {"order": (0, WIDTH)})
