"""Loudness as a corpus plays it: learnt from its velocities, in closed form.

Within a piece, a note's velocity is the piece's level plus `spread` times the sum of

- a linear function of what the note is (metre, duration, chord, hand ...; see `FEATURES`), by ridge
  regression (Hoerl and Kennard, 1970) whose penalties are chosen by leaving out a piece at a time;
- a swell: a first-order autoregression over bars, its memory and size from the autocovariances of
  the mean residuals of bars;
- noise, one draw for a chord and one for each note in it, as large as what is left in the corpus.

All terms are in units of the piece's own standard deviation, so that loud and lively pieces do not
outweigh others, and together they spread as the corpus does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from math import isfinite, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.hands import split_hands
from ragsmith.performance.velocities import has_own_dynamics
from ragsmith.piece import Hand, Piece, place_in_bar

__all__ = ["FEATURES", "Dynamics", "Velocities", "dynamics_of"]

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
FEWEST_NOTES, FEWEST_IN_PIECE, MOST_NOTES = 300, 30, 1_000_000
FLAT, SHARE_VARIED = 3.0, 0.25
PENALTIES = 10.0 ** np.arange(-2, 2.5, 0.5)
DISTRUSTS = (1.0, 30.0, 1000.0)
"""How many times heavier the penalty on `OWN` may be."""
FOLDS = 4
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
        view = _view(piece)
        return np.asarray(self.spread * (view.features @ np.array(self.weights)))

    def play(self, piece: Piece, seed: int, start: int = 0) -> Piece:
        """New velocities, 1 to 127, for the notes from step `start` on.

        The same seed gives the same velocities. The notes before `start` keep theirs, and the new
        ones go on from their level; where there are none, the seed draws the level of the piece.
        """
        if not piece.notes:
            return piece
        draw = np.random.default_rng([STREAM, seed])
        view = _view(piece)
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
        self._views: list[_View] = []
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
                self._views.append(_view(piece))
                self._velocities.append(velocities)

    def dynamics(self) -> Dynamics | None:
        """What `dynamics_of` gives for the pieces so far."""
        if not self._views or self._varied < max(FEWEST_NOTES, SHARE_VARIED * self._notes):
            return None
        return _learnt(self._views, self._velocities)


def _learnt(views: Sequence[_View], velocities: Sequence[Floats]) -> Dynamics:
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


class _View(NamedTuple):
    """What the model sees of a piece's n notes.

    `features` has the shape (n, features), each with mean 0 over the piece; `onsets` are steps,
    `chords` and `bars` count from 0: (n,).
    """

    features: Floats
    onsets: Ints
    chords: Ints
    bars: Ints


def _view(piece: Piece) -> _View:
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
    return _View(features - features.mean(0), onsets, chords, bars)


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


def _slow(views: Sequence[_View], residuals: Sequence[Floats]) -> tuple[float, float]:
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


def _within_chords(views: Sequence[_View], residuals: Sequence[Floats]) -> float:
    """The variance of residuals among the notes of a chord."""
    squares, freedom = 0.0, 0
    for view, residual in zip(views, residuals, strict=True):
        counts = np.bincount(view.chords)
        means = np.bincount(view.chords, residual) / counts
        squares += float(np.sum((residual - means[view.chords]) ** 2))
        freedom += int(np.sum(counts - 1))
    return min(1.0, squares / max(1, freedom))


def _check(name: str, value: float, low: float, high: float) -> None:
    if not (isfinite(value) and low <= value <= high):
        raise ValueError(f"{name} of dynamics must lie between {low:g} and {high:g}")


def _number(name: str, value: object) -> float:
    """A number of JSON, small enough for a float."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e6:
        raise ValueError(f"{name} of dynamics is not a number of ordinary size")
    return float(value)
