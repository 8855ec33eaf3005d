"""Twelve ragtime études of our own, to learn from before there is a folder.

A seeded grammar writes them; as MIDI files they come with the package, and the default run and the
tests learn from those. They are in the public domain (CC0 1.0): learn from them, print them, play
them. Strains are written once, without repeats: what is repeated literally teaches only to copy.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from ragsmith.errors import BadFolder
from ragsmith.etudes.catalogue import ETUDES
from ragsmith.etudes.grammar import compose_etude
from ragsmith.io.midi_out import write_midi

__all__ = ["COUNT", "compose_etude", "etude_files", "etudes_folder", "write_etudes"]

COUNT = len(ETUDES)
"""How many études there are; they are numbered from 1."""


def etudes_folder() -> Path:
    """The folder of the MIDI files that come with the package."""
    return Path(str(files(__name__) / "midi"))


def etude_files() -> list[Path]:
    """The études' MIDI files, in order."""
    return sorted(etudes_folder().glob("*.mid"))


def write_etudes(folder: Path) -> list[Path]:
    """Compose all études and write them as MIDI files; returns their paths, in order.

    Raises:
        BadFolder: the folder cannot be made.
        BadFile: a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        rule = f"cannot be made a folder ({error.strerror or error})"
        raise BadFolder(folder, rule, "name another place") from None
    etudes = ((compose_etude(number), folder / _name(number)) for number in range(1, COUNT + 1))
    return [write_midi(etude, path) for etude, path in etudes]


def _name(number: int) -> str:
    """The file name of an étude: its number and its title in small plain letters."""
    plain = ETUDES[number - 1].title.lower().replace("'", "")
    return f"etude-{number:02}-{re.sub('[^a-z0-9]+', '-', plain)}.mid"
