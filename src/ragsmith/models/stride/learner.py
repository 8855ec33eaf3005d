"""How `stride` learns: the formulas compiled by JAX, AdamW of Keras, weights averaged over time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from ragsmith.models.backend import keras
from ragsmith.models.base import Arrays
from ragsmith.models.stride import formulas
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.model import StrideModel
from ragsmith.models.stride.shapes import first_weights
from ragsmith.models.stride.view import View, look_back, tokens_of, view_of
from ragsmith.piece import PIANO_KEYS, Piece

__all__ = ["StrideLearner"]

ROOM = 1.2
"""Room for tokens in a batch, over their mean; what does not fit is left out of that batch."""
HORIZON_BARS = 16
SEMITONES = range(-5, 7)
WARM_UP = 100
LAST_RATE = 0.02
GRADIENT_NORM = 1.0
SECONDS_BETWEEN_REPORTS = 0.5


class Batch(NamedTuple):
    """Sequences of T steps, B side by side: steps are in time-major order, n = T * B.

    keyboard (n, hands, LAGS + 1, 88), places (n, features), durations (n, hands * 88): uint8.
    frames, numbers, lengths, counts: of every token, (room,); counts is 0 where there is none.
    """

    keyboard: NDArray[np.uint8]
    places: NDArray[np.uint8]
    durations: NDArray[np.uint8]
    frames: NDArray[np.int32]
    numbers: NDArray[np.int32]
    lengths: NDArray[np.int32]
    counts: NDArray[np.float32]


class StrideLearner:
    """Implements `ragsmith.models.base.Learner`."""

    def __init__(self, config: StrideConfig, pieces: Sequence[Piece], seed: int) -> None:
        self.epochs = config.epochs
        self._config = config
        self._views = [view_of(piece, config) for piece in pieces if piece.steps]
        self._chances = np.array([view.steps for view in self._views], float)
        steps = self._chances.sum()
        self._chances /= steps
        tokens = sum(len(tokens_of(view.durations).frames) for view in self._views)
        n = config.batch * config.sequence_length
        self._room = int(np.ceil(ROOM * n * tokens / steps / 64)) * 64
        self.batches_per_epoch = max(1, round(steps / (config.batch * config.sequence_length)))
        weights = {k: jnp.asarray(v) for k, v in first_weights(config, seed).items()}
        self._names = list(weights)
        variables = [keras.Variable(value, name=name) for name, value in weights.items()]
        self._optimizer = keras.optimizers.AdamW(
            1.0, weight_decay=config.weight_decay, global_clipnorm=GRADIENT_NORM
        )
        self._optimizer.exclude_from_weight_decay(var_names=["bias"])
        self._optimizer.build(variables)
        adam = [jnp.asarray(v.value) for v in self._optimizer.variables]
        averaged = [jnp.array(v) for v in weights.values()]  # donated, so not the same arrays
        self._state = [list(weights.values()), averaged, adam]
        self._done = 0
        self._learn = jax.jit(self._learn_batch, donate_argnums=0)

    def _learn_batch(self, state: Any, batch: Batch, rate: Any, key: Any) -> Any:
        weights, averaged, adam = state

        def loss(values: Any) -> Any:
            w = dict(zip(self._names, values, strict=True))
            return batch_nats(w, batch, self._config, key) / len(batch.keyboard)

        nats, gradients = jax.value_and_grad(loss)(weights)
        adam[1] = rate  # the optimiser's learning rate
        weights, adam = self._optimizer.stateless_apply(adam, gradients, weights)
        kept = jnp.minimum(self._config.averaging, (1 + adam[0]) / (10 + adam[0]))
        averaged = [kept * a + (1 - kept) * w for a, w in zip(averaged, weights, strict=True)]
        return [weights, averaged, adam], nats

    def epoch(self, seed: int) -> Iterator[tuple[int, float]]:
        """One pass: as many steps as the works have, drawn at random; see `Learner`."""
        rng = np.random.default_rng(seed)
        reported, began, sums = 0, time.monotonic(), 0.0
        for number in range(1, self.batches_per_epoch + 1):
            batch = self._draw(rng)
            rate = np.float32(self._rate())
            key = jax.random.key(int(rng.integers(2**31)))
            self._state, nats = self._learn(self._state, batch, rate, key)
            self._done += 1
            sums = sums + nats
            if time.monotonic() - began > SECONDS_BETWEEN_REPORTS or (
                number == self.batches_per_epoch
            ):
                yield number, float(sums) / (number - reported)
                reported, began, sums = number, time.monotonic(), 0.0

    def _rate(self) -> float:
        """Of the next batch: it warms up, then falls along a cosine over all epochs."""
        progress = min(1.0, self._done / (self.epochs * self.batches_per_epoch))
        falling = LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + np.cos(np.pi * progress))
        return float(self._config.learning_rate * min(1.0, (self._done + 1) / WARM_UP) * falling)

    def _draw(self, rng: np.random.Generator) -> Batch:
        """Random sequences in random keys, some with a hidden past."""
        views = rng.choice(len(self._views), self._config.batch, p=self._chances)
        drawn = [self._sequence(self._views[i], rng) for i in views]
        keyboard, places, durations, inside = (np.stack(a, 1) for a in zip(*drawn, strict=True))
        n = self._config.batch * self._config.sequence_length
        durations = durations.reshape(n, -1)
        tokens = tokens_of(durations)
        wanted = np.flatnonzero(inside.reshape(n)[tokens.frames])[: self._room]
        columns = np.zeros((len(tokens), self._room), np.int32)
        columns[:, : len(wanted)] = [column[wanted] for column in tokens]
        counts = (np.arange(self._room) < len(wanted)).astype(np.float32)
        return Batch(
            keyboard.reshape(n, *keyboard.shape[2:]),
            places.reshape(n, -1),
            durations,
            columns[0],
            columns[1],
            columns[2],
            counts,
        )

    def _sequence(self, view: View, rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
        """One sequence: keyboard, places, durations, and which steps lie inside the piece."""
        length = self._config.sequence_length
        start = int(rng.integers(0, max(1, view.steps - length + 1)))
        steps = np.minimum(np.arange(start, start + length), view.steps - 1)
        inside = np.arange(start, start + length) < view.steps
        horizon = 0
        if rng.random() < self._config.horizons:
            bar = int(view.bars[start])
            back = int(rng.integers(0, HORIZON_BARS + 1)) if rng.random() < 0.6 else 0
            horizon = int(view.bar_starts[max(0, bar - back)]) if back else start
        keyboard, since = look_back(view, steps, horizon)
        places = np.concatenate([view.places[steps], since], 1)
        durations = view.durations[steps] * inside[:, None]
        struck = np.flatnonzero(view.durations.any(0)) % PIANO_KEYS
        low, high = (struck.min(), struck.max()) if len(struck) else (0, PIANO_KEYS - 1)
        possible = [s for s in SEMITONES if low + s >= 0 and high + s < PIANO_KEYS]
        shift = int(rng.choice(possible or [0]))
        by_hand = durations.reshape(length, -1, PIANO_KEYS)
        durations = np.roll(by_hand, shift, -1).reshape(length, -1)
        return np.roll(keyboard, shift, -1), places, durations, inside

    def model(self) -> StrideModel:
        averaged = {n: np.asarray(v) for n, v in zip(self._names, self._state[1], strict=True)}
        return StrideModel(self._config, averaged)

    def state(self) -> Arrays:
        arrays = {
            f"{g}.{i}": np.asarray(v)
            for g, group in enumerate(self._state)
            for i, v in enumerate(group)
        }
        return arrays | {"done": np.array(self._done)}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        self._state = [
            [jnp.asarray(state[f"{g}.{i}"]) for i in range(len(group))]
            for g, group in enumerate(self._state)
        ]
        self._done = int(state["done"])


def batch_nats(w: dict[str, Any], batch: Batch, config: StrideConfig, key: Any) -> Any:
    """The summed surprise of a batch, in nats, with dropout."""
    keys = iter(jax.random.split(key, 8))

    def drop(x: Any, shape: tuple[int, ...] | None = None) -> Any:
        kept = jax.random.bernoulli(next(keys), 1 - config.dropout, shape or x.shape)
        return x * kept / (1 - config.dropout)

    w = w | {
        "context.matrix": formulas.unfolded(w["context.kernel"], jnp),
        "chosen.matrix": formulas.unfolded(w["chosen.kernel"], jnp),
    }
    keyboard = batch.keyboard.astype(jnp.float32)
    e = formulas.enter(w, keyboard, batch.places.astype(jnp.float32), jnp)
    e = e.reshape(config.sequence_length, config.batch, config.hidden)
    whole = (1, config.batch, config.hidden)  # one mask for all of time (Gal and Ghahramani 2016)
    first = _lstm(w, "time0", drop(e, whole))
    h = first + _lstm(w, "time1", drop(first, whole))
    h = drop(h).reshape(-1, config.hidden)
    context = formulas.keyboard_context(w, keyboard, jnp)
    frames, numbers = batch.frames, batch.numbers
    end = config.hands * PIANO_KEYS
    chosen = batch.durations[frames] * (jnp.arange(end) < numbers[:, None])
    newest = end - 1 - jnp.argmax(chosen[:, ::-1] > 0, axis=1)
    last = jnp.where(chosen.any(1), newest, end)
    v, z = formulas.note_state(w, h[frames], context[frames], chosen, last, jnp)
    v = drop(v)
    logits = jax.nn.log_softmax(formulas.notes_logits(w, v, z, last, jnp))
    nats = -jnp.take_along_axis(logits, numbers[:, None], 1)[:, 0]
    is_note = numbers < end
    notes = jnp.where(is_note, numbers, 0)
    lengths = jax.nn.log_softmax(formulas.durations_logits(w, v, z, notes, jnp))
    nats -= jnp.take_along_axis(lengths, batch.lengths[:, None], 1)[:, 0] * is_note
    return (nats * batch.counts).sum()


def _lstm(w: dict[str, Any], name: str, x: Any) -> Any:
    """Hidden states (time, batch, hidden) from a blank memory."""
    products = x @ w[f"{name}.kernel"] + w[f"{name}.bias"]

    def step(state: Any, product: Any) -> Any:
        h, c = state
        i, f, g, o = jnp.split(product + h @ w[f"{name}.recurrent"], 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zeros = jnp.zeros(x.shape[1:])
    return jax.lax.scan(step, (zeros, zeros), products)[1]
