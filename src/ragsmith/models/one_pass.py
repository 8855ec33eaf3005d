"""The learner of models that look at every piece once, as those that count do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from ragsmith.models.base import Arrays, Model, Share, nothing_done
from ragsmith.piece import Piece
from ragsmith.verbs import clip

__all__ = ["OnePassLearner"]

LOSS_STEPS = 64
"""Steps of the first piece on which the loss is measured."""


class OnePassLearner:
    """A `ragsmith.models.base.Learner` that looks at the pieces once; a subclass says how in `fit`.

    Nothing is drawn at random, and nothing is resumed: learning again is as quick.
    """

    batches_per_epoch = 1
    epochs = 1

    def __init__(self, config: Any, pieces: Sequence[Piece], seed: int = 0) -> None:
        self.config = config
        self.pieces = pieces
        self._model: Any = None

    def fit(self) -> Model:
        """The model of `self.pieces` after `self.config`."""
        raise NotImplementedError

    def epoch(self, seed: int, share: Share = nothing_done) -> Iterator[tuple[int, float]]:
        """Learns everything; the loss is that of the first piece's opening."""
        first = next((clip(p, 0, min(p.steps, LOSS_STEPS)) for p in self.pieces if p.steps), None)
        yield 1, float(-self.model().log_likelihood(first).mean()) if first else 0.0

    def model(self) -> Any:
        """The model, learnt at the first call."""
        if self._model is None:
            self._model = self.fit()
        return self._model

    def state(self) -> Arrays:
        """Nothing."""
        return {}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Nothing to do."""
