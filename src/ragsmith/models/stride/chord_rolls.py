"""The chords that `stride` is told: those of a step and of the half bar after, by pitch class.

Of each chord there is a roll of its root and one of all its tones. They are read like the rolls of
the keyboard, repeated in every octave, so that what is learnt of one root serves for all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragsmith.chords import Chord, chord_at, tones_of
from ragsmith.harmony.finder import finder_chord
from ragsmith.harmony.spans import half_bars
from ragsmith.piece import Piece

__all__ = ["CHORD_ROLLS", "marked_chords", "rolls_of"]

CHORD_ROLLS = 4
"""Root and tones of the chord at hand, root and tones of the next."""


def marked_chords(piece: Piece) -> list[Chord | None]:
    """The chord of each half bar as the piece's chord symbols say; None where none is in force."""
    chords = (chord_at(piece.chords, span.start) for span in half_bars(piece))
    return [chord and finder_chord(chord) for chord in chords]


def rolls_of(piece: Piece, chords: Sequence[Chord | None]) -> NDArray[np.uint8]:
    """What the network is told at each step: (steps, CHORD_ROLLS, 12), zeros for no chord.

    Args:
        piece: its bars say where half bars are.
        chords: one for each half bar.
    """
    rolls = np.zeros((piece.steps, CHORD_ROLLS, 12), np.uint8)
    ahead = [*chords[1:], None]
    for span, now, after in zip(half_bars(piece), chords, ahead, strict=True):
        for first, chord in ((0, now), (2, after)):
            if chord:
                rolls[span.start : span.stop, first, chord.root] = 1
                rolls[span.start : span.stop, first + 1, list(tones_of(chord))] = 1
    return rolls
