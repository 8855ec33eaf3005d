"""Works that the makers of a collection declare to be one: `sources.json`, in or beside its folder.

The file is a list of objects; "file" names a piece and "same_work_as" another one, both relative to
where `sources.json` lies. All else in it is for people.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ragsmith.corpus.entry import Entry
from ragsmith.errors import BadFolder

__all__ = ["joined_works"]

NAME = "sources.json"


def joined_works(entries: Sequence[Entry], folder: Path) -> tuple[Entry, ...]:
    """The entries, those that are declared to hold one work with the same `work`.

    Raises:
        BadFolder: `sources.json` is not as it should be.
    """
    root = folder.resolve()
    work_at = {root / entry.path: entry.work for entry in entries if entry.work}
    name_of = {work: work for work in work_at.values()}
    for first, second in _pairs(root):
        if first in work_at and second in work_at:
            old, new = name_of[work_at[first]], name_of[work_at[second]]
            name_of = {work: new if name == old else name for work, name in name_of.items()}
    return tuple(replace(entry, work=name_of.get(entry.work, "")) for entry in entries)


def _pairs(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Files that are declared to hold one work."""
    for place in (folder, folder.parent):
        file = place / NAME
        if not file.is_file():
            continue
        try:
            sources = json.loads(file.read_bytes())
            names = [(s["file"], s["same_work_as"]) for s in sources if "same_work_as" in s]
            pairs = [(place / first, place / second) for first, second in names]
        except (OSError, ValueError, KeyError, TypeError):
            remedy = 'give a list of objects with "file" and "same_work_as", or remove it'
            raise BadFolder(file, "does not say which files hold one work", remedy) from None
        yield from pairs
