"""What `stride` learns from: random sequences of random pieces, in random keys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.echoes import Echoes, echoes_of
from ragsmith.models.stride.look import Look, look_back, without_key, without_phrase
from ragsmith.models.stride.view import View, tokens_of, view_of
from ragsmith.piece import PIANO_KEYS, Metre, Piece
from ragsmith.verbs import augment

__all__ = ["Batch", "Deck"]

SPREAD = 0.8
"""How much more tokens than the mean one sequence may have; what does not fit in a batch is left
out of it."""
HORIZON_BARS = 16
HORIZON_BEFORE = 0.6
"""Share of horizons that lie some bars before the sequence; the others lie where it begins."""
SEMITONES = range(-5, 7)
AUGMENTED = 0.15
"""Share of sequences of a piece in 2/4 that are heard in 4/4, in note values twice as long."""
SAMPLED = 200
"""Pieces whose steps and notes are counted; of more, a sample stands for all."""
KEPT = 256
"""Pieces kept ready; others are made again when they are drawn."""


class Batch(NamedTuple):
    """Sequences of T steps, B side by side: steps are in time-major order, n = T * B.

    look: what is seen before each. durations: (n, hands * 88) uint8.
    frames, numbers, lengths, counts: of every token, (room,); counts is 0 where there is none.
    """

    look: Look
    durations: NDArray[np.uint8]
    frames: NDArray[np.int32]
    numbers: NDArray[np.int32]
    lengths: NDArray[np.int32]
    counts: NDArray[np.float32]


class Deck:
    """Pieces to draw from; a piece's chance is its length's.

    Attributes:
        batches: of `sequences` sequences that hold as many steps as all the pieces.
    """

    def __init__(self, config: StrideConfig, pieces: Sequence[Piece], sequences: int) -> None:
        self._config, self._sequences = config, sequences
        sizes = np.array([(p.steps, len(p.notes)) for p in pieces], float).reshape(-1, 2)
        lengths = sizes[:, 0]
        self._chances = lengths / lengths.sum()
        size = sequences * config.sequence_length
        self.batches = round(lengths.sum() / size)

        loaded = lru_cache(KEPT)(pieces.__getitem__)

        @lru_cache(KEPT)
        def ready(number: int, augmented: bool) -> tuple[View, Echoes]:
            piece = loaded(number)
            if augmented and config.longest and all(b.metre == Metre(2, 4) for b in piece.bars):
                piece = augment(piece)
            view = view_of(piece, config)
            return view, echoes_of(view, 0, view.steps)

        self._ready = ready
        known = np.random.default_rng(0).permutation(len(pieces))[:SAMPLED].tolist()
        mean = size * sizes[known].sum() / lengths[known].sum()
        self._room = math.ceil(mean * (1 + SPREAD / math.sqrt(sequences)) / 64) * 64

    def draw(self, rng: np.random.Generator) -> Batch:
        """Random sequences in random keys, some with a hidden past."""
        drawn = [self._sequence(rng) for _ in range(self._sequences)]
        look, durations, inside = (_side_by_side(*parts) for parts in zip(*drawn, strict=True))
        tokens = tokens_of(durations)
        wanted = np.flatnonzero(inside[tokens.frames])[: self._room]
        columns = np.zeros((len(tokens), self._room), np.int32)
        columns[:, : len(wanted)] = [column[wanted] for column in tokens]
        counts = (np.arange(self._room) < len(wanted)).astype(np.float32)
        return Batch(look, durations, columns[0], columns[1], columns[2], counts)

    def _sequence(
        self, rng: np.random.Generator
    ) -> tuple[Look, NDArray[np.uint8], NDArray[np.bool_]]:
        """One sequence: what is seen, durations, and which steps lie inside the piece."""
        number = int(rng.choice(len(self._chances), p=self._chances))
        view, echoes = self._ready(number, bool(rng.random() < AUGMENTED))
        length = self._config.sequence_length
        start = int(rng.integers(0, max(1, view.steps - length + 1)))
        steps = np.minimum(np.arange(start, start + length), view.steps - 1)
        inside = np.arange(start, start + length) < view.steps
        horizon = self._horizon(view, start, rng)
        if horizon:
            heard = echoes_of(view, start, int(steps[-1]) + 1, horizon).at(steps - start)
        else:
            heard = echoes.at(steps)
        look = look_back(view, steps, heard, view.held_from[steps], [view.durations], horizon)
        audible = rng.random((*look.keyboard.shape[1:3], 1)) >= self._config.deaf
        look = look._replace(keyboard=look.keyboard * audible)
        if rng.random() < self._config.blanks:
            look = without_key(look)
        if rng.random() < self._config.blanks:
            look = without_phrase(look)
        durations = view.durations[steps] * inside[:, None]
        return *_transposed(look, durations, _semitones(view, rng)), inside

    def _horizon(self, view: View, start: int, rng: np.random.Generator) -> int:
        """Before which step the past is hidden; 0 hides nothing."""
        if rng.random() >= self._config.horizons:
            return 0
        if rng.random() >= HORIZON_BEFORE:
            return start
        bars_back = int(rng.integers(0, HORIZON_BARS + 1))
        return int(view.bar_starts[max(0, int(view.bars[start]) - bars_back)])


def _semitones(view: View, rng: np.random.Generator) -> int:
    """How far to transpose, so that the whole piece stays on the keyboard."""
    struck = np.flatnonzero(view.durations.any(0)) % PIANO_KEYS
    low, high = (struck.min(), struck.max()) if len(struck) else (0, PIANO_KEYS - 1)
    possible = [s for s in SEMITONES if low + s >= 0 and high + s < PIANO_KEYS]
    return int(rng.choice(possible or [0]))


def _transposed(
    look: Look, durations: NDArray[np.uint8], semitones: int
) -> tuple[Look, NDArray[np.uint8]]:
    """What is seen and what is written, in another key."""
    by_hand = durations.reshape(len(durations), -1, PIANO_KEYS)
    tonics = np.where(look.tonics >= 0, (look.tonics + semitones) % 12, -1).astype(np.int32)
    moved = look._replace(keyboard=np.roll(look.keyboard, semitones, -1), tonics=tonics)
    return moved, np.roll(by_hand, semitones, -1).reshape(len(durations), -1)


def _side_by_side(*parts: Any) -> Any:
    """Arrays (T, ...) of B sequences as one (T * B, ...), or tuples of them."""
    if isinstance(parts[0], Look):
        return Look(*(_side_by_side(*group) for group in zip(*parts, strict=True)))
    stacked = np.stack(parts, 1)
    return stacked.reshape(-1, *stacked.shape[2:])
