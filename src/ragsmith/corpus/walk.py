"""The music files below a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ragsmith.errors import BadFolder
from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES

__all__ = ["Found", "walk"]

LARGEST = 64 * 1024**2
"""Bytes; a file of music is a thousand times smaller."""


class Found(NamedTuple):
    """A file below a folder.

    Attributes:
        path: relative to the folder, with forward slashes.
        music: whether its name ends like music; when not, nothing else is known.
        problem: why it cannot be opened, in plain words; "" when it can.
        status: None when there is a problem.
    """

    path: str
    music: bool
    problem: str = ""
    status: os.stat_result | None = None


def walk(folder: Path) -> Iterator[Found]:
    """Every file below the folder, in the order of names; hidden ones are left out.

    Links are followed, but no folder is entered twice.

    Raises:
        BadFolder: there is no such folder, or it cannot be opened.
    """
    if not folder.is_dir():
        rule = "is a file, not a folder" if folder.exists() else "is no folder"
        raise BadFolder(folder, rule, "give a folder of music files")
    try:
        os.listdir(folder)
    except OSError as error:
        raise BadFolder(
            folder, f"cannot be opened ({error.strerror})", "allow reading it"
        ) from None
    yield from _below(folder, "", set())


def _below(folder: Path, prefix: str, entered: set[tuple[int, int]]) -> Iterator[Found]:
    try:
        status = folder.stat()
        names = sorted(os.listdir(folder))
    except OSError as error:
        yield Found(
            prefix.rstrip("/"), True, f"is a folder that cannot be opened ({error.strerror})"
        )
        return
    place = (status.st_dev, status.st_ino)
    if place in entered:
        return
    entered.add(place)
    for name in names:
        if name.startswith("."):
            continue
        if (folder / name).is_dir():
            yield from _below(folder / name, f"{prefix}{name}/", entered)
        elif Path(name).suffix.lower() in MIDI_SUFFIXES + NOTATION_SUFFIXES:
            yield _look_at(folder / name, prefix + name)
        else:
            yield Found(prefix + name, False)


def _look_at(file: Path, path: str) -> Found:
    try:
        status = file.stat()
    except OSError as error:
        return Found(path, True, f"cannot be opened ({error.strerror}); mend or remove it")
    if not stat.S_ISREG(status.st_mode):
        return Found(path, True, "is no regular file; remove it")
    if status.st_size > LARGEST:
        size = f"{status.st_size / 1024**2:.0f} MB"
        return Found(
            path, True, f"is {size} large, more than music needs; leave it out or split it"
        )
    return Found(path, True, "", status)
