"""How a score is laid out: its paper, the size of its staves, its bars on a line, its hands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ragsmith.errors import BadOption, whole_number
from ragsmith.piece import Hand

__all__ = ["A4", "LETTER", "PAPERS", "PARTS", "STAFF_SIZE", "Layout", "Paper", "checked_layout"]


class Paper(NamedTuple):
    """A page's width and height in millimetres."""

    width: float
    height: float


A4 = Paper(210, 297)
LETTER = Paper(215.9, 279.4)
PAPERS = {"a4": A4, "letter": LETTER}
PARTS = {"both": Hand.UNKNOWN, "left": Hand.LEFT, "right": Hand.RIGHT}
STAFF_SIZE = 6.7
"""Millimetres from the lowest to the highest line, between 6.5 and 7 as in editions for piano."""
SMALLEST, LARGEST = 3.0, 12.0
MOST_BARS = 16


@dataclass(frozen=True, slots=True)
class Layout:
    """How a score is laid out.

    Attributes:
        paper: of its pages.
        staff_size: millimetres from the lowest to the highest line of a staff.
        bars_per_line: as many on every line; None sets as many as can be read with ease.
        hand: the one whose part is written; UNKNOWN stands for both.
    """

    paper: Paper = A4
    staff_size: float = STAFF_SIZE
    bars_per_line: int | None = None
    hand: Hand = Hand.UNKNOWN


def checked_layout(
    paper: Paper, staff_size: float | None, bars_per_line: int | None, hand: Hand
) -> Layout:
    """The layout of these; None stands for what is usual.

    Raises:
        BadOption: a size or a number is out of range.

    >>> checked_layout(A4, 5, None, Hand.UNKNOWN).staff_size
    5
    """
    size = STAFF_SIZE if staff_size is None else staff_size
    if not SMALLEST <= size <= LARGEST:
        rule = f"is not from {SMALLEST:g} to {LARGEST:g} millimetres"
        raise BadOption(f"staff size {size:g}", rule, f"{STAFF_SIZE:g} is usual")
    if bars_per_line is not None:
        bars_per_line = whole_number("bars per line", bars_per_line, 1, MOST_BARS, "4 is usual")
    return Layout(paper, size, bars_per_line, hand)
