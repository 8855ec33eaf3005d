"""The music files below a folder."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
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
    """Every file below the folder but hidden ones.

    Links are followed after all else, and no folder is entered twice.

    Raises:
        BadFolder: there is no such folder, or it cannot be opened.
    """
    if not os.path.isdir(folder):
        rule = "is a file, not a folder" if os.path.exists(folder) else "is no folder"
        raise BadFolder(folder, rule, "give a folder of music files")
    try:
        os.listdir(folder)
    except OSError as error:
        raise BadFolder(folder, f"cannot be opened ({error.strerror})", "allow it") from None
    entered: set[tuple[int, int]] = set()
    waiting = deque([""])
    while waiting:
        below = waiting.popleft()
        try:
            status = os.stat(folder / below)
            names = os.listdir(folder / below)
        except OSError as error:
            yield Found(below, True, f"is a folder that cannot be opened ({error.strerror})")
            continue
        if (status.st_dev, status.st_ino) in entered:
            continue
        entered.add((status.st_dev, status.st_ino))
        for name in sorted(name for name in names if not name.startswith(".")):
            path = f"{below}/{name}" if below else name
            if not os.path.isdir(folder / path):
                yield _look_at(folder, path)
            elif os.path.islink(folder / path):
                waiting.append(path)
            else:
                waiting.appendleft(path)


def _look_at(folder: Path, path: str) -> Found:
    if PurePosixPath(path).suffix.lower() not in MIDI_SUFFIXES + NOTATION_SUFFIXES:
        return Found(path, False)
    try:
        status = os.stat(folder / path)
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
