"""The models that come with the package, by name, and any other by its file."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from ragsmith.bundle.bundle import SUFFIX, Bundle, load_bundle
from ragsmith.errors import BadBundle

__all__ = ["BASE", "BUILT_IN", "load_model", "shipped_model"]

BASE = "piano"
"""The base: what every learning begins from, unless it is told otherwise."""
BUILT_IN = ("ragtime", BASE)
"""Names of the built-in models; the first is what composes when no model is named."""


def load_model(name_or_path: str | Path = BUILT_IN[0]) -> Bundle:
    """A model, ready to compose.

    Args:
        name_or_path: the name of a built-in one ("ragtime": rags; "piano": the base, much else;
            RAGTIME.md and PIANO.md beside them say more), or the path of a .ragsmith file.

    Raises:
        BadBundle: there is no such model, or the file is none that this version can open.
        BadFile: the file cannot be read.

    >>> load_model("ragtime").model.name
    'stride'
    """
    if str(name_or_path) in BUILT_IN:
        with as_file(files(__name__) / f"{name_or_path}{SUFFIX}") as path:
            return load_bundle(path)
    if not Path(name_or_path).exists():
        remedy = f"give a .ragsmith file or a built-in name: {', '.join(BUILT_IN)}"
        rule = "does not exist: neither a model file nor a built-in model"
        raise BadBundle(name_or_path, rule, remedy)
    return load_bundle(name_or_path)


def shipped_model() -> Bundle:
    """What `ragsmith compose` uses when no model is named."""
    return load_model()
