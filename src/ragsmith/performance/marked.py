"""What the markings of a score ask of whoever plays it, note by note.

From one dynamic to the next there are about two decibels; the numbers are ours. Pianists make them
relative to one another (Kosta, Bandtlow & Chew, *Dynamics and relativity: practical implications of
dynamic markings in the score*, Journal of New Music Research 47, 2018).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ragsmith.piece import Piece

__all__ = ["accents_marked", "dynamics_marked", "marked", "shares_silent"]

Floats = NDArray[np.float64]

DYNAMICS = {
    **{"ppp": -26.0, "pp": -19.0, "p": -12.0, "mp": -5.0},
    **{"mf": 0.0, "f": 8.0, "ff": 16.0, "fff": 24.0},
}
"""Velocity steps louder than mf."""
HAIRPIN = 10.0
"""Velocity steps from one end to the other."""
ACCENTS = {"accent": 9.0, "marcato": 13.0}
SILENT = {"staccato": 0.5, "staccatissimo": 0.7}
"""Shares of a note."""


def marked(piece: Piece, *kinds: str) -> NDArray[np.bool_]:
    """Which notes have a marking of one of these kinds, (notes,)."""
    places = {(m.step, m.pitch) for m in piece.markings if m.kind in kinds}
    if not places:
        return np.zeros(len(piece.notes), bool)
    return np.array([(note.onset, note.pitch) in places for note in piece.notes], bool)


def accents_marked(piece: Piece) -> Floats:
    """Velocity steps that accents add to each note."""
    return np.asarray(sum(louder * marked(piece, kind) for kind, louder in ACCENTS.items()), float)


def shares_silent(piece: Piece) -> Floats:
    """Which share of each note is silent by its marking; 0 where it has none."""
    return np.asarray(sum(share * marked(piece, kind) for kind, share in SILENT.items()), float)


def dynamics_marked(piece: Piece) -> Floats:
    """Velocity steps louder than mf at each note, hairpins along; nan before the first dynamic.

    >>> from ragsmith.markings import Marking
    >>> piece = Piece.from_array([[0, 60, 4], [4, 62, 4]])
    >>> from dataclasses import replace
    >>> dynamics_marked(replace(piece, markings=(Marking(4, "dynamic", text="f"),)))
    array([nan,  8.])
    """
    onsets = np.array([note.onset for note in piece.notes])
    levels = np.full(len(onsets), np.nan)
    for marking in piece.markings:
        if marking.kind == "dynamic" and marking.text in DYNAMICS:
            levels[onsets >= marking.step] = DYNAMICS[marking.text]
    for marking in piece.markings:
        if marking.kind in ("crescendo", "diminuendo") and marking.end > marking.step:
            way = (onsets - marking.step) / (marking.end - marking.step)
            up = 1 if marking.kind == "crescendo" else -1
            levels += np.where((way >= 0) & (way <= 1), up * HAIRPIN * way, 0)
    return levels
