"""Scans a folder: reads and judges every music file, and recognises copies."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from ragsmith.beats import checked
from ragsmith.corpus.cache import Cache, Seen, writable_cache
from ragsmith.corpus.declared import joined_works
from ragsmith.corpus.duplicates import LEAST_COMMON, Fingerprint, are_duplicates, compare
from ragsmith.corpus.entry import Entry
from ragsmith.corpus.record import Manner, Record, judge
from ragsmith.corpus.survey import Progress, survey
from ragsmith.corpus.walk import look, sources_of
from ragsmith.corpus.works import works
from ragsmith.errors import BadOption
from ragsmith.io.readers.tunes import named_tune
from ragsmith.piece import GRIDS
from ragsmith.quantise import USUAL_GRID

__all__ = [
    "Scan",
    "checked_grid",
    "common_grid",
    "copies_among",
    "grids_of",
    "in_order",
    "in_work",
    "processors",
    "scan",
]

MOST_WORKERS = 16


@dataclass(frozen=True, slots=True)
class Scan:
    """What a folder holds.

    Attributes:
        entries: the music files in the order of their paths.
        ignored: number of files whose names do not end like music.
        cache: where their pieces are kept, and how they were read.
        folder: what the paths are relative to.
    """

    entries: tuple[Entry, ...]
    ignored: int
    cache: Cache
    folder: Path


def scan(
    places: Path | str | Sequence[Path | str],
    steps_per_quarter: int | None = None,
    *,
    part: str | None = None,
    beats: str | None = None,
    workers: int | None = None,
    cache: str | Path | None = None,
    progress: Progress | None = None,
) -> Scan:
    """Read, judge and compare every music file below a folder, or among files.

    Files that the cache does not know are read by child processes, each file within 5 seconds of
    processor time and 2 GB: whatever it holds, it cannot take the caller down.

    Args:
        places: a folder, or files and folders; hidden files and folders in them are left out.
        steps_per_quarter: the grid, one of `GRIDS`; None takes 4, or where most of the pieces need
            another, the coarsest that holds most.
        part: which part of each file; None is the pianist's, see `ragsmith.io.read`.
        beats: "auto" tracks the beats of MIDI files that were played freely.
        workers: child processes; one per processor by default.
        cache: folder of the cache; by default RAGSMITH_CACHE, else the user's cache folder.
        progress: called with the number of files done and the number of all.

    Raises:
        BadFolder: there is no such folder, or the cache cannot be written.
        BadOption: the grid is none of `GRIDS`, or beats are neither None nor "auto".
    """
    checked_grid(steps_per_quarter)
    sources = sources_of(places)
    files = list(look(sources))
    music = [file for file in files if file.music]
    workers = workers or min(MOST_WORKERS, processors())

    def surveyed(grid: int) -> tuple[Cache, dict[str, Seen]]:
        store = Cache(writable_cache(cache), Manner(grid, part, checked(beats)))
        return store, survey(sources, music, store, workers, progress).seen

    store, seen = surveyed(steps_per_quarter or USUAL_GRID)
    grid = steps_per_quarter or common_grid(grids_of(known.record for known in seen.values()))
    if grid != store.manner.steps_per_quarter:
        store, seen = surveyed(grid)
    judged = [_entry(path, seen[path], grid) for path in sorted(seen, key=in_order)]
    prints = [seen[entry.path].record.fingerprint for entry in judged]
    entries = joined_works(_compared(judged, prints), sources.folder)
    return Scan(entries, len(files) - len(music), store, sources.folder)


def checked_grid(steps_per_quarter: int | None) -> int | None:
    """The grid that is asked for.

    Raises:
        BadOption: it is none of `GRIDS`.
    """
    if steps_per_quarter is not None and steps_per_quarter not in GRIDS:
        rule = "is not a number of steps per quarter note that can be worked with"
        raise BadOption(steps_per_quarter, rule, f"give one of {' '.join(map(str, GRIDS))}")
    return steps_per_quarter


def in_order(path: str) -> tuple[str, int]:
    """By name; the tunes of a book by their numbers."""
    place, tune = named_tune(Path(path))
    return place.as_posix(), tune or 0


def grids_of(records: Iterable[Record]) -> Counter[int]:
    """How many pieces need which grid; those that are doubted have no say."""
    return Counter(r.steps_per_quarter for r in records if r.steps_per_quarter and not r.doubts)


def common_grid(pieces: Counter[int]) -> int:
    """The grid of 4, or where it holds less than half of the pieces, the coarsest that holds it."""
    for grid in (USUAL_GRID, *GRIDS[1:]):
        if 2 * sum(n for other, n in pieces.items() if grid % other == 0) >= pieces.total():
            return grid
    return USUAL_GRID


def processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _entry(path: str, seen: Seen, steps_per_quarter: int) -> Entry:
    """A file by itself."""
    record = seen.record
    verdict, reason = judge(record, steps_per_quarter)
    return Entry(
        path,
        verdict,
        reason,
        record.notes,
        record.steps_per_quarter,
        record.moved,
        record.steps,
        seen.digest,
    )


def _compared(entries: Sequence[Entry], prints: Sequence[Fingerprint | None]) -> list[Entry]:
    """The entries with their works, and of each piece's copies only the best one usable."""
    known = [(e, p) for e, p in zip(entries, prints, strict=True) if p and e.usable]
    firsts = works([p for _, p in known], [e.digest for e, _ in known])
    work_of = {known[i][0].path: known[first][0].path for i, first in enumerate(firsts)}
    members: dict[str, list[tuple[Entry, Fingerprint]]] = defaultdict(list)
    for entry, print_ in known:
        members[work_of[entry.path]].append((entry, print_))
    copies = {path: why for work in members.values() for path, why in copies_among(work).items()}
    return [in_work(entry, work_of.get(entry.path, ""), copies) for entry in entries]


