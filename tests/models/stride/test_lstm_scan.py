"""The LSTM's gradient, written by hand, against what JAX derives from a plain scan."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ragsmith.models.lstm import LSTMState, LSTMWeights, lstm_step
from ragsmith.models.stride.lstm_scan import lstm_scan

SHAPES = [(1, 1, 1), (1, 3, 4), (2, 1, 5), (9, 4, 3), (33, 2, 8)]
"""(time, batch, hidden)"""


def plain(products: jax.Array, recurrent: jax.Array) -> jax.Array:
    """The definition, for JAX to differentiate."""

    def step(state, product):
        h, c = state
        i, f, g, o = jnp.split(product + h @ recurrent, 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zeros = jnp.zeros((products.shape[1], recurrent.shape[0]))
    return jax.lax.scan(step, (zeros, zeros), products)[1]


def given(shape: tuple[int, int, int], seed: int = 0) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Products, recurrent weights, and how much each hidden state counts in the loss."""
    time, batch, hidden = shape
    rng = np.random.default_rng(seed)
    products = rng.normal(0, 1.5, (time, batch, 4 * hidden))
    recurrent = rng.normal(0, 1 / np.sqrt(hidden), (hidden, 4 * hidden))
    return tuple(
        jnp.asarray(array, jnp.float32)
        for array in (products, recurrent, rng.normal(0, 1, (time, batch, hidden)))
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_its_gradient_is_the_one_that_jax_derives(shape: tuple[int, int, int]) -> None:
    products, recurrent, weights = given(shape)

    def loss(function):
        return lambda *inputs: jnp.tanh(function(*inputs) * weights).sum()

    gradients = jax.jit(jax.grad(loss(lstm_scan), (0, 1)))(products, recurrent)
    expected = jax.jit(jax.grad(loss(plain), (0, 1)))(products, recurrent)
    for gradient, other in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(gradient, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_its_states_are_those_of_the_cell_in_numpy(shape: tuple[int, int, int]) -> None:
    products, recurrent, _ = given(shape, 1)
    cell = LSTMWeights(np.zeros((0, 0)), np.asarray(recurrent), np.zeros(recurrent.shape[1]))
    state = LSTMState(*np.zeros((2, *shape[1:]), np.float32))
    for product, hidden in zip(products, lstm_scan(products, recurrent), strict=True):
        state = lstm_step(cell, np.asarray(product), state)
        np.testing.assert_allclose(hidden, state.h, rtol=1e-4, atol=1e-5)
