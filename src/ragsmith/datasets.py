"""Public corpora as pieces, ready for an experiment; downloaded once and kept in the cache.

train, valid, test = ragsmith.datasets.joplin()
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ragsmith.corpus import read_corpus, split_works
from ragsmith.corpus.cache import writable_cache
from ragsmith.corpus.get import SOURCES, get_corpus
from ragsmith.piece import Piece

__all__ = ["Dataset", "joplin"]


class Dataset(NamedTuple):
    """Pieces to learn from, to choose by, and to measure on once; no work stands in two parts."""

    train: Sequence[Piece]
    valid: Sequence[Piece]
    test: Sequence[Piece]


def joplin(folder: str | Path | None = None, steps_per_quarter: int = 4) -> Dataset:
    """Scott Joplin's piano music in the encodings of Craig Sapp (CC BY-NC-SA 4.0).

    Args:
        folder: where `ragsmith corpus get joplin` put it, or is to put it; None takes one in the
            cache (`RAGSMITH_CACHE`). What is missing there is downloaded.
        steps_per_quarter: the grid.

    Raises:
        NotFetched: a file is missing and cannot be downloaded.
    """
    place = Path(folder) if folder else writable_cache(None) / "datasets" / "joplin"
    get_corpus("joplin", place)
    corpus = read_corpus(place / SOURCES["joplin"].music, steps_per_quarter)
    split = split_works(corpus)
    parts = (split.train, split.held_out, split.test)
    return Dataset(*map(corpus.sequence, parts))
