"""The loss of `stride`: the negative log-likelihood of a batch of sequences, for JAX."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from ragsmith.models.stride import formulas
from ragsmith.models.stride.batches import Batch
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.lstm_scan import lstm_scan
from ragsmith.piece import PIANO_KEYS

__all__ = ["batch_nats"]


def batch_nats(w: dict[str, Any], batch: Batch, config: StrideConfig, key: Any) -> Any:
    """The negative log-likelihood of a batch, summed over its tokens, in nats, with dropout."""
    keys = iter(jax.random.split(key, 8))

    def drop(x: Any, shape: tuple[int, ...] | None = None, share: float = config.dropout) -> Any:
        mask = jax.random.bernoulli(next(keys), 1 - share, shape or x.shape)
        return x * mask / (1 - share)

    w = formulas.with_matrices(w, jnp)
    keyboard, features, tonics, chords = batch.inputs
    e = formulas.enter(w, keyboard, features, jnp)
    e = e.reshape(config.sequence_length, -1, config.hidden)
    whole = (1, *e.shape[1:])  # one mask for all of time (Gal and Ghahramani 2016)
    first = _layer(w, "time0", drop(e, whole))
    h = first + _layer(w, "time1", drop(first, whole))
    h = jnp.concatenate([drop(h).reshape(-1, config.hidden), features], 1)
    context = formulas.keyboard_context(w, keyboard, tonics, chords, jnp)
    frames, numbers = batch.frames, batch.numbers
    end = config.hands * PIANO_KEYS
    chosen = batch.durations[frames] * (jnp.arange(end) < numbers[:, None])
    newest = end - 1 - jnp.argmax(chosen[:, ::-1] > 0, axis=1)
    last = jnp.where(chosen.any(1), newest, end)
    v, z = formulas.note_state(w, h[frames], context[frames], chosen, last, jnp)
    v = drop(v)
    if config.context_dropout:
        z = drop(z, (len(z), 1, z.shape[2]), config.context_dropout)
    logits = jax.nn.log_softmax(formulas.notes_logits(w, v, z, chosen, last, jnp))
    nats = -jnp.take_along_axis(logits, numbers[:, None], 1)[:, 0]
    is_note = numbers < end
    notes = jnp.where(is_note, numbers, 0)
    lengths = jax.nn.log_softmax(formulas.durations_logits(w, v, z, notes, jnp))
    nats -= jnp.take_along_axis(lengths, batch.lengths[:, None], 1)[:, 0] * is_note
    return (nats * batch.counts).sum()


def _layer(w: dict[str, Any], name: str, x: Any) -> Any:
    """Hidden states (time, batch, hidden) of one layer."""
    return lstm_scan(x @ w[f"{name}.kernel"] + w[f"{name}.bias"], w[f"{name}.recurrent"])
