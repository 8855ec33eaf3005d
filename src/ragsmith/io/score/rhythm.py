"""Durations on the grid as a musician writes them: values with dots, ties over beats, triplets.

A bar is a tree of blocks: halves or thirds, then beats, then halves of beats, and thirds where the
music asks for them. A value is written whole when it fills a block, is a dotted one from a block's
beginning, or lies across the middle of a block as in eighth, quarter, eighth; else it is cut there
and tied. So a reader always sees the beat.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from fractions import Fraction
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from ragsmith.piece import Metre

__all__ = ["Block", "Value", "bar_block", "beats_of", "cut"]

KINDS = {
    **{Fraction(4 * 2**power): kind for power, kind in enumerate(("whole", "breve", "long"))},
    Fraction(2): "half",
    Fraction(1): "quarter",
    Fraction(1, 2): "eighth",
    **{Fraction(4, size): f"{size}th" for size in (16, 64, 128, 256)},
    Fraction(1, 8): "32nd",
}
"""Names of note values, by their length in quarter notes, as MusicXML has them."""
TRIPLET = Fraction(3, 2)
DOTTED = Fraction(3, 2)


class Block(NamedTuple):
    """A part of a bar, in steps from the beginning of its metre, and its own parts.

    `triplet`: its three parts are written as three in the time of two. `of_beats`: its parts are
    beats, which an off-beat note may not hide.
    """

    start: int
    length: int
    parts: tuple[Block, ...] = ()
    triplet: bool = False
    of_beats: bool = False

    @property
    def end(self) -> int:
        return self.start + self.length


class Value(NamedTuple):
    """A written note value: its place and length in steps, its kind, its dots, and the triplet
    block that it stands in."""

    start: int
    steps: int
    kind: str
    dots: int
    triplet: Block | None


def beats_of(metre: Metre, steps_per_quarter: int, length: int = 0) -> list[tuple[int, int]]:
    """(start, length) of the beats of a bar, in steps; of all that begin before `length`.

    Beats are dotted in 6/8, 9/8 and the like, halves of the unit in 2/2, pairs of eighths and then
    three in 5/8 and 7/8, and quarters where the grid cannot hold these.
    """
    unit = Fraction(4 * steps_per_quarter, metre.unit)
    full = metre.steps(steps_per_quarter)
    count = metre.beats
    while unit > steps_per_quarter:
        unit, count = unit / 2, count * 2
    if metre.unit < 8 or unit.denominator > 1:
        sizes: list[Fraction] = []
    elif count % 3 == 0:
        sizes = [3 * unit] * (count // 3)
    else:
        sizes = [2 * unit] * (count // 2)
        if count % 2:
            sizes[-1:] = [(3 if count > 1 else 1) * unit]
    beats: list[tuple[int, int]] = []
    start = 0
    while start < max(full, length):
        size = int(sizes[len(beats)]) if len(beats) < len(sizes) else steps_per_quarter
        beats.append((start, size))
        start += size
    return beats


def bar_block(metre: Metre, steps_per_quarter: int, length: int, points: Collection[int]) -> Block:
    """The tree of a bar of `length` steps for a voice whose notes begin and end at `points`."""
    beats = beats_of(metre, steps_per_quarter, length)
    return _joined(beats, sorted(points), steps_per_quarter, metre)


def _joined(
    beats: Sequence[tuple[int, int]], points: Sequence[int], quarter: int, metre: Metre
) -> Block:
    """The block of some beats: two, three, two times two, or any number in a row."""
    start = beats[0][0]
    length = sum(size for _, size in beats)
    points = points[bisect_right(points, start) : bisect_left(points, start + length)]
    inside = [point - start for point in points]
    if len(beats) == 1:
        thirds = metre.unit >= 8 and length * metre.unit == 12 * quarter
        return _beat(start, length, inside, thirds)
    if len(beats) == 2 and length == 2 * quarter and _in_thirds(inside, length):
        return _triplet(start, length, inside)
    half = len(beats) // 2
    groups = [beats[:half], beats[half:]] if len(beats) == 4 else [[beat] for beat in beats]
    parts = tuple(_joined(group, points, quarter, metre) for group in groups)
    return Block(start, length, parts, of_beats=len(beats) != 4)


def _in_thirds(inside: Sequence[int], length: int) -> bool:
    """Whether all points lie on thirds, and not all on halves, quarters ..."""
    return (
        length % 3 == 0
        and not _in_halves(inside, length)
        and all(p % (length // 3) == 0 for p in inside)
    )


def _in_halves(inside: Sequence[int], length: int) -> bool:
    odd = length // (length & -length)
    return all(p % odd == 0 for p in inside)


def _beat(start: int, length: int, inside: Sequence[int], thirds: bool = False) -> Block:
    """A beat or a part of one, divided as far as points (in steps from its start) lie in it."""
    if not inside:
        return Block(start, length)
    if thirds:
        return Block(start, length, _parts(start, length, inside, 3))
    middle = length % 2 == 0 and length // 2 in inside
    if not _in_halves(inside, length) and (not middle or _in_thirds(inside, length)):
        return _triplet(start, length, inside)
    return Block(start, length, _parts(start, length, inside, 2))


def _triplet(start: int, length: int, inside: Sequence[int]) -> Block:
    return Block(start, length, _parts(start, length, inside, 3), triplet=True)


def _parts(start: int, length: int, inside: Sequence[int], count: int) -> tuple[Block, ...]:
    size = length // count
    return tuple(
        _beat(start + at, size, [p - at for p in inside if at < p < at + size])
        for at in range(0, length, size)
    )


def cut(block: Block, start: int, end: int, quarter: int, rest: bool = False) -> list[Value]:
    """The values that fill `start` to `end`, both among the points of the block.

    Args:
        block: the bar.
        quarter: steps per quarter note.
        rest: whether it is silence, whose values show every beat.
    """
    values = []
    while start < end:
        triplet = _triplet_at(block, start)
        last = min(end, triplet.end) if triplet else end
        steps, kind, dots = next(
            (steps, kind, dots)
            for steps, kind, dots in _kinds(quarter, triplet is not None)
            if steps <= last - start
            and _stands(block, start, start + steps, start + steps == end, rest)
        )
        values.append(Value(start, steps, kind, dots, triplet))
        start += steps
    return values


@cache
def _kinds(quarter: int, in_triplet: bool) -> tuple[tuple[int, str, int], ...]:
    """(steps, kind, dots) of the values that the grid holds, longest first."""
    kinds = []
    for length, kind in KINDS.items():
        for dots in (0, 1):
            steps = length * quarter * (DOTTED if dots else 1) / (TRIPLET if in_triplet else 1)
            if steps.denominator == 1:
                kinds.append((int(steps), kind, dots))
    return tuple(sorted(kinds, reverse=True))


def _triplet_at(block: Block, step: int) -> Block | None:
    while not block.triplet:
        inner = _part_at(block, step)
        if inner is None:
            return None
        block = inner
    return block


def _part_at(block: Block, step: int) -> Block | None:
    """The part in which a step lies. A bar without barlines has thousands: none is looked at."""
    place = bisect_right(block.parts, step, key=attrgetter("start")) - 1
    return block.parts[place] if place >= 0 and step < block.parts[place].end else None


def _stands(block: Block, start: int, end: int, is_last: bool, rest: bool) -> bool:
    """Whether one value can be written from `start` to `end` without hiding the beat; `is_last`
    when the note ends there."""
    while (inner := _part_at(block, start)) and end <= inner.end:
        block = inner
    if (start, end) == (block.start, block.end):
        return True
    size, steps = block.length // max(len(block.parts), 1), end - start
    if not block.parts or size * len(block.parts) != block.length or size != block.parts[0].length:
        return False  # some beats are longer than the others, or shorter
    if rest:
        is_beat = len(block.parts) == 3 and not block.of_beats
        return is_beat and start == block.start and steps == 2 * size
    if _is_edge(block, start):
        ends_well = is_last and 2 * steps == 3 * size and _is_middle(block, end)
        return _is_edge(block, end) or ends_well
    if not _is_middle(block, start):
        return False
    if _is_middle(block, end):
        return is_last and steps == size
    return _is_edge(block, end) and 2 * steps == 3 * size and not block.of_beats


def _is_edge(block: Block, step: int) -> bool:
    """Whether a part of the block begins there, or its last one ends."""
    part = _part_at(block, step)
    return step == (part.start if part else block.end)


def _is_middle(block: Block, step: int) -> bool:
    """Whether a part that has two halves is halved there."""
    part = _part_at(block, step)
    halves = part.parts if part and not part.triplet else ()
    return len(halves) == 2 and halves[1].start == step
