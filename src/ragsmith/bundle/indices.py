"""The indices of a model's corpora in its file.

The text `indices` lists them: for each, which corpus it is of ("corpus", "base"), its kind, and the
names of its files. Arrays of the first are `passages.0.NAME`, of the second `passages.1.NAME`.

sealed      `ragsmith.originality.index`, for the corpus that a model learnt from
compact     `ragsmith.originality.compact`, with its digest
shipped     a compact one that comes with ragsmith, by its digest alone: no arrays

A file of FORMAT 2 has no such text, and its one index is sealed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from ragsmith.bundle.container import unpack
from ragsmith.errors import BadBundle
from ragsmith.models.base import Arrays
from ragsmith.originality.compact import CompactPassages
from ragsmith.originality.corpora import CorpusIndex, digest
from ragsmith.originality.index import Passages

__all__ = ["OtherBase", "in_file", "out_of_file"]

SHIPPED_BASE = files("ragsmith") / "shipped" / "piano.ragsmith"
"""The base that comes with ragsmith."""
LIMITS = {"indices": 1 << 23, "passages": 1 << 26}
"""Of what is read of its file."""
MOST = 16
"""Indices of a model: of two corpora and two bases where two models are mixed."""


class OtherBase(BadBundle):
    """A model refers to a base that does not come with this version."""


def in_file(indices: Sequence[CorpusIndex]) -> tuple[str, Arrays]:
    """The text `indices` and the arrays of a model file."""
    entries: list[dict[str, Any]] = []
    arrays: Arrays = {}
    for number, index in enumerate(indices):
        entry, named = _written(index)
        entries.append({"of": index.of, **entry})
        arrays |= {f"{number}.{name}": array for name, array in named.items()}
    return json.dumps(entries, separators=(",", ":")), arrays


def out_of_file(
    text: str | None, arrays: Arrays, grid: int, named: Iterable[str]
) -> tuple[CorpusIndex, ...]:
    """The inverse of `in_file`.

    Args:
        text: `indices`; None in a file of FORMAT 2 or 1.
        arrays: of the group `passages`.
        grid: the model's.
        named: the files of the only index where there is no text.

    Raises:
        OtherBase: the base should have come with ragsmith, and another did.
        ValueError, LookupError, TypeError, AttributeError: the parts are no indices.
    """
    if text is None:
        passages = Passages.from_arrays(grid, arrays) if arrays else None
        return (CorpusIndex(passages, tuple(named)),) if passages else ()
    entries = json.loads(text)
    if not isinstance(entries, list) or len(entries) > MOST:
        raise ValueError(f"there are at most {MOST} indices")
    indices = tuple(_read(entry, number, arrays, grid) for number, entry in enumerate(entries))
    if any(index.passages.steps_per_quarter != grid for index in indices):
        raise ValueError("an index lies on another grid than its model")
    return indices


def _written(index: CorpusIndex) -> tuple[dict[str, Any], Arrays]:
    """The entry of an index, but for the corpus that it is of, and its arrays."""
    if isinstance(index.passages, Passages):
        return {"kind": "sealed", "files": index.files}, index.passages.arrays()
    of_index = digest(index)
    if index.of == "base" and _shipped(of_index):
        return {"kind": "shipped", "digest": of_index}, {}
    grid = index.passages.steps_per_quarter
    entry = {"kind": "compact", "files": index.files, "digest": of_index, "steps_per_quarter": grid}
    return entry, index.passages.arrays()


def _read(entry: dict[str, Any], number: int, arrays: Arrays, grid: int) -> CorpusIndex:
    of, kind = entry["of"], entry["kind"]
    if of not in ("corpus", "base"):
        raise ValueError("an index is of the corpus or of the base")
    if kind == "shipped":
        return _from_shipped(entry["digest"])._replace(of=of)
    prefix = f"{number}."
    own = {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }
    passages: Passages | CompactPassages
    if kind == "sealed":
        passages = Passages.from_arrays(grid, own)
    elif kind == "compact":
        passages = CompactPassages.from_arrays(entry["steps_per_quarter"], own)
    else:
        raise ValueError("an index is sealed, compact or shipped")
    names = tuple(entry["files"])
    if not all(type(name) is str for name in names):
        raise TypeError("files have names")
    return CorpusIndex(passages, names, of)


def _from_shipped(wanted: str) -> CorpusIndex:
    shipped = _shipped(wanted)
    if shipped is None:
        rule = "was learnt on a base that does not come with this version of ragsmith"
        remedy = "install the version that it was learnt with, or learn it again"
        raise OtherBase("the model", rule, remedy)
    return shipped


def _shipped(wanted: str) -> CorpusIndex | None:
    """The index of the base that comes with ragsmith, if that is its digest."""
    if not SHIPPED_BASE.is_file():
        return None
    with as_file(SHIPPED_BASE) as path:
        return _index_in(path, wanted)


@lru_cache(maxsize=2)
def _index_in(path: Path, wanted: str) -> CorpusIndex | None:
    """The compact index with that digest in a model file; read once, for all models on it."""
    texts, groups = unpack(path, LIMITS)
    for number, entry in enumerate(json.loads(texts.get("indices", "[]"))):
        if entry.get("digest") == wanted and entry["kind"] == "compact":
            return _read(entry, number, groups["passages"], 0)
    return None
