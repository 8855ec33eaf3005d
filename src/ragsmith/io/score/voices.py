"""Notes of one hand as voices on one staff: one voice, and a second one only where notes overlap.

No note is shortened: notes that do not fit into two voices are cut into chords that are tied.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from ragsmith.piece import Note

__all__ = ["Chord", "two_voices"]

TIE = 1.0
"""Cost of a note that has to be tied because its voice goes on without it."""
CROSSING = 1.5
"""Cost of a moment at which the voices cross."""
FOLLOWED = 8
"""Ways to give chords to the voices that are followed further."""


class Chord(NamedTuple):
    """Notes that are written on one stem: from `onset` up to `end`, numbers of notes, lowest
    first. A note may be longer: then the chord is a part of it, tied."""

    onset: int
    end: int
    notes: tuple[int, ...]


class _Voice(NamedTuple):
    """The notes that a voice holds: up to which step, how many, the lowest and the highest
    pitch."""

    end: int = 0
    size: int = 0
    low: int = 128
    high: int = -1


class _Path(NamedTuple):
    """A way to give chords to the voices: its cost, both voices, and the chords of the last moment
    from the highest down, the first `to_upper` of them in the upper voice."""

    cost: float
    upper: _Voice
    lower: _Voice
    struck: tuple[Chord, ...] = ()
    to_upper: int = 0
    before: _Path | None = None


def two_voices(notes: Mapping[int, Note]) -> tuple[list[Chord], list[Chord]]:
    """The chords of the upper and of the lower voice, none overlapping another in its voice.

    Args:
        notes: the notes of a hand by their numbers.
    """
    ordered = sorted(notes, key=lambda i: (notes[i].onset, notes[i].duration, notes[i].pitch))
    groups = groupby(ordered, key=lambda i: (notes[i].onset, notes[i].duration))
    chords = [Chord(onset, onset + length, tuple(i)) for (onset, length), i in groups]
    upper: list[Chord] = []
    lower: list[Chord] = []
    for cluster in _clusters(chords):
        if len(cluster) == 1:
            upper += cluster
            continue
        path: _Path | None = _best_path(cluster, notes)
        while path:
            upper += path.struck[: path.to_upper]
            lower += path.struck[path.to_upper :]
            path = path.before
    return _without_overlap(upper, notes), _without_overlap(lower, notes)


def _clusters(chords: Iterable[Chord]) -> list[list[Chord]]:
    """Chords in order, those together that hang together by overlapping."""
    clusters: list[list[Chord]] = []
    end = 0
    for chord in chords:
        if not clusters or chord.onset >= end:
            clusters.append([])
        clusters[-1].append(chord)
        end = max(end, chord.end)
    return clusters


def _best_path(cluster: Sequence[Chord], notes: Mapping[int, Note]) -> _Path:
    """The cheapest way found to give the chords of a cluster to two voices, of which the upper one
    gets the higher of those struck together: few ties, few crossings."""
    paths = [_Path(0.0, _Voice(), _Voice())]
    for onset, group in groupby(cluster, key=attrgetter("onset")):
        by_height = sorted(group, key=lambda chord: notes[chord.notes[-1]].pitch, reverse=True)
        struck = tuple(by_height)
        longer = []
        for path in paths:
            for count in range(len(struck), -1, -1):
                up_cost, upper = _strike(path.upper, struck[:count], onset, notes)
                low_cost, lower = _strike(path.lower, struck[count:], onset, notes)
                crossing = CROSSING if upper.low < lower.high else 0.0
                cost = path.cost + TIE * (up_cost + low_cost) + crossing
                longer.append(_Path(cost, upper, lower, struck, count, path))
        paths = sorted(longer, key=attrgetter("cost"))[:FOLLOWED]
    return paths[0]


def _strike(
    voice: _Voice, chords: Sequence[Chord], onset: int, notes: Mapping[int, Note]
) -> tuple[int, _Voice]:
    """The number of notes that are tied because a voice strikes these chords, and the notes that
    it holds then."""
    if voice.end <= onset:
        voice = _Voice()
    if not chords:
        return 0, voice
    ends = [chord.end for chord in chords] + [voice.end] * (voice.size > 0)
    tied = voice.size * (1 + (voice.end > min(ends)))
    tied += sum(len(chord.notes) for chord in chords if chord.end > min(ends))
    count = sum(len(chord.notes) for chord in chords)
    low = min(notes[chord.notes[0]].pitch for chord in chords)
    high = max(notes[chord.notes[-1]].pitch for chord in chords)
    held = _Voice(max(ends), voice.size + count, min(low, voice.low), max(high, voice.high))
    return tied, held


def _without_overlap(chords: Iterable[Chord], notes: Mapping[int, Note]) -> list[Chord]:
    """Chords of the notes that follow each other: cut wherever a note begins or ends."""
    apart: list[Chord] = []
    for cluster in _clusters(sorted(chords)):
        if len(cluster) == 1:
            apart.append(cluster[0])
            continue
        edges = sorted({c.onset for c in cluster} | {c.end for c in cluster})
        coming = deque(cluster)
        sounding: list[Chord] = []
        for onset, end in pairwise(edges):
            sounding = [chord for chord in sounding if chord.end > onset]
            while coming and coming[0].onset <= onset:
                sounding.append(coming.popleft())
            together = [i for chord in sounding for i in chord.notes]
            apart.append(Chord(onset, end, tuple(sorted(together, key=lambda i: notes[i].pitch))))
    return apart
