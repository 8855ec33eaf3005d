"""The base class of models that consist of named weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from ragsmith.models.base import Arrays

__all__ = ["WeightedModel"]


class WeightedModel:
    """Part of a `ragsmith.models.base.Model`: its config and its weights.

    Attributes:
        config: the frozen dataclass that made the model.
        weights: named arrays.
    """

    def __init__(self, config: Any, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.config = config
        self.weights = dict(arrays)

    @property
    def steps_per_quarter(self) -> int:
        """The grid that the model works on."""
        return int(self.config.steps_per_quarter)

    @property
    def parameters(self) -> int:
        """How many numbers were learnt."""
        return sum(a.size for a in self.weights.values())

    def arrays(self) -> Arrays:
        """The weights."""
        return dict(self.weights)
