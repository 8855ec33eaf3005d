"""Notes of one hand as voices on one staff: one voice, and a second one only where notes overlap.

Nothing is shortened: what does not fit into two voices is cut into chords that are tied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from ragsmith.piece import Note

__all__ = ["Chord", "clefs_of", "two_voices"]

FREE_LEDGERS = 1
"""Ledger lines that cost nothing when clefs are chosen."""
CLEF_CHANGE = 8.0
"""What a change of clef costs, in ledger lines."""
FOREIGN_CLEF = 0.5
"""What a bar in the other hand's clef costs."""
BOTTOM_LINES = {"G": 30, "F": 18}
"""Lowest line of the treble and the bass staff, in letters above C0."""
LETTERS = "CDEFGAB"


class Chord(NamedTuple):
    """Notes that are written on one stem: from `onset` up to `end`, numbers of notes, lowest
    first. A note may be longer: then the chord is a part of it, tied."""

    onset: int
    end: int
    notes: tuple[int, ...]


class _Places(NamedTuple):
    """Chords in each voice: the upper and the lower."""

    upper: list[Chord]
    lower: list[Chord]


def two_voices(notes: Mapping[int, Note]) -> tuple[list[Chord], list[Chord]]:
    """The chords of the upper and of the lower voice, none overlapping another in its voice.

    Args:
        notes: the notes of a hand by their numbers.
    """
    ordered = sorted(notes, key=lambda i: (notes[i].onset, notes[i].duration, notes[i].pitch))
    groups = groupby(ordered, key=lambda i: (notes[i].onset, notes[i].duration))
    chords = [Chord(onset, onset + length, tuple(i)) for (onset, length), i in groups]
    places = _Places([], [])
    for cluster in _clusters(chords):
        if len(cluster) == 1:
            places.upper.append(cluster[0])
        else:
            _place(cluster, notes, places)
    return _without_overlap(places.upper, notes), _without_overlap(places.lower, notes)


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


def _place(cluster: Sequence[Chord], notes: Mapping[int, Note], places: _Places) -> None:
    """Gives the chords of a cluster to the voices, by height and by which voice is free."""

    def top(chord: Chord) -> int:
        return notes[chord.notes[-1]].pitch

    ends = [cluster[0].onset, cluster[0].onset]
    tops = [128, -1]
    for onset, group in groupby(cluster, key=attrgetter("onset")):
        struck = sorted(group, key=top, reverse=True)
        free = [voice for voice in (0, 1) if ends[voice] <= onset]
        if len(struck) > 1 and len(free) == 2:
            chosen = [0] + [1] * (len(struck) - 1)
        elif len(free) == 1:
            chosen = free * len(struck)
        elif not free:
            nearer = [int(abs(top(c) - tops[1]) < abs(top(c) - tops[0])) for c in struck]
            chosen = nearer
        else:
            chosen = [int(any(top(c) > top(struck[0]) for c in _beside(struck[0], cluster)))]
        for voice, chord in zip(chosen, struck, strict=True):
            places[voice].append(chord)
            ends[voice] = max(ends[voice], chord.end)
            tops[voice] = top(chord)


def _beside(chord: Chord, cluster: Sequence[Chord]) -> list[Chord]:
    """The chords that begin while a chord sounds."""
    return [c for c in cluster if chord.onset < c.onset < chord.end]


def _without_overlap(chords: Sequence[Chord], notes: Mapping[int, Note]) -> list[Chord]:
    """The same notes in chords that follow each other: cut wherever one of them begins or ends."""
    apart: list[Chord] = []
    for cluster in _clusters(chords):
        if len(cluster) == 1:
            apart.append(cluster[0])
            continue
        edges = sorted({c.onset for c in cluster} | {c.end for c in cluster})
        for onset, end in pairwise(edges):
            sounding = [i for c in cluster if c.onset <= onset and c.end >= end for i in c.notes]
            sounding.sort(key=lambda i: notes[i].pitch)
            if sounding:
                apart.append(Chord(onset, end, tuple(sounding)))
    return apart


def clefs_of(heights: Sequence[Sequence[int]], home: str) -> list[str]:
    """The clef of a staff in each bar, G or F: few ledger lines, few changes.

    Args:
        heights: per bar its notes, in letters above C0 (see `height`).
        home: the hand's own clef.
    """
    clefs = ("G", "F")
    cost = {clef: 0.0 if clef == home else CLEF_CHANGE for clef in clefs}
    before: list[dict[str, str]] = []
    for bar in heights:
        came: dict[str, str] = {}
        new = {}
        for clef in clefs:
            came[clef] = min(clefs, key=lambda c: (cost[c] + CLEF_CHANGE * (c != clef), c != home))
            changed = CLEF_CHANGE * (came[clef] != clef)
            bars = sum(max(0, _ledgers(h, clef) - FREE_LEDGERS) for h in bar)
            new[clef] = cost[came[clef]] + changed + bars + FOREIGN_CLEF * (clef != home)
        cost = new
        before.append(came)
    clef = min(clefs, key=lambda c: (cost[c], c != home))
    chosen = []
    for came in reversed(before):
        chosen.append(clef)
        clef = came[clef]
    return chosen[::-1]


def _ledgers(height: int, clef: str) -> int:
    """Ledger lines of a note."""
    bottom = BOTTOM_LINES[clef]
    return max((bottom - height) // 2, (height - bottom - 8) // 2, 0)
