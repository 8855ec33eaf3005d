"""`many-to-one`: three stacked LSTM with dropout predict the element after a sequence (Skúli 2017).

    P(x<t+1>) = softmax(V h3<t> + d),  h3 = LSTM(LSTM(LSTM(x<t-L+1..t>)))

Each prediction reads the last L elements from a blank memory. A piece begins after L times START.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.base import Pick, Step
from ragsmith.models.classic.closed import ClosedModel
from ragsmith.models.classic.configs import ManyToOneConfig
from ragsmith.models.classic.vocabulary import UNSEEN, Vocabulary
from ragsmith.models.lstm import Float, LSTMWeights, lstm_step, zero_state
from ragsmith.models.softmax import log_softmax
from ragsmith.models.weights import Shapes, lstm_shapes, out_shapes
from ragsmith.piece import Piece

__all__ = ["LAYERS", "ManyToOneModel"]

LAYERS = 3
ROWS = 64
"""Sequences read side by side when a whole piece is measured."""


class ManyToOneState(NamedTuple):
    """The last elements, (sequence_length,), and log-probabilities of the next, (categories,)."""

    last: NDArray[np.int32]
    next: NDArray[np.float64]


class ManyToOneModel(ClosedModel):
    """A trained `many-to-one` model; its vocabulary is closed."""

    name = "many-to-one"

    def __init__(
        self, config: ManyToOneConfig, vocabulary: Vocabulary, arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        super().__init__(config, vocabulary, arrays)
        self._layers = [
            LSTMWeights(*(arrays[f"{part}{i}"] for part in LSTMWeights._fields))
            for i in range(LAYERS)
        ]

    def begin(self, outline: Piece) -> ManyToOneState:
        start = np.full(self.config.sequence_length, len(self.elements), np.int32)
        return ManyToOneState(start, self._predict(start[None])[0])

    def _predict(self, sequences: NDArray[np.int32]) -> NDArray[np.float64]:
        """Log-probabilities (rows, categories) after each of the sequences (rows, length).

        A sequence gives the same numbers alone as beside others: a single one is computed twice,
        because a product with a vector is rounded differently from one with a matrix.
        """
        first, *others = self._layers
        rows = np.repeat(sequences, 2, axis=0) if len(sequences) == 1 else sequences
        states = [zero_state(layer, (len(rows),)) for layer in self._layers]
        for column in rows.T:
            states[0] = lstm_step(first, first.kernel[column], states[0])
            for i, layer in enumerate(others, 1):
                states[i] = lstm_step(layer, states[i - 1].h @ layer.kernel, states[i])
        logits: Float = states[-1].h @ self.weights["out_kernel"] + self.weights["out_bias"]
        return log_softmax(logits[: len(sequences)])

    def propose(self, states: Sequence[ManyToOneState], picks: Sequence[Pick]) -> list[Step]:
        return [
            self.elements.step(pick(state.next)) for state, pick in zip(states, picks, strict=True)
        ]

    def advance(
        self, states: Sequence[ManyToOneState], steps: Sequence[Step]
    ) -> list[ManyToOneState]:
        last = np.array(
            [
                [*state.last[1:], self.elements.known(step)]
                for state, step in zip(states, steps, strict=True)
            ],
            np.int32,
        )
        return [ManyToOneState(*parts) for parts in zip(last, self._predict(last), strict=True)]

    def log_likelihood(self, piece: Piece) -> NDArray[np.float64]:
        """See the protocol. An unseen element is -inf, and the network goes on as if its nearest
        stood there."""
        length = self.config.sequence_length
        targets = self.elements.indices(piece)
        lead = np.full(length, len(self.elements), np.int32)
        stream = np.concatenate([lead, self.elements.read(piece)])
        sequences = np.lib.stride_tricks.sliding_window_view(stream, length)[: len(targets)]
        nats = np.full(len(targets), -np.inf)
        for begin in range(0, len(targets), ROWS):
            rows = slice(begin, begin + ROWS)
            predicted = self._predict(sequences[rows])
            seen = targets[rows] != UNSEEN
            of_target = predicted[np.arange(len(predicted)), np.maximum(targets[rows], 0)]
            nats[rows] = np.where(seen, of_target, -np.inf)
        return nats

    @staticmethod
    def shapes(config: ManyToOneConfig, elements: int) -> Shapes:
        shapes = out_shapes(config.hidden, elements)
        for i in range(LAYERS):
            inputs = config.hidden if i else elements + 1
            shapes |= lstm_shapes(inputs, config.hidden, str(i))
        return shapes
