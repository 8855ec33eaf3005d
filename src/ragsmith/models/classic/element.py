"""`element`: one category per distinct set of notes, predicted by one LSTM (the write-up's model).

    z<t> = W[x<t>] + U h<t-1> + b,    h<t>, c<t> = LSTM(z<t>, c<t-1>),
    P(x<t+1> | x<1..t>) = softmax(V h<t> + d)

x<t> is an index, so that the one-hot product of the write-up is a row of W. A piece begins after
the extra category START; its memory then runs through the whole piece, as when it composes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.base import Pick, Step
from ragsmith.models.classic.closed import ClosedModel
from ragsmith.models.classic.configs import ElementConfig
from ragsmith.models.classic.vocabulary import UNSEEN, Vocabulary
from ragsmith.models.lstm import LSTMState, LSTMWeights, lstm_step, zero_state
from ragsmith.models.softmax import log_softmax
from ragsmith.models.weights import Shapes, lstm_shapes, out_shapes
from ragsmith.piece import Piece

__all__ = ["ElementModel"]


class ElementState(NamedTuple):
    """What the model remembers, and the log-probabilities of what comes next: (categories,)."""

    lstm: LSTMState
    next: NDArray[np.float64]


class ElementModel(ClosedModel):
    """A trained `element` model. Its vocabulary is closed: an unseen set of notes is impossible."""

    name = "element"

    def __init__(
        self, config: ElementConfig, vocabulary: Vocabulary, arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        super().__init__(config, vocabulary, arrays)
        self._lstm = LSTMWeights(arrays["kernel"], arrays["recurrent"], arrays["bias"])

    def begin(self, outline: Piece) -> ElementState:
        start = len(self.elements)
        return self._after(zero_state(self._lstm), start)

    def _after(self, state: LSTMState, index: int) -> ElementState:
        lstm = lstm_step(self._lstm, self._lstm.kernel[index], state)
        return ElementState(lstm, log_softmax(self._logits(lstm.h)))

    def _logits(self, h: NDArray[np.float32]) -> NDArray[np.float32]:
        logits: NDArray[np.float32] = h @ self.weights["out_kernel"] + self.weights["out_bias"]
        return logits

    def propose(self, states: Sequence[ElementState], picks: Sequence[Pick]) -> list[Step]:
        return [
            self.elements.step(pick(state.next)) for state, pick in zip(states, picks, strict=True)
        ]

    def advance(self, states: Sequence[ElementState], steps: Sequence[Step]) -> list[ElementState]:
        return [
            self._after(state.lstm, self.elements.known(step))
            for state, step in zip(states, steps, strict=True)
        ]

    def log_likelihood(self, piece: Piece) -> NDArray[np.float64]:
        """See the protocol. An unseen element is -inf, and the network goes on as if its nearest
        stood there."""
        indices = self.elements.indices(piece)
        inputs = [len(self.elements), *self.elements.read(piece)[:-1]]
        state = zero_state(self._lstm)
        nats = np.full(len(indices), -np.inf)
        for t, index in enumerate(inputs[: len(indices)]):
            state = lstm_step(self._lstm, self._lstm.kernel[index], state)
            if indices[t] != UNSEEN:
                nats[t] = log_softmax(self._logits(state.h))[indices[t]]
        return nats

    @staticmethod
    def shapes(config: ElementConfig, elements: int) -> Shapes:
        return lstm_shapes(elements + 1, config.hidden) | out_shapes(config.hidden, elements)
