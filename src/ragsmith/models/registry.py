"""The models by name: the built-in ones, and those that a user registers.

A model is three parts: its config (a frozen dataclass), the model that composes and measures, and
what learns it. The parts of built-in models are imported when they are needed, so that composing
and measuring with a classic model loads numpy alone; only learning loads Keras and JAX.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from importlib import import_module
from typing import Any, NamedTuple

from numpy.typing import NDArray

from ragsmith.errors import BadOption
from ragsmith.models.base import Arrays, BaseLearner, Learner, Model
from ragsmith.piece import Piece

__all__ = [
    "config_for",
    "is_name",
    "is_registered",
    "learner_for",
    "model_from",
    "model_names",
    "register_model",
    "suited",
]

KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
"""Types that a setting can have, as users read them."""
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MODEL_METHODS = (
    "begin",
    "propose",
    "advance",
    "log_likelihood",
    "vocabulary",
    "arrays",
    "from_parts",
)
LEARNER_MEMBERS = ("batches_per_epoch", "epochs", "epoch", "model", "state", "restore")


class _Parts(NamedTuple):
    """What makes a model: the parts themselves, or where they are, as module:name; no learner where
    the model is made of others that have learnt."""

    config: Any
    model: Any
    learner: Any


_MODELS = {
    "element": _Parts(
        "classic.configs:ElementConfig",
        "classic.element:ElementModel",
        "classic.learners:element_learner",
    ),
    "many-to-one": _Parts(
        "classic.configs:ManyToOneConfig",
        "classic.many_to_one:ManyToOneModel",
        "classic.learners:many_to_one_learner",
    ),
    "multihot": _Parts(
        "classic.configs:MultihotConfig",
        "classic.multihot:MultihotModel",
        "classic.learners:multihot_learner",
    ),
    "markov": _Parts(
        "markov.config:MarkovConfig", "markov.model:Markov", "markov.learner:MarkovLearner"
    ),
    "stride": _Parts(
        "stride.config:StrideConfig",
        "mixture.memory:RememberingStride",
        "stride.learner:StrideLearner",
    ),
    "mixture": _Parts("mixture.config:MixtureConfig", "mixture.model:Mixture", None),
}


def model_names() -> tuple[str, ...]:
    """Every name that `--model` and `ragsmith.learn` accept, the built-in ones first.

    >>> model_names()[:5]
    ('element', 'many-to-one', 'multihot', 'markov', 'stride')
    """
    return tuple(name for name, parts in _MODELS.items() if parts.learner)


def is_registered(name: str) -> bool:
    """Whether a file that holds a model of this name can be opened."""
    return name in _MODELS


def is_name(name: str) -> bool:
    """Whether a model can be called so: small letters, digits and hyphens, 40 at most."""
    return bool(NAME.fullmatch(name))


def register_model(
    name: str,
    config: type,
    model: type,
    learner: Callable[[Any, Sequence[Piece], int], Learner],
) -> None:
    """Make a model of your own known: it then learns, composes, is saved and opened by its name.

    Registering the same class again, as a notebook does when a cell runs twice, replaces it.
    `docs/models.md` holds a whole example.

    Args:
        name: small letters, digits and hyphens; also the model's attribute `name`.
        config: a frozen dataclass; every field has a default that is an int, float, bool or str,
            and one field is `steps_per_quarter`.
        model: a class that follows `ragsmith.models.base.Model`, with a class method
            `from_parts(config, vocabulary, arrays)` that undoes `vocabulary()` and `arrays()`.
        learner: called with a config, the training pieces and a seed; gives what follows
            `ragsmith.models.base.Learner`.

    Raises:
        BadOption: the name is taken or is no name, or a part lacks something.
    """
    if not is_name(name):
        rule = "is not small letters, digits and hyphens, 40 at most"
        raise BadOption(f"model name {name}", rule, "choose a name like my-model")
    if name in _MODELS and _origin(_MODELS[name].model) != _origin(model):
        raise BadOption(f"model name {name}", "is taken", "choose another name")
    _check_config(config)
    _check_model(name, model)
    _MODELS[name] = _Parts(config, model, learner)


def _origin(part: Any) -> tuple[str, str] | None:
    """Where a class was defined; None for a built-in one that is not imported yet."""
    return None if isinstance(part, str) else (part.__module__, part.__qualname__)


def _check_config(config: Any) -> None:
    params = getattr(config, "__dataclass_params__", None)
    if not (isinstance(config, type) and is_dataclass(config) and params and params.frozen):
        value = f"config {getattr(config, '__name__', config)}"
        raise BadOption(value, "is not a frozen dataclass", "put @dataclass(frozen=True) above it")
    settings = {f.name: type(f.default) for f in fields(config)}
    for field, kind in settings.items():
        if kind not in KINDS:
            rule = "has no default that is an int, float, bool or str"
            raise BadOption(f"field {field} of {config.__name__}", rule, "give it one")
    if settings.get("steps_per_quarter") is not int:
        rule = "has no field steps_per_quarter"
        raise BadOption(f"config {config.__name__}", rule, "add steps_per_quarter: int = 4")


def _check_model(name: str, model: Any) -> None:
    called = getattr(model, "__name__", repr(model))
    missing = [method for method in MODEL_METHODS if not callable(getattr(model, method, None))]
    if missing:
        rule = f"has no method {', '.join(missing)}"
        raise BadOption(f"model {called}", rule, "add it; see ragsmith.models.base.Model")
    if getattr(model, "name", None) != name:
        rule = f"has another attribute name than {name}, under which it is registered"
        raise BadOption(f"model {called}", rule, f'write name = "{name}" in the class')


def _part(name: str, part: str) -> Any:
    """A model's config, model or learner; one of a built-in model is imported now."""
    if name not in _MODELS:
        raise BadOption(
            f"model {name}", "does not exist", f"choose one of {', '.join(model_names())}"
        )
    where = getattr(_MODELS[name], part)
    if not isinstance(where, str):
        return where
    module, attribute = where.split(":")
    return getattr(import_module(f"ragsmith.models.{module}"), attribute)


