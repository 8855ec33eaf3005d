"""`stride` with a memory: the network, and beside it a `markov` that has counted the same pieces
and remembers the piece at hand.

The network knows what is likely in the style; the memory knows what literally came after such
notes, in the corpus and in this piece. They predict every note together (see `product`). Composing
draws from the network alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.base import Arrays, Model, Pick, State, Step
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.model import Markov, as_many_as_fit, corpus_of
from ragsmith.models.mixture.product import Product
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.model import StrideModel
from ragsmith.models.writing import Choice, Writing
from ragsmith.piece import Piece

__all__ = ["EXPONENTS", "RememberingStride", "network_of", "with_memory"]

EXPONENTS = np.array([[0.63, 0.44], [0.39, 0.73]])
"""Those of network and memory, for numbers and for durations; chosen on validation rags."""
MEMORY = "memory."


class RememberingStride:
    """A trained `stride` model with its memory; see `ragsmith.models.base.Model`."""

    name = "stride"

    def __init__(
        self,
        network: StrideModel,
        memory: Markov,
        exponents: NDArray[np.float64] = EXPONENTS,
    ) -> None:
        self.network = self.without_memory = network
        self.memory = memory
        self.config: StrideConfig = network.config
        self.alphabet = network.alphabet
        self._together = Product([network, memory], exponents)

    @property
    def steps_per_quarter(self) -> int:
        """The grid that the model works on."""
        return self.network.steps_per_quarter

    @property
    def parameters(self) -> int:
        """How many numbers were learnt: those of the network, and the tokens remembered."""
        return self.network.parameters + self.memory.parameters

    def begin(self, outline: Piece) -> State:
        """The state before the first step."""
        return self.network.begin(outline)

    def propose(self, states: Sequence[State], picks: Sequence[Pick]) -> list[Step]:
        """For each state the next step, every choice in it made by that state's `pick`."""
        return self.network.propose(states, picks)

    def write(self, states: Sequence[State]) -> Writing:
        """For each state the next step, choice by choice."""
        return self.network.write(states)

    def advance(self, states: Sequence[State], steps: Sequence[Step]) -> list[State]:
        """The states after these steps.

        Raises:
            BadPrimer: a note outside the piano's 88 keys.
        """
        return [*self.network.advance(states, steps)]

    def log_likelihood(self, piece: Piece) -> NDArray[np.float64]:
        """Log-probability in nats of each step: (steps,); -inf for one with a note off the
        keyboard."""
        return self._together.log_likelihood(piece)

    def choices(self, piece: Piece) -> Iterator[Choice]:
        """All choices that a piece consists of."""
        return self._together.choices(piece)

    @classmethod
    def from_parts(
        cls, config: StrideConfig, vocabulary: None, arrays: Mapping[str, NDArray[Any]]
    ) -> Model:
        """The model that a bundle describes; the network alone where it has no memory.

        Raises:
            BadBundle: the arrays are not those that the config asks for.
        """
        memory = {k.removeprefix(MEMORY): v for k, v in arrays.items() if k.startswith(MEMORY)}
        weights = {k: v for k, v in arrays.items() if not k.startswith(MEMORY)}
        network = StrideModel.from_parts(config, None, weights)
        if not memory:
            return network
        return cls(network, Markov.from_parts(_memory_config(config), None, memory))

    def vocabulary(self) -> None:
        """Nothing: every note on the piano is known."""

    def arrays(self) -> Arrays:
        """The weights of the network, and what the memory has counted."""
        remembered = {MEMORY + name: array for name, array in self.memory.arrays().items()}
        return self.network.arrays() | remembered


def _memory_config(config: StrideConfig) -> MarkovConfig:
    """The memory of a network: on its grid, of its hands and durations."""
    return MarkovConfig(config.steps_per_quarter, hands=config.hands, longest=config.longest_steps)


def with_memory(model: Model, pieces: Sequence[Piece]) -> Model:
    """A model that has learnt these pieces, with a memory of them where its settings want one; of
    as many as it can hold."""
    if not isinstance(model, StrideModel) or not model.config.memory:
        return model
    config = _memory_config(model.config)
    corpus = corpus_of(as_many_as_fit(pieces), config.alphabet)
    return RememberingStride(model, Markov(config, corpus))


def network_of(model: Model) -> Model:
    """The part of a model that composes: the model without its memory."""
    part: Model = getattr(model, "without_memory", model)
    return part
