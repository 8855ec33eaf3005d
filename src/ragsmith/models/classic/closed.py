"""The base class of models with a closed vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from numpy.typing import NDArray

from ragsmith.models.classic.vocabulary import Vocabulary
from ragsmith.models.weighted import WeightedModel
from ragsmith.models.weights import Shapes, checked

__all__ = ["ClosedModel"]


class ClosedModel(WeightedModel):
    """A model that knows the elements of its vocabulary and no others.

    Attributes:
        elements: the vocabulary.
    """

    def __init__(
        self, config: Any, vocabulary: Vocabulary, arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        super().__init__(config, arrays)
        self.elements = vocabulary

    @staticmethod
    def shapes(config: Any, elements: int) -> Shapes:
        """The weights that a config and a number of elements ask for."""
        raise NotImplementedError

    def vocabulary(self) -> Any:
        """The elements, as JSON."""
        return self.elements.to_json()

    @classmethod
    def from_parts(cls, config: Any, vocabulary: Any, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The model that a bundle describes.

        Raises:
            BadBundle: the parts do not fit together.
        """
        elements = Vocabulary.from_json(vocabulary)
        return cls(config, elements, checked(arrays, cls.shapes(config, len(elements))))
