"""Repeats found in music that plays them out, as flat MIDI files do.

Bars are alike that strike the same keys at the same places; how long, how loud and with which hand
does not count. A stretch that comes twice in a row becomes a repeat; where only its last bars
differ, they become endings. The longest stretches are tried first, and those whose beginning lies
whole periods of four bars behind the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from string import ascii_uppercase
from typing import NamedTuple

from ragsmith.piece import Piece, Section
from ragsmith.playing_order import unfold
from ragsmith.strains import INTRO, ending_name
from ragsmith.verbs import clip, join

__all__ = ["Content", "Repeat", "contents_of", "repeats_in", "with_repeats"]

LONGEST, SHORTEST = 32, 8
"""Bars of a repeated stretch."""
LONGEST_ENDING = 2
PERIOD = 4
LONGEST_INTRO = 8

Content = frozenset[tuple[int, int]]
"""What a bar strikes: places and pitches."""


class Repeat(NamedTuple):
    """A stretch that comes twice: its first bar, its length, and the bars of each ending."""

    start: int
    length: int
    ending: int

    @property
    def end(self) -> int:
        """The bar after its second pass."""
        return self.start + 2 * self.length


def with_repeats(piece: Piece) -> Piece:
    """The piece with what comes twice in a row written once, between repeat signs.

    One that has sections, or in which nothing is repeated, stays as it is. What is struck when the
    new piece is played is what the old one strikes, at the same steps.
    """
    if piece.sections:
        return piece
    repeats = repeats_in(contents_of(piece))
    if not repeats:
        return piece
    spans, order = _spans(piece, repeats)
    whole = clip(piece, *spans[0][1:])
    for _, start, end in spans[1:]:
        whole = join(whole, clip(piece, start, end))
    sections = []
    now = 0
    for name, start, end in spans:
        sections.append(Section(name, now, now + end - start))
        now += end - start
    folded = replace(whole, sections=tuple(sections), order=order)
    struck = [{(n.onset, n.pitch) for n in played.notes} for played in (unfold(folded), piece)]
    return folded if struck[0] == struck[1] else piece


def contents_of(piece: Piece) -> list[Content | None]:
    """What each bar strikes, by place and pitch; None for a bar that cannot be repeated."""
    contents: list[set[tuple[int, int]]] = [set() for _ in piece.bars]
    place = 0
    for note in piece.notes:
        while place + 1 < len(piece.bars) and piece.bars[place + 1].start <= note.onset:
            place += 1
        contents[place].add((note.onset - piece.bars[place].start, note.pitch))
    return [
        frozenset(content) if bar.is_full and content else None
        for bar, content in zip(piece.bars, contents, strict=True)
    ]


def repeats_in(bars: Sequence[Content | None]) -> list[Repeat]:
    """The repeats, none overlapping another."""
    repeats: list[Repeat] = []
    first = 0
    while first < len(bars):
        near = range(first, min(first + LONGEST, len(bars)))
        starts = sorted(near, key=lambda bar: ((bar - first) % PERIOD > 0, bar))
        repeat = next(filter(None, (_repeat_at(bars, start) for start in starts)), None)
        if repeat is None:
            first += LONGEST
            continue
        repeats.append(repeat)
        first = repeat.end
    return repeats


def _repeat_at(bars: Sequence[Content | None], start: int) -> Repeat | None:
    """The longest repeat that begins at a bar."""
    for length in range(min(LONGEST, (len(bars) - start) // 2), SHORTEST - 1, -1):
        same = 0
        while same < length and bars[start + same] is not None:
            if bars[start + same] != bars[start + length + same]:
                break
            same += 1
        if length - same <= LONGEST_ENDING and length % PERIOD == 0:
            return Repeat(start, length, length - same)
    return None


def _spans(
    piece: Piece, repeats: Sequence[Repeat]
) -> tuple[list[tuple[str, int, int]], tuple[str, ...]]:
    """(name, start, end) of what is written, in steps, and the names in playing order."""
    names = iter(_letters())
    starts = [*(bar.start for bar in piece.bars), piece.steps]
    spans: list[tuple[str, int, int]] = []
    order: list[str] = []

    def write(name: str, first: int, last: int) -> str:
        spans.append((name, starts[first], starts[last]))
        return name

    now = 0
    for repeat in repeats:
        if repeat.start > now:
            is_intro = not spans and repeat.start <= LONGEST_INTRO
            order.append(write(INTRO if is_intro else next(names), now, repeat.start))
        name = next(names)
        body_end, once = repeat.start + repeat.length - repeat.ending, repeat.start + repeat.length
        write(name, repeat.start, body_end)
        if repeat.ending:
            first = write(ending_name(name, 1), body_end, once)
            second = write(ending_name(name, 2), repeat.end - repeat.ending, repeat.end)
            order += [name, first, name, second]
        else:
            order += [name, name]
        now = repeat.end
    if now < len(piece.bars):
        order.append(write(next(names), now, len(piece.bars)))
    return spans, tuple(order)


def _letters() -> list[str]:
    """Names of strains: A to Z, AA to ZZ."""
    return [*ascii_uppercase, *(2 * letter for letter in ascii_uppercase)]
