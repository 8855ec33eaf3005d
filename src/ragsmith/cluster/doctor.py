"""A folder read, judged and compared on an engine, as `ragsmith.corpus.scan` does on one
machine."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from distributed import Client, as_completed
from distributed.scheduler import KilledWorker

from ragsmith.beats import checked
from ragsmith.cluster.corpus import (
    Place,
    ShardCorpus,
    keep_neighbours,
    open_shards,
    stand_in,
    write_verdicts,
)
from ragsmith.cluster.engine import connected
from ragsmith.cluster.jobs import Job, Listing, jobs_of, listing
from ragsmith.cluster.near_copies import Members, copies_of, first_of_works
from ragsmith.cluster.reading import Shard, read_job
from ragsmith.cluster.shards import entry_of
from ragsmith.cluster.stores import Store, store_at
from ragsmith.corpus.declared import joined_works
from ragsmith.corpus.entry import Entry
from ragsmith.corpus.record import Manner
from ragsmith.corpus.scan import checked_grid, common_grid, in_order, in_work
from ragsmith.corpus.survey import Progress
from ragsmith.errors import BadFolder
from ragsmith.quantise import USUAL_GRID

__all__ = ["members_in", "read_on"]

TRIES = 3
"""How often a job is begun again where a store does not answer."""


class Row(NamedTuple):
    """A file by itself, where its row is, and the number of hashes of its melody."""

    entry: Entry
    place: Place = ("", 0)
    hashes: int = 0


def read_on(
    address: str,
    folder: str,
    steps_per_quarter: int | None = None,
    *,
    shards: str,
    part: str | None = None,
    beats: str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> ShardCorpus:
    """Read, judge and compare every music file below a folder, on an engine.

    What is read is put into shards as it is read, and shards that are there are not read again.

    Args:
        address: of a Dask scheduler, as tcp://10.0.0.1:8786, or "local" for workers here.
        folder: a folder that all workers see, or one of an object store, as s3://bucket/folder.
        steps_per_quarter, part, beats: as for `ragsmith.corpus.scan`.
        shards: the place for the shards, a folder of either kind; of one folder of music each.
        workers: how many to start where the address is "local"; one per processor by default.
        progress: called with the number of files done and the number of all.

    Raises:
        BadFolder: there is no such folder, there is no music in it, or the shards cannot be
            written.
        BadOption: the grid or the beats are none, or no engine answers.
    """
    music, place = store_at(folder), store_at(shards)
    manner = Manner(checked_grid(steps_per_quarter) or USUAL_GRID, part, checked(beats))
    files = listing(music)
    with connected(address, workers) as client:
        read = _read(client, jobs_of(music, files.files, manner), place, progress)
        grid = steps_per_quarter or common_grid(_grids_of(read))
        if grid != manner.steps_per_quarter:
            manner = manner._replace(steps_per_quarter=grid)
            read = _read(client, jobs_of(music, files.files, manner), place, progress)
        rows = _rows(read, files)
        entries = _compared(client, rows, place)
    keep_neighbours(music, place)
    entries = joined_works(entries, stand_in(place, music.url))
    write_verdicts(place, music.url, manner, files.ignored, entries, [row.place for row in rows])
    return open_shards(shards)


def _read(
    client: Client, jobs: Sequence[Job], place: Store, progress: Progress | None
) -> list[Shard]:
    """The shards of some jobs, in order."""
    futures = client.map(read_job, jobs, shards=place.url, retries=TRIES, pure=False)
    number = {future.key: index for index, future in enumerate(futures)}
    shards: list[Shard | None] = [None] * len(jobs)
    total = sum(len(job.files) for job in jobs)
    done = 0
    try:
        for future in as_completed(futures):
            index = number[future.key]
            shards[index] = future.result()
            future.release()
            done += len(jobs[index].files)
            if progress:
                progress(done, total)
    except KilledWorker:
        first, last = jobs[index].files[0].path, jobs[index].files[-1].path
        rule = f"reading {first} to {last} has ended one worker after the other"
        remedy = "give the workers more memory, or take these files out and read on"
        raise BadFolder(jobs[index].folder, rule, remedy) from None
    finally:
        client.cancel(futures)
    return [shard for shard in shards if shard]


def _grids_of(shards: Sequence[Shard]) -> Counter[int]:
    """How many pieces need which grid, as `ragsmith.corpus.scan.grids_of` counts."""
    grids: Counter[int] = Counter()
    for shard in shards:
        columns = (shard.facts[name].to_pylist() for name in ("steps_per_quarter", "doubted"))
        grids.update(grid for grid, doubted in zip(*columns, strict=True) if grid and not doubted)
    return grids


def _rows(shards: Sequence[Shard], files: Listing) -> list[Row]:
    """All files by themselves, in the order of their paths."""
    rows = [Row(Entry(path, "reject", problem)) for path, problem in files.closed]
    for shard in shards:
        facts = enumerate(shard.facts.to_pylist())
        rows += [Row(entry_of(f), (shard.name, place), f["hashes"]) for place, f in facts]
    return sorted(rows, key=lambda row: in_order(row.entry.path))


def _compared(client: Client, rows: Sequence[Row], place: Store) -> Sequence[Entry]:
    """The entries with their works, and of each piece's copies only the best one usable."""
    known = [row for row in rows if row.entry.usable]
    if not known:
        return [row.entry for row in rows]
    digests = [row.entry.digest for row in known]
    members = members_in(place, [(rank, row.place) for rank, row in enumerate(known)])
    firsts = first_of_works(client, members, digests, sum(row.hashes for row in known))
    sizes = np.bincount(firsts, minlength=len(known))
    several = [(rank, row.place) for rank, row in enumerate(known) if sizes[firsts[rank]] > 1]
    copies = copies_of(client, members_in(place, several), firsts)
    work_of = {
        row.entry.path: known[first].entry.path for row, first in zip(known, firsts, strict=True)
    }
    return [in_work(row.entry, work_of.get(row.entry.path, ""), copies) for row in rows]


def members_in(place: Store, ranked: Iterable[tuple[int, Place]]) -> list[Members]:
    """Files with their ranks, shard by shard."""
    by_shard: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for rank, (shard, row) in ranked:
        by_shard[shard].append((row, rank))
    return [
        Members(place.url, shard, *np.array(files, np.int64).T) for shard, files in by_shard.items()
    ]
