"""The chords of a piece, found from its notes: one for every half bar.

Method: every half bar has a profile, the weight of each pitch class in it: a pitch class counts in
each step in which it sounds, more where it is struck and on beats. A chord gives each of its tones
a probability, and the same small one to each note outside; the profile is as likely as notes
drawn from these. The lowest note on the beat speaks for its own chord, and chords of the key and
those that lead to them are likelier than others. Of all sequences of chords the likeliest is taken
(Viterbi), where a chord goes on rather than changes, and changes rather by a fifth down.
Sources: templates over segments, Pardo & Birmingham, *Algorithms for Chordal Analysis* (Computer
Music Journal 26, 2002); weights by duration and metre, chords tied by the line of fifths,
Temperley, *The Cognition of Basic Musical Structures* (2001); tones as draws and a search for the
likeliest sequence, Raphael & Stoddard, *Functional Harmonic Analysis Using Probabilistic Models*
(Computer Music Journal 28, 2004). The numbers are ours; `benchmarks/chord_finding.py` measures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ragsmith.chords import Chord, tones_of
from ragsmith.harmony.spans import beats_of, half_bars
from ragsmith.keys import key_at, tonic_of
from ragsmith.piece import Bar, Key, Piece

__all__ = [
    "VOCABULARY",
    "change_nats",
    "chords_of",
    "finder_chord",
    "fitness",
    "key_nats",
    "likelihoods_of",
    "profiles_of",
]

Float = NDArray[np.float64]

FOUND = ("", "m", "7", "m7", "dim", "dim7", "m7b5", "aug")
"""The qualities that are looked for."""
VOCABULARY = tuple(Chord(root, quality) for quality in FOUND for root in range(12))
TONES = {3: (0.35, 0.29, 0.26), 4: (0.31, 0.25, 0.22, 0.14)}
"""The probabilities of a chord's tones, the root first; what is left is shared by all others."""
EVIDENCE = 14.0
"""Independent notes that a half bar with three pitch classes is worth; fewer say as much less."""
FEW = 3
STRUCK, ON_BEAT = 0.5, 0.5
"""What a pitch class counts more in a step in which it is struck, and on a beat."""
BASS = {0: 1.2, 1: 0.2, 2: 0.3, 3: 0.0}
"""Nats for a lowest note that is the root, third, fifth, seventh of the chord; none outside it."""
CHANGE = 2.2
"""Nats that a change of chord costs."""
FIFTH_DOWN = 0.7
"""Nats less where the root falls by a fifth."""
RARE = {"m7": 1.4, "m7b5": 1.0, "dim": 1.2, "aug": 2.0, "dim7": 0.6}
"""Nats that a quality costs, wherever it stands."""
SEVENTHS = {"7": "", "m7": "m", "dim7": "dim", "m7b5": "dim"}
OUTSIDE = 1.0
"""Nats that a chord costs that neither belongs to the key nor leads to one that does."""
MAJOR_KEY = {
    "": (0, 5, 7),
    "7": (0, 2, 4, 7, 9, 11),
    "m": (2, 4, 9, 5),
    "m7": (2, 4, 9),
    "dim": (11,),
    "dim7": tuple(range(12)),
    "m7b5": (11, 6),
    "aug": (0, 7),
}
MINOR_KEY = {
    "": (3, 5, 7, 8, 10), "7": (0, 2, 7, 10), "m": (0, 5, 7), "m7": (0, 5),
    "dim": (2, 11), "dim7": tuple(range(12)), "m7b5": (2,), "aug": (3, 7),
}  # fmt: skip
"""Roots, in semitones above the tonic, of the chords that belong to a key or lead to one of its."""


def finder_chord(chord: Chord) -> Chord:
    """The chord of the finder's vocabulary that has the most tones of this one and the fewest
    others, on the same root: a ninth is found as its seventh, a sixth as its triad.

    >>> finder_chord(Chord(0, "9")), finder_chord(Chord(2, "6", 6))
    (Chord(root=0, quality='7', bass=None), Chord(root=2, quality='', bass=None))
    """
    tones = set(tones_of(Chord(chord.root, chord.quality)))
    same_root = [Chord(chord.root, quality) for quality in FOUND]
    return min(same_root, key=lambda one: len(tones ^ set(tones_of(one))))


def fitness(chord: Chord, key: Key) -> float:
    """Nats that speak for a chord in a key, at most 0."""
    return float(key_nats(key._replace(step=0))[VOCABULARY.index(finder_chord(chord))])


