"""The task that reads a job, on any machine: the same as one machine does with its folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pyarrow as pa
from distributed import get_worker

from ragsmith.cluster.jobs import Job
from ragsmith.cluster.shards import FACTS, opened, row_of, table_of
from ragsmith.cluster.stores import Listed, Store, store_at
from ragsmith.corpus.cache import Cache, reader_version
from ragsmith.corpus.cache_files import load_piece
from ragsmith.corpus.scan import in_order
from ragsmith.corpus.survey import survey
from ragsmith.corpus.walk import LARGEST, Found, Sources, look_at
from ragsmith.errors import BadFolder, BadOption

__all__ = ["Shard", "read_job"]

FLEETING = "again-"
"""Begins the name of a shard of which some files may be read with better luck another time."""


class Shard(NamedTuple):
    """A shard that is there, and the columns `FACTS` of it."""

    name: str
    facts: pa.Table
    was_there: bool


def read_job(job: Job, shards: str) -> Shard:
    """Read the files of a job into its shard, unless it is there.

    Raises:
        BadFolder: the folder cannot be opened, or the shard cannot be written.
        BadOption: this machine has another version of the readers.
    """
    store = store_at(shards)
    name = f"shards/{job.shard}"
    was_there = store.has(name)
    if not was_there:
        if reader_version() != job.readers:
            rule = "has workers with other readers than this machine"
            raise BadOption("--on", rule, "install the same version of ragsmith on all")
        data, fleeting = _read(job)
        name = f"shards/{FLEETING if fleeting else ''}{job.shard}"
        store.write(name, data)
    return Shard(name, opened(store, name).read(columns=FACTS), was_there)


def _read(job: Job) -> tuple[bytes, bool]:
    """The shard of a job, and whether it should be read again another time."""
    with TemporaryDirectory(dir=get_worker().local_directory, ignore_cleanup_errors=True) as room:
        with _fetched(store_at(job.folder), job.files, Path(room)) as (folder, lost):
            small = [file for file in job.files if file.path not in lost]
            files = [*lost.values(), *(f for file in small for f in look_at(folder, file.path))]
            cache = Cache(Path(room) / "read", job.manner)
            sources = Sources(folder, tuple(file.path for file in files))
            seen, fleeting = survey(sources, files, cache, 1, None)
        rows = []
        for path in sorted(seen, key=in_order):
            _, digest, record = seen[path]
            place = cache.place(digest, path)
            grid = job.manner.steps_per_quarter
            piece = load_piece(place) if digest and not record.problem else None
            rows.append(row_of(path, place.stem if digest else "", digest, record, grid, piece))
        return table_of(rows), bool(fleeting)


@contextmanager
def _fetched(
    store: Store, files: tuple[Listed, ...], room: Path
) -> Iterator[tuple[Path, dict[str, Found]]]:
    """A folder on this machine with the files, and those that could not be had.

    Raises:
        BadFolder: the store cannot be reached.
    """
    if store.here:
        yield store.here, {}
        return
    lost = {file.path: _too_large(file) for file in files if file.size > LARGEST}
    wanted = [file.path for file in files if file.path not in lost]
    folder = room / "music"
    arrived = store.files.cat([store.at(path) for path in wanted], on_error="return")
    for path in wanted:
        data = arrived[store.at(path)]
        if isinstance(data, FileNotFoundError):
            lost[path] = Found(path, True, "cannot be opened (it is gone); mend or remove it")
        elif isinstance(data, Exception):
            rule = f"cannot be read ({type(data).__name__}: {data})"
            raise BadFolder(store.url, rule, "try again: what was read stays")
        elif problem := _put(folder / path, data):
            lost[path] = Found(path, True, problem)
    yield folder, lost


def _too_large(file: Listed) -> Found:
    rule = f"is {file.size / 1024**2:.0f} MB large, more than music needs"
    return Found(file.path, True, f"{rule}; leave it out or split it")


def _put(path: Path, data: bytes) -> str:
    """Write a file; returns why it cannot be, "" where it is."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:  # a store takes names that no folder takes
        return f"cannot be opened ({error.strerror}); name it otherwise"
    return ""
