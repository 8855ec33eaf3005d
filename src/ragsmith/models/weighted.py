"""What models that consist of weights have in common, and those with a closed vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from numpy.typing import NDArray

from ragsmith.models.base import Arrays
from ragsmith.models.classic.vocabulary import Vocabulary
from ragsmith.models.weights import Shapes, checked

__all__ = ["ClosedModel", "WeightedModel"]


class WeightedModel:
    """Part of a `ragsmith.models.base.Model`: its config and its weights."""

    def __init__(self, config: Any, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.config = config
        self._arrays = dict(arrays)

    @property
    def steps_per_quarter(self) -> int:
        """The grid that the model works on."""
        return int(self.config.steps_per_quarter)

    @property
    def parameters(self) -> int:
        """Numbers learnt."""
        return sum(a.size for a in self._arrays.values())

    def arrays(self) -> Arrays:
        """The weights."""
        return dict(self._arrays)


class ClosedModel(WeightedModel):
    """A model that knows the elements of its vocabulary and no others."""

    def __init__(
        self, config: Any, vocabulary: Vocabulary, arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        super().__init__(config, arrays)
        self._vocabulary = vocabulary

    @staticmethod
    def shapes(config: Any, elements: int) -> Shapes:
        """The weights that a config and a number of elements ask for."""
        raise NotImplementedError

    def vocabulary(self) -> Any:
        """The elements, as JSON."""
        return self._vocabulary.to_json()

    @classmethod
    def from_parts(cls, config: Any, vocabulary: Any, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The model that a bundle describes.

        Raises:
            BadBundle: the parts do not fit together.
        """
        elements = Vocabulary.from_json(vocabulary)
        return cls(config, elements, checked(arrays, cls.shapes(config, len(elements))))