def in_work(entry: Entry, work: str, copies: Mapping[str, str]) -> Entry:
    """The entry with its work; rejected where it is among the copies."""
    entry = replace(entry, work=work)
    reason = copies.get(entry.path)
    return replace(entry, verdict="reject", reason=reason) if reason else entry


def copies_among(work: Sequence[tuple[Entry, Fingerprint]]) -> dict[str, str]:
    """Why files of one work are no use beside the others, by path: of copies only the best is kept.

    The best is the one that needed no repair, then the first by name. Only those are compared that
    share as many hashes as copies do.
    """
    originals: list[tuple[Entry, Fingerprint]] = []
    by_digest: dict[str, int] = {}
    by_hash: dict[int, list[int]] = defaultdict(list)
    copies = {}
    for entry, print_ in sorted(work, key=lambda one: (one[0].verdict, one[0].path)):
        hashes = print_.melody.hashes.tolist()
        shared = Counter(chain.from_iterable(by_hash.get(one, ()) for one in hashes))
        likely = sorted(place for place, common in shared.items() if common >= LEAST_COMMON)
        same = [by_digest[entry.digest]] if entry.digest in by_digest else likely
        reasons = (_copied(entry, print_, *originals[place]) for place in same)
        if reason := next(filter(None, reasons), ""):
            copies[entry.path] = reason
            continue
        by_digest[entry.digest] = len(originals)
        for one in hashes:
            by_hash[one].append(len(originals))
        originals.append((entry, print_))
    return copies


def _copied(entry: Entry, print_: Fingerprint, other: Entry, other_print: Fingerprint) -> str:
    """In what way a file is a copy of another one; "" when it is none."""
    if entry.digest == other.digest:
        return f"is the same file as {other.path}"
    if are_duplicates(print_, other_print):
        share = compare(print_.melody, other_print.melody).containment
        return f"is the same piece as {other.path} (they share {share:.0%} of their melody)"
    return ""
