"""Ways to choose from a distribution: `sample`, `argmax`, and `unloop` between them.

A way is filters over log-probabilities (temperature, min-p) and a decision between the likeliest
choice and a draw. None of it knows what is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragsmith.options import (
    HIGHEST_TEMPERATURE,
    MIN_P,
    SAMPLING,
    TEMPERATURE,
    TRIES,
    Option,
)

__all__ = ["WAYS", "Leaning", "LogP", "Pick", "Sampling", "repetition", "upright"]

WAYS = SAMPLING.choices
SHORTEST_MOTIF = 4
LONGEST_MOTIF = 64
"""Steps in a motif whose repetition counts as a loop: a beat to eight bars of 2/4 sixteenths."""

LogP = NDArray[np.float64]
Pick = Callable[[LogP], int]
"""Chooses from log-probabilities."""
Leaning = Callable[[Sequence[Any], Pick], Pick]
"""From the steps so far and a chooser to one that leans; made anew for every proposal."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next step is chosen.

    Attributes:
        way: "sample" draws from the distribution; "argmax" takes the likeliest, and loops like a
            scratched record; "unloop" takes the likeliest until a motif is repeated, then draws
            until the repetition is broken.
        temperature: divides log-probabilities before a draw; above 1 bolder, below 1 safer.
        min_p: choices less likely than this share of the likeliest are never drawn (Nguyen 2024).
        tries: of every bar, where the model has a critic that chooses between them
            (`ragsmith.composer.phrases`) and rules are asked; 1 takes it as it comes.

    >>> Sampling("argmax", min_p=0.0)
    Sampling(way='argmax', temperature=1.0, min_p=0.0, tries=4)
    """

    way: str = SAMPLING.default
    temperature: float = TEMPERATURE.default
    min_p: float = MIN_P.default
    tries: int = TRIES.default

    def __post_init__(self) -> None:
        table: dict[str, Option[Any]] = {
            "way": SAMPLING,
            "temperature": TEMPERATURE,
            "min_p": MIN_P,
            "tries": TRIES,
        }
        for name, option in table.items():
            object.__setattr__(self, name, option.check(getattr(self, name)))

    def bolder(self, times: int) -> Sampling:
        """A bolder way after so many failures: each makes likely choices less likely, and admits
        more unlikely ones. A model that is sure of its next step would never find another."""
        temperature = min(HIGHEST_TEMPERATURE, self.temperature * (1 + times / 2))
        return replace(self, temperature=temperature, min_p=self.min_p / 2**times)

    def picker(
        self, history: Sequence[Hashable], rng: np.random.Generator, must_draw: bool
    ) -> Callable[[LogP], int]:
        """The chooser for the step that follows `history`.

        Until something has begun every way draws: the classic is given a first note, and the
        likeliest beginning of all is silence without end.

        Args:
            history: the steps so far.
            rng: where draws come from.
            must_draw: whether to draw in any case, because a rule turns down the likeliest.
        """
        draws = self.way == "sample" or must_draw or not any(history)
        if draws or (self.way == "unloop" and repetition(history)):
            return partial(_draw, rng, self.temperature, self.min_p)
        return _likeliest


def upright(history: Sequence[Any], pick: Pick) -> Pick:
    """No leaning: the chooser as it is."""
    return pick


def _likeliest(log_p: LogP) -> int:
    return int(np.argmax(log_p))


def _draw(rng: np.random.Generator, temperature: float, min_p: float, log_p: LogP) -> int:
    p = np.exp((log_p - log_p.max()) / temperature)
    p[p < min_p] = 0  # the likeliest is 1
    total = p.cumsum()
    return min(int(np.searchsorted(total, rng.random() * total[-1], "right")), len(p) - 1)


def repetition(history: Sequence[Hashable]) -> int:
    """The period, in steps, of a motif that the history has just finished saying twice; else 0.

    Definition: the least p of SHORTEST_MOTIF to LONGEST_MOTIF such that the last p steps equal the
    p steps before them. Periods below a beat count once they have filled a beat twice.
    """
    n = len(history)
    for p in range(SHORTEST_MOTIF, min(LONGEST_MOTIF, n // 2) + 1):
        if history[n - 1] == history[n - 1 - p] and history[n - p :] == history[n - 2 * p : n - p]:
            return p
    return 0
