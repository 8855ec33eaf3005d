"""Loudness as a corpus plays it.

Within a piece, a note's velocity is the piece's level plus `spread` times the sum of

- a linear function of what the note is (metre, duration, chord, hand ...; see
  `ragsmith.dynamics.features`);
- a swell: a first-order autoregression over bars;
- noise, one draw for a chord and one for each note in it, as large as what is left in the corpus.

All terms are in units of the piece's own standard deviation, so that loud and lively pieces do not
outweigh others, and together they spread as the corpus does. `ragsmith.dynamics.learning` learns
them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from math import isfinite, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragsmith.dynamics.features import FEATURES, note_features
from ragsmith.piece import Piece

__all__ = ["HEAVIEST", "LIMITS", "Dynamics"]

LIMITS = {
    "level": (1.0, 127.0),
    "level_spread": (0.0, 64.0),
    "spread": (0.0, 64.0),
    "memory": (0.0, 0.99),
    "swell": (0.0, 2.0),
    "chord_noise": (0.0, 2.0),
    "note_noise": (0.0, 2.0),
}
STREAM = 2
"""Keeps these draws apart from those of the notes, which have the same seed (the plans of strains
draw from stream 1)."""
HEAVIEST = 100.0
"""Beyond any weight that data give."""


Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Dynamics:
    """How a corpus strikes its keys.

    Attributes:
        weights: one for each of `FEATURES`, in units of `spread`.
        level, level_spread: mean of the pieces' mean velocities, and their standard deviation.
        spread: standard deviation of velocities within a piece.
        memory: how much of a bar's swell the next bar keeps, 0 to 0.99.
        swell, chord_noise, note_noise: standard deviations, in units of `spread`.

    Raises:
        ValueError: a number is not finite or out of range.
    """

    weights: tuple[float, ...]
    level: float
    level_spread: float
    spread: float
    memory: float
    swell: float
    chord_noise: float
    note_noise: float

    def __post_init__(self) -> None:
        if len(self.weights) != len(FEATURES):
            raise ValueError(f"{len(self.weights)} weights of dynamics, {len(FEATURES)} are needed")
        for weight in self.weights:
            _check("weight", weight, -HEAVIEST, HEAVIEST)
        for name, (low, high) in LIMITS.items():
            _check(name, getattr(self, name), low, high)

    def expected(self, piece: Piece) -> Floats:
        """The expected velocities around the piece's mean: (notes,)."""
        view = note_features(piece)
        return np.asarray(self.spread * (view.features @ np.array(self.weights)))

    def play(self, piece: Piece, seed: int, start: int = 0) -> Piece:
        """New velocities, 1 to 127, for the notes from step `start` on.

        The same seed gives the same velocities. The notes before `start` keep theirs, and the new
        ones go on from their level; where there are none, the seed draws the level of the piece.
        """
        if not piece.notes:
            return piece
        draw = np.random.default_rng([STREAM, seed])
        view = note_features(piece)
        expected = view.features @ np.array(self.weights)
        given = view.onsets < start
        level = self.level + self.level_spread * float(np.clip(draw.standard_normal(), -1.5, 1.5))
        before: tuple[Floats, Ints] | None = None
        if given.any():
            old = np.array([note.velocity for note in piece.notes], float)[given]
            level = float(np.mean(old - self.spread * expected[given]))
            residuals = (old - level) / max(self.spread, 1.0) - expected[given]
            before = (residuals, view.bars[given])
        swell = self._swell(draw, len(piece.bars), before)
        chords = draw.standard_normal(view.chords[-1] + 1)[view.chords]
        notes = draw.standard_normal(len(piece.notes))
        sum_of_all = expected + swell[view.bars]
        sum_of_all += self.chord_noise * chords + self.note_noise * notes
        velocities = np.clip(np.rint(level + self.spread * sum_of_all), 1, 127).astype(int)
        played = (
            note if keeps else note._replace(velocity=int(velocity))
            for note, velocity, keeps in zip(piece.notes, velocities, given, strict=True)
        )
        return replace(piece, notes=tuple(played))

    def _swell(
        self, draw: np.random.Generator, bars: int, before: tuple[Floats, Ints] | None
    ) -> Floats:
        """The swell of each bar; it goes on from that of the notes `before` (residuals, bars)."""
        swell = self.swell * draw.standard_normal(bars)
        kick = sqrt(1 - self.memory**2)
        first = 1
        if before is not None and self.swell:
            residuals, places = before
            first = int(places[-1])
            last = residuals[places == first]
            noise = (self.chord_noise**2 + self.note_noise**2) / len(last)
            swell[first] = np.mean(last) * self.swell**2 / (self.swell**2 + noise)
            first += 1
        for i in range(first, bars):
            swell[i] = self.memory * swell[i - 1] + kick * swell[i]
        return swell

    def to_json(self) -> dict[str, Any]:
        """The dynamics as JSON, weights by name."""
        return asdict(self) | {"weights": dict(zip(FEATURES, self.weights, strict=True))}

    @classmethod
    def from_json(cls, data: object) -> Dynamics:
        """The inverse of `to_json`.

        Raises:
            ValueError: the data holds no dynamics.
        """
        names = {"weights", *LIMITS}
        if not isinstance(data, dict) or set(data) != names:
            raise ValueError(f"dynamics hold {', '.join(sorted(names))}")
        weights = data["weights"]
        if not isinstance(weights, dict) or set(weights) != set(FEATURES):
            raise ValueError("dynamics have weights for other features")
        numbers = {name: _number(name, data[name]) for name in LIMITS}
        return cls(tuple(_number(name, weights[name]) for name in FEATURES), **numbers)


def _check(name: str, value: float, low: float, high: float) -> None:
    if not (isfinite(value) and low <= value <= high):
        raise ValueError(f"{name} of dynamics must lie between {low:g} and {high:g}")


def _number(name: str, value: object) -> float:
    """A number of JSON, small enough for a float."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e6:
        raise ValueError(f"{name} of dynamics is not a number of ordinary size")
    return float(value)
