"""The batches that `stride` learns from: random sequences of random pieces, in random keys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.harmony.finder import chords_of
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.echoes import Echoes, echoes_of
from ragsmith.models.stride.encoding import EncodedPiece, encode_piece, tokens_of
from ragsmith.models.stride.inputs import (
    Inputs,
    inputs_at,
    without_chords,
    without_key,
    without_phrase,
)
from ragsmith.piece import PIANO_KEYS, Metre, Piece
from ragsmith.verbs import augment

__all__ = ["Batch", "BatchSampler"]

SPARE = 0.8
"""A batch has room for mean * (1 + SPARE / sqrt(sequences)) tokens. Tokens beyond that are left out
of the loss."""
HORIZON_BARS = 16
HORIZON_BEFORE = 0.6
"""Share of horizons that lie some bars before the sequence; the others lie where it begins."""
SEMITONES = range(-5, 7)
AUGMENTED = 0.15
"""Share of the sequences of a piece in 2/4 that are rewritten in 4/4, in doubled note values."""
COUNTED_PIECES = 200
"""The mean number of tokens in a step is estimated from at most so many pieces, drawn at random."""
CACHED_PIECES = 256
"""Encoded pieces in memory; others are encoded again when they are drawn."""


class Batch(NamedTuple):
    """Sequences of T steps, B side by side: steps are in time-major order, n = T * B.

    inputs: what the network reads before each step. durations: (n, hands * 88) uint8.
    frames, numbers, lengths, counts: one entry a token, (room,); counts is 0 where there is none.
    """

    inputs: Inputs
    durations: NDArray[np.uint8]
    frames: NDArray[np.int32]
    numbers: NDArray[np.int32]
    lengths: NDArray[np.int32]
    counts: NDArray[np.float32]


class BatchSampler:
    """Draws training batches from pieces; the longer a piece, the likelier it is drawn.

    Args:
        config: sequence length, and how much is hidden or dropped.
        pieces: at least one with steps.
        sequences: sequences in a batch.

    Attributes:
        batches: how many batches hold as many steps as all the pieces.
    """

    def __init__(self, config: StrideConfig, pieces: Sequence[Piece], sequences: int) -> None:
        self._config, self._sequences = config, sequences
        sizes = np.array([(p.steps, len(p.notes)) for p in pieces], float).reshape(-1, 2)
        lengths = sizes[:, 0]
        self._chances = lengths / lengths.sum()
        size = sequences * config.sequence_length
        self.batches = round(lengths.sum() / size)

        loaded = lru_cache(CACHED_PIECES)(pieces.__getitem__)

        @lru_cache(CACHED_PIECES)
        def encoded_piece(number: int, augmented: bool) -> tuple[EncodedPiece, Echoes]:
            piece = loaded(number)
            if augmented and config.longest and all(b.metre == Metre(2, 4) for b in piece.bars):
                piece = augment(piece)
            encoded = encode_piece(piece, config, chords_of(piece) if config.harmony else None)
            return encoded, echoes_of(encoded, 0, encoded.steps)

        self._encoded_piece = encoded_piece
        counted = np.random.default_rng(0).permutation(len(pieces))[:COUNTED_PIECES].tolist()
        mean = size * sizes[counted].sum() / lengths[counted].sum()
        self._room = math.ceil(mean * (1 + SPARE / math.sqrt(sequences)) / 64) * 64

    def sample(self, seed: int, turn: int) -> Batch:
        """Random sequences in random keys, some with a hidden past.

        Every sequence has a number, `turn` * sequences and on, and depends on it and on the seed
        alone: batches of another size hold the same sequences.
        """
        first = turn * self._sequences
        drawn = [
            self._sequence(np.random.default_rng([seed, number]))
            for number in range(first, first + self._sequences)
        ]
        inputs, durations, inside = (_side_by_side(*parts) for parts in zip(*drawn, strict=True))
        tokens = tokens_of(durations)
        wanted = np.flatnonzero(inside[tokens.frames])[: self._room]
        columns = np.zeros((len(tokens), self._room), np.int32)
        columns[:, : len(wanted)] = [column[wanted] for column in tokens]
        counts = (np.arange(self._room) < len(wanted)).astype(np.float32)
        return Batch(inputs, durations, columns[0], columns[1], columns[2], counts)

    def _sequence(
        self, rng: np.random.Generator
    ) -> tuple[Inputs, NDArray[np.uint8], NDArray[np.bool_]]:
        """One sequence: its inputs, its durations, and which of its steps lie inside the piece."""
        number = int(rng.choice(len(self._chances), p=self._chances))
        encoded, echoes = self._encoded_piece(number, bool(rng.random() < AUGMENTED))
        length = self._config.sequence_length
        start = int(rng.integers(0, max(1, encoded.steps - length + 1)))
        steps = np.minimum(np.arange(start, start + length), encoded.steps - 1)
        inside = np.arange(start, start + length) < encoded.steps
        horizon = self._horizon(encoded, start, rng)
        if horizon:
            echoes = echoes_of(encoded, start, int(steps[-1]) + 1, horizon).at(steps - start)
        else:
            echoes = echoes.at(steps)
        inputs = inputs_at(
            encoded, steps, echoes, encoded.held_from[steps], [encoded.durations], horizon
        )
        present = rng.random((*inputs.keyboard.shape[1:3], 1)) >= self._config.deaf
        inputs = inputs._replace(keyboard=inputs.keyboard * present)
        if rng.random() < self._config.blanks:
            inputs = without_key(inputs)
        if rng.random() < self._config.blanks:
            inputs = without_phrase(inputs)
        if rng.random() < self._config.chordless:
            inputs = without_chords(inputs)
        durations = encoded.durations[steps] * inside[:, None]
        return *_transposed(inputs, durations, _transposition(encoded, rng)), inside

    def _horizon(self, encoded: EncodedPiece, start: int, rng: np.random.Generator) -> int:
        """The step before which the past is hidden; 0 hides nothing."""
        if rng.random() >= self._config.horizons:
            return 0
        if rng.random() >= HORIZON_BEFORE:
            return start
        bars_back = int(rng.integers(0, HORIZON_BARS + 1))
        return int(encoded.bar_starts[max(0, int(encoded.bars[start]) - bars_back)])


def _transposition(encoded: EncodedPiece, rng: np.random.Generator) -> int:
    """Semitones, at random among those that leave the whole piece on the keyboard."""
    struck = np.flatnonzero(encoded.durations.any(0)) % PIANO_KEYS
    low, high = (struck.min(), struck.max()) if len(struck) else (0, PIANO_KEYS - 1)
    possible = [s for s in SEMITONES if low + s >= 0 and high + s < PIANO_KEYS]
    return int(rng.choice(possible or [0]))


def _transposed(
    inputs: Inputs, durations: NDArray[np.uint8], semitones: int
) -> tuple[Inputs, NDArray[np.uint8]]:
    """Inputs and durations in another key."""
    by_hand = durations.reshape(len(durations), -1, PIANO_KEYS)
    tonics = np.where(inputs.tonics >= 0, (inputs.tonics + semitones) % 12, -1).astype(np.int32)
    moved = inputs._replace(
        keyboard=np.roll(inputs.keyboard, semitones, -1),
        tonics=tonics,
        chords=np.roll(inputs.chords, semitones, -1),
    )
    return moved, np.roll(by_hand, semitones, -1).reshape(len(durations), -1)


def _side_by_side(*parts: Any) -> Any:
    """Arrays (T, ...) of B sequences as one (T * B, ...), or tuples of them."""
    if isinstance(parts[0], Inputs):
        return Inputs(*(_side_by_side(*group) for group in zip(*parts, strict=True)))
    stacked = np.stack(parts, 1)
    return stacked.reshape(len(stacked) * len(parts), *stacked.shape[2:])
