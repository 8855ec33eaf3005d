"""Folders read on a cluster, and corpora that it has read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ragsmith.errors import BadOption

if TYPE_CHECKING:
    from ragsmith.corpus import Corpus

__all__ = ["examined_on", "shard_corpus"]

NEEDED = ("dask", "distributed", "fsspec", "pandas", "pyarrow")


def examined_on(
    address: str | None,
    places: Sequence[str],
    shards: str | None,
    grid: int | None,
    part: str | None,
    beats: str | None,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """The verdicts on a folder that is read on a cluster, as `ragsmith.corpus.doctor`'s.

    Raises:
        BadOption: no engine, no place for the shards, or not one folder.
        BadFolder: as `ragsmith.cluster.read_on`.
    """
    address, shards = _engine(address, places, shards)
    with _installed("--on"):
        from ragsmith.cluster import read_on
        from ragsmith.corpus import NothingUsable, report
    try:
        corpus = read_on(
            address, places[0], grid, shards=shards, part=part, beats=beats, progress=progress
        )
    except NothingUsable as nothing:
        return report(nothing.entries)
    return corpus.report


def _engine(address: str | None, places: Sequence[str], shards: str | None) -> tuple[str, str]:
    """The address of the engine, and the place for what it reads.

    Raises:
        BadOption: one of them is missing, or it would have to read several folders.
    """
    if not address:
        value = f"--shards {shards}" if shards else next(p for p in places if "://" in p)
        remedy = "add --on local, or --on and the address of a Dask scheduler"
        raise BadOption(value, "wants a cluster that reads", remedy)
    if not shards:
        remedy = "add --shards FOLDER, or --shards s3://bucket/folder"
        raise BadOption(f"--on {address}", "needs a place for what it reads", remedy)
    if len(places) > 1:
        raise BadOption(f"--on {address}", "reads one folder", "give the folder above")
    return address, shards


def shard_corpus(shards: str, grid: int | None, others: Sequence[object]) -> Corpus:
    """The corpus that a cluster has read into a place.

    Args:
        shards: the place.
        grid: the grid that is asked for.
        others: what was asked for that only holds where files are read.

    Raises:
        BadOption: it lies on another grid, or files are asked for as well.
        BadFolder: as `ragsmith.cluster.open_shards`.
    """
    if any(others):
        rule = "has been read, and neither other files nor other parts of them can be asked for"
        remedy = "leave out folders, --part, --parts and --beats, or leave out --shards"
        raise BadOption(f"--shards {shards}", rule, remedy)
    with _installed("--shards"):
        from ragsmith.cluster import open_shards
    corpus = open_shards(shards)
    if grid not in (None, corpus.steps_per_quarter):
        rule = f"was read on a grid of {corpus.steps_per_quarter}"
        remedy = f"leave out the grid, or read it again with ragsmith doctor --grid {grid}"
        raise BadOption(f"--shards {shards}", rule, remedy)
    return corpus


@contextmanager
def _installed(option: str) -> Iterator[None]:
    """Say what to install where the engine is missing.

    Raises:
        BadOption: it is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in NEEDED:
            raise
        remedy = 'install it: pip install "ragsmith[cluster]"'
        raise BadOption(option, "needs Dask, which is not installed", remedy) from None
