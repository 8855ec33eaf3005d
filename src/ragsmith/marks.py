"""What a piece has beside its notes: its grid, bars and metres, keys, tempos, named sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, repeat
from typing import NamedTuple, TypeVar

from ragsmith.errors import BadOption, BadPiece, as_whole

__all__ = [
    "GRIDS",
    "Bar",
    "Key",
    "Metre",
    "Section",
    "Tempo",
    "as_metre",
    "checked_bars",
    "checked_grid",
    "checked_marks",
    "regular_bars",
]

Mark = TypeVar("Mark", "Key", "Tempo")

GRIDS = (2, 3, 4, 6, 8, 12, 24)
"""Steps per quarter that the package works on; 4 is the classic sixteenth grid."""


class Metre(NamedTuple):
    """A time signature: `beats` over `unit`.

    >>> Metre(2, 4).steps(steps_per_quarter=4)
    8
    """

    beats: int
    unit: int

    def steps(self, steps_per_quarter: int) -> int:
        """Steps in a full bar, at least one; a bar that the grid cannot hold exactly is rounded."""
        return max(1, round(self.beats * 4 * steps_per_quarter / self.unit))


MOST_BEATS = 32
UNITS = (1, 2, 4, 8, 16, 32)
LARGEST_NUMBER = 1024
"""In the metre of a bar; what draws beats would count for ever beyond it."""
SLOWEST = 2**31 - 1
"""Microseconds of a quarter note."""


def as_metre(value: Metre | tuple[int, int] | str) -> Metre:
    """A time signature from what people write.

    Args:
        value: a Metre, a pair like (2, 4), or text like "2/4".

    Raises:
        BadOption: it is no time signature, or one of more than 32 beats or of other units than
            a whole note to a thirty-second.
    """
    try:
        parts = value.split("/") if isinstance(value, str) else value
        beats, unit = (int(part) if isinstance(part, str) else as_whole(part) for part in parts)
    except (TypeError, ValueError):
        beats = unit = None
    if not (beats and unit and 1 <= beats <= MOST_BEATS and unit in UNITS):
        text = "/".join(map(str, value)) if isinstance(value, tuple) else value
        raise BadOption(f"metre {text}", "is not a time signature", "write it like 2/4")
    return Metre(beats, unit)


class Bar(NamedTuple):
    """A bar: its first step, its length in steps, its metre, and where in the metre it begins.

    `offset` is 0 but for a pickup, which fills the end of its metre.

    >>> Bar(start=0, length=8, metre=Metre(2, 4))
    Bar(start=0, length=8, metre=Metre(beats=2, unit=4), offset=0)
    """

    start: int
    length: int
    metre: Metre
    offset: int = 0

    @property
    def is_full(self) -> bool:
        """Whether it begins its metre and so has a number of its own; a pickup does not."""
        return not self.offset


class Bars(tuple[Bar, ...]):
    """Bars as `regular_bars` makes them: what has been made well is not checked."""


class Key(NamedTuple):
    """A key signature from `step` on: sharps (positive) or flats (negative), -7 to 7.

    >>> Key(0, -3)
    Key(step=0, fifths=-3, minor=False)
    """

    step: int
    fifths: int
    minor: bool = False


class Tempo(NamedTuple):
    """A tempo from `step` on, in microseconds per quarter note, as MIDI counts it."""

    step: int
    microseconds: int


class Section(NamedTuple):
    """A named strain or ending: steps `start` up to, not including, `end`."""

    name: str
    start: int
    end: int


def regular_bars(
    steps: int,
    metres: Sequence[tuple[int, Metre]],
    steps_per_quarter: int = 4,
    pickup: int = 0,
) -> tuple[Bar, ...]:
    """Bars that cover at least `steps` steps.

    Args:
        steps: how far the music reaches; the last bar is completed.
        metres: (step, metre) changes in order; a change in the middle of a bar cuts that bar.
        steps_per_quarter: the grid.
        pickup: steps before the first full bar.
    """
    first = next((metre for step, metre in reversed(metres) if step <= 0), Metre(4, 4))
    bars: list[Bar] = []
    if pickup:
        offset = max(0, first.steps(steps_per_quarter) - pickup)
        bars.append(Bar(0, pickup, first, offset))
    held = {pickup: first} | {max(step, pickup): metre for step, metre in metres}
    for start, until in zip(held, [*list(held)[1:], None], strict=True):
        if start >= steps and bars:
            break
        full = held[start].steps(steps_per_quarter)
        stop = steps if until is None else min(steps, until)
        starts = range(start, max(stop, start + 1), full)
        bars.extend(map(Bar, starts, repeat(full), repeat(held[start])))
        if until is not None and starts[-1] + full > until:
            bars[-1] = bars[-1]._replace(length=until - starts[-1])
    numbers = chain(*held.values(), held, (steps, pickup))
    sound = set(map(type, numbers)) == {int} and all(map(_is_in_range, held.values()))
    return Bars(bars) if sound and pickup >= 0 else tuple(bars)


def _is_in_range(metre: Metre) -> bool:
    return min(metre) >= 1 and max(metre) <= LARGEST_NUMBER


def checked_grid(steps_per_quarter: int) -> int:
    """The grid as it is given.

    Raises:
        BadPiece: it is none of `GRIDS`.
    """
    grid = as_whole(steps_per_quarter)
    if grid not in GRIDS:
        remedy = f"choose one of {', '.join(map(str, GRIDS))}"
        raise BadPiece(f"{steps_per_quarter} steps a quarter", "is not a grid", remedy)
    return grid


def checked_bars(bars: Iterable[Bar]) -> tuple[Bar, ...]:
    """Bars without a gap.

    Raises:
        BadPiece: there is a gap between two, or one has a value out of range.
    """
    if isinstance(bars, Bars):
        return bars
    bars = tuple(bars)
    if not bars or _follow_one_another(bars):
        return bars
    bars = tuple(_bar_of_ints(number, bar) for number, bar in enumerate(bars, 1))
    end = 0
    for number, bar in enumerate(bars, 1):
        if bar.start != end:
            rule = f"begins at step {bar.start}, and the bar before it ends at step {end}"
            raise BadPiece(f"bar {number}", rule, "let each bar begin where the last one ends")
        if bar.length < 1 or bar.offset < 0 or min(bar.metre) < 1:
            rule = "has a length or a metre below 1, or begins before its metre"
            raise BadPiece(f"bar {number}", rule, "put it right, or leave the bar out")
        if max(bar.metre) > LARGEST_NUMBER:
            rule = f"has a metre with a number above {LARGEST_NUMBER}"
            raise BadPiece(f"bar {number}", rule, "put it right, or leave the bar out")
        end += bar.length
    return bars


def _bar_of_ints(number: int, bar: Bar) -> Bar:
    values: list[int | None] = []
    if isinstance(bar, Bar) and isinstance(bar.metre, Metre):
        values = [as_whole(value) for value in (bar.start, bar.length, *bar.metre, bar.offset)]
    if not values or None in values:
        remedy = "give Bar(start, length, Metre(beats, unit))"
        raise BadPiece(f"bar {number}", "is not a bar of whole numbers", remedy)
    start, length, beats, unit, offset = (value for value in values if value is not None)
    return Bar(start, length, Metre(beats, unit), offset)


def _follow_one_another(bars: tuple[Bar, ...]) -> bool:
    """Whether all is well with the bars; quicker than finding out what is not."""
    if set(map(type, bars)) != {Bar}:
        return False
    starts, lengths, metres, offsets = zip(*bars, strict=True)
    numbers = chain(starts, lengths, offsets, *set(metres))
    return (
        set(map(type, numbers)) == {int}
        and set(map(type, metres)) == {Metre}
        and starts == tuple(accumulate(lengths[:-1], initial=0))
        and min(*lengths, *chain(*set(metres))) >= 1
        and max(chain(*set(metres))) <= LARGEST_NUMBER
        and min(offsets) >= 0
    )


def checked_marks(kind: str, marks: Iterable[Mark], least: int, most: int) -> tuple[Mark, ...]:
    """Marks in order, each with a value in range."""
    marks = tuple(mark if _is_plain(mark) else _mark_of_ints(kind, mark) for mark in marks)
    last = 0
    for mark in marks:
        if mark.step < last:
            rule = "stands before the beginning, or before the mark that it follows"
            raise BadPiece(f"{kind} at step {mark.step}", rule, "give marks in order")
        if not least <= mark[1] <= most:
            rule = f"has the value {mark[1]}, and that must be {least} to {most}"
            raise BadPiece(f"{kind} at step {mark.step}", rule, "put it right, or leave it out")
        last = mark.step
    return marks


def _is_plain(mark: Mark) -> bool:
    return isinstance(mark, Key | Tempo) and type(mark[0]) is type(mark[1]) is int


def _mark_of_ints(kind: str, mark: Mark) -> Mark:
    step, value = map(as_whole, mark[:2]) if isinstance(mark, Key | Tempo) else (None, None)
    if step is None or value is None:
        remedy = "give Key(step, fifths) or Tempo(step, microseconds)"
        raise BadPiece(f"{kind} {mark!r}", "is not one of whole numbers", remedy)
    return type(mark)(step, value, *mark[2:])
