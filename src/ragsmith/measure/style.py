"""Simple figures of how a piece is made, printed beside those of human works and of a shuffle.

Definitions stand at the fields of `Style`. Convention: an onset step is a step with at least one
onset; a beat is a quarter note, counted from the barline; a share lies between 0 and 1, and is 0
where there is nothing to count. Figures of a hand are None when the piece does not give that hand
a note. `distinct_steps` falls with length: compare pieces of like length.
Sources: pitch-class entropy and scale share as in MusPy (Dong et al., ISMIR 2020); the others ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.base import notes_of, steps_of
from ragsmith.piece import Hand, Note, Piece, pitches_by_onset, place_in_bar

__all__ = ["Band", "Style", "band", "shuffled", "style_of"]

MAJOR = (0, 2, 4, 5, 7, 9, 11)
HARMONIC_MINOR = (0, 2, 3, 5, 7, 8, 11)


@dataclass(frozen=True, slots=True)
class Style:
    """Figures of a piece.

    Attributes:
        notes_per_step: notes over steps.
        empty_steps: share of steps without onset.
        empty_bars: share of bars without onset.
        polyphony: notes over onset steps.
        distinct_steps: different sets of onset pitches over onset steps.
        pitch_class_entropy: of the notes' pitch classes, in bits, 0 to log2 12.
        scale_share: share of notes in the best of the 12 major and 12 harmonic minor scales.
        on_beat: share of onset steps that lie on a beat.
        off_sixteenths: share of onset steps on the second or fourth sixteenth of a beat, where
            ragtime is syncopated; 0 on a grid without sixteenths.
        left_on_beat: share of the left hand's onset steps that lie on a beat.
        left_pitch, right_pitch: mean pitch of the hand's notes, a MIDI number.
        left_range, right_range: semitones from the hand's lowest note to its highest.
    """

    notes_per_step: float
    empty_steps: float
    empty_bars: float
    polyphony: float
    distinct_steps: float
    pitch_class_entropy: float
    scale_share: float
    on_beat: float
    off_sixteenths: float
    left_on_beat: float | None
    left_pitch: float | None
    right_pitch: float | None
    left_range: float | None
    right_range: float | None


class Band(NamedTuple):
    """The 5th, 50th and 95th percentile of some values."""

    low: float
    middle: float
    high: float


def style_of(piece: Piece) -> Style:
    """The figures of a piece."""
    chords = pitches_by_onset(piece.notes)
    onsets = np.array(list(chords), np.int64)
    starts = [bar.start for bar in piece.bars]
    full_bars = len(np.unique(np.searchsorted(starts, onsets, side="right")))
    classes = np.bincount([n.pitch % 12 for n in piece.notes], minlength=12)
    left = [n for n in piece.notes if n.hand == Hand.LEFT]
    right = [n for n in piece.notes if n.hand == Hand.RIGHT]
    places = place_in_bar(piece)
    grid = piece.steps_per_quarter
    left_onsets = np.array(sorted({n.onset for n in left}), np.int64)
    return Style(
        notes_per_step=_share(len(piece.notes), piece.steps),
        empty_steps=_share(piece.steps - len(chords), piece.steps),
        empty_bars=_share(len(piece.bars) - full_bars, len(piece.bars)),
        polyphony=_share(len(piece.notes), len(chords)),
        distinct_steps=_share(len({frozenset(chord) for chord in chords.values()}), len(chords)),
        pitch_class_entropy=_entropy(classes),
        scale_share=_scale_share(classes),
        on_beat=_on_beat(places[onsets], grid),
        # An odd number of sixteenths after a beat: 4 * place / grid is odd.
        off_sixteenths=_share(np.sum(4 * places[onsets] % (2 * grid) == grid), len(onsets)),
        left_on_beat=_on_beat(places[left_onsets], grid) if left else None,
        left_pitch=_mean_pitch(left),
        right_pitch=_mean_pitch(right),
        left_range=_range(left),
        right_range=_range(right),
    )


def shuffled(piece: Piece, seed: int) -> Piece:
    """The control: the same steps in random order, in the same bars.

    Durations are cut where a key is struck again or the piece ends. What does not depend on the
    order of the steps, such as `notes_per_step`, stays as it is.
    """
    steps = steps_of(piece)
    order = np.random.default_rng(seed).permutation(len(steps))
    notes = notes_of([steps[place] for place in order])
    cut = (n._replace(duration=min(n.duration, piece.steps - n.onset)) for n in notes)
    return replace(piece, notes=tuple(cut), sections=(), order=())


def band(values: Sequence[float]) -> Band:
    """The 5th, 50th and 95th percentile, linear between the values.

    Raises:
        ValueError: there are no values.
    """
    if not len(values):
        raise ValueError("no values have no band")
    low, middle, high = np.percentile(values, [5, 50, 95]).tolist()
    return Band(low, middle, high)


def _share(part: float, whole: int) -> float:
    return float(part / whole) if whole else 0.0


def _on_beat(places: NDArray[np.int32], steps_per_quarter: int) -> float:
    return _share(np.sum(places % steps_per_quarter == 0), len(places))


def _entropy(counts: NDArray[np.int64]) -> float:
    """In bits."""
    shares = counts[counts > 0] / max(1, counts.sum())
    return float(np.sum(shares * -np.log2(shares)))


def _scale_share(classes: NDArray[np.int64]) -> float:
    best = max(
        classes[(np.array(scale) + tonic) % 12].sum()
        for scale in (MAJOR, HARMONIC_MINOR)
        for tonic in range(12)
    )
    return _share(best, int(classes.sum()))


def _mean_pitch(notes: Sequence[Note]) -> float | None:
    return float(np.mean([n.pitch for n in notes])) if notes else None


def _range(notes: Sequence[Note]) -> float | None:
    pitches = [n.pitch for n in notes]
    return float(max(pitches) - min(pitches)) if pitches else None
