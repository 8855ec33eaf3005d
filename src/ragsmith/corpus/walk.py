"""The music files below a folder, or among files that are named."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ragsmith.errors import BadFolder
from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES
from ragsmith.io.hints import hint_for
from ragsmith.io.readers.tunes import count_tunes, named_tune

__all__ = [
    "LARGEST",
    "Found",
    "Sources",
    "is_music",
    "look",
    "look_at",
    "names_below",
    "sources_of",
    "walk",
]

LARGEST = 64 * 1024**2
"""Bytes; a file of music is a thousand times smaller."""
MOST_TUNES = 10_000
"""In one book; the largest collections hold some thousands."""


class Found(NamedTuple):
    """A file below a folder, or a tune of a book: book.abc#2.

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


class Sources(NamedTuple):
    """Where the music of a corpus lies.

    Attributes:
        folder: the folder that all of it lies below.
        files: paths relative to it where single files were named; None for the whole folder.
    """

    folder: Path
    files: tuple[str, ...] | None = None


def sources_of(places: Path | str | Sequence[Path | str]) -> Sources:
    """A folder, or files and folders, as one folder to look in.

    Raises:
        BadFolder: one is neither a file nor a folder.
    """
    if isinstance(places, Path | str):
        places = [places]
    paths = [Path(place) for place in places]
    if len(paths) == 1 and not paths[0].is_file():
        return Sources(paths[0])
    for path in paths:
        if not path.exists():
            raise BadFolder(path, "is no folder, and no file", "give music files or folders")
        if path.is_file() and not is_music(path):
            raise BadFolder(path, "is no music file, and no folder", "give music files or folders")
    folder = Path(os.path.commonpath([path.absolute().parent for path in paths]))
    names: list[str] = []
    for path in paths:
        below = [file.path for file in walk(path)] if path.is_dir() else [""]
        names += [(path.absolute() / name).relative_to(folder).as_posix() for name in below]
    return Sources(folder, tuple(dict.fromkeys(names)))


def look(sources: Sources) -> Iterator[Found]:
    """The files of a corpus.

    Raises:
        BadFolder: as `walk`.
    """
    if sources.files is None:
        yield from walk(sources.folder)
        return
    for path in sources.files:
        yield from look_at(sources.folder, path)


def walk(folder: Path) -> Iterator[Found]:
    """Every file below the folder but hidden ones, as `names_below` names them.

    Raises:
        BadFolder: as `names_below`.
    """
    for path, problem in names_below(folder):
        if problem:
            yield Found(path, True, problem)
        else:
            yield from look_at(folder, path)


def names_below(folder: Path) -> Iterator[tuple[str, str]]:
    """The paths of all files below the folder but hidden ones, and of the folders that cannot be
    opened, each with its problem, "" for a file.

    Links are followed after all else, and no folder is entered twice.

    Raises:
        BadFolder: there is no such folder, or it cannot be opened.
    """
    _refuse_unopened(folder)
    entered: set[tuple[int, int]] = set()
    waiting = deque([""])
    while waiting:
        below = waiting.popleft()
        try:
            status = os.stat(folder / below)
            names = os.listdir(folder / below)
        except OSError as error:
            yield below, f"is a folder that cannot be opened ({error.strerror})"
            continue
        if (status.st_dev, status.st_ino) in entered:
            continue
        entered.add((status.st_dev, status.st_ino))
        for name in sorted(name for name in names if not name.startswith(".")):
            path = f"{below}/{name}" if below else name
            if not os.path.isdir(folder / path):
                yield path, ""
            elif os.path.islink(folder / path):
                waiting.append(path)
            else:
                waiting.appendleft(path)


def _refuse_unopened(folder: Path) -> None:
    """Raise BadFolder where there is no such folder, or where it cannot be opened."""
    if not os.path.isdir(folder):
        rule = "is a file, not a folder" if os.path.exists(folder) else "is no folder"
        raise BadFolder(folder, rule, "give a folder of music files")
    try:
        os.listdir(folder)
    except OSError as error:
        raise BadFolder(folder, f"cannot be opened ({error.strerror})", "allow it") from None


def look_at(folder: Path, path: str) -> Iterator[Found]:
    """A file; of a book of tunes, each tune."""
    file = _look_at_file(folder, path)
    tunes = 1
    if file.status and path.lower().endswith(".abc") and named_tune(folder / path).tune is None:
        with suppress(OSError):
            tunes = count_tunes((folder / path).read_text("latin-1"))
    if tunes > MOST_TUNES:
        rule = f"is a book of {tunes:,} tunes; at most {MOST_TUNES:,} are read"
        yield Found(path, True, f"{rule}; divide it")
        return
    names = [path] if tunes == 1 else [f"{path}#{number}" for number in range(1, tunes + 1)]
    yield from (file._replace(path=name) for name in names)


def is_music(path: Path) -> bool:
    """Whether a file's name says that it is music, whether that can be read or not."""
    suffix = named_tune(path).path.suffix.lower()
    return suffix in MIDI_SUFFIXES + NOTATION_SUFFIXES or hint_for(path.name) is not None


def _look_at_file(folder: Path, path: str) -> Found:
    file = named_tune(folder / path).path
    if hint := hint_for(path):
        return Found(path, True, "; ".join(hint))
    if not is_music(folder / path):
        return Found(path, False)
    try:
        status = os.stat(file)
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
