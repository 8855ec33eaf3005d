"""The three classic networks in Keras, as they learn: LSTM layers, dropout, one output layer.

The method `nats(batch)` of each gives its loss on the sequences of a batch. The models that compose
and measure with the weights learnt here are in `element.py`, `many_to_one.py`, `multihot.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.backend import keras
from ragsmith.models.base import Arrays
from ragsmith.models.classic.configs import ClassicConfig
from ragsmith.models.classic.crossentropy import softmax_nats
from ragsmith.models.classic.many_to_one import LAYERS
from ragsmith.models.lstm import LSTMWeights

__all__ = ["LSTM", "ElementNetwork", "ManyToOneNetwork", "MultihotNetwork", "Network"]


class LSTM(keras.layers.Layer):  # type: ignore[misc]
    """An LSTM over time, first axis time, whose input products the caller may look up or compute.

    Weights as in `ragsmith.models.lstm.LSTMWeights`; Keras's own initialisers.
    """

    def __init__(self, inputs: int, hidden: int, seed: int) -> None:
        super().__init__()
        self.hidden = hidden
        glorot = keras.initializers.GlorotUniform(seed)
        orthogonal = keras.initializers.Orthogonal(seed=seed + 1)
        self.kernel = self.add_weight((inputs, 4 * hidden), glorot, name="kernel")
        self.recurrent = self.add_weight((hidden, 4 * hidden), orthogonal, name="recurrent")
        self.bias = self.add_weight((4 * hidden,), "zeros", name="bias")
        forget = np.zeros(4 * hidden, np.float32)
        forget[hidden : 2 * hidden] = 1  # Jozefowicz et al. 2015
        self.bias.assign(forget)

    def call(self, products: Any) -> Any:
        """Hidden states (time, batch, hidden) from products (time, batch, 4 hidden)."""

        def step(state: tuple[Any, Any], product: Any) -> tuple[tuple[Any, Any], Any]:
            h, c = state
            gates = product + keras.ops.matmul(h, self.recurrent)
            i, f, g, o = keras.ops.split(gates, 4, axis=-1)
            c = keras.ops.sigmoid(f) * c + keras.ops.sigmoid(i) * keras.ops.tanh(g)
            h = keras.ops.sigmoid(o) * keras.ops.tanh(c)
            return (h, c), h

        zeros = keras.ops.zeros((products.shape[1], self.hidden))
        _, hidden = keras.ops.scan(step, (zeros, zeros), products + self.bias)
        return hidden


class Network(keras.layers.Layer):  # type: ignore[misc]
    """LSTM layers, dropout, and an output layer: what the three networks share.

    Args:
        inputs: width of the input; with START, where there is one.
        outputs: width of the output.
        config: units of a layer, dropout.
        seed: of the first weights and of the dropout.
    """

    suffixes: tuple[str, ...] = ("",)
    """One for each LSTM layer: what follows `kernel`, `recurrent`, `bias` in its arrays' names."""

    def __init__(self, inputs: int, outputs: int, config: ClassicConfig, seed: int) -> None:
        super().__init__()
        widths = [inputs] + [config.hidden] * (len(self.suffixes) - 1)
        self.layers = [LSTM(n, config.hidden, seed + 10 * i) for i, n in enumerate(widths)]
        self.dropout = keras.layers.Dropout(config.dropout, seed=seed)
        glorot = keras.initializers.GlorotUniform(seed + 2)
        self.out_kernel = self.add_weight((config.hidden, outputs), glorot, name="out")
        self.out_bias = self.add_weight((outputs,), "zeros", name="out_bias")
        self.built = True

    def nats(self, batch: Any) -> Any:
        """Mean negative log-probability of a predicted step: (batch, length) -> (batch,)."""
        raise NotImplementedError

    def arrays(self) -> Arrays:
        """The weights under the names that the numpy model knows."""
        weights = {
            f"{part}{suffix}": getattr(layer, part)
            for suffix, layer in zip(self.suffixes, self.layers, strict=True)
            for part in LSTMWeights._fields
        }
        weights |= {"out_kernel": self.out_kernel, "out_bias": self.out_bias}
        return {name: np.asarray(weight.value) for name, weight in weights.items()}


class ElementNetwork(Network):
    """Many to many: a softmax after every step of the sequence, weights shared over time."""

    def nats(self, batch: Any) -> Any:
        inputs, targets = batch[:, :-1].T, batch[:, 1:].T
        (lstm,) = self.layers
        hidden = lstm(keras.ops.take(lstm.kernel, inputs, axis=0))
        rows = self.dropout(hidden, training=True).reshape(-1, hidden.shape[-1])
        nats = softmax_nats(rows, self.out_kernel.value, self.out_bias.value, targets.reshape(-1))
        return nats.reshape(targets.shape).mean(0)


class ManyToOneNetwork(Network):
    """Stacked LSTM with dropout between them; one softmax, after the last step."""

    suffixes = tuple(map(str, range(LAYERS)))

    def nats(self, batch: Any) -> Any:
        first, *others = self.layers
        hidden = first(keras.ops.take(first.kernel, batch[:, :-1].T, axis=0))
        for layer in others:
            hidden = self.dropout(hidden, training=True)
            hidden = layer(keras.ops.matmul(hidden, layer.kernel))
        last = self.dropout(hidden[-1], training=True)
        return softmax_nats(last, self.out_kernel.value, self.out_bias.value, batch[:, -1])


class MultihotNetwork(Network):
    """Many to many over vectors of bits; the sequences are indices of rows of `table`.

    Args:
        table: (elements + 1, bits) uint8: the bits of each distinct step; the last row is START.
        config, seed: as in `Network`.
    """

    def __init__(self, table: NDArray[np.uint8], config: ClassicConfig, seed: int) -> None:
        bits = table.shape[1]
        super().__init__(bits, bits, config, seed)
        self.table = table

    def nats(self, batch: Any) -> Any:
        vectors = keras.ops.take(self.table, batch.T, axis=0)
        vectors = keras.ops.cast(vectors, "float32")
        (lstm,) = self.layers
        hidden = lstm(keras.ops.matmul(vectors[:-1], lstm.kernel))
        hidden = self.dropout(hidden, training=True)
        a = keras.ops.matmul(hidden, self.out_kernel) + self.out_bias
        nats = keras.ops.softplus(a) - a * vectors[1:]
        return nats[..., 1:].sum(-1).mean(0)  # bit 0 is START's own
