"""A folder divided into jobs, each of some hundred files that stand together in a shard.

Where a job ends is decided by the names in it alone: a file that comes or goes changes the job that
it lies in, not those behind it, so that the shards of the others are still good. (Content-defined
chunking, as rsync and backup programs divide files.)
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from os import fsencode
from pathlib import Path
from typing import NamedTuple

from ragsmith.cluster.stores import Listed, Store
from ragsmith.corpus.cache import reader_version
from ragsmith.corpus.record import Manner
from ragsmith.corpus.walk import is_music, names_below
from ragsmith.errors import BadFolder

__all__ = ["Job", "Listing", "jobs_of", "listing"]

MEAN_FILES, MOST_FILES = 512, 1024
"""Of a job: a worker reads so many in some seconds, and so much is lost with a worker that dies."""
FORMAT = 1
"""Of a shard's columns."""


class Listing(NamedTuple):
    """The music below a folder.

    Attributes:
        files: what is named like music, by path.
        closed: folders that cannot be opened, each with its problem.
        ignored: number of files whose names do not end like music.
    """

    files: tuple[Listed, ...]
    closed: tuple[tuple[str, str], ...]
    ignored: int


class Job(NamedTuple):
    """Files to read, how, and the name of the shard for what they hold."""

    folder: str
    files: tuple[Listed, ...]
    manner: Manner
    readers: str
    shard: str


def listing(folder: Store) -> Listing:
    """What there is to read.

    Raises:
        BadFolder: there is no such folder, or no music in it.
    """
    closed = []
    files = []
    ignored = 0
    for path, problem, file in _local(folder) if folder.here else _remote(folder):
        if problem:
            closed.append((path, problem))
        elif file:
            files.append(file)
        else:
            ignored += 1
    if not files:
        raise BadFolder(folder.url, "holds no music files", "give a folder of music files")
    return Listing(tuple(sorted(files)), tuple(closed), ignored)


def _remote(folder: Store) -> Iterator[tuple[str, str, Listed | None]]:
    for file in folder.below():
        yield file.path, "", file if is_music(Path(file.path)) else None


def _local(folder: Store) -> Iterator[tuple[str, str, Listed | None]]:
    assert folder.here
    for path, problem in names_below(folder.here):
        if problem or not is_music(Path(path)):
            yield path, problem, None
            continue
        try:
            status = (folder.here / path).stat()
            file = Listed(path, status.st_size, str(status.st_mtime_ns))
        except OSError:
            file = Listed(path, 0, "")  # whoever reads it says why it cannot be
        yield path, "", file


def jobs_of(folder: Store, files: Iterable[Listed], manner: Manner) -> list[Job]:
    """The files of a folder, in order, as jobs."""
    return [_job(folder, tuple(group), manner) for group in _groups(files)]


def _groups(files: Iterable[Listed]) -> Iterator[list[Listed]]:
    group: list[Listed] = []
    for file in files:
        group.append(file)
        ends_here = zlib.crc32(fsencode(file.path)) % MEAN_FILES == 0
        if ends_here or len(group) == MOST_FILES:
            yield group
            group = []
    if group:
        yield group


def _job(folder: Store, files: tuple[Listed, ...], manner: Manner) -> Job:
    readers = reader_version()
    facts = json.dumps([FORMAT, readers, manner, files])
    shard = f"{hashlib.sha256(facts.encode()).hexdigest()[:32]}.parquet"
    return Job(folder.url, files, manner, readers, shard)
