"""A mixture of models as a model of its own: half Joplin, half Chopin.

The members write every note together (`product`), the weights being the exponents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadBundle, BadOption
from ragsmith.models.base import Arrays, Model
from ragsmith.models.mixture.config import MixtureConfig
from ragsmith.models.mixture.memory import network_of
from ragsmith.models.mixture.product import Product
from ragsmith.models.registry import config_for, model_from
from ragsmith.models.writing import Kind, NoteModel

__all__ = ["MOST_MEMBERS", "Mixture", "checked_weights"]

MOST_MEMBERS = 8
SLACK = 1e-6
"""By how much a sum of weights may miss 1."""


class Mixture(Product):
    """Models that compose together; see `ragsmith.models.base.Model`."""

    name = "mixture"

    def __init__(self, members: Sequence[Model], weights: Sequence[float]) -> None:
        """A mixture of models; a mixture among them is taken apart.

        Raises:
            BadOption: they are fewer than two or too many, lie on different grids, or write steps
                in different ways; a weight is negative, or they do not sum to 1.
        """
        weights = checked_weights(weights, len(members))
        members, weights = _taken_apart(members, weights)
        if not 2 <= len(members) <= MOST_MEMBERS:
            rule = f"cannot be mixed, only 2 to {MOST_MEMBERS} with a weight above 0"
            raise BadOption(f"{len(members)} models", rule, "give other models or weights")
        _check_alike(members)
        super().__init__(cast("list[NoteModel]", members), np.tile(weights, (len(Kind), 1)))
        self.weights = tuple(weights)
        self.config = MixtureConfig(members[0].steps_per_quarter)

    @property
    def without_memory(self) -> Mixture:
        """The part of it that composes."""
        return Mixture([network_of(member) for member in self.members], self.weights)

    @classmethod
    def from_parts(
        cls, config: MixtureConfig, vocabulary: Any, arrays: Mapping[str, NDArray[Any]]
    ) -> Mixture:
        """The model that `config`, `vocabulary()` and `arrays()` describe.

        Raises:
            BadBundle: the members are none, or do not fit together.
        """
        if not isinstance(vocabulary, list) or len(vocabulary) > MOST_MEMBERS:
            raise BadBundle("the mixture", "does not say what its members are", "mix them again")
        try:
            members = [_member(entry, i, arrays) for i, entry in enumerate(vocabulary)]
            mixture = cls(members, np.asarray(arrays["weights"], np.float64).tolist())
        except BadOption as e:
            raise BadBundle("the mixture", f"is none: {e.value} {e.rule}", "mix them again") from e
        if mixture.config != config or len(mixture.members) != len(members):
            raise BadBundle("the mixture", "is not what its settings say", "mix them again")
        return mixture

    def vocabulary(self) -> list[dict[str, Any]]:
        """The members: name, config and vocabulary of each."""
        return [
            {"model": m.name, "config": asdict(m.config), "vocabulary": m.vocabulary()}
            for m in self.members
        ]

    def arrays(self) -> Arrays:
        """The weights, and NUMBER.NAME of every array of the members."""
        arrays: Arrays = {"weights": np.array(self.weights)}
        for number, member in enumerate(self.members):
            arrays |= {f"{number}.{name}": array for name, array in member.arrays().items()}
        return arrays


def checked_weights(weights: Sequence[float], members: int) -> list[float]:
    """The weights of so many models.

    Raises:
        BadOption: they are not as many, one is negative or no number, or they do not sum to 1.

    >>> checked_weights([0.7, 0.3], 2)
    [0.7, 0.3]
    """
    shown = ",".join(f"{weight:g}" for weight in weights)
    remedy = "give each model a share of 1, like 0.7,0.3"
    if len(weights) != members:
        rule = f"are {len(weights)} numbers for {members} models"
        raise BadOption(f"weights {shown}", rule, remedy)
    if not all(weight >= 0 for weight in weights):
        raise BadOption(f"weights {shown}", "must not be negative", remedy)
    if not abs(sum(weights) - 1) <= SLACK:
        raise BadOption(f"weights {shown}", f"sum to {sum(weights):g}, not to 1", remedy)
    return [float(weight) for weight in weights]


def _taken_apart(
    members: Sequence[Model], weights: Sequence[float]
) -> tuple[list[Model], list[float]]:
    """Members that are no mixtures; those of a mixture share its weight. Weights of 0 are left
    out."""
    parts: list[tuple[Model, float]] = []
    for member, weight in zip(members, weights, strict=True):
        if isinstance(member, Mixture):
            own = zip(member.members, member.weights, strict=True)
            parts += [(part, weight * share) for part, share in own]
        else:
            parts.append((member, weight))
    used = [(member, weight) for member, weight in parts if weight]
    return [member for member, _ in used], [weight for _, weight in used]


def _check_alike(members: Sequence[Model]) -> None:
    """Whether the models can write a step together.

    Raises:
        BadOption: they cannot.
    """
    for member in members:
        if not hasattr(member, "alphabet"):
            rule = "writes whole sets of notes, and cannot write note by note with another"
            raise BadOption(f"model {member.name}", rule, "mix models of stride or markov")
    grids = [member.steps_per_quarter for member in members]
    if len(set(grids)) > 1:
        rule = f"lie on different grids: {', '.join(map(str, grids))} steps a quarter"
        raise BadOption("the models", rule, "learn one of them again on the other's grid")
    hands = [cast("NoteModel", member).alphabet.hands for member in members]
    if len(set(hands)) > 1:
        rule = "cannot be mixed: one keeps the hands apart, another does not"
        raise BadOption("the models", rule, "learn the other again with --set hands=2")


def _member(entry: Any, number: int, arrays: Mapping[str, NDArray[Any]]) -> Model:
    prefix = f"{number}."
    own = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
    name = entry["model"]
    if name == Mixture.name:
        raise BadOption("a mixture", "cannot hold a mixture", "mix them again")
    return model_from(name, config_for(name, entry["config"]), entry["vocabulary"], own)
