"""How `stride` learns: the formulas compiled by JAX, AdamW of Keras, weights averaged over time.

On several devices every one of them learns from its own sequences of each batch (data parallel),
also where they are on several hosts: each draws the sequences of its own devices.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadOption
from ragsmith.models import hosts
from ragsmith.models.backend import keras
from ragsmith.models.base import Arrays, Share, nothing_done
from ragsmith.models.stride.batches import Batch, BatchSampler
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.drawing import BatchProcesses, process_count
from ragsmith.models.stride.loss import batch_nats
from ragsmith.models.stride.model import StrideModel
from ragsmith.models.stride.shapes import first_weights
from ragsmith.piece import Piece

__all__ = ["StrideLearner"]

LEAST_BATCHES = 48
"""The fewest batches in an epoch: a small corpus is passed several times between two
measurements."""
WARM_UP, WARM_UP_FROM_BASE = 100, 50
LAST_RATE = 0.02
SHORTEST_FALL = 960
"""The fewest batches over which the learning rate falls. A shorter learning ends while the rate is
still high, and does better so: averaged weights need no low rate, and there is still much to
learn."""
GRADIENT_NORM = 1.0
SECONDS_BETWEEN_REPORTS = 0.5


def _own_parts(parts: int, batch: int) -> range:
    """Which of the parts of a batch this host's devices learn from.

    Raises:
        BadOption: the batch cannot be divided among the devices of several hosts.
    """
    if hosts.count() == 1:
        return range(parts)
    if parts != jax.device_count():
        rule = f"cannot be divided among the {jax.device_count()} devices of the hosts"
        raise BadOption(f"batch {batch}", rule, f"give --set batch={jax.device_count()}")
    own = jax.local_device_count()
    return range(jax.process_index() * own, (jax.process_index() + 1) * own)


class StrideLearner:
    """A `stride` model while it learns; see `ragsmith.models.base.Learner`."""

    on_hosts = True
    """Whether several hosts can learn it together."""

    def __init__(self, config: StrideConfig, pieces: Sequence[Piece], seed: int) -> None:
        self.epochs = config.epochs
        self._config = config
        devices = keras.distribution.list_devices()
        self._parts = math.gcd(config.batch, len(devices))
        self._own = _own_parts(self._parts, config.batch)
        self._devices = keras.distribution.DataParallel(devices=devices[: self._parts])
        sequences = config.batch // self._parts
        self._sampler = BatchSampler(config, pieces, sequences)
        steps = self._sampler.batches * sequences * config.sequence_length
        number = process_count(devices, steps)
        self._processes = number and BatchProcesses(
            self._sampler, config, pieces, sequences, number
        )
        passes = self._sampler.batches // self._parts
        self.batches_per_epoch = config.epoch_batches or max(LEAST_BATCHES, passes)
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
        self._state = self._everywhere([list(weights.values()), averaged, adam])
        self._done = 0
        self._shortest_fall = SHORTEST_FALL
        self._warm_up = WARM_UP
        self._learn = jax.jit(self._learn_batch, donate_argnums=0)

    def _learn_batch(self, state: Any, parts: Batch, rate: Any, key: Any) -> Any:
        weights, averaged, adam = state
        keys = jax.random.split(key, self._parts)

        def loss(values: Any) -> Any:
            w = dict(zip(self._names, values, strict=True))

            def part_nats(part: Batch, key: Any) -> Any:
                return batch_nats(w, part, self._config, key)

            if self._parts == 1:  # an axis of one costs XLA a twentieth of the time
                nats = part_nats(jax.tree.map(lambda array: array[0], parts), keys[0])
            else:
                nats = jax.vmap(part_nats)(parts, keys).sum()
            return nats / (self._config.batch * self._config.sequence_length)

        nats, gradients = jax.value_and_grad(loss)(weights)
        adam[1] = rate  # the optimiser's learning rate
        weights, adam = self._optimizer.stateless_apply(adam, gradients, weights)
        decay = jnp.minimum(self._config.averaging, (1 + adam[0]) / (10 + adam[0]))
        averaged = [decay * a + (1 - decay) * w for a, w in zip(averaged, weights, strict=True)]
        return [weights, averaged, adam], nats

    def epoch(self, seed: int, share: Share = nothing_done) -> Iterator[tuple[int, float]]:
        """One pass: as many steps as the works have, drawn at random; see `Learner`."""
        turns = (number * self._parts + part for number in count() for part in self._own)
        source = self._processes or self
        drawn = source.batches(seed, turns)
        keys = jax.random.split(jax.random.key(seed, impl="rbg"), self.batches_per_epoch)
        reported, began, sums = 0, hosts.clock(), 0.0
        for number, key in enumerate(keys, 1):
            parts = self._spread(islice(drawn, len(self._own)))
            rate = np.float32(self._rate(share(number - 1)))
            with hosts.together():
                self._state, nats = self._learn(self._state, parts, rate, key)
            self._done += 1
            sums = sums + nats
            if hosts.clock() - began > SECONDS_BETWEEN_REPORTS or (
                number == self.batches_per_epoch
            ):
                yield number, float(sums) / (number - reported)
                reported, began, sums = number, hosts.clock(), 0.0

    def batches(self, seed: int, turns: Iterator[int]) -> Iterator[Batch]:
        """Batches as `BatchProcesses` draws them."""
        for turn in turns:
            yield self._sampler.sample(seed, turn)

    def _spread(self, batches: Iterable[Batch]) -> Batch:
        """Batches of this host's devices as a part of one: the first axis of every array goes over
        the devices of all hosts."""

        def spread(*arrays: Any) -> Any:
            stacked = np.stack(arrays)
            layout = self._devices.get_data_layout(stacked.shape)
            return hosts.shared(layout.backend_layout, stacked)

        joined: Batch = jax.tree.map(spread, *batches)
        return joined

    def _everywhere(self, arrays: Any) -> Any:
        """Arrays that every device of every host holds whole."""
        if hosts.count() == 1:
            return arrays
        layout = self._devices.get_variable_layout(keras.Variable(0.0)).backend_layout
        return jax.tree.map(lambda array: hosts.shared(layout, np.asarray(array)), arrays)

    def _rate(self, share: float) -> float:
        """The learning rate of the next batch: it warms up, then falls along a cosine."""
        fallen = min(1.0, share, self._done / self._shortest_fall)
        falling = LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + np.cos(np.pi * fallen))
        return float(
            self._config.learning_rate * min(1.0, (self._done + 1) / self._warm_up) * falling
        )

    def model(self) -> StrideModel:
        averaged = {n: np.asarray(v) for n, v in zip(self._names, self._state[1], strict=True)}
        return StrideModel(self._config, averaged)

    def begin_from(self, base: Arrays) -> None:
        """Begin from the weights of another model of the same shape, not from random ones; what it
        has not, as a base without harmony, begins blank."""
        for weights in self._state[:2]:
            for place, name in enumerate(self._names):
                if name in base:
                    weights[place] = self._everywhere(jnp.array(base[name]))
        self._shortest_fall, self._warm_up = 1, WARM_UP_FROM_BASE

    def state(self) -> Arrays:
        arrays = {
            f"{g}.{i}": np.asarray(v)
            for g, group in enumerate(self._state)
            for i, v in enumerate(group)
        }
        return arrays | {"done": np.array(self._done)}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        groups = [
            [jnp.asarray(state[f"{g}.{i}"]) for i in range(len(group))]
            for g, group in enumerate(self._state)
        ]
        self._state = self._everywhere(groups)
        self._done = int(state["done"])
