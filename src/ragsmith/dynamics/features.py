"""What loudness goes by: features of each note of a piece."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.hands import split_hands
from ragsmith.piece import Hand, Piece, place_in_bar

__all__ = ["COMMON", "FEATURES", "NoteFeatures", "note_features"]

COMMON = (
    "downbeat",
    "half bar",
    "beat",
    "half beat",
    "notes struck",
    "melodic rise",
    "duration",
    "time since the last onset",
    "time to the next onset",
)
"""Features whose effect on loudness is much the same for all players."""
OWN = (
    "melody",
    "bass",
    "left hand",
    "left hand on the beat",
    "melody off the beat",
    "register",
    "above the hand's neighbours",
    "contour",
    "density",
    "phrase, sine",
    "phrase, cosine",
    "progress",
)
"""Features whose effect differs between players; it is learnt only where a corpus agrees on it."""
FEATURES = COMMON + OWN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class NoteFeatures(NamedTuple):
    """What the model sees of a piece's n notes.

    `features` has the shape (n, features), each with mean 0 over the piece; `onsets` are steps,
    `chords` and `bars` count from 0: (n,).
    """

    features: Floats
    onsets: Ints
    chords: Ints
    bars: Ints


def note_features(piece: Piece) -> NoteFeatures:
    """The features of each note; hands that are not known are decided."""
    notes = piece.notes
    if any(note.hand is Hand.UNKNOWN for note in notes):
        notes = split_hands(notes, piece.steps_per_quarter)
    onsets, pitches, durations, _, hands = np.array(notes, np.int64).reshape(-1, 5).T
    starts = np.array([bar.start for bar in piece.bars])
    bars = np.searchsorted(starts, onsets, "right") - 1
    begins, chords, sizes = np.unique(onsets, return_inverse=True, return_counts=True)
    grid = piece.steps_per_quarter
    left = hands == Hand.LEFT
    melody, bass = _is_highest(pitches, chords, ~left), _is_highest(-pitches, chords, left)
    downbeat, half_bar, beat, half_beat = _metric(piece, onsets, bars)
    gaps = np.log2(np.clip(np.diff(begins, prepend=begins[:1] - grid, append=0) / grid, 0.125, 4))
    gaps[-1] = 0.0
    height = (pitches - 60) / 12
    rise = np.zeros(len(notes))
    rise[melody] = np.clip(np.diff(height[melody], prepend=height[melody][:1]), -1, 1)
    contour = _smooth(onsets, height, melody, 4 * grid)
    around = np.where(left, *(_smooth(onsets, height, who, 2 * grid) for who in (left, ~left)))
    quarters = np.array([bar.length for bar in piece.bars]) / grid
    density = np.bincount(bars, minlength=len(starts)) / quarters
    phrases = (bars - bool(piece.pickup)) * np.pi / 2
    strong = downbeat | half_bar | beat
    columns = (
        downbeat, half_bar, beat, half_beat, np.log2(sizes)[chords], rise,
        np.log2(np.clip(durations / grid, 0.125, 8)), gaps[chords], gaps[chords + 1],
        melody, bass, left, left & strong, melody & ~strong, height, height - around, contour,
        np.log2(density[bars]), np.sin(phrases), np.cos(phrases), onsets / piece.steps,
    )  # fmt: skip
    features = np.stack(columns, axis=1).astype(float)
    return NoteFeatures(features - features.mean(0), onsets, chords, bars)


def _is_highest(values: Ints, chords: Ints, who: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the notes `who` have the highest value of them in their chord."""
    highest = np.full(chords[-1] + 1, np.iinfo(np.int64).min)
    np.maximum.at(highest, chords[who], values[who])
    return np.asarray(who & (values == highest[chords]))


def _metric(piece: Piece, onsets: Ints, bars: Ints) -> tuple[NDArray[np.bool_], ...]:
    """Whether each note falls on the downbeat, half a bar after it, another beat, half a beat."""
    grid = piece.steps_per_quarter
    full = np.array([bar.metre.steps(grid) for bar in piece.bars])[bars]
    place = place_in_bar(piece)[onsets]
    downbeat, half_bar = place == 0, place * 2 == full
    beat = (place % grid == 0) & ~downbeat & ~half_bar
    half_beat = (place * 2 % grid == 0) & ~downbeat & ~half_bar & ~beat
    return downbeat, half_bar, beat, half_beat


def _smooth(onsets: Ints, height: Floats, who: NDArray[np.bool_], window: int) -> Floats:
    """The mean height of the notes `who` within so many steps; a note's own where there is none."""
    near = onsets[who]
    sums = np.concatenate([[0.0], np.cumsum(height[who])])
    first = np.searchsorted(near, onsets - window, "left")
    last = np.searchsorted(near, onsets + window, "right")
    mean = (sums[last] - sums[first]) / np.maximum(1, last - first)
    return np.where(last > first, mean, height)
