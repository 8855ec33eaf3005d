"""The LSTM cell in numpy, for composing and measuring without loading Keras.

Gates in Keras's order: i, f, g (the candidate), o, each `hidden` wide:
    c' = sigmoid(f) c + sigmoid(i) tanh(g),  h' = sigmoid(o) tanh(c')
(Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Float", "LSTMState", "LSTMWeights", "lstm_step", "zero_state"]

Float = NDArray[np.float32]


class LSTMWeights(NamedTuple):
    """kernel (inputs, 4 hidden), recurrent (hidden, 4 hidden), bias (4 hidden,)."""

    kernel: Float
    recurrent: Float
    bias: Float


class LSTMState(NamedTuple):
    """h and c, each (..., hidden)."""

    h: Float
    c: Float


def zero_state(weights: LSTMWeights, batch: tuple[int, ...] = ()) -> LSTMState:
    """Nothing remembered."""
    zeros = np.zeros((*batch, weights.recurrent.shape[0]), np.float32)
    return LSTMState(zeros, zeros)


def lstm_step(weights: LSTMWeights, product: Float, state: LSTMState) -> LSTMState:
    """One step; `product` is the input times the kernel, without bias: (..., 4 hidden).

    For a one-hot input that product is one row of the kernel.
    """
    gates = product + state.h @ weights.recurrent + weights.bias
    hidden = state.h.shape[-1]
    i, f, g, o = (gates[..., at : at + hidden] for at in range(0, 4 * hidden, hidden))
    c = _sigmoid(f) * state.c + _sigmoid(i) * np.tanh(g)
    return LSTMState(_sigmoid(o) * np.tanh(c), c)


def _sigmoid(x: Float) -> Float:
    half: Float = 0.5 * np.tanh(0.5 * x)  # tanh does not overflow where exp would
    return half + np.float32(0.5)
