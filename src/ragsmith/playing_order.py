"""The order in which what is written is played: repeats written out, folded again, and the steps
that stand next to one another when they are played.

A piece is written once, section after section; `Piece.order` names its sections as they are played.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import chain, groupby
from typing import NamedTuple

from ragsmith.piece import Note, Piece, Section
from ragsmith.strains import ending_number, strains_of
from ragsmith.verbs import clip, join, join_all

__all__ = [
    "Neighbours",
    "PlayingOrder",
    "played_ranges",
    "played_steps",
    "refold",
    "sections_as_played",
    "unfold",
]


def sections_as_played(piece: Piece) -> list[Section]:
    """The sections of a piece as they are played, one that is repeated each time; the whole piece
    as one section without a name where it has no order."""
    return _ordered(piece) or [Section("", 0, piece.steps)]


def _ordered(piece: Piece) -> list[Section]:
    by_name = {section.name: section for section in piece.sections}
    return [by_name[name] for name in piece.order]


def played_steps(piece: Piece) -> list[int]:
    """The written steps in the order in which they are played."""
    spans = (range(section.start, section.end) for section in sections_as_played(piece))
    return list(chain.from_iterable(spans))


def played_ranges(piece: Piece, written: range) -> list[range]:
    """Where the written steps of a range stand in the piece as it is played: the longest stretches
    in which nothing else is played, in order."""
    ranges = []
    places = enumerate(played_steps(piece))
    for is_inside, stretch in groupby(places, key=lambda place: place[1] in written):
        if is_inside:
            numbers = [number for number, _ in stretch]
            ranges.append(range(numbers[0], numbers[-1] + 1))
    return ranges


def unfold(piece: Piece) -> Piece:
    """The piece as it is played: its sections in playing order, repeats written out.

    A note that sounds on past the end of a section is tied to the same key at the beginning of
    whichever section follows, as from a strain into its second ending. What is heard stays the
    same, and so does the recipe.
    """
    spans: list[tuple[int, int]] = []
    for section in _ordered(piece):
        start = spans.pop()[0] if spans and spans[-1][1] == section.start else section.start
        spans.append((start, section.end))
    if not spans:
        return piece
    whole = join_all([clip(piece, *span) for span in spans])
    joints: dict[int, set[int]] = {}
    passed = 0
    for start, end in spans[:-1]:
        passed += end - start
        held = {n.pitch for n in piece.notes if start <= n.onset < end < n.onset + n.duration}
        joints[passed] = held
    return replace(whole, notes=_tied(whole.notes, joints), recipe=piece.recipe)


def _tied(notes: tuple[Note, ...], joints: Mapping[int, Set[int]]) -> tuple[Note, ...]:
    """The notes, those that are held at a step, and struck there, made one with the note before.

    Args:
        notes: in order.
        joints: the pitches that are held at some steps.
    """
    if not any(joints.values()):
        return notes
    struck = {(n.onset, n.pitch): n for n in notes}
    ending = {(n.onset + n.duration, n.pitch): n for n in notes}
    for step, held in joints.items():
        for pitch in [pitch for pitch in held if (step, pitch) in struck]:
            first, second = ending[step, pitch], struck.pop((step, pitch))
            whole = first._replace(duration=first.duration + second.duration)
            struck[first.onset, pitch] = ending[step + second.duration, pitch] = whole
    return notes if len(struck) == len(notes) else tuple(struck.values())


def refold(piece: Piece) -> Piece:
    """The inverse of `unfold`: sections that are played several times are written once.

    The piece stays as it is where no name comes twice, where one name stands for different music,
    where there is music outside its sections, or where unfolding would not give the same again.
    """
    by_name = {section.name: section for section in reversed(piece.sections)}
    ends = [0, *(section.end for section in piece.sections)]
    starts = [*(section.start for section in piece.sections), piece.steps]
    if len(by_name) == len(piece.sections) or starts != ends:
        return piece
    first, *others = (
        clip(piece, by_name[name].start, by_name[name].end) for name in _written_order(piece)
    )
    for other in others:
        first = join(first, other)
    order = tuple(section.name for section in piece.sections)
    folded = replace(first, order=order, recipe=piece.recipe)
    played = unfold(folded)
    parts = ("notes", "bars", "keys", "tempos", "sections")
    same = all(getattr(played, part) == getattr(piece, part) for part in parts)
    return folded if same else piece


def _written_order(piece: Piece) -> list[str]:
    """The names of a played piece's sections, each once: strains as they come, each with its
    endings by their numbers behind it."""
    endings: dict[str, set[tuple[int, str]]] = {}
    for strain in strains_of(piece):
        numbered = {(ending_number(s.name, strain.name) or 0, s.name) for s in strain.endings}
        endings[strain.name] = endings.get(strain.name, set()) | numbered
    names = ((strain, *(name for _, name in sorted(own))) for strain, own in endings.items())
    return list(dict.fromkeys(chain.from_iterable(names)))


class Neighbours(NamedTuple):
    """Written steps around one place of the playing order, nearest first."""

    before: tuple[int, ...]
    after: tuple[int, ...]


class PlayingOrder:
    """The written steps in the order in which they are played, while a piece is composed.

    A piece is composed as it is written, strain after strain. Rules that look across the joins of
    repeats have to know what is played before and after a step, as far as it was composed before
    it.

    Args:
        steps: the written steps as they are played.
        free: the written steps that are composed; others are given, and nobody's neighbours.
    """

    def __init__(self, steps: Sequence[int], free: range) -> None:
        self._steps, self._free = steps, free
        self._places = defaultdict(list)
        for place, step in enumerate(steps):
            self._places[step].append(place)
        self._known: dict[tuple[int, int, bool], set[Neighbours]] = {}

    @classmethod
    def of(cls, outline: Piece, free: range | None = None) -> PlayingOrder:
        """The playing order of an outline.

        Args:
            outline: a piece without its notes, or with them.
            free: the written steps that are composed; None means all.
        """
        return cls(played_steps(outline), free or range(outline.steps))

    def around(self, step: int, reach: int, itself: bool = False) -> set[Neighbours]:
        """The different neighbourhoods of a step: one for every time that it is played, up to
        `reach` steps in either direction.

        Args:
            step: written; those before it are known.
            reach: in steps.
            itself: whether the step is known, too, and a neighbour where it is played again.
        """
        if (step, reach, itself) not in self._known:
            end = step + itself
            self._known[step, reach, itself] = {
                Neighbours(
                    tuple(self._walk(end, place, -1, reach)),
                    tuple(self._walk(end, place, +1, reach)),
                )
                for place in self._places[step]
            }
        return self._known[step, reach, itself]

    @property
    def last(self) -> int:
        """The step that is played last."""
        return self._steps[-1]

    def preceding(self, step: int, count: int) -> tuple[int, ...]:
        """At most `count` steps, those that are played before a step the first time it is
        played."""
        place = self._places[step][0]
        return tuple(self._steps[max(0, place - count) : place])

    def _walk(self, end: int, place: int, by: int, reach: int) -> Iterator[int]:
        """The steps played next to a place, as far as they are written before the step `end`."""
        for distance in range(1, reach + 1):
            at = place + by * distance
            known = 0 <= at < len(self._steps) and self._steps[at] < end
            if not known or self._steps[at] not in self._free:
                return
            yield self._steps[at]
