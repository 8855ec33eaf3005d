"""How `multihot` learns: the network of `ragsmith.models.classic.multihot`, in Keras."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.backend import keras
from ragsmith.models.base import Arrays
from ragsmith.models.classic.configs import MultihotConfig
from ragsmith.models.classic.multihot import MultihotModel, bits_of, note_vocabulary
from ragsmith.models.classic.network import LSTM, Network, NetworkLearner
from ragsmith.models.classic.vocabulary import Vocabulary, vocabulary_of
from ragsmith.models.classic.windows import cut
from ragsmith.piece import Piece

__all__ = ["learner"]


class MultihotNetwork(Network):
    """Many to many over vectors of bits; the sequences are indices of rows of `table`.

    Args:
        table: (elements + 1, bits) uint8: the bits of each distinct step; the last row is START.
    """

    def __init__(self, table: NDArray[np.uint8], config: MultihotConfig, seed: int) -> None:
        super().__init__()
        bits = table.shape[1]
        self.table = table
        self.lstm = LSTM(bits, config.hidden, seed)
        self.dropout = keras.layers.Dropout(config.dropout, seed=seed)
        self.out_kernel = self.add_weight(
            (config.hidden, bits), keras.initializers.GlorotUniform(seed + 2), name="out"
        )
        self.out_bias = self.add_weight((bits,), "zeros", name="out_bias")
        self.built = True

    def nats(self, batch: Any) -> Any:
        vectors = keras.ops.take(self.table, batch.T, axis=0)
        vectors = keras.ops.cast(vectors, "float32")
        hidden = self.lstm(keras.ops.matmul(vectors[:-1], self.lstm.kernel))
        hidden = self.dropout(hidden, training=True)
        a = keras.ops.matmul(hidden, self.out_kernel) + self.out_bias
        surprise = keras.ops.softplus(a) - a * vectors[1:]
        return surprise[..., 1:].sum(-1).mean(0)  # bit 0 is START's own

    def arrays(self) -> Arrays:
        weights = {
            "kernel": self.lstm.kernel,
            "recurrent": self.lstm.recurrent,
            "bias": self.lstm.bias,
            "out_kernel": self.out_kernel,
            "out_bias": self.out_bias,
        }
        return {name: np.asarray(weight.value) for name, weight in weights.items()}


def bit_table(elements: Vocabulary, notes: Vocabulary) -> NDArray[np.uint8]:
    """The bits of every element, and START as the last row: (elements + 1, bits)."""
    table = np.zeros((len(elements) + 1, len(notes)), np.uint8)
    for i in range(len(elements)):
        bits, _ = bits_of(notes, elements.step(i))
        table[i, bits] = 1
    table[-1, 0] = 1
    return table


def learner(config: MultihotConfig, pieces: Sequence[Piece], seed: int) -> NetworkLearner:
    """A new `multihot` model, ready to learn these pieces."""
    elements, notes = vocabulary_of(pieces), note_vocabulary(pieces)
    windows = cut(
        [elements.indices(piece) for piece in pieces],
        len(elements),
        config.sequence_length + 1,
        draw=config.sequences,
        seed=seed,
    )
    network = MultihotNetwork(bit_table(elements, notes), config, seed)
    return NetworkLearner(
        network, windows, config, lambda arrays: MultihotModel(config, notes, arrays)
    )