def chords_of(piece: Piece, bars: Sequence[Bar] | None = None) -> list[Chord | None]:
    """The chord of each half bar (`ragsmith.harmony.spans.half_bars`); None before the first note
    and where nothing is to be heard for half a bar after half a bar of rest.

    >>> piece = Piece.from_array([[0, 48, 4], [0, 64, 4], [0, 67, 4], [4, 43, 4], [4, 65, 4],
    ...                           [4, 71, 4], [4, 74, 4]], metre="2/4")
    >>> chords_of(piece)
    [Chord(root=0, quality='', bass=None), Chord(root=7, quality='7', bass=None)]
    """
    spans = half_bars(piece, bars)
    if not spans:
        return []
    profiles, basses = profiles_of(piece, spans)
    likelihoods = likelihoods_of(profiles, basses)
    likelihoods += np.stack([key_nats(key_at(piece.keys, span.start)) for span in spans])
    path = _likeliest(likelihoods)
    silent = profiles.sum(1) == 0
    before = np.concatenate([silent[:1], silent[:-1]])
    rests = (silent & before) | np.logical_and.accumulate(silent)
    states = zip(path, rests.tolist(), strict=True)
    return [None if rest else VOCABULARY[state] for state, rest in states]


def profiles_of(piece: Piece, spans: Sequence[range]) -> tuple[Float, list[int | None]]:
    """The weight of each pitch class in each span, (spans, 12), and the pitch class of the lowest
    note that is struck first in it."""
    onsets, pitches, durations, _, _ = piece.to_array().T
    ends = np.minimum(onsets + durations, piece.steps)
    keys = np.zeros((piece.steps + 1, 12))
    np.add.at(keys, (onsets, pitches % 12), 1)
    np.add.at(keys, (ends, pitches % 12), -1)
    sounding = (keys.cumsum(0)[:-1] > 0).astype(float)
    sounding[onsets, pitches % 12] = 1 + STRUCK
    lowest = dict(zip(onsets[::-1].tolist(), pitches[::-1].tolist(), strict=True))
    weights = np.ones(piece.steps)
    for bar in piece.bars:
        beat = max(1, bar.metre.steps(piece.steps_per_quarter) // beats_of(bar.metre))
        first = (-bar.offset) % beat
        weights[bar.start + first : bar.start + bar.length : beat] += ON_BEAT
    weighted = sounding * weights[:, None]
    profiles = np.stack([weighted[span.start : span.stop].sum(0) for span in spans])
    basses: list[int | None] = []
    for span in spans:
        pitches = [lowest[step] for step in span[: max(1, len(span) // 2)] if step in lowest]
        basses.append(min(pitches) % 12 if pitches else None)
    return profiles, basses


@cache
def _templates() -> tuple[Float, Float]:
    """Log-probabilities of pitch classes (chords, 12), and nats for each bass (chords, 12)."""
    logs, basses = np.zeros((len(VOCABULARY), 12)), np.zeros((len(VOCABULARY), 12))
    for row, chord in enumerate(VOCABULARY):
        tones = tones_of(chord)
        shares = TONES[len(tones)]
        logs[row] = math.log((1 - sum(shares)) / (12 - len(tones)))
        for place, (tone, share) in enumerate(zip(tones, shares, strict=True)):
            logs[row, tone] = math.log(share)
            basses[row, tone] = BASS[place]
    return logs, basses


def likelihoods_of(profiles: Float, basses: Sequence[int | None]) -> Float:
    """Nats of each span under each chord, (spans, chords)."""
    logs, bass_nats = _templates()
    total = profiles.sum(1, keepdims=True)
    shares = np.divide(profiles, total, out=np.zeros_like(profiles), where=total > 0)
    classes = np.minimum((profiles > 0).sum(1), FEW)
    nats: Float = EVIDENCE * (classes / FEW)[:, None] * (shares @ logs.T)
    for row, bass in enumerate(basses):
        if bass is not None and classes[row] >= FEW:
            nats[row] += bass_nats[:, bass]
    return nats


@cache
def key_nats(key: Key) -> Float:
    """Nats of each chord in a key, (chords,)."""
    table = MINOR_KEY if key.minor else MAJOR_KEY
    tonic = tonic_of(key)
    return np.array(
        [
            -RARE.get(chord.quality, 0.0)
            - OUTSIDE * ((chord.root - tonic) % 12 not in table[chord.quality])
            for chord in VOCABULARY
        ]
    )


@cache
def change_nats() -> Float:
    """Nats of each chord after each other, (from, to)."""
    roots = np.array([chord.root for chord in VOCABULARY])
    nats = np.full((len(roots), len(roots)), -CHANGE)
    nats[(roots[:, None] - roots) % 12 == 7] += FIFTH_DOWN
    families = np.array([SEVENTHS.get(chord.quality, chord.quality) for chord in VOCABULARY])
    kin = (roots[:, None] == roots) & (families[:, None] == families)
    nats[kin] = -CHANGE / 2
    np.fill_diagonal(nats, 0.0)
    return nats


def _likeliest(nats: Float) -> list[int]:
    """The likeliest sequence of states (Viterbi)."""
    changes = np.ascontiguousarray(change_nats().T)
    best, origins = nats[0], []
    every = np.arange(nats.shape[1])
    for row in nats[1:]:
        after = changes + best
        origins.append(after.argmax(1))
        best = after[every, origins[-1]] + row
    path = [int(best.argmax())]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return path[::-1]
