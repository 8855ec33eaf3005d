"""The settings of `markov`: frozen and checked."""

from __future__ import annotations

from dataclasses import dataclass

from ragsmith.models.limits import check_settings
from ragsmith.models.markov.tokens import LONGEST_DURATION, WIDTH
from ragsmith.models.writing import Alphabet

__all__ = ["MarkovConfig"]


@dataclass(frozen=True, slots=True)
class MarkovConfig:
    """How far the model looks back, and at what.

    Attributes:
        steps_per_quarter: the grid, one of `GRIDS`.
        order: the longest context, in bytes (a note is two, the end of a step one); 0 to 16.
        transpositions: learn the corpus in all keys from 5 semitones down to 6 up.
        memory: learn the piece at hand as it unfolds, too.
        hands: 2 keeps the hands apart, the left written first; 1 is one range of 88 keys.
        longest: longest duration in steps; longer notes count as this long.

    Raises:
        BadOption: a value outside its range.
    """

    steps_per_quarter: int = 4
    order: int = WIDTH
    transpositions: bool = True
    memory: bool = True
    hands: int = 1
    longest: int = LONGEST_DURATION

    @property
    def alphabet(self) -> Alphabet:
        """What is chosen from."""
        return Alphabet(self.hands, self.longest)

    def __post_init__(self) -> None:
        check_settings(self, {"order": (0, WIDTH), "hands": (1, 2), "longest": (1, 240)})
