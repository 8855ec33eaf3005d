"""The exact likelihood of a piece under a model, per grid step and per beat.

Definition: the mean over grid steps of -log p(step | all steps before it), the first step included.
Convention: pooled over pieces by step, never a mean of means. A step that the model holds to be
impossible (-inf, as with a closed vocabulary) is left out of the mean and counted beside it: a low
figure with a high share of impossible steps is no good figure.
Source: cross-entropy as in Boulanger-Lewandowski et al. (ICML 2012), there per frame.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ragsmith.models.base import Model
from ragsmith.piece import Piece

__all__ = ["Score", "pooled", "score"]


@dataclass(frozen=True, slots=True)
class Score:
    """The likelihood of one or more pieces under a model.

    Attributes:
        nats: the sum of -log p over the possible steps.
        steps: all steps, the impossible ones too; at least 1.
        impossible: steps that the model gives probability 0.
        steps_per_quarter: the grid.
    """

    nats: float
    steps: int
    impossible: int
    steps_per_quarter: int

    @property
    def nats_per_step(self) -> float:
        """Mean -log p over the possible steps only; inf when there is none."""
        possible = self.steps - self.impossible
        return self.nats / possible if possible else math.inf

    @property
    def bits_per_beat(self) -> float:
        """nats_per_step * steps_per_quarter / ln 2: comparable across models and grids."""
        return self.nats_per_step * self.steps_per_quarter / math.log(2)

    @property
    def impossible_share(self) -> float:
        """Share of the steps that the model gives probability 0, from 0 to 1."""
        return self.impossible / self.steps


def score(model: Model, piece: Piece) -> Score:
    """The likelihood of a piece under a model.

    Raises:
        ValueError: the piece has no steps, lies on another grid than the model's, or the model
            does not give one number per step.
    """
    if piece.steps_per_quarter != model.steps_per_quarter:
        grids = f"{piece.steps_per_quarter} and {model.steps_per_quarter}"
        raise ValueError(f"piece and model lie on different grids: {grids} steps per quarter")
    if not piece.steps:
        raise ValueError("a piece without steps has no likelihood")
    logs = np.asarray(model.log_likelihood(piece), np.float64)
    if logs.shape != (piece.steps,):
        raise ValueError(f"log-likelihoods of shape {logs.shape} for {piece.steps} steps")
    # Only -inf is impossible: a nan, from a model that has diverged, has to show in the sum.
    possible = logs != -np.inf
    impossible = piece.steps - int(possible.sum())
    return Score(-float(logs[possible].sum()), piece.steps, impossible, piece.steps_per_quarter)


def pooled(scores: Sequence[Score]) -> Score:
    """The likelihood of all the pieces together, every step with the same weight.

    Raises:
        ValueError: there are no scores, or their grids differ.
    """
    grids = {s.steps_per_quarter for s in scores}
    if len(grids) != 1:
        raise ValueError(f"scores on one grid can be pooled, not on {sorted(grids)}")
    return Score(
        math.fsum(s.nats for s in scores),
        sum(s.steps for s in scores),
        sum(s.impossible for s in scores),
        grids.pop(),
    )
