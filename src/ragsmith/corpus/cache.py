"""The cache of what has been read, so that no file is read twice.

A cache holds one .npz per content and settings (the record, and the piece as columns of integers),
and one per folder that says which content each path had when it was last seen, as git's index does,
so that a folder that has not changed is not even hashed. Nothing in it is a pickle, and all of it
can be lost: what is missing or damaged is made anew. Files appear whole or not at all, so several
processes may share a cache.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path, PurePath
from typing import NamedTuple

import numpy as np
from platformdirs import user_cache_path

from ragsmith.corpus.cache_files import pack, save, unpack
from ragsmith.corpus.record import Manner, Record
from ragsmith.io.arrays import from_json, to_json

__all__ = ["Cache", "Seen", "Stamp", "default_cache", "stamp", "writable_cache"]

A_MOMENT = 2_000_000_000
"""Nanoseconds: within this time a file may be changed again and keep the same time stamp."""


class Stamp(NamedTuple):
    """Size in bytes and times in nanoseconds of a file: while they stay, its content has not
    changed."""

    size: int
    modified: int
    changed: int


class Seen(NamedTuple):
    """A file as it was when its folder was last read."""

    stamp: Stamp
    digest: str
    record: Record


def stamp(status: os.stat_result) -> Stamp:
    """The stamp of the file whose status is given."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def writable_cache(root: str | Path | None) -> Path:
    """The folder `root`, or the default one; a temporary one where that cannot be written."""
    place = Path(root) if root else default_cache()
    try:
        place.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=place).close()
    except OSError:
        return _passing_cache()
    return place


@cache
def _passing_cache() -> Path:
    place = tempfile.mkdtemp(prefix="ragsmith-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return Path(place)


def default_cache() -> Path:
    """The folder that RAGSMITH_CACHE names, else the user's own cache folder."""
    named = os.environ.get("RAGSMITH_CACHE")
    return Path(named) if named else user_cache_path("ragsmith", appauthor=False) / "corpus"


ROOMS = (
    *("notes", "note_names", "marks", "markings", "piece", "verbs", "strains", "playing_order"),
    *("quantise", "beats", "hands", "spelling", "played", "chords", "chord_qualities"),
)
"""Modules beside the readers that decide how a file is read."""


@cache
def reader_version() -> str:
    """A digest of the code that decides how a file is read: when a reader changes, the cache is
    stale."""
    house = Path(__file__).parents[1]
    sources = [house / f"{room}.py" for room in ROOMS]
    sources += [house / "corpus" / f"{name}.py" for name in ("record", "cache_files", "duplicates")]
    sources.append(house / "io" / "arrays.py")
    digest = hashlib.sha256()
    for source in sorted([*sources, *(house / "io" / "readers").glob("*.py")]):
        digest.update(source.read_bytes() if source.exists() else b"")
    for library in ("symusic", "verovio"):
        digest.update(metadata.version(library).encode())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Cache:
    """What was read in one manner, kept under the folder `root`."""

    root: Path
    manner: Manner

    def place(self, digest: str, path: str) -> Path:
        """Where a file with this content is kept; the suffix of its path says how it is read."""
        suffix = PurePath(path).suffix.lower()
        name = f"{digest}{suffix}-{self._read_how()}.npz"
        return self.root / "pieces" / digest[:2] / name

    def _read_how(self) -> str:
        """A short name for the manner and the readers, the same for the same."""
        grid, *others = self.manner
        digest = hashlib.sha256(repr(others).encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return f"{grid}-{digest}-{reader_version()}"

    def seen(self, folder: Path) -> dict[str, Seen]:
        """The files below a folder, by path, as they were when it was last read."""
        try:
            with self._index(folder).open("rb") as file, np.load(file) as arrays:
                rows, marks = from_json(arrays["records"]), from_json(arrays["files"])
                records = unpack(rows, arrays["hashes"])
            return {
                path: Seen(Stamp(*times), digest, record)
                for (path, times, digest), record in zip(marks, records, strict=True)
            }
        except Exception:
            # As in `cache_files`: whatever is wrong with it, it is made anew.
            return {}

    def remember(self, folder: Path, seen: Mapping[str, Seen]) -> None:
        """Store the state of the files below a folder, except those changed within `A_MOMENT`.

        Raises:
            BadFolder: the cache cannot be written.
        """
        latest = time.time_ns() - A_MOMENT
        settled = {p: s for p, s in seen.items() if max(s.stamp.modified, s.stamp.changed) < latest}
        rows, hashes = pack([s.record for s in settled.values()])
        files = to_json([(path, s.stamp, s.digest) for path, s in settled.items()])
        save(self._index(folder), {"records": to_json(rows), "files": files, "hashes": hashes})

    def _index(self, folder: Path) -> Path:
        """The path of the index of a folder."""
        key = f"{folder.resolve()}\0{self._read_how()}"
        return self.root / "folders" / f"{hashlib.sha256(os.fsencode(key)).hexdigest()}.npz"
