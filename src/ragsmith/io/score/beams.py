"""Beams: which values of a beat hang together, and their hooks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from math import inf

from ragsmith.io.score.rhythm import Block, Value

__all__ = ["beams_of"]

FLAGS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4, "128th": 5, "256th": 6}


def beams_of(
    values: Sequence[Value],
    sounds: Sequence[bool],
    beats: Sequence[tuple[int, int]],
    over: bool,
    wide: int = 1,
) -> list[tuple[str, ...]]:
    """For each value its beams, the eighths' first, in MusicXML's words; none for rests.

    Args:
        values: of one voice in one bar.
        sounds: which of them are notes.
        beats: (start, length) in steps.
        over: whether beams go over rests that stand between notes of a beat.
        wide: how many beats of plain eighths hang on one beam.
    """
    beams: list[tuple[str, ...]] = [()] * len(values)
    groups = list(_groups(values, sounds, beats, over))
    for group in _widened(groups, values, sounds, beats[::wide]):
        members = [i for i in group if sounds[i]]
        if len(members) > 1:
            for place, i in enumerate(members):
                beams[i] = tuple(
                    _beam(values, members, place, level)
                    for level in range(1, FLAGS[values[i].kind] + 1)
                )
    return beams


def _groups(
    values: Sequence[Value], sounds: Sequence[bool], beats: Sequence[tuple[int, int]], over: bool
) -> Iterator[list[int]]:
    """Places of values with flags that lie in one beat with nothing longer between them.

    A triplet that does not begin and end with such notes is a group of its own: a beam may lie
    around a triplet or inside one, but not half in it.
    """
    triplets: dict[Block, list[int]] = {}
    for i, value in enumerate(values):
        if value.triplet:
            triplets.setdefault(value.triplet, []).append(i)
    flagged = [v.kind in FLAGS and (s or over) for v, s in zip(values, sounds, strict=True)]

    def home(i: int) -> tuple[object, ...]:
        if not flagged[i]:
            return ("alone", i)
        triplet = values[i].triplet
        beat = beats[bisect_right(beats, (values[i].start, inf)) - 1][0]
        if triplet:
            inside = triplets[triplet]
            ends = sounds[inside[0]] and sounds[inside[-1]] and len(inside) > 1
            if not (ends and all(flagged[j] for j in inside)):
                return (beat, triplet)
        return (beat,)

    for _, group in groupby(range(len(values)), key=home):
        yield list(group)


def _widened(
    groups: Sequence[list[int]],
    values: Sequence[Value],
    sounds: Sequence[bool],
    stretches: Sequence[tuple[int, int]],
) -> list[list[int]]:
    """The groups, those of plain eighths that begin in one stretch of beats together."""

    def stretch(group: Sequence[int]) -> int:
        """The place of its stretch, or -1 when not all are plain eighths."""
        plain = all(sounds[i] and values[i][2:] == ("eighth", 0, None) for i in group)
        return bisect_right(stretches, (values[group[0]].start, inf)) if plain else -1

    widened: list[list[int]] = []
    last = -1
    for group in groups:
        place = stretch(group)
        if place == last != -1:
            widened[-1] += group
        else:
            widened.append(group)
        last = place
    return widened


def _beam(values: Sequence[Value], members: Sequence[int], place: int, level: int) -> str:
    """The beam of a level at one member of a group, in MusicXML's words."""
    value = values[members[place]]

    def joins(other: int) -> bool:
        if not 0 <= other < len(members):
            return False
        beside = values[members[other]]
        touches = beside.start + beside.steps == value.start or beside.start == (
            value.start + value.steps
        )
        return level == 1 or (FLAGS[beside.kind] >= level and touches)

    before, after = joins(place - 1), joins(place + 1)
    if before and after:
        return "continue"
    if before or after:
        return "end" if before else "begin"
    first, last = place == 0, place == len(members) - 1
    off_beat = value.start % (2 * value.steps) != 0
    return "backward hook" if last or (off_beat and not first) else "forward hook"
