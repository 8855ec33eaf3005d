"""One thing that can be asked for: its default and its range. `ragsmith.options` has them all."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any, Generic, TypeVar

from ragsmith.errors import BadOption, as_whole

__all__ = ["Option"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Option(Generic[T]):
    """One thing that can be asked for.

    Attributes:
        name: as in Python and in JSON; the command line writes it with hyphens.
        default: what holds where nobody says anything; None leaves it to what `help` names.
        help: what it means, for the command line.
        whole: whether it is a whole number.
        low, high: the range, both ends included; None has no end.
        above, below: ends that are not included.
        unit: of the number, for the error.
        choices: all values, where there are only some.
        remedy: what the error advises.
        first: what a page's field begins with where the default is None.
        step: between two values of a page's field.
        slider: the part of the range over which a page's slider moves.
        proposals: values that a page offers.
    """

    name: str
    default: T
    help: str
    whole: bool = False
    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    remedy: str = ""
    first: Any = None
    step: float = 1
    slider: tuple[float, float] | None = None
    proposals: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The name as the command line writes it."""
        return self.name.replace("_", "-")

    @property
    def rule(self) -> str:
        """What a number has to be, for the error."""
        if self.low is not None and self.high is not None:
            ends = f"{self.low} to {self.high}"
        else:
            words = {
                "above": self.above,
                "at least": self.low,
                "below": self.below,
                "at most": self.high,
            }
            ends = " and ".join(f"{word} {end}" for word, end in words.items() if end is not None)
        return f"must be {ends} {self.unit}".rstrip()

    def check(self, value: Any) -> Any:
        """The value as a plain int, float or text; None passes.

        Raises:
            BadOption: it is outside the range, of another kind, or none of the choices.

        >>> TEMPO = Option("tempo", None, "", low=10, high=400, remedy="try 90")
        >>> TEMPO.check(90)
        90
        >>> TEMPO.check(9)
        Traceback (most recent call last):
        ragsmith.errors.BadOption: tempo 9: must be 10 to 400; try 90
        """
        if value is None:
            return None
        if self.choices:
            if not (isinstance(value, str) and value in self.choices):
                remedy = f"choose {', '.join(self.choices)}"
                raise BadOption(f"{self.words} {value}", "does not exist", remedy)
            return value
        if all(end is None for end in (self.low, self.high, self.above, self.below)):
            return value  # text has no range
        number = self._number(value)
        if not self._holds(number):
            shown = f"{value:g}" if isinstance(value, float) else value
            raise BadOption(f"{self.words} {shown}", self.rule, self.remedy)
        return number

    def _number(self, value: Any) -> int | float | None:
        """The value as a plain number; None where it is none, or not whole and has to be."""
        if self.whole or type(value) is int:
            return as_whole(value)
        return float(value) if isinstance(value, Real) else None

    def _holds(self, value: int | float | None) -> bool:
        """Whether a number is in the range."""
        return (
            value is not None
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )
