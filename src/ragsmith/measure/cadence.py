"""Cadences of strains: dominant to tonic, in the strain's key, on the downbeat of its last bar.

Definition: the arrival is the downbeat of a strain's last full bar. A strain closes when (1) at the
arrival something is struck, the lowest sounding note is the tonic, and every note struck is of the
tonic triad; (2) in the beat before, the leading tone is struck, and with it the second, fourth or
fifth degree.
Convention: the piece is taken as it is played; a first and a second ending each end their strain;
an introduction leads on and does not count, for Joplin's, too, end on the dominant.
The key is the signature's in force at the arrival, major unless it says minor. A strain without a
bar before its last one cannot close.
Source: the authentic cadence of any book on harmony, narrowed to what ragtime does; ours.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from ragsmith.keys import degrees_of, key_at, triad_of
from ragsmith.piece import Key, Piece, pitches_by_onset
from ragsmith.playing_order import unfold
from ragsmith.strains import full_bars_in, is_introduction, strains_of

__all__ = [
    "Ending",
    "arrivals",
    "cadence_share",
    "endings_of",
    "is_arrival",
    "is_dominant",
]

LEADING_TONE, DOMINANTS = 11, frozenset({2, 5, 7})


class Ending(NamedTuple):
    """The end of a strain: its section's name, the arrival in steps, and whether it closes."""

    name: str
    arrival: int
    closes: bool


def endings_of(piece: Piece) -> list[Ending]:
    """Every strain end of a piece as it is played; none where no sections are named."""
    played = unfold(piece)
    struck = pitches_by_onset(played.notes)
    endings = []
    for name, arrival in arrivals(played):
        key = key_at(played.keys, arrival)
        before = range(max(0, arrival - played.steps_per_quarter), arrival)
        lead = [pitch for step in before for pitch in struck.get(step, ())]
        sounding = [n.pitch for n in played.notes if n.onset <= arrival < n.onset + n.duration]
        arrived = struck.get(arrival, [])
        closes = is_dominant(lead, key) and is_arrival(arrived, sounding, key)
        endings.append(Ending(name, arrival, closes))
    return endings


def arrivals(piece: Piece) -> list[tuple[str, int]]:
    """(name, first step of its last full bar) of every section that ends a strain."""
    strains = strains_of(piece)
    ends = [
        (section.name, full_bars_in(piece, section))
        for strain in strains
        if not is_introduction(strain, strains)
        for *_, section in strain.numbered_endings or [(strain.body,)]
    ]
    return [(name, bars[-1].start) for name, bars in ends if bars]


def cadence_share(piece: Piece) -> float | None:
    """Share of strain ends that close; None where no strains are named."""
    endings = endings_of(piece)
    return sum(ending.closes for ending in endings) / len(endings) if endings else None


def is_dominant(struck: Collection[int], key: Key) -> bool:
    """Whether these pitches lead to the tonic."""
    degrees = degrees_of(struck, key)
    return LEADING_TONE in degrees and bool(degrees & DOMINANTS)


def is_arrival(struck: Collection[int], sounding: Collection[int], key: Key) -> bool:
    """Whether these pitches stand on the tonic; `sounding` includes what is struck."""
    on_triad = bool(struck) and degrees_of(struck, key) <= triad_of(key)
    return on_triad and degrees_of([min(sounding)], key) == {0}
