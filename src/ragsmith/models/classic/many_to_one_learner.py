"""How `many-to-one` learns: the network of `ragsmith.models.classic.many_to_one`, in Keras."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ragsmith.models.backend import keras
from ragsmith.models.base import Arrays
from ragsmith.models.classic.configs import ManyToOneConfig
from ragsmith.models.classic.crossentropy import softmax_nats
from ragsmith.models.classic.many_to_one import LAYERS, ManyToOneModel
from ragsmith.models.classic.network import LSTM, Network, NetworkLearner
from ragsmith.models.classic.vocabulary import vocabulary_of
from ragsmith.models.classic.windows import cut
from ragsmith.models.lstm import LSTMWeights
from ragsmith.piece import Piece

__all__ = ["learner"]


class ManyToOneNetwork(Network):
    """Stacked LSTM with dropout between them; one softmax, after the last step."""

    def __init__(self, categories: int, config: ManyToOneConfig, seed: int) -> None:
        super().__init__()
        inputs = [categories + 1] + [config.hidden] * (LAYERS - 1)
        self.layers = [LSTM(n, config.hidden, seed + 10 * i) for i, n in enumerate(inputs)]
        self.dropout = keras.layers.Dropout(config.dropout, seed=seed)
        self.out_kernel = self.add_weight(
            (config.hidden, categories), keras.initializers.GlorotUniform(seed + 2), name="out"
        )
        self.out_bias = self.add_weight((categories,), "zeros", name="out_bias")
        self.built = True

    def nats(self, batch: Any) -> Any:
        first, *others = self.layers
        hidden = first(keras.ops.take(first.kernel, batch[:, :-1].T, axis=0))
        for layer in others:
            hidden = self.dropout(hidden, training=True)
            hidden = layer(keras.ops.matmul(hidden, layer.kernel))
        last = self.dropout(hidden[-1], training=True)
        return softmax_nats(last, self.out_kernel.value, self.out_bias.value, batch[:, -1])

    def arrays(self) -> Arrays:
        weights = {
            f"{part}{i}": getattr(layer, part)
            for i, layer in enumerate(self.layers)
            for part in LSTMWeights._fields
        }
        weights |= {"out_kernel": self.out_kernel, "out_bias": self.out_bias}
        return {name: np.asarray(weight.value) for name, weight in weights.items()}


def learner(config: ManyToOneConfig, pieces: Sequence[Piece], seed: int) -> NetworkLearner:
    """A new `many-to-one` model, ready to learn these pieces."""
    vocabulary = vocabulary_of(pieces)
    windows = cut(
        [vocabulary.indices(piece) for piece in pieces],
        len(vocabulary),
        config.sequence_length + 1,
        lead=config.sequence_length,
        draw=config.sequences,
        seed=seed,
    )
    network = ManyToOneNetwork(len(vocabulary), config, seed)
    return NetworkLearner(
        network, windows, config, lambda arrays: ManyToOneModel(config, vocabulary, arrays)
    )
