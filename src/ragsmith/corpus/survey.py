"""Collects the record of every file: from the cache, or else by reading the file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ragsmith.corpus.cache import Cache, Seen, Stamp, stamp
from ragsmith.corpus.cache_files import load_record
from ragsmith.corpus.reading import Task, read_all
from ragsmith.corpus.record import Record
from ragsmith.corpus.walk import Found, Sources
from ragsmith.io.readers.tunes import named_tune

__all__ = ["Progress", "Survey", "survey"]

Progress = Callable[[int, int], None]
"""Called with the number of files done and the number of all files."""

NEVER = Stamp(0, 0, 0)


class Survey(NamedTuple):
    """What a folder holds.

    Attributes:
        seen: each file, by path; the digest of one that cannot be opened is "".
        fleeting: the paths of those that may be read with better luck another time.
    """

    seen: dict[str, Seen]
    fleeting: frozenset[str]


def survey(
    sources: Sources, files: Sequence[Found], cache: Cache, workers: int, progress: Progress | None
) -> Survey:
    """What each file holds.

    What was seen of a whole folder is remembered, so that it need not be hashed again.

    Raises:
        BadFolder: the cache cannot be written.
    """
    folder, only = sources
    before = cache.seen(folder)
    seen: dict[str, Seen] = {}
    waiting: dict[Path, list[tuple[str, Stamp, str]]] = {}
    fleeting: set[str] = set()

    def settle(path: str, mark: Stamp, digest: str, record: Record) -> None:
        seen[path] = Seen(mark, digest, record)
        if progress:
            progress(len(seen), len(files))

    def unread() -> Iterator[Task]:
        for file in files:
            path, mark = file.path, stamp(file.status) if file.status else NEVER
            if path in before and before[path].stamp == mark:
                settle(path, *before[path])
                continue
            digest, problem = ("", file.problem) if file.problem else _digest(folder / path)
            if problem:
                settle(path, NEVER, "", Record(problem))
                continue
            place = cache.place(digest, path)
            if place in waiting:
                waiting[place].append((path, mark, digest))
            elif record := load_record(place):
                settle(path, mark, digest, record)
            else:
                waiting[place] = [(path, mark, digest)]
                yield Task(folder / path, cache.manner, place)

    for outcome in read_all(unread(), workers):
        for path, mark, digest in waiting.pop(outcome.task.place):
            settle(path, mark, digest, outcome.record)
            if not outcome.lasting:
                fleeting.add(path)
    if only is None:
        lasting = {p: s for p, s in seen.items() if s.digest and p not in fleeting}
        _remember(folder, cache, before, lasting)
    return Survey(seen, frozenset(fleeting))


def _digest(path: Path) -> tuple[str, str]:
    """SHA-256 of a file's content, for a tune with its number; why it cannot be had."""
    place, tune = named_tune(path)
    try:
        with place.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
        if tune is not None:
            digest.update(f"#{tune}".encode())
        return digest.hexdigest(), ""
    except OSError as error:
        return "", f"cannot be opened ({error.strerror}); allow reading it or leave it out"


def _remember(
    folder: Path, cache: Cache, before: dict[str, Seen], lasting: dict[str, Seen]
) -> None:
    """Update the cache's index of the folder, if anything in it is new."""
    known = {path: seen.stamp for path, seen in before.items()}
    if known != {path: seen.stamp for path, seen in lasting.items()}:
        cache.remember(folder, lasting)
