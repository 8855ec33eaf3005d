"""How `element` learns: the network of `ragsmith.models.classic.element`, in Keras."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragsmith.models.backend import keras
from ragsmith.models.base import Arrays
from ragsmith.models.classic.configs import ElementConfig
from ragsmith.models.classic.crossentropy import softmax_nats
from ragsmith.models.classic.element import ElementModel
from ragsmith.models.classic.network import LSTM, Network, NetworkLearner
from ragsmith.models.classic.vocabulary import vocabulary_of
from ragsmith.models.classic.windows import cut
from ragsmith.piece import Piece

__all__ = ["learner"]


class ElementNetwork(Network):
    """Many to many: a softmax after every step of the sequence, weights shared over time."""

    def __init__(self, categories: int, config: ElementConfig, seed: int) -> None:
        super().__init__()
        self.lstm = LSTM(categories + 1, config.hidden, seed)
        self.dropout = keras.layers.Dropout(config.dropout, seed=seed)
        self.out_kernel = self.add_weight(
            (config.hidden, categories), keras.initializers.GlorotUniform(seed + 2), name="out"
        )
        self.out_bias = self.add_weight((categories,), "zeros", name="out_bias")
        self.built = True

    def nats(self, batch: Any) -> Any:
        inputs, targets = batch[:, :-1].T, batch[:, 1:].T
        hidden = self.lstm(keras.ops.take(self.lstm.kernel, inputs, axis=0))
        rows = self.dropout(hidden, training=True).reshape(-1, hidden.shape[-1])
        nats = softmax_nats(rows, self.out_kernel.value, self.out_bias.value, targets.reshape(-1))
        return nats.reshape(targets.shape).mean(0)

    def arrays(self) -> Arrays:
        weights = {
            "kernel": self.lstm.kernel,
            "recurrent": self.lstm.recurrent,
            "bias": self.lstm.bias,
            "out_kernel": self.out_kernel,
            "out_bias": self.out_bias,
        }
        return {name: np.asarray(weight.value) for name, weight in weights.items()}


def learner(config: ElementConfig, pieces: Sequence[Piece], seed: int) -> NetworkLearner:
    """A new `element` model, ready to learn these pieces."""
    vocabulary = vocabulary_of(pieces)
    windows = cut(
        [vocabulary.indices(piece) for piece in pieces],
        len(vocabulary),
        config.sequence_length + 1,
        draw=config.sequences,
        seed=seed,
    )
    network = ElementNetwork(len(vocabulary), config, seed)
    return NetworkLearner(
        network, windows, config, lambda arrays: ElementModel(config, vocabulary, arrays)
    )
