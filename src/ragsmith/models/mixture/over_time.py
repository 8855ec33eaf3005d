"""A mixture whose weights change over a piece: this strain as the one writes, that as the other.

Composing and measuring only: what is stored is the mixture, and the wish says the weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.base import Arrays, Pick, State, Step
from ragsmith.models.mixture.config import MixtureConfig
from ragsmith.models.mixture.model import Mixture
from ragsmith.models.mixture.product import pooled, up_to, written_together
from ragsmith.models.writing import Choice, Kind, Writing, answered, likelihood_of
from ragsmith.piece import Piece

__all__ = ["OverTime"]


class OverTime:
    """The members of a mixture, with other weights at every step; see `ragsmith.models.base.Model`.

    Args:
        mixture: whose members write.
        weights: (steps, members); those of the last step hold on.
    """

    name = Mixture.name

    def __init__(self, mixture: Mixture, weights: NDArray[np.float64]) -> None:
        self.mixture, self.weights = mixture, weights
        self.config: MixtureConfig = mixture.config
        self.alphabet = mixture.alphabet

    @property
    def without_memory(self) -> OverTime:
        """The part of it that composes."""
        return OverTime(self.mixture.without_memory, self.weights)

    @property
    def steps_per_quarter(self) -> int:
        """The grid that the members work on."""
        return self.mixture.steps_per_quarter

    @property
    def parameters(self) -> int:
        """How many numbers the members have learnt."""
        return self.mixture.parameters

    def begin(self, outline: Piece) -> tuple[int, State]:
        """The number of the next step, and the members' states."""
        return 0, self.mixture.begin(outline)

    def propose(self, states: Sequence[tuple[int, State]], picks: Sequence[Pick]) -> list[Step]:
        """For each state the next step, every choice in it made by that state's `pick`."""
        return answered(self.write(states), picks)

    def write(self, states: Sequence[tuple[int, State]]) -> Writing:
        """For each state the next step, choice by choice."""
        by_member = zip(*(members for _, members in states), strict=True)
        pairs = zip(self.mixture.members, by_member, strict=True)
        writings = [member.write(own) for member, own in pairs]
        weights = np.array([self._at(number) for number, _ in states])
        return written_together(
            writings,
            lambda kind, writers, log_p: self._pooled(kind, log_p, weights[writers].T[..., None]),
        )

    def advance(
        self, states: Sequence[tuple[int, State]], steps: Sequence[Step]
    ) -> list[tuple[int, State]]:
        """The states after these steps.

        Raises:
            BadPrimer: a note outside the piano's 88 keys.
        """
        after = self.mixture.advance([members for _, members in states], steps)
        return [(number + 1, new) for (number, _), new in zip(states, after, strict=True)]

    def choices(self, piece: Piece) -> Iterator[Choice]:
        """All choices that a piece consists of."""
        members = self.mixture.members
        for choices in zip(*(member.choices(piece) for member in members), strict=True):
            first = choices[0]
            exponents = self._at(first.step)
            log_p = self._pooled(first.kind, [choice.log_p for choice in choices], exponents)
            yield first._replace(log_p=log_p, made=min(first.made, len(log_p) - 1))

    def log_likelihood(self, piece: Piece) -> NDArray[np.float64]:
        """Log-probability in nats of each step: (steps,); -inf for one with a note off the
        keyboard."""
        return likelihood_of(piece, self.choices(piece))

    def vocabulary(self) -> list[dict[str, object]]:
        """The members of the mixture."""
        return self.mixture.vocabulary()

    def arrays(self) -> Arrays:
        """What the mixture consists of."""
        return self.mixture.arrays()

    def _at(self, step: int) -> NDArray[np.float64]:
        row: NDArray[np.float64] = self.weights[min(step, len(self.weights) - 1)]
        return row

    def _pooled(
        self, kind: Kind, log_p: Sequence[NDArray[np.float64]], exponents: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """What they say together; exponents are (members,), or (members, n, 1) for n writers."""
        if kind is Kind.DURATION:
            log_p = [up_to(self.alphabet.longest, one) for one in log_p]
        return pooled(log_p, exponents)