def config_for(name: str, settings: Mapping[str, Any]) -> Any:
    """The config of a model with some of its fields set.

    >>> config_for("element", {"hidden": 8}).hidden
    8

    Raises:
        BadOption: the model does not exist, has no such field, or the value is out of range.
    """
    make = _part(name, "config")
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


def suited(config: Any, settings: Mapping[str, Any], steps: int, base: Any | None = None) -> Any:
    """The config for a corpus of so many steps: what the settings leave open may depend on that,
    and on the config of the base that the model begins from."""
    if base is not None:
        wanted = base.adapted_to(steps)
    else:
        wanted = config.suited_to(steps) if hasattr(config, "suited_to") else {}
    return replace(config, **{k: v for k, v in wanted.items() if k not in settings})


def learner_for(
    name: str, config: Any, pieces: Sequence[Piece], seed: int, base: Arrays | None = None
) -> Learner:
    """A new model, ready to learn these pieces; it begins from the weights of a base, or from
    random ones.

    Raises:
        BadOption: the model does not exist, its learner lacks a part of the protocol, or cannot
            begin from a base.
    """
    if name in _MODELS and name not in model_names():
        rule = "is made of models that have learnt"
        raise BadOption(f"model {name}", rule, f"learn one of {', '.join(model_names())}")
    learner: Learner = _part(name, "learner")(config, pieces, seed)
    missing = [member for member in LEARNER_MEMBERS if not hasattr(learner, member)]
    if missing:
        rule = f"has no {', '.join(missing)}"
        raise BadOption(f"the learner of {name}", rule, "add it; see ragsmith.models.base.Learner")
    if base is not None:
        if not isinstance(learner, BaseLearner):
            raise BadOption(f"model {name}", "begins from no base", "leave the base out")
        learner.begin_from(base)
    return learner


def model_from(
    name: str, config: Any, vocabulary: Any, arrays: Mapping[str, NDArray[Any]]
) -> Model:
    """The model that a bundle's parts describe.

    Raises:
        BadBundle: the parts do not fit together.
    """
    model: Model = _part(name, "model").from_parts(config, vocabulary, arrays)
    return model
