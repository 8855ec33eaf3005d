"""How hard a piece is to play, on a scale from 1 (the first year) to 9 (concert studies).

Definition: the figure is 1 + 8 * sum(w * s) / 0.85 over nine demands, and 9 at most. The place s
of a demand is 0 at the first value of `SCALES` (what a first-year piece asks for), 1 at the second
(a concert study) and in a line between them; the weights w, of `SCALES` too, sum to 1. So the
figure never falls when a demand rises, and `shares_of` says how much of it each is responsible for.
Convention: the piece is taken as it is written, a repeat counted once; notes without hands are
given them (`ragsmith.hands.split_hands`). A strike is a step at which a hand begins a note. Means
over strikes that are called quadratic are the root of the mean square: a few wide ones count. A
piece without notes has the figure 1. Where no tempo is marked it is
`USUAL_TEMPO`.
Not measured: fingering (Parncutt et al. 1997), dynamics, pedal, length, what is hard to understand.
Sources: the nine levels are those of Henle (Koenen 2010), by which Ramoneda et al. label pieces
too (*Combining piano performance dimensions for score difficulty classification*, Expert Systems
with Applications 238, 2024). The demands are after Chiu & Chen, *A study on difficulty level
recognition of piano sheet music* (IEEE ISM 2012: playing speed, hand displacement, hand stretch,
polyphony, altered notes, pitch entropy) and Sébastien et al., *Score Analyzer* (ISMIR 2012: speed,
displacement, polyphony, harmony, irregular rhythm); the ends and weights are ours, and
`benchmarks/difficulty.py` measures how the figure ranks pieces that others have graded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ragsmith.hands import in_hands
from ragsmith.keys import key_at
from ragsmith.piece import Hand, Piece, pitches_by_onset, place_in_bar

__all__ = [
    "EASIEST",
    "HARDEST",
    "SCALES",
    "Demands",
    "Scale",
    "demands_of",
    "difficulty",
    "difficulty_of",
    "level_of",
    "shares_of",
]

EASIEST, HARDEST = 1, 9
FIFTH = 7
"""Semitones that lie under five fingers without moving the hand."""
USUAL_TEMPO = 600_000
"""Microseconds a quarter note where a piece has no mark: 100 a minute."""
MAJOR = frozenset({0, 2, 4, 5, 7, 9, 11})
RAISED_SEVENTH = 8
"""The seventh degree of the harmonic minor scale, in semitones above the tonic of its signature."""

Strikes = Mapping[int, Sequence[int]]
"""The pitches that one hand begins at each step, low to high."""


@dataclass(frozen=True, slots=True)
class Demands:
    """What a piece asks of its player; 0 where there is nothing to count.

    Attributes:
        speed: strikes a second of the hand that strikes more often while it plays.
        stretch: semitones between the outer keys that a hand strikes together, quadratic mean over
            the strikes of both hands.
        leaps: semitones beyond a fifth that a hand has to cover from one strike to the next (from
            the lowest to the highest key of both), quadratic mean over the strikes of both hands.
        chords: notes a strike, the mean of both hands.
        independence: strikes a quarter note that the hand that strikes less often, in each bar, has
            alone.
        syncopation: share of the right hand's strikes off the beat that sound or rest over the next
            beat.
        signature: sharps or flats of the signature, the mean over the notes.
        altered: share of notes outside the scale of the signature.
        variety: entropy of the notes' pitches, in bits.
    """

    speed: float
    stretch: float
    leaps: float
    chords: float
    independence: float
    syncopation: float
    signature: float
    altered: float
    variety: float


class Scale(NamedTuple):
    """The value of a demand that counts as 0, the one that counts as 1, and its weight."""

    easy: float
    hard: float
    weight: float


SCALES = {
    "speed": Scale(1.0, 9.0, 0.25),
    "stretch": Scale(1.0, 10.0, 0.10),
    "leaps": Scale(0.0, 10.0, 0.11),
    "chords": Scale(1.0, 2.4, 0.05),
    "independence": Scale(0.0, 0.8, 0.04),
    "syncopation": Scale(0.0, 0.25, 0.05),
    "signature": Scale(0.0, 6.0, 0.12),
    "altered": Scale(0.0, 0.2, 0.08),
    "variety": Scale(3.2, 5.6, 0.20),
}
FULL = 0.85
"""What a piece of level 9 asks for of the whole: none asks for everything at once."""


def difficulty(piece: Piece) -> float:
    """The difficulty of a piece, 1 to 9.

    >>> round(difficulty(Piece.from_array([[0, 60, 4], [4, 62, 4], [8, 64, 8]])), 1)
    1.2
    """
    return difficulty_of(demands_of(piece))


def difficulty_of(demands: Demands) -> float:
    """The difficulty of a piece with these demands, 1 to 9."""
    return min(float(HARDEST), EASIEST + sum(shares_of(demands).values()))


def shares_of(demands: Demands) -> dict[str, float]:
    """The levels that each demand adds to `EASIEST`."""
    span = (HARDEST - EASIEST) / FULL
    return {
        name: span * scale.weight * min(1.0, max(0.0, _place(getattr(demands, name), scale)))
        for name, scale in SCALES.items()
    }


def level_of(figure: float) -> int:
    """The level that a figure belongs to, 1 to 9: it is rounded.

    >>> level_of(3.49), level_of(3.5)
    (3, 4)
    """
    return min(HARDEST, max(EASIEST, math.floor(figure + 0.5)))


def demands_of(piece: Piece) -> Demands:
    """The demands of a piece, as it is written."""
    handed = in_hands(piece)
    hands = [
        pitches_by_onset(note for note in handed.notes if note.hand is hand)
        for hand in (Hand.LEFT, Hand.RIGHT)
    ]
    return Demands(
        speed=max(_speed(strikes, piece) for strikes in hands),
        stretch=_quadratic_mean(c[-1] - c[0] for strikes in hands for c in strikes.values()),
        leaps=_quadratic_mean(leap for strikes in hands for leap in _leaps(strikes)),
        chords=_mean(_mean(map(len, strikes.values())) for strikes in hands if strikes),
        independence=_independence(piece, *hands),
        syncopation=_syncopation(piece, hands[1]),
        signature=_mean(abs(key_at(piece.keys, n.onset).fifths) for n in piece.notes),
        altered=_mean(_is_altered(piece, n.onset, n.pitch) for n in piece.notes),
        variety=_entropy([note.pitch for note in piece.notes]),
    )


def _place(value: float, scale: Scale) -> float:
    return (value - scale.easy) / (scale.hard - scale.easy)


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0


def _quadratic_mean(values: Iterable[float]) -> float:
    return math.sqrt(_mean(value * value for value in values))


def _speed(strikes: Strikes, piece: Piece) -> float:
    """Strikes a second in the beats in which the hand strikes."""
    grid = piece.steps_per_quarter
    seconds = {step // grid: _tempo(piece, step) / 1e6 for step in strikes}
    total = sum(seconds.values())
    return len(strikes) / total if total else 0.0


def _tempo(piece: Piece, step: int) -> int:
    """Microseconds a quarter note at a step."""
    marks = (tempo for tempo in reversed(piece.tempos) if tempo.step <= step)
    return next((mark.microseconds for mark in marks), USUAL_TEMPO)


def _leaps(strikes: Strikes) -> Iterable[int]:
    """Semitones beyond a fifth that two strikes after another cover."""
    for (low, *_, high), (next_low, *_, next_high) in pairwise(
        (chord[0], chord[-1]) for chord in strikes.values()
    ):
        yield max(0, max(high, next_high) - min(low, next_low) - FIFTH)


def _independence(piece: Piece, left: Strikes, right: Strikes) -> float:
    """Strikes a quarter note that the sparser hand of each bar has alone."""
    alone = 0
    for bar in piece.bars:
        steps = range(bar.start, bar.start + bar.length)
        here = [{step for step in steps if step in hand} for hand in (left, right)]
        alone += len(min(here, key=len)) - len(here[0] & here[1])
    return alone / piece.beats if piece.beats else 0.0


def _syncopation(piece: Piece, right: Strikes) -> float:
    """Share of the strikes off the beat that are not followed by one on the next beat or before."""
    places, grid = place_in_bar(piece), piece.steps_per_quarter
    over = 0
    for step, following in pairwise([*right, piece.steps]):
        off = int(places[step]) % grid
        over += bool(off) and following > step + grid - off
    return over / len(right) if right else 0.0


def _is_altered(piece: Piece, step: int, pitch: int) -> bool:
    key = key_at(piece.keys, step)
    degree = (pitch - FIFTH * key.fifths) % 12
    return degree not in MAJOR and not (key.minor and degree == RAISED_SEVENTH)


def _entropy(pitches: Sequence[int]) -> float:
    """In bits."""
    counts = np.bincount(pitches) if pitches else np.zeros(0, np.int64)
    shares = counts[counts > 0] / max(1, counts.sum())
    return float(np.sum(shares * -np.log2(shares)))
