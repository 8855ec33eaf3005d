"""A critic: how much likelier a bar is in the corpus than among what a model composes.

Definition: the log-odds of a logistic regression on the figures of `measure.bar_figures` and their
squares, learnt on new bars of the corpus and of pieces that the model composed; the odds of two
kinds of equal weight are the ratio of their densities, in nats. Figures are centred and scaled by
their mean and spread over both, and count no more than `FARTHEST` spreads from the mean; one that a
bar does not have counts as the mean.
Convention: the weights are held small by a penalty (L2), for bars of one piece are much alike.
Sources: density ratios by logistic regression, Sugiyama, Suzuki & Kanamori (2012), from which a
generator's samples are resampled as in Azadi et al., *Discriminator Rejection Sampling* (2019).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Critic", "Weight", "critic_of"]

PENALTY = 20.0
"""Of the squared weights, beside the nats of all bars: scikit-learn's C of 0.05."""
FARTHEST = 4.0
ROUNDS = 30
LARGEST = 1e9
Figures = Mapping[str, float]


class Weight(NamedTuple):
    """How a figure counts: its mean and spread, nats for each spread above the mean, and for each
    square of it beyond 1."""

    mean: float
    spread: float
    nats: float
    square: float


@dataclass(frozen=True, slots=True)
class Critic:
    """A logistic regression on figures of bars.

    Attributes:
        bias: log-odds where every figure is at its mean and no square counts.
        weights: by name of the figure.

    Raises:
        ValueError: a number that none can have.
    """

    bias: float
    weights: Mapping[str, Weight]

    def __post_init__(self) -> None:
        numbers = [self.bias, *(n for weight in self.weights.values() for n in weight)]
        if not all(type(n) is float and math.isfinite(n) and abs(n) <= LARGEST for n in numbers):
            raise ValueError("a critic's numbers are finite")
        if any(weight.spread <= 0 for weight in self.weights.values()):
            raise ValueError("a figure's spread is above 0")

    def log_odds(self, figures: Figures) -> float:
        """Nats that speak for a bar of these figures; below 0 it rather looks composed.

        >>> Critic(0.0, {"alike_1": Weight(0.5, 0.25, -1.0, 0.0)}).log_odds({"alike_1": 1.0})
        -2.0
        """
        nats = self.bias
        for name, (mean, spread, linear, square) in self.weights.items():
            if name in figures:
                far = min(FARTHEST, max(-FARTHEST, (figures[name] - mean) / spread))
                nats += far * linear + (far * far - 1) * square
        return nats

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
            weights = {str(name): Weight(*w) for name, w in dict(data["weights"]).items()}
            return Critic(data["bias"], weights)
        except (LookupError, TypeError) as e:
            raise ValueError(f"this is no critic: {e}") from e


def critic_of(own: Sequence[Figures], composed: Sequence[Figures]) -> Critic:
    """The critic that tells the corpus's own bars from composed ones.

    Args:
        own, composed: the figures of bars, at least two of each.

    >>> own, composed = [{"leap": 2.0}, {"leap": 2.2}] * 20, [{"leap": 4.0}, {"leap": 4.2}] * 20
    >>> critic = critic_of(own, composed)
    >>> critic.log_odds({"leap": 4.0}) < 0 < critic.log_odds({"leap": 2.0})
    True
    """
    rows = [*own, *composed]
    names = sorted({name for row in rows for name in row})
    table = np.array([[row.get(name, np.nan) for name in names] for row in rows], np.float64)
    means, spreads = np.nanmean(table, 0), np.nanstd(table, 0)
    varied = spreads > 1e-9 * (1 + np.abs(means))
    names = [name for name, varies in zip(names, varied, strict=True) if varies]
    means, spreads = means[varied], spreads[varied]
    far = np.clip((table[:, varied] - means) / spreads, -FARTHEST, FARTHEST)
    columns = np.concatenate([np.ones((len(rows), 1)), far, far * far - 1], 1)
    truth = np.repeat([1.0, 0.0], [len(own), len(composed)])
    share = len(rows) / 2 / np.array([len(own), len(composed)])
    fitted = _regression(np.nan_to_num(columns), truth, np.repeat(share, [len(own), len(composed)]))
    numbers = np.stack([means, spreads, *fitted[1:].reshape(2, len(names))], 1).tolist()
    weights = {name: Weight(*row) for name, row in zip(names, numbers, strict=True)}
    return Critic(float(fitted[0]), weights)


def _regression(
    rows: NDArray[np.float64], truth: NDArray[np.float64], importance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The weights of the penalised logistic regression, the bias first, by Newton's method:
    (columns,)."""
    penalty = PENALTY * np.eye(rows.shape[1])
    penalty[0, 0] = 1e-6  # the bias is free, but for bars that are told apart without it
    weights = np.zeros(rows.shape[1])
    for _ in range(ROUNDS):
        chances = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        gradient = rows.T @ (importance * (chances - truth)) + penalty @ weights
        slope = importance * chances * (1 - chances)
        step = np.linalg.solve((rows * slope[:, None]).T @ rows + penalty, gradient)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return weights
