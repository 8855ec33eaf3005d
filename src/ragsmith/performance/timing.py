"""When each note is struck, in ticks: its written place, swung on wish, and what hands add to it.

Rules and their sources, with what they do at full expression:

- melody lead: of notes written together the loudest sounds first, the others about a millisecond
  later for each step of velocity, since their hammers travel longer (Goebl, *Melody lead in piano
  performance: expressive device or artifact?*, JASA 110, 2001: 89 ms at 1 m/s, falling with the
  speed's power of 0.57, hence some 30 ms for 25 steps);
- hands and fingers are never quite together: a few milliseconds by chance (Repp, *Patterns of note
  onset asynchronies in expressive piano performance*, JASA 100, 1996; Friberg, Bresin & Sundberg,
  *Overview of the KTH rule system*, 2006: performance noise);
- a chord that is marked so, or that a hand cannot span, is rolled upwards;
- swing, on wish: pairs of eighths, in metres of two quarters or fewer pairs of sixteenths, become
  long and short, at most 2 to 1 (Friberg & Sundstrom, *Swing ratios and ensemble timing in jazz
  performance*, Music Perception 19, 2002).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragsmith.performance.marked import marked
from ragsmith.piece import Bar, Piece

__all__ = ["Ints", "onsets_played", "swung"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LATER = 1.1
"""Milliseconds for each step of velocity below the loudest note."""
HAND_NOISE, FINGER_NOISE = 5.0, 3.0
"""Standard deviations in milliseconds."""
TENTH = 16
ROLLED = 30.0
"""Milliseconds from one note of a rolled chord to the next."""
CLOSEST = 0.4
"""Share of the way to its neighbour that an onset may move."""


def swung(piece: Piece, steps: Ints, swing: float) -> Floats:
    """Written steps as they are swung, in steps; 0 leaves them where they are, 1 makes 2 to 1.

    >>> from ragsmith.piece import Piece
    >>> swung(Piece.from_array([[0, 60, 4]], metre="2/4"), np.array([0, 1, 2]), 1.0).round(2)
    array([0.  , 1.33, 2.  ])
    """
    if not swing:
        return steps.astype(float)
    starts = np.array([bar.start - bar.offset for bar in piece.bars])
    pairs = np.array([_pair(bar, piece.steps_per_quarter) for bar in piece.bars], float)
    bars = np.searchsorted([bar.start for bar in piece.bars], steps, "right") - 1
    pair = pairs[bars]
    places = (steps - starts[bars]) / np.maximum(pair, 1)
    inside = places % 1
    middle = 0.5 + swing / 6
    later = np.minimum(inside, 1 - inside) * 2 * (middle - 0.5)
    return np.asarray(steps + later * pair)


def _pair(bar: Bar, steps_per_quarter: int) -> float:
    """Steps of a pair of notes that are swung; 0 in metres of three, and of too few steps."""
    if bar.metre.unit >= 8:
        return 0
    quarters = bar.metre.beats * 4 / bar.metre.unit
    pair = steps_per_quarter / 2 if quarters <= 2 else steps_per_quarter
    return pair if pair >= 2 else 0


def onsets_played(
    piece: Piece,
    places: Floats,
    velocities: Sequence[int],
    ticks_a_millisecond: Floats,
    expression: float,
    draw: np.random.Generator,
) -> Ints:
    """The tick on which each note is struck.

    No note overtakes one that is written before it.

    Args:
        piece: in known hands.
        places: where its notes are written, swung or not, in ticks.
        velocities: of its notes.
        ticks_a_millisecond: where each note stands.
        expression: 0 to 1.
        draw: of the noise.
    """
    loudness = np.array(velocities, float)
    hands = np.array([note.hand for note in piece.notes])
    onsets, chords = np.unique(places, return_inverse=True)
    loudest = np.zeros(len(onsets))
    np.maximum.at(loudest, chords, loudness)
    late = LATER * (loudest[chords] - loudness)
    late += HAND_NOISE * draw.standard_normal((len(onsets), 3))[chords, hands]
    late += FINGER_NOISE * draw.standard_normal(len(places))
    late += ROLLED * _rank_in_rolled_chords(piece)
    moved = np.rint(expression * late * ticks_a_millisecond)
    reach = np.floor(CLOSEST * np.diff(onsets, prepend=-np.inf, append=np.inf))
    moved = np.clip(moved, -reach[:-1][chords], reach[1:][chords])
    return np.asarray(np.maximum(0, np.rint(places) + moved), np.int64)


def _rank_in_rolled_chords(piece: Piece) -> Floats:
    """How many notes of its chord are struck before each; 0 in chords that are not rolled."""
    members: dict[tuple[int, int], list[int]] = {}
    for place, note in enumerate(piece.notes):
        members.setdefault((note.onset, note.hand), []).append(place)
    ranks, rolled = np.zeros(len(piece.notes)), marked(piece, "arpeggio").tolist()
    for places in members.values():
        if len(places) < 2:
            continue
        pitches = [piece.notes[place].pitch for place in places]
        if max(pitches) - min(pitches) > TENTH or any(rolled[place] for place in places):
            ranks[places] = np.argsort(np.argsort(pitches))
    return ranks
