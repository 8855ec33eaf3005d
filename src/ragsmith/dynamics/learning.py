"""The dynamics of a corpus are learnt from its velocities, in closed form.

Weights of the features by ridge regression (Hoerl and Kennard, 1970), whose penalties are chosen by
leaving out a piece at a time; memory and size of the swell from the autocovariances of the mean
residuals of bars; noise is what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ragsmith.dynamics.features import COMMON, FEATURES, NoteFeatures, note_features
from ragsmith.dynamics.velocity import HEAVIEST, LIMITS, Dynamics
from ragsmith.performance.velocities import has_own_dynamics
from ragsmith.piece import Piece

__all__ = ["Velocities", "dynamics_of"]

FEWEST_NOTES, FEWEST_IN_PIECE, MOST_NOTES = 300, 30, 1_000_000
FLAT, SHARE_VARIED = 3.0, 0.25
PENALTIES = 10.0 ** np.arange(-2, 2.5, 0.5)
DISTRUSTS = (1.0, 30.0, 1000.0)
"""How many times heavier the penalty on `OWN` may be."""
FOLDS = 4

Floats = NDArray[np.float64]


def dynamics_of(pieces: Iterable[Piece]) -> Dynamics | None:
    """The dynamics of a corpus; None where its velocities say too little.

    Only pieces that were played (`ragsmith.performance.velocities.has_own_dynamics`: more than a
    score's few velocities), whose velocities vary (a standard deviation of at least 3) and that
    have at least 30 notes are learnt from. None where these hold fewer than 300 notes, or fewer
    than a quarter of all notes. Beyond the first million notes nothing is learnt.
    """
    velocities = Velocities()
    for piece in pieces:
        velocities.add(piece)
    return velocities.dynamics()


class Velocities:
    """The velocities of a corpus, gathered piece by piece, to learn its dynamics from."""

    def __init__(self) -> None:
        self._views: list[NoteFeatures] = []
        self._velocities: list[Floats] = []
        self._notes = self._varied = 0

    def add(self, piece: Piece) -> None:
        """Take one more piece into account."""
        velocities = np.array([note.velocity for note in piece.notes], float)
        self._notes += len(velocities)
        is_varied = len(velocities) >= FEWEST_IN_PIECE and velocities.std() >= FLAT
        if is_varied and has_own_dynamics(piece):
            self._varied += len(velocities)
            if self._varied <= MOST_NOTES:
                self._views.append(note_features(piece))
                self._velocities.append(velocities)

    def dynamics(self) -> Dynamics | None:
        """What `dynamics_of` gives for the pieces so far."""
        if not self._views or self._varied < max(FEWEST_NOTES, SHARE_VARIED * self._notes):
            return None
        return _learnt(self._views, self._velocities)


def _learnt(views: Sequence[NoteFeatures], velocities: Sequence[Floats]) -> Dynamics:
    levels = np.array([v.mean() for v in velocities])
    spreads = np.array([v.std() for v in velocities])
    targets = [(v - v.mean()) / v.std() for v in velocities]
    weights = _regressed([view.features for view in views], targets)
    residuals = [t - view.features @ weights for view, t in zip(views, targets, strict=True)]
    memory, swell = _slow(views, residuals)
    # Taking off a piece's mean lowers the variance of its swell by (1 + memory) / (1 - memory) /
    # bars.
    bars = float(np.mean([view.bars[-1] + 1 for view in views]))
    gone = min(0.5, (1 + memory) / (1 - memory) / bars)
    within = _within_chords(views, residuals)
    left = float(np.mean([np.mean(r**2) for r in residuals]))
    chord = max(0.0, left - swell - within)
    return Dynamics(
        weights=tuple(float(np.clip(w, -HEAVIEST, HEAVIEST)) for w in weights),
        level=float(levels.mean()),
        level_spread=float(levels.std()),
        spread=float(np.clip(spreads.mean(), 0.0, LIMITS["spread"][1])),
        memory=memory,
        swell=sqrt(swell / (1 - gone)),
        chord_noise=sqrt(chord),
        note_noise=sqrt(within),
    )


def _regressed(features: Sequence[Floats], targets: Sequence[Floats]) -> Floats:
    """Ridge regression, every piece counted by the square root of its notes.

    The penalties are those that predict each piece best from the others; of a few pieces, each
    quarter of a piece from the rest.
    """
    scale = np.sqrt(np.mean(np.concatenate(features) ** 2, axis=0)) + 1e-3
    cuts = 1 if len(features) >= FOLDS else FOLDS
    parts = [
        (x / scale, t, len(target) ** -0.5)
        for rows, target in zip(features, targets, strict=True)
        for x, t in zip(np.array_split(rows, cuts), np.array_split(target, cuts), strict=True)
    ]
    grams = np.array([w * x.T @ x for x, _, w in parts])
    moments = np.array([w * x.T @ t for x, t, w in parts])
    gram, moment = grams.sum(0), moments.sum(0)
    common = np.arange(len(FEATURES)) < len(COMMON)
    ridges = [
        np.diag(np.where(common, 1.0, distrust)) * penalty * np.trace(gram) / len(FEATURES)
        for distrust in DISTRUSTS
        for penalty in PENALTIES
    ]

    def lost(ridge: Floats) -> float:
        """The squared error on parts left out, less what no weights change."""
        without = np.linalg.solve(gram - grams + ridge, (moment - moments)[..., None])[..., 0]
        return float(
            np.einsum("pi,pij,pj->", without, grams, without) - 2 * np.sum(without * moments)
        )

    return np.asarray(np.linalg.solve(gram + min(ridges, key=lost), moment) / scale, np.float64)


def _slow(views: Sequence[NoteFeatures], residuals: Sequence[Floats]) -> tuple[float, float]:
    """Memory and variance of the swell, from the autocovariances of bars one and two apart."""
    near, far, pairs, far_pairs = 0.0, 0.0, 0, 0
    for view, residual in zip(views, residuals, strict=True):
        counts = np.bincount(view.bars)
        means = np.bincount(view.bars, residual) / np.maximum(1, counts)
        struck = counts > 0
        near += float(means[1:] @ means[:-1])
        pairs += int(np.sum(struck[1:] & struck[:-1]))
        far += float(means[2:] @ means[:-2])
        far_pairs += int(np.sum(struck[2:] & struck[:-2]))
    near, far = near / max(1, pairs), far / max(1, far_pairs)
    if near <= 0:
        return 0.0, 0.0
    memory = float(np.clip(far / near, 0.3, 0.99))
    return memory, min(1.0, near / memory)


def _within_chords(views: Sequence[NoteFeatures], residuals: Sequence[Floats]) -> float:
    """The variance of residuals among the notes of a chord."""
    squares, freedom = 0.0, 0
    for view, residual in zip(views, residuals, strict=True):
        counts = np.bincount(view.chords)
        means = np.bincount(view.chords, residual) / counts
        squares += float(np.sum((residual - means[view.chords]) ** 2))
        freedom += int(np.sum(counts - 1))
    return min(1.0, squares / max(1, freedom))
