"""How notes use the chord in force: shares of six kinds of notes, and the nats that bring what a
model composes to the shares of its corpus.

Definition: given the chord in force and what its stretch has struck before, a note is a tone of the
chord; or a tone that names it and that the stretch still lacks (root, third, seventh, and a fifth
that is not perfect: all tones but a perfect fifth); or neither. Each of the three lies in the scale
of the key in force, or does not. The shares are those of a hand's notes, off beats and on beats.
Conventions: a stretch is a half bar, or what of it has one chord; scales are major and harmonic
minor; notes under no chord do not count; those of one step count in the order in which models write
them, left hand before right, low before high; a note of no hand is the right hand's.
Method: log of the corpus's share over the composed one. Of all ways to compose that have the
corpus's shares, the nearest to the model's own is the model's, tilted exponentially by nats for
each kind; this is one step of the search for them.
Sources: Della Pietra, Della Pietra & Lafferty, *Inducing Features of Random Fields* (IEEE PAMI 19,
1997); for generators Khalifa, Elsahar & Dymetman, *A Distributional Approach to Controlled Text
Generation* (ICLR 2021). The kinds are ours.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.chords import QUALITIES, Chord, ChordMark, tones_of
from ragsmith.harmony.finder import chords_of
from ragsmith.harmony.spans import beats_of, half_bars
from ragsmith.keys import degrees_of, key_at
from ragsmith.measure.style import HARMONIC_MINOR, MAJOR
from ragsmith.models.base import steps_of
from ragsmith.piece import Hand, Key, Piece

__all__ = [
    "KINDS",
    "NO_NATS",
    "ChordNats",
    "Place",
    "chord_nats_of",
    "heard_marks",
    "kinds_of",
    "note_kinds",
    "places_under",
    "shares_of",
]

KINDS = (
    "chord tone",
    "lacking",
    "other",
    "chord tone outside the scale",
    "lacking outside the scale",
    "other outside the scale",
)
CHORD_TONE, LACKING, OTHER, OUTSIDE = range(4)
"""Numbers of the kinds in the scale, and what is added outside it."""
SHAPE = (2, 2, len(KINDS))
"""Hands (left, right), off and on beats, kinds."""
PERFECT_FIFTH = 7
SMOOTHING = 1e-3
"""Added to each share, so that a kind that never comes has nats, too."""
MOST = 10.0
"""Nats beyond any that smoothed shares can ask for."""
REMEMBERED = 1 << 12
Float = NDArray[np.float64]


class Place(NamedTuple):
    """A step under a chord: the chord, the steps of its stretch of one chord within a half bar, and
    whether it lies on a beat."""

    chord: Chord
    stretch: range
    on_beat: bool


def places_under(outline: Piece, marks: Sequence[ChordMark]) -> list[Place | None]:
    """The place of every step; None under no chord.

    Args:
        outline: its bars say where beats and half bars are.
        marks: the chords.
    """
    beats: set[int] = set()
    for bar in outline.bars:
        beat = max(1, bar.metre.steps(outline.steps_per_quarter) // beats_of(bar.metre))
        beats.update(range(bar.start + -bar.offset % beat, bar.start + bar.length, beat))
    edges = {span.start for span in half_bars(outline)} | {mark.step for mark in marks}
    chords = {mark.step: mark.chord for mark in marks}
    chord: Chord | None = None
    places: list[Place | None] = []
    for start, end in pairwise(sorted(edges | {outline.steps})):
        chord = chords.get(start, chord)
        steps = range(start, end)
        places += [chord and Place(chord, steps, step in beats) for step in steps]
    return places


@lru_cache(REMEMBERED)
def kinds_of(chord: Chord, key: Key, struck: frozenset[int]) -> tuple[int, ...]:
    """The kind of each pitch class, by its number in `KINDS`.

    Args:
        chord: in force.
        key: in force.
        struck: the pitch classes that the chord's stretch has struck before.

    >>> kinds_of(Chord(7, "7"), Key(0, 0), frozenset({7}))
    (2, 5, 0, 5, 2, 1, 5, 0, 5, 2, 5, 1)
    """
    tones = tones_of(chord)
    naming = {(chord.root + t) % 12 for t in QUALITIES[chord.quality] if t != PERFECT_FIFTH}
    scale = HARMONIC_MINOR if key.minor else MAJOR
    in_scale = [degrees_of([pitch_class], key) <= {*scale} for pitch_class in range(12)]
    return tuple(
        (
            LACKING
            if pitch_class in naming - struck
            else CHORD_TONE
            if pitch_class in tones
            else OTHER
        )
        + (0 if in_scale[pitch_class] else OUTSIDE)
        for pitch_class in range(12)
    )


def heard_marks(piece: Piece) -> tuple[ChordMark, ...]:
    """The chords that are heard in a piece, half bar by half bar (`ragsmith.harmony.finder`)."""
    spans = half_bars(piece)
    return tuple(ChordMark(s.start, c) for s, c in zip(spans, chords_of(piece), strict=True))


def note_kinds(piece: Piece, marks: Sequence[ChordMark]) -> Float:
    """How many notes of each kind there are: (hands, off or on a beat, kinds).

    Args:
        piece: in hands.
        marks: the chords, planned or heard.

    >>> piece = Piece.from_array([[0, 48, 4], [0, 64, 2], [2, 65, 2]], metre="2/4")
    >>> note_kinds(piece, [ChordMark(0, Chord(0))])[1].tolist()
    [[0.0, 0.0, 1.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0, 0.0, 0.0]]
    """
    counts = np.zeros(SHAPE)
    places = places_under(piece, marks)
    struck, stretch = set[int](), range(0)
    for step, (notes, place) in enumerate(zip(steps_of(piece), places, strict=False)):
        if place is None:
            continue
        if place.stretch != stretch:
            struck, stretch = set(), place.stretch
        key = key_at(piece.keys, step)
        for onset in sorted(notes, key=lambda onset: (onset.hand is not Hand.LEFT, onset.pitch)):
            kind = kinds_of(place.chord, key, frozenset(struck))[onset.pitch % 12]
            counts[int(onset.hand is not Hand.LEFT), int(place.on_beat), kind] += 1
            struck.add(onset.pitch % 12)
    return counts


def shares_of(counts: Float) -> Float:
    """The share of each kind in its cell; even ones where a cell has no notes.

    >>> shares_of(np.array([[3.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])).tolist()
    [[0.75, 0.25, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]]
    """
    notes = counts.sum(-1, keepdims=True)
    shares: Float = np.where(notes > 0, counts / np.maximum(notes, 1), 1 / counts.shape[-1])
    return shares


def _is_bounded(number: object) -> bool:
    return type(number) is float and math.isfinite(number) and abs(number) <= MOST


@dataclass(frozen=True, slots=True)
class ChordNats:
    """What is added to the log-probability of each note, by its kind.

    Attributes:
        nats: for the left hand and the right, off and on beats, of each of `KINDS`.

    Raises:
        ValueError: these are not so many numbers, or one is out of range.
    """

    nats: tuple[tuple[tuple[float, ...], ...], ...]

    def __post_init__(self) -> None:
        cells = [cell for hand in self.nats for cell in hand]
        is_whole = [len(hand) for hand in self.nats] == [2, 2]
        is_whole = is_whole and [len(cell) for cell in cells] == [len(KINDS)] * 4
        if not is_whole or not all(_is_bounded(number) for cell in cells for number in cell):
            raise ValueError(f"chord nats are 2 x 2 x 6 numbers from {-MOST:g} to {MOST:g}")

    def to_json(self) -> list[Any]:
        """The nats as JSON data, which `from_json` reads.

        >>> ChordNats.from_json(NO_NATS.to_json()) == NO_NATS
        True
        """
        return [[list(cell) for cell in hand] for hand in self.nats]

    @staticmethod
    def from_json(data: Any) -> ChordNats:
        """The nats that `to_json` wrote.

        Raises:
            ValueError: the data is none.
        """
        try:
            return ChordNats(tuple(tuple(tuple(cell) for cell in hand) for hand in data))
        except TypeError as e:
            raise ValueError(f"these are no chord nats: {e}") from e


NO_NATS = ChordNats((((0.0,) * len(KINDS),) * 2,) * 2)
"""Nothing leads the notes."""


def chord_nats_of(own: Iterable[Float], composed: Iterable[Float]) -> ChordNats:
    """The nats that bring what is composed to the corpus's shares; none where a hand plays nothing.

    Args:
        own, composed: the `note_kinds` of pieces.

    >>> own, composed = np.full(SHAPE, 10.0), np.full(SHAPE, 5.0)
    >>> chord_nats_of([own, own], [composed]) == NO_NATS
    True
    """
    wanted, made = (sum(counts, np.zeros(SHAPE)) for counts in (own, composed))
    is_played = (wanted.sum(-1) > 0) & (made.sum(-1) > 0)
    shares, others = shares_of(wanted) + SMOOTHING, shares_of(made) + SMOOTHING
    nats = np.where(is_played[..., None], np.log(shares / others), 0.0)
    return ChordNats.from_json(nats.tolist())
