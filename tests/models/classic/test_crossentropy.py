"""The fused cross-entropy against the plain one of JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.models.classic.crossentropy import softmax_nats

SHAPES = [(1, 1, 1), (5, 2, 7), (4, 8, 33)]
"""(rows, hidden, categories): few, for each is compiled once."""


def plain(h: jax.Array, kernel: jax.Array, bias: jax.Array, targets: jax.Array) -> jax.Array:
    logs = jax.nn.log_softmax(h @ kernel + bias)
    return -jnp.take_along_axis(logs, targets[:, None], -1)[:, 0]


def weighted(nats):  # type: ignore[no-untyped-def]
    def loss(h, kernel, bias, weights, targets):  # type: ignore[no-untyped-def]
        return (nats(h, kernel, bias, targets) * weights).sum()

    return jax.jit(jax.value_and_grad(loss, argnums=(0, 1, 2, 3)))


FUSED, PLAIN = weighted(softmax_nats), weighted(plain)


@pytest.mark.slow
@given(st.sampled_from(SHAPES), st.integers(0, 2**32 - 1), st.sampled_from([0.01, 1.0, 30.0]))
@settings(max_examples=40)
def test_values_and_gradients_are_those_of_log_softmax(shape, seed, scale):
    rows, hidden, categories = shape
    rng = np.random.default_rng(seed)
    h = rng.standard_normal((rows, hidden)).astype(np.float32)
    kernel = rng.standard_normal((hidden, categories)).astype(np.float32) * np.float32(scale)
    bias = rng.standard_normal(categories).astype(np.float32)
    weights = rng.uniform(-1, 2, rows).astype(np.float32)
    targets = rng.integers(0, categories, rows)
    fused, plain_ = (f(h, kernel, bias, weights, targets) for f in (FUSED, PLAIN))
    for a, b in zip(jax.tree.leaves(fused), jax.tree.leaves(plain_), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5 * max(1.0, scale) * rows)


def test_huge_logits_neither_overflow_nor_vanish():
    h = jnp.array([[1.0]])
    kernel = jnp.array([[1e4, -1e4, 1e4]])
    nats = [float(softmax_nats(h, kernel, jnp.zeros(3), jnp.array([t]))[0]) for t in range(3)]
    np.testing.assert_allclose(nats, [np.log(2), 2e4 + np.log(2), np.log(2)], rtol=1e-6)


def test_probabilities_sum_to_one():
    rng = np.random.default_rng(0)
    h, kernel = rng.standard_normal((1, 4)), rng.standard_normal((4, 9))
    rows = jnp.asarray(np.repeat(h, 9, 0), jnp.float32)
    nats = softmax_nats(rows, jnp.asarray(kernel, jnp.float32), jnp.zeros(9), jnp.arange(9))
    np.testing.assert_allclose(np.exp(-np.asarray(nats)).sum(), 1, rtol=1e-5)


@pytest.mark.slow
def test_a_target_twice_counts_twice():
    kernel = jnp.ones((2, 3))

    def total(bias, targets):  # type: ignore[no-untyped-def]
        return softmax_nats(jnp.ones((len(targets), 2)), kernel, bias, targets).sum()

    once = jax.grad(total)(jnp.zeros(3), jnp.array([1]))
    twice = jax.grad(total)(jnp.zeros(3), jnp.array([1, 1]))
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-6)
