"""The models by name; what a name needs is loaded when it is asked for.

Composing and measuring with a classic model loads numpy alone; only learning loads Keras and JAX.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from importlib import import_module
from typing import Any, NamedTuple

from numpy.typing import NDArray

from ragsmith.errors import BadOption
from ragsmith.models.base import Learner, Model
from ragsmith.piece import Piece

__all__ = ["NAMES", "config_for", "learner_for", "model_from", "suited"]

KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


class _Rooms(NamedTuple):
    """Where a model's parts live, as module:name."""

    config: str
    model: str
    learner: str


_ROOMS = {
    "element": _Rooms(
        "classic.configs:ElementConfig",
        "classic.element:ElementModel",
        "classic.element_learner:learner",
    ),
    "many-to-one": _Rooms(
        "classic.configs:ManyToOneConfig",
        "classic.many_to_one:ManyToOneModel",
        "classic.many_to_one_learner:learner",
    ),
    "multihot": _Rooms(
        "classic.configs:MultihotConfig",
        "classic.multihot:MultihotModel",
        "classic.multihot_learner:learner",
    ),
    "markov": _Rooms(
        "markov.model:MarkovConfig", "markov.model:Markov", "markov.model:MarkovLearner"
    ),
    "stride": _Rooms(
        "stride.config:StrideConfig", "stride.model:StrideModel", "stride.learner:StrideLearner"
    ),
}

NAMES = tuple(_ROOMS)
"""Every model that `--model` accepts."""


def _part(where: str) -> Any:
    module, name = where.split(":")
    return getattr(import_module(f"ragsmith.models.{module}"), name)


def _rooms(name: str) -> _Rooms:
    if name not in _ROOMS:
        raise BadOption(f"model {name}", "does not exist", f"choose one of {', '.join(NAMES)}")
    return _ROOMS[name]


def config_for(name: str, settings: Mapping[str, Any]) -> Any:
    """The config of a model with some of its fields set.

    Raises:
        BadOption: the model does not exist, has no such field, or the value is out of range.
    """
    make = _part(_rooms(name).config)
    known = {f.name: type(f.default) for f in fields(make)}
    for field, value in settings.items():
        if field not in known:
            raise BadOption(
                f"setting {field}",
                f"is not one of {name}",
                f"choose from {', '.join(known)}",
            )
        if type(value) is not known[field] and not (known[field] is float and type(value) is int):
            remedy = f"the default is {json.dumps(getattr(make(), field))}"
            raise BadOption(f"{field} {value!r}", f"is not {KINDS[known[field]]}", remedy)
    return make(**settings)


def suited(config: Any, settings: Mapping[str, Any], steps: int) -> Any:
    """The config for a corpus of so many steps: what the settings leave open may depend on that."""
    wanted = config.suited_to(steps) if hasattr(config, "suited_to") else {}
    return replace(config, **{k: v for k, v in wanted.items() if k not in settings})


def learner_for(name: str, config: Any, pieces: Sequence[Piece], seed: int) -> Learner:
    """A new model, ready to learn these pieces."""
    learner: Learner = _part(_rooms(name).learner)(config, pieces, seed)
    return learner


def model_from(
    name: str, config: Any, vocabulary: Any, arrays: Mapping[str, NDArray[Any]]
) -> Model:
    """The model that a bundle's parts describe.

    Raises:
        BadBundle: the parts do not fit together.
    """
    model: Model = _part(_rooms(name).model).from_parts(config, vocabulary, arrays)
    return model
