"""Models that write a step together, note by note: each choice is likely where all hold it likely.

With p_i(x) what member i says of choice x after the same notes, and exponents a_i,

    p(x) = Π_i p_i(x)^a_i / Σ_y Π_i p_i(y)^a_i

(the logarithmic opinion pool of Genest and Zidek 1986, the product of experts of Hinton 2002). It
is normalised at every choice, so that the probabilities of all steps sum to one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.base import Pick, State, Step
from ragsmith.models.writing import (
    Choice,
    Kind,
    NoteModel,
    Question,
    Writing,
    answered,
    likelihood_of,
)
from ragsmith.piece import Piece

__all__ = ["Product", "pooled", "up_to", "written_together"]


class Product:
    """Part of a `ragsmith.models.base.Model`: its members compose and measure together.

    Attributes:
        members: models of one grid and as many hands. Their shortest longest duration is the
            mixture's: longer notes count as that long.
        exponents: (kinds of choice, members), from 0 up, not all 0; see
            `ragsmith.models.writing.Kind`.
    """

    def __init__(self, members: Sequence[NoteModel], exponents: NDArray[np.float64]) -> None:
        self.members = tuple(members)
        self.exponents = exponents
        longest = min(member.alphabet.longest for member in members)
        self.alphabet = members[0].alphabet._replace(longest=longest)

    @property
    def steps_per_quarter(self) -> int:
        """The grid that the members work on."""
        return self.members[0].steps_per_quarter

    @property
    def parameters(self) -> int:
        """How many numbers the members have learnt."""
        return sum(member.parameters for member in self.members)

    def begin(self, outline: Piece) -> tuple[State, ...]:
        """The members' states."""
        return tuple(member.begin(outline) for member in self.members)

    def propose(self, states: Sequence[tuple[State, ...]], picks: Sequence[Pick]) -> list[Step]:
        """For each state the next step, every choice in it made by that state's `pick`."""
        return answered(self.write(states), picks)

    def write(self, states: Sequence[tuple[State, ...]]) -> Writing:
        """For each state the next step, choice by choice."""
        by_member = zip(*states, strict=True)
        writings = [m.write(own) for m, own in zip(self.members, by_member, strict=True)]
        return written_together(writings, lambda kind, _, log_p: self._pooled(kind, log_p))

    def advance(
        self, states: Sequence[tuple[State, ...]], steps: Sequence[Step]
    ) -> list[tuple[State, ...]]:
        """The states after these steps.

        Raises:
            BadPrimer: a note outside the piano's 88 keys.
        """
        by_member = zip(*states, strict=True)
        after = [m.advance(own, steps) for m, own in zip(self.members, by_member, strict=True)]
        return [*zip(*after, strict=True)]

    def choices(self, piece: Piece) -> Iterator[Choice]:
        """All choices that a piece consists of."""
        for choices in zip(*(member.choices(piece) for member in self.members), strict=True):
            first = choices[0]
            log_p = self._pooled(first.kind, [choice.log_p for choice in choices])
            yield first._replace(log_p=log_p, made=min(first.made, len(log_p) - 1))

    def _pooled(self, kind: Kind, log_p: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        if kind is Kind.DURATION:
            log_p = [up_to(self.alphabet.longest, one) for one in log_p]
        return pooled(log_p, self.exponents[kind])

    def log_likelihood(self, piece: Piece) -> NDArray[np.float64]:
        """Log-probability in nats of each step: (steps,); -inf for one with a note off the
        keyboard."""
        return likelihood_of(piece, self.choices(piece))


def written_together(
    writings: Sequence[Writing],
    pool: Callable[[Kind, list[int], Sequence[NDArray[np.float64]]], NDArray[np.float64]],
) -> Writing:
    """Steps that several models write choice by choice.

    Args:
        writings: of the same steps, one of each model.
        pool: from what is asked, of which writers, and what each model says, to what they say
            together.
    """
    try:
        questions = [next(writing) for writing in writings]
        while True:
            kind, writers, _ = questions[0]
            log_p = pool(kind, writers, [question.log_p for question in questions])
            answers = yield Question(kind, writers, log_p)
            questions = [writing.send(answers) for writing in writings]
    except StopIteration as end:
        steps: list[Step] = end.value
        return steps


def up_to(longest: int, log_p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-probabilities of durations (..., n) where all from `longest` on count as that long."""
    if log_p.shape[-1] == longest:
        return log_p
    rest = np.logaddexp.reduce(log_p[..., longest - 1 :], axis=-1, keepdims=True)
    return np.concatenate([log_p[..., : longest - 1], rest], axis=-1)


def pooled(
    log_p: Sequence[NDArray[np.float64]], exponents: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The logarithm of p, from those of p_i: (choices,) or (n, choices) each; exponents (members,),
    or (members, n, 1)."""
    terms = (a * p for a, p in zip(exponents, log_p, strict=True) if np.any(a))
    product: NDArray[np.float64] = sum(terms, np.zeros(()))
    product -= product.max(-1, keepdims=True)
    product -= np.log(np.exp(product).sum(-1, keepdims=True))
    return product
