"""How the classic models learn: one compiled loop for all three networks.

Batches are gathered and learnt inside one compiled loop, so that a small network is not held up by
the time it takes to leave and enter compiled code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from ragsmith.models.backend import keras
from ragsmith.models.base import Arrays, Model, Share, nothing_done
from ragsmith.models.classic.configs import (
    ClassicConfig,
    ElementConfig,
    ManyToOneConfig,
    MultihotConfig,
)
from ragsmith.models.classic.element import ElementModel
from ragsmith.models.classic.many_to_one import ManyToOneModel
from ragsmith.models.classic.multihot import MultihotModel, bit_table, note_vocabulary
from ragsmith.models.classic.networks import (
    ElementNetwork,
    ManyToOneNetwork,
    MultihotNetwork,
    Network,
)
from ragsmith.models.classic.vocabulary import Vocabulary, vocabulary_of
from ragsmith.models.classic.windows import Windows, cut
from ragsmith.piece import Piece

__all__ = ["NetworkLearner", "element_learner", "many_to_one_learner", "multihot_learner"]

BATCHES_PER_CALL = 64
SECONDS_BETWEEN_REPORTS = 0.5


class NetworkLearner:
    """Adam on the mean nats of shuffled batches. Implements `ragsmith.models.base.Learner`.

    Args:
        network: built, with its first weights.
        windows: the sequences.
        config: batch and Adam's settings.
        finish: makes the numpy model from the network's arrays.
    """

    def __init__(
        self,
        network: Network,
        windows: Windows,
        config: ClassicConfig,
        finish: Callable[[Arrays], Model],
    ) -> None:
        self._network = network
        self._finish = finish
        self._batch = config.batch
        self._starts = windows.starts
        self.epochs = config.epochs
        rate = keras.optimizers.schedules.InverseTimeDecay(config.learning_rate, 1, config.decay)
        self._optimizer = keras.optimizers.Adam(rate, config.beta_1, config.beta_2)
        self._optimizer.build(network.trainable_variables)
        self._state = self._read()
        self._learn = self._compiled(jnp.asarray(windows.stream), windows.length)
        self.batches_per_epoch = -(-len(windows.starts) // config.batch)

    @property
    def _variables(self) -> list[list[Any]]:
        network = self._network
        return [
            network.trainable_variables,
            network.non_trainable_variables,
            self._optimizer.variables,
        ]

    def _read(self) -> list[list[jax.Array]]:
        return [[jnp.asarray(v.value) for v in group] for group in self._variables]

    def _write(self) -> None:
        for group, values in zip(self._variables, self._state, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)

    def _compiled(self, stream: jax.Array, length: int) -> Callable[..., Any]:
        offsets = jnp.arange(length)
        network, optimizer = self._network, self._optimizer

        def loss(weights: Any, rest: Any, starts: Any, counts: Any) -> Any:
            mapping = [
                *zip(network.trainable_variables, weights, strict=True),
                *zip(network.non_trainable_variables, rest, strict=True),
            ]
            with keras.StatelessScope(state_mapping=mapping) as scope:
                nats = network.nats(stream[starts[:, None] + offsets])
            rest = [scope.get_current_value(v) for v in network.non_trainable_variables]
            return (nats * counts).sum() / counts.sum(), rest

        def learn_batch(i: Any, carry: Any) -> Any:
            (weights, rest, adam), losses, starts, counts = carry
            gradient = jax.value_and_grad(loss, has_aux=True)
            (nats, rest), grads = gradient(weights, rest, starts[i], counts[i])
            weights, adam = optimizer.stateless_apply(adam, grads, weights)
            return [weights, rest, adam], losses.at[i].set(nats), starts, counts

        def learn(state: Any, starts: Any, counts: Any, batches: Any) -> Any:
            carry = (state, jnp.zeros(BATCHES_PER_CALL), starts, counts)
            state, losses, _, _ = jax.lax.fori_loop(0, batches, learn_batch, carry)
            return state, losses

        return jax.jit(learn, donate_argnums=0)

    def epoch(self, seed: int, share: Share = nothing_done) -> Iterator[tuple[int, float]]:
        """One pass in a random order; see `ragsmith.models.base.Learner`."""
        order = np.random.default_rng(seed).permutation(self._starts)
        starts = np.zeros((self.batches_per_epoch, self._batch), np.int32)
        counts = np.zeros_like(starts, np.float32)  # a short last batch is filled up, uncounted
        starts.flat[: len(order)] = order
        counts.flat[: len(order)] = 1
        done, pace = 0, 4
        while done < self.batches_per_epoch:
            began = time.monotonic()
            n = min(pace, self.batches_per_epoch - done)
            call = [np.zeros((BATCHES_PER_CALL, self._batch), a.dtype) for a in (starts, counts)]
            for filled, a in zip(call, (starts, counts), strict=True):
                filled[:n] = a[done : done + n]
            self._state, losses = self._learn(self._state, *call, n)
            done += n
            yield done, float(np.asarray(losses, np.float64)[:n].mean())
            taken = time.monotonic() - began
            pace = max(1, min(BATCHES_PER_CALL, int(n * SECONDS_BETWEEN_REPORTS / taken)))

    def model(self) -> Model:
        self._write()
        return self._finish(self._network.arrays())

    def state(self) -> Arrays:
        return {
            f"{g}.{i}": np.asarray(value)
            for g, group in enumerate(self._state)
            for i, value in enumerate(group)
        }

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        self._state = [
            [jnp.asarray(state[f"{g}.{i}"]) for i in range(len(group))]
            for g, group in enumerate(self._state)
        ]


def element_learner(config: ElementConfig, pieces: Sequence[Piece], seed: int) -> NetworkLearner:
    """A new `element` model, ready to learn these pieces."""
    vocabulary = vocabulary_of(pieces)
    return NetworkLearner(
        ElementNetwork(len(vocabulary) + 1, len(vocabulary), config, seed),
        _sequences(pieces, vocabulary, config, seed),
        config,
        lambda arrays: ElementModel(config, vocabulary, arrays),
    )


def many_to_one_learner(
    config: ManyToOneConfig, pieces: Sequence[Piece], seed: int
) -> NetworkLearner:
    """A new `many-to-one` model, ready to learn these pieces."""
    vocabulary = vocabulary_of(pieces)
    return NetworkLearner(
        ManyToOneNetwork(len(vocabulary) + 1, len(vocabulary), config, seed),
        _sequences(pieces, vocabulary, config, seed, lead=config.sequence_length),
        config,
        lambda arrays: ManyToOneModel(config, vocabulary, arrays),
    )


def multihot_learner(config: MultihotConfig, pieces: Sequence[Piece], seed: int) -> NetworkLearner:
    """A new `multihot` model, ready to learn these pieces."""
    elements = vocabulary_of(pieces)
    notes = note_vocabulary(elements)
    return NetworkLearner(
        MultihotNetwork(bit_table(elements, notes), config, seed),
        _sequences(pieces, elements, config, seed),
        config,
        lambda arrays: MultihotModel(config, notes, arrays),
    )


def _sequences(
    pieces: Sequence[Piece], vocabulary: Vocabulary, config: ClassicConfig, seed: int, lead: int = 1
) -> Windows:
    """The training sequences of pieces, `lead` times START before each piece."""
    return cut(
        [vocabulary.indices(piece) for piece in pieces],
        len(vocabulary),
        config.sequence_length + 1,
        lead=lead,
        draw=config.sequences,
        seed=seed,
    )
