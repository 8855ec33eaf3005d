"""Music as pieces, ready for an experiment without a file of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ragsmith.corpus import read_corpus, split_works
from ragsmith.corpus.cache import writable_cache
from ragsmith.corpus.get import SOURCES, get_corpus
from ragsmith.io import read
from ragsmith.piece import Piece
from ragsmith.shipped.rags import rag_files

__all__ = ["Dataset", "joplin", "rags"]


class Dataset(NamedTuple):
    """Pieces to learn from, to choose by, and to measure on once; no work stands in two parts.

    >>> Dataset([], [], [])._fields
    ('train', 'valid', 'test')
    """

    train: Sequence[Piece]
    valid: Sequence[Piece]
    test: Sequence[Piece]


def joplin(folder: str | Path | None = None, steps_per_quarter: int = 4) -> Dataset:
    """Scott Joplin's piano music in the encodings of Craig Sapp (CC BY-NC-SA 4.0).

    Args:
        folder: where `ragsmith corpus get joplin` put it, or is to put it; None takes one in the
            cache (`RAGSMITH_CACHE`). What is missing there is downloaded.
        steps_per_quarter: the grid.

    Returns:
        The parts that the package names: pieces to learn from, to choose by, and to measure on;
        sequences that read a piece from the cache when it is taken.

    Raises:
        NotFetched: a file is missing and cannot be downloaded.

    >>> train, valid, test = joplin()
    >>> min(len(train), len(valid), len(test)) > 0
    True
    """
    place = Path(folder) if folder else writable_cache(None) / "datasets" / "joplin"
    get_corpus("joplin", place)
    corpus = read_corpus(place / SOURCES["joplin"].music, steps_per_quarter)
    split = split_works(corpus)
    parts = (split.train, split.held_out, split.test)
    return Dataset(*map(corpus.sequence, parts))


def rags(steps_per_quarter: int = 4) -> list[Piece]:
    """The 24 rags that come with the package, composed by its own model; public domain (CC0).

    Args:
        steps_per_quarter: the grid.

    Raises:
        BadPiece: there is no such grid.

    >>> len(rags())
    24
    """
    return [read(path, steps_per_quarter) for path in rag_files()]
