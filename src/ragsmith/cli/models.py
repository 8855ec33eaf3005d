"""The model that a command line names, or the mixture of several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ragsmith.errors import BadOption

if TYPE_CHECKING:
    from ragsmith.bundle.bundle import Bundle

__all__ = ["opened"]


def opened(
    models: Sequence[Path], weights: Sequence[float] | None, mix: str | None
) -> tuple[Bundle, str | None]:
    """The model that composes, and the weights of its members by strain.

    Args:
        models: built-in names or files; none is the built-in model of rags, or those of `mix`.
        weights: of several; None: all alike.
        mix: which of them writes which strain (`ragsmith.composer.strain_mix`), by their names.

    Raises:
        BadOption: weights or a mix are said of one model, or name another.
    """
    from ragsmith.bundle.mix import mix as mixture_of
    from ragsmith.composer.strain_mix import models_in, weights_text
    from ragsmith.shipped import load_model, shipped_model

    if mix and not models:
        models = [_place(name) for name in models_in(mix)]
    if weights and len(models) < 2:
        raise BadOption("--weights", "needs several models", "name them all before it")
    if mix and len(models) < 2:
        raise BadOption("--mix", "needs several models", "name two, like 'A: ragtime, B: piano'")
    if len(models) < 2:
        return (load_model(models[0]) if models else shipped_model()), None
    bundle = mixture_of([load_model(model) for model in models], weights)
    names = [model.name.removesuffix(".ragsmith") for model in models]
    return bundle, weights_text(_by_stem(mix), names) if mix else None


def _place(name: str) -> Path:
    """Where a model lies that is named without its ending."""
    file = Path(f"{name}.ragsmith")
    return file if file.is_file() else Path(name)


def _by_stem(mix: str) -> str:
    """A mix in which files go by their names alone."""
    return re.sub(r"[^\s:,;]*/", "", mix).replace(".ragsmith", "")
