"""The base that a learning begins from: a model that has learnt much other music before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ragsmith.bundle.bundle import Bundle
from ragsmith.corpus.entry import Entry
from ragsmith.errors import BadOption
from ragsmith.models.registry import config_for
from ragsmith.shipped import BASE, load_model
from ragsmith.training.loop import FromBase

__all__ = ["NO_BASE", "Base", "base_for"]

NO_BASE = "none"


class Base(NamedTuple):
    """A base and what it is called.

    Attributes:
        name: a built-in name, or the name of a file.
        bundle: the model, with its card and the index of what it learnt.
    """

    name: str
    bundle: Bundle

    def event(self, training: Sequence[Entry]) -> FromBase:
        """What there is to say when these files are to be learnt from it."""
        learnt = {source.sha256 for source in self.bundle.card.sources if source.role == "train"}
        return FromBase(self.name, len(training), sum(e.digest in learnt for e in training))


def base_for(
    base: str | Path | Bundle | None, model: str, settings: Mapping[str, Any]
) -> Base | None:
    """The base to begin from; None begins from random numbers.

    Args:
        base: a built-in name, a model file or an opened model; "none" is no base; None is the
            built-in one where it fits model and settings.
        model: the name of the model that is to learn.
        settings: what is wanted of it.

    Raises:
        BadOption: the base that was asked for is of another model, on another grid, or of another
            shape than the settings.
        BadBundle: it is no model.

    >>> base_for("none", "stride", {}) is None
    True
    >>> base_for(None, "markov", {}) is None
    True
    """
    if base == NO_BASE:
        return None
    if base is None:
        if not hasattr(config_for(model, {}), "adapted_to"):
            return None
        own = load_model(BASE)
        return None if _misfit(own, model, settings) else Base(BASE, own)
    opened = base if isinstance(base, Bundle) else load_model(base)
    name = "the base" if isinstance(base, Bundle) else Path(base).name
    if misfit := _misfit(opened, model, settings):
        raise BadOption(f"base {name}", misfit, f"leave these out, or give --base {NO_BASE}")
    return Base(name, opened)


def _misfit(base: Bundle, model: str, settings: Mapping[str, Any]) -> str:
    """Why a model cannot begin from a base; "" where it can."""
    if base.model.name != model:
        return f"is a {base.model.name}, and a {model} is to be learnt"
    if not hasattr(base.model.config, "adapted_to"):
        return f"is a {model}, which begins from nothing"
    for name, value in base.model.config.shape.items():
        if settings.get(name, value) != value:
            return f"has {name} {value}, and {settings[name]} is wanted"
    return ""
