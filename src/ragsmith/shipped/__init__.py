"""The model that comes with the package: `stride`, learnt from rags by Scott Joplin."""

from __future__ import annotations

from importlib.resources import as_file, files

from ragsmith.bundle.bundle import Bundle, load_bundle

__all__ = ["shipped_model"]


def shipped_model() -> Bundle:
    """What `ragsmith compose` uses when no model is named; MODEL.md beside it says what it is."""
    with as_file(files(__name__) / "joplin.ragsmith") as path:
        return load_bundle(path)
