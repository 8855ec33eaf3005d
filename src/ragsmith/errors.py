"""Errors that a user can act on: each says the value, the rule and the remedy, in one line."""

import copyreg
from numbers import Rational
from typing import Any

__all__ = [
    "BadBundle",
    "BadFile",
    "BadFolder",
    "BadOption",
    "BadPiece",
    "BadPrimer",
    "UserError",
    "as_whole",
    "counted",
    "one_line",
    "whole_number",
]

LONGEST_VALUE = 120


class UserError(Exception):
    """The user's input cannot be used.

    Args:
        value: what was given, as the user wrote it.
        rule: what it breaks.
        remedy: what to do instead.

    >>> raise UserError("bars 0", "must be 1 to 4096", "try 32")
    Traceback (most recent call last):
    ragsmith.errors.UserError: bars 0: must be 1 to 4096; try 32
    """

    def __init__(self, value: object, rule: str, remedy: str) -> None:
        self.value = one_line(str(value))
        self.rule = rule
        self.remedy = remedy
        super().__init__(f"{self.value}: {rule}; {remedy}")

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception's own way calls the class with one text, and ours wants three.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class BadFile(UserError):
    """A file cannot be read as music, or cannot be written."""


class BadFolder(UserError):
    """A folder holds nothing that can be learnt from."""


class BadBundle(UserError):
    """A file is not a model that this version can open."""


class BadOption(UserError):
    """An option or a field of a config has a value outside its range."""


class BadPiece(UserError):
    """Notes, bars and marks that do not make a piece, or that a verb cannot be applied to."""


class BadPrimer(UserError):
    """A primer cannot be continued by this model."""


def counted(number: int, thing: str) -> str:
    """A number and what it counts.

    >>> counted(1, "file"), counted(1200, "file")
    ('1 file', '1,200 files')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def as_whole(value: object) -> int | None:
    """A whole number of any exact kind (numpy's, a fraction) as an int; None for all else.

    >>> from fractions import Fraction
    >>> as_whole(Fraction(4)), as_whole(Fraction(1, 2)), as_whole(4.0), as_whole("4")
    (4, None, None, None)
    """
    if isinstance(value, Rational) and value.denominator == 1:
        return int(value.numerator)
    return None


def whole_number(name: str, value: object, low: int, high: int, remedy: str) -> int:
    """A whole number of a wish, a plan or a verb.

    Raises:
        BadOption: it is no whole number, or not `low` to `high`.
    """
    whole = as_whole(value)
    if whole is None:
        raise BadOption(f"{name} {value!r}", "is not a whole number", remedy)
    if not low <= whole <= high:
        raise BadOption(f"{name} {whole}", f"must be {low} to {high}", remedy)
    return whole


def one_line(text: str, longest: int = LONGEST_VALUE) -> str:
    """Text with control characters escaped and a long middle left out, fit for one line."""
    printable = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    if len(printable) <= longest:
        return printable
    half = (longest - 3) // 2
    return f"{printable[:half]}...{printable[-half:]}"
