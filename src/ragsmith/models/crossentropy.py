"""Softmax cross-entropy of an output layer, fused for wide vocabularies.

For hidden states h, output weights V and bias d: nats = -log softmax(h V + d)[target]. The logits
of a vocabulary of thousands are by far the largest arrays of a classic network, and passes over
them its largest cost; so the gradient is taken by hand, from one array e = exp(logits - max):
    dL/dh = (e / s) Vᵀ - V[:, target],   dL/dV = hᵀ (e / s) - scatter(h at target)
with s the row sums of e: no array of probabilities, nor of their difference to one-hot targets.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

__all__ = ["softmax_nats"]

Residuals = tuple[jax.Array, ...]


@jax.custom_vjp
def softmax_nats(h: jax.Array, kernel: jax.Array, bias: jax.Array, targets: jax.Array) -> jax.Array:
    """Nats of each target.

    Args:
        h: (rows, hidden). kernel: (hidden, categories). bias: (categories,).
        targets: (rows,) integers.

    Returns:
        (rows,) non-negative.
    """
    return _forward(h, kernel, bias, targets)[0]


def _forward(
    h: jax.Array, kernel: jax.Array, bias: jax.Array, targets: jax.Array
) -> tuple[jax.Array, Residuals]:
    logits = h @ kernel + bias
    top = logits.max(-1)
    e = jnp.exp(logits - top[:, None])
    s = e.sum(-1)
    of_target = jnp.take_along_axis(logits, targets[:, None], -1)[:, 0]
    return jnp.log(s) + (top - of_target), (h, kernel, e, s, targets)


def _backward(
    residuals: Residuals, nats_gradient: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array, None]:
    h, kernel, e, s, targets = residuals
    scale = (nats_gradient / s)[:, None]
    weighted = h * nats_gradient[:, None]
    dh = (e @ kernel.T) * scale - kernel.T[targets] * nats_gradient[:, None]
    dkernel = (h * scale).T @ e - jnp.zeros(kernel.shape[::-1]).at[targets].add(weighted).T
    dbias = scale[:, 0] @ e - jnp.zeros(kernel.shape[1]).at[targets].add(nats_gradient)
    return dh, dkernel, dbias, None


softmax_nats.defvjp(_forward, _backward)
