"""A critic: how much a piece looks composed and not like one of the corpus.

Definition: the log-odds of a logistic regression on the figures of `ragsmith.measure.portrait`,
learnt on the corpus's own pieces and on pieces that a model composed; above 0 it holds a piece to
be composed. Figures are centred and scaled by their mean and spread over both; one that a piece
does not have counts as the mean. Both kinds weigh the same, however many there are.
Convention: the weights are held small by a penalty (L2), for there are about as many figures as
pieces.
Source: the classifier of `benchmarks/discriminator.py`. A generator that learns from such a critic
is an adversarial net (Goodfellow et al., *Generative Adversarial Nets*, 2014); this one chooses.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Critic", "critic_of"]

PENALTY = 10.0
"""Of the squared weights, beside the nats of all pieces: scikit-learn's C of 0.1."""
ROUNDS = 50
LARGEST = 1e9
Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Critic:
    """A logistic regression on figures.

    Attributes:
        bias: log-odds of a piece with the mean of all figures.
        weights: by name of the figure, (mean, spread, weight).

    Raises:
        ValueError: a number that none can have.
    """

    bias: float
    weights: Mapping[str, tuple[float, float, float]]

    def __post_init__(self) -> None:
        numbers = [self.bias, *(n for triple in self.weights.values() for n in triple)]
        if not all(type(n) is float and math.isfinite(n) and abs(n) <= LARGEST for n in numbers):
            raise ValueError("a critic's numbers are finite")
        if any(spread <= 0 for _, spread, _ in self.weights.values()):
            raise ValueError("a figure's spread is above 0")

    def log_odds(self, figures: Figures) -> float:
        """How sure it is that a piece of these figures was composed, in nats; below 0 it holds it
        to be the corpus's own.

        >>> Critic(0.0, {"on_beat": (0.5, 0.25, -1.0)}).log_odds({"on_beat": 1.0})
        -2.0
        """
        return self.bias + sum(
            weight * (figures[name] - mean) / spread
            for name, (mean, spread, weight) in self.weights.items()
            if name in figures
        )

    def to_json(self) -> dict[str, Any]:
        """The critic as JSON data, which `from_json` reads."""
        return {"bias": self.bias, "weights": {n: list(w) for n, w in self.weights.items()}}

    @staticmethod
    def from_json(data: Any) -> Critic:
        """The critic that `to_json` wrote.

        Raises:
            ValueError: the data is no critic.
        """
        try:
            triples = {str(name): tuple(triple) for name, triple in dict(data["weights"]).items()}
            if any(len(triple) != 3 for triple in triples.values()):
                raise ValueError("a figure has three numbers")
            return Critic(data["bias"], triples)
        except (LookupError, TypeError) as e:
            raise ValueError(f"this is no critic: {e}") from e


def critic_of(own: Sequence[Figures], composed: Sequence[Figures]) -> Critic:
    """The critic that tells the corpus's own pieces from composed ones.

    Args:
        own, composed: the figures of pieces, at least two of each.

    >>> own, composed = [{"leap": 2.0}, {"leap": 2.2}], [{"leap": 4.0}, {"leap": 4.2}]
    >>> critic = critic_of(own, composed)
    >>> critic.log_odds({"leap": 2.0}) < 0 < critic.log_odds({"leap": 4.0})
    True
    """
    rows = [*own, *composed]
    names = sorted({name for row in rows for name in row})
    table = np.array([[row.get(name, np.nan) for name in names] for row in rows])
    means, spreads = np.nanmean(table, 0), np.nanstd(table, 0)
    varied = spreads > 1e-9 * (1 + np.abs(means))
    names = [name for name, varies in zip(names, varied, strict=True) if varies]
    means, spreads = means[varied], spreads[varied]
    scaled = np.nan_to_num((table[:, varied] - means) / spreads)
    truth = np.repeat([0.0, 1.0], [len(own), len(composed)])
    importance = np.repeat(
        len(rows) / 2 / np.array([len(own), len(composed)]), [len(own), len(composed)]
    )
    weights = _regression(scaled, truth, importance)
    triples = zip(means.tolist(), spreads.tolist(), weights[1:].tolist(), strict=True)
    return Critic(float(weights[0]), dict(zip(names, triples, strict=True)))


def _regression(
    table: NDArray[np.float64], truth: NDArray[np.float64], importance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Bias and weights of the penalised logistic regression, by Newton's method: (1 + columns,)."""
    rows = np.concatenate([np.ones((len(table), 1)), table], 1)
    penalty = PENALTY * np.eye(rows.shape[1])
    penalty[0, 0] = 1e-6  # the bias is free, but for pieces that are told apart without it
    weights = np.zeros(rows.shape[1])
    for _ in range(ROUNDS):
        chances = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        gradient = rows.T @ (importance * (chances - truth)) + penalty @ weights
        slope = importance * chances * (1 - chances)
        step = np.linalg.solve((rows * slope[:, None]).T @ rows + penalty, gradient)
        weights -= step
        if np.abs(step).max() < 1e-9:
            break
    return weights
