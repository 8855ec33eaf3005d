"""Twenty-four rags of our own, to learn from before there is a folder.

The built-in model composed them, under its rules and the check on originality; each is the best of
sixteen (`benchmarks/own_corpus.py`). As MIDI files they come with the package, with their recipes;
the default run and the tests learn from those. They are in the public domain (CC0 1.0): learn from
them, print them, play them.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["COUNT", "rag_files", "rags_folder"]

COUNT = 24
"""How many rags there are; their files are numbered from 1."""


def rags_folder() -> Path:
    """The folder of the MIDI files that come with the package."""
    return Path(str(files(__name__) / "midi"))


def rag_files() -> list[Path]:
    """The rags' MIDI files, in order."""
    return sorted(rags_folder().glob("*.mid"))
