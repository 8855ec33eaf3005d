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
from ragsmith.models.base import Arrays, Share, nothing_done
from ragsmith.models.stride import formulas
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.echoes import echoes_of
from ragsmith.models.stride.look import Look, look_back, without_key, without_phrase
from ragsmith.models.stride.model import StrideModel
from ragsmith.models.stride.shapes import first_weights
from ragsmith.models.stride.view import tokens_of, view_of
from ragsmith.models.stride.walk import walk
from ragsmith.piece import PIANO_KEYS, Piece

__all__ = ["StrideLearner"]

ROOM = 1.2
"""Room for tokens in a batch, over their mean; what does not fit is left out of that batch."""
HORIZON_BARS = 16
LEAST_BATCHES = 48
"""In an epoch: a small corpus is passed several times before it is measured."""
SEMITONES = range(-5, 7)
WARM_UP = 100
LAST_RATE = 0.02
GRADIENT_NORM = 1.0
SECONDS_BETWEEN_REPORTS = 0.5


class Batch(NamedTuple):
    """Sequences of T steps, B side by side: steps are in time-major order, n = T * B.

    look: what is seen before each. durations: (n, hands * 88) uint8.
    frames, numbers, lengths, counts: of every token, (room,); counts is 0 where there is none.
    """

    look: Look
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
        self._echoes = [echoes_of(view, 0, view.steps) for view in self._views]
        self._chances = np.array([view.steps for view in self._views], float)
        steps = self._chances.sum()
        self._chances /= steps
        tokens = sum(len(tokens_of(view.durations).frames) for view in self._views)
        n = config.batch * config.sequence_length
        self._room = int(np.ceil(ROOM * n * tokens / steps / 64)) * 64
        passes = round(steps / (config.batch * config.sequence_length))
        self.batches_per_epoch = max(LEAST_BATCHES, passes)
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
            return batch_nats(w, batch, self._config, key) / len(batch.durations)

        nats, gradients = jax.value_and_grad(loss)(weights)
        adam[1] = rate  # the optimiser's learning rate
        weights, adam = self._optimizer.stateless_apply(adam, gradients, weights)
        kept = jnp.minimum(self._config.averaging, (1 + adam[0]) / (10 + adam[0]))
        averaged = [kept * a + (1 - kept) * w for a, w in zip(averaged, weights, strict=True)]
        return [weights, averaged, adam], nats

    def epoch(self, seed: int, share: Share = nothing_done) -> Iterator[tuple[int, float]]:
        """One pass: as many steps as the works have, drawn at random; see `Learner`."""
        rng = np.random.default_rng(seed)
        reported, began, sums = 0, time.monotonic(), 0.0
        for number in range(1, self.batches_per_epoch + 1):
            batch = self._draw(rng)
            rate = np.float32(self._rate(share()))
            key = jax.random.key(int(rng.integers(2**31)))
            self._state, nats = self._learn(self._state, batch, rate, key)
            self._done += 1
            sums = sums + nats
            if time.monotonic() - began > SECONDS_BETWEEN_REPORTS or (
                number == self.batches_per_epoch
            ):
                yield number, float(sums) / (number - reported)
                reported, began, sums = number, time.monotonic(), 0.0

    def _rate(self, share: float) -> float:
        """Of the next batch: it warms up, then falls along a cosine."""
        falling = LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + np.cos(np.pi * min(1.0, share)))
        return float(self._config.learning_rate * min(1.0, (self._done + 1) / WARM_UP) * falling)

    def _draw(self, rng: np.random.Generator) -> Batch:
        """Random sequences in random keys, some with a hidden past."""
        views = rng.choice(len(self._views), self._config.batch, p=self._chances)
        drawn = [self._sequence(i, rng) for i in views]
        look, durations, inside = (_side_by_side(*parts) for parts in zip(*drawn, strict=True))
        tokens = tokens_of(durations)
        wanted = np.flatnonzero(inside[tokens.frames])[: self._room]
        columns = np.zeros((len(tokens), self._room), np.int32)
        columns[:, : len(wanted)] = [column[wanted] for column in tokens]
        counts = (np.arange(self._room) < len(wanted)).astype(np.float32)
        return Batch(look, durations, columns[0], columns[1], columns[2], counts)

    def _sequence(
        self, number: int, rng: np.random.Generator
    ) -> tuple[Look, NDArray[np.uint8], NDArray[np.bool_]]:
        """One sequence: what is seen, durations, and which steps lie inside the piece."""
        view, echoes = self._views[number], self._echoes[number]
        length = self._config.sequence_length
        start = int(rng.integers(0, max(1, view.steps - length + 1)))
        steps = np.minimum(np.arange(start, start + length), view.steps - 1)
        inside = np.arange(start, start + length) < view.steps
        horizon = 0
        if rng.random() < self._config.horizons:
            bar = int(view.bars[start])
            back = int(rng.integers(0, HORIZON_BARS + 1)) if rng.random() < 0.6 else 0
            horizon = int(view.bar_starts[max(0, bar - back)]) if back else start
        if horizon:
            heard = echoes_of(view, start, int(steps[-1]) + 1, horizon)
            heard = heard.at(steps - start)
        else:
            heard = echoes.at(steps)
        look = look_back(view, steps, heard, view.held_from[steps], horizon)
        if rng.random() < self._config.blanks:
            look = without_key(look)
        if rng.random() < self._config.blanks:
            look = without_phrase(look)
        durations = view.durations[steps] * inside[:, None]
        struck = np.flatnonzero(view.durations.any(0)) % PIANO_KEYS
        low, high = (struck.min(), struck.max()) if len(struck) else (0, PIANO_KEYS - 1)
        possible = [s for s in SEMITONES if low + s >= 0 and high + s < PIANO_KEYS]
        shift = int(rng.choice(possible or [0]))
        by_hand = durations.reshape(length, -1, PIANO_KEYS)
        durations = np.roll(by_hand, shift, -1).reshape(length, -1)
        tonics = np.where(look.tonics >= 0, (look.tonics + shift) % 12, -1).astype(np.int32)
        look = look._replace(keyboard=np.roll(look.keyboard, shift, -1), tonics=tonics)
        return look, durations, inside

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


def _side_by_side(*parts: Any) -> Any:
    """Arrays (T, ...) of B sequences as one (T * B, ...), or tuples of them."""
    if isinstance(parts[0], Look):
        return Look(*(_side_by_side(*group) for group in zip(*parts, strict=True)))
    stacked = np.stack(parts, 1)
    return stacked.reshape(-1, *stacked.shape[2:])


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
    keyboard, told = batch.look.keyboard, batch.look.features
    e = formulas.enter(w, keyboard, told, jnp)
    e = e.reshape(config.sequence_length, config.batch, config.hidden)
    whole = (1, config.batch, config.hidden)  # one mask for all of time (Gal and Ghahramani 2016)
    first = _walk(w, "time0", drop(e, whole))
    h = first + _walk(w, "time1", drop(first, whole))
    h = jnp.concatenate([drop(h).reshape(-1, config.hidden), told], 1)
    context = formulas.keyboard_context(w, keyboard, batch.look.tonics, jnp)
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


def _walk(w: dict[str, Any], name: str, x: Any) -> Any:
    """Hidden states (time, batch, hidden) of one layer."""
    return walk(x @ w[f"{name}.kernel"] + w[f"{name}.bias"], w[f"{name}.recurrent"])
