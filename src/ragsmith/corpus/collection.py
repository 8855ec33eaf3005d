"""Pieces to learn from, to compare with or to measure on: those of a folder, or any list."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import overload

import numpy as np

from ragsmith.corpus.cache import reader_version
from ragsmith.corpus.duplicates import fingerprint
from ragsmith.corpus.entry import Entry
from ragsmith.corpus.works import works
from ragsmith.errors import BadOption, BadPiece
from ragsmith.piece import Piece

__all__ = ["Collection", "PieceList", "Pieces", "collection_of", "digest_of_piece"]


class Collection(Sequence[Piece], ABC):
    """Pieces with what is known of each; they are loaded when they are asked for."""

    entries: tuple[Entry, ...]

    @property
    @abstractmethod
    def steps_per_quarter(self) -> int:
        """The grid that the pieces lie on."""

    @property
    @abstractmethod
    def licence(self) -> str:
        """Under what the pieces may be used; "" where that is not known."""

    @abstractmethod
    def piece(self, entry: Entry) -> Piece:
        """The piece of a usable entry."""

    @cached_property
    def usable(self) -> tuple[Entry, ...]:
        """The entries that can be learnt from, in order."""
        return tuple(entry for entry in self.entries if entry.usable)

    @cached_property
    def works(self) -> tuple[tuple[Entry, ...], ...]:
        """The usable entries work by work: what holds the same music, even in part, is together."""
        by_work = sorted(self.usable, key=lambda entry: entry.work)
        return tuple(tuple(group) for _, group in groupby(by_work, key=lambda entry: entry.work))

    def __len__(self) -> int:
        """Number of usable pieces."""
        return len(self.usable)

    def __iter__(self) -> Iterator[Piece]:
        """The usable pieces, one at a time."""
        return self.pieces()

    @overload
    def __getitem__(self, index: int) -> Piece: ...

    @overload
    def __getitem__(self, index: slice) -> Pieces: ...

    def __getitem__(self, index: int | slice) -> Piece | Pieces:
        """A usable piece by its number, or several as a sequence."""
        return self.sequence(self.usable)[index]

    def pieces(self, entries: Sequence[Entry] | None = None) -> Iterator[Piece]:
        """The pieces of the given entries, or of all usable ones, in order, one at a time.

        Raises:
            BadFile: as `piece`.
        """
        return map(self.piece, self.usable if entries is None else entries)

    def sequence(self, entries: Sequence[Entry]) -> Pieces:
        """The pieces of some entries, as a sequence that holds none of them in memory."""
        return Pieces(self, tuple(entries))


@dataclass(frozen=True)
class Pieces(Sequence[Piece]):
    """Pieces of a collection that are loaded each time they are asked for."""

    corpus: Collection
    entries: tuple[Entry, ...]

    @property
    def steps(self) -> int:
        """The length of all the pieces together, in steps of the collection's grid."""
        return sum(entry.steps for entry in self.entries)

    @property
    def digest(self) -> str:
        """A digest of the files, and of how and on which grid they were read."""
        facts = (self.corpus.steps_per_quarter, reader_version(), [e.digest for e in self.entries])
        return hashlib.sha256(repr(facts).encode()).hexdigest()

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, index: int) -> Piece: ...

    @overload
    def __getitem__(self, index: slice) -> Pieces: ...

    def __getitem__(self, index: int | slice) -> Piece | Pieces:
        if isinstance(index, slice):
            return Pieces(self.corpus, self.entries[index])
        return self.corpus.piece(self.entries[index])


@dataclass(frozen=True, repr=False, eq=False)
class PieceList(Collection):
    """Pieces that lie in no folder of their own.

    Attributes:
        entries: their paths are titles, or piece-1, piece-2 where there is none or it is taken.
        grids: all grids that the pieces lie on.
        load: gives the piece of an entry.
        licence: of the corpus that they were chosen from; "" where it is not known.
    """

    entries: tuple[Entry, ...]
    grids: frozenset[int]
    load: Callable[[Entry], Piece]
    licence: str = ""

    @property
    def steps_per_quarter(self) -> int:
        """The grid that the pieces lie on.

        Raises:
            BadPiece: they lie on several.
        """
        if len(self.grids) > 1:
            grids = ", ".join(map(str, sorted(self.grids)))
            remedy = "read all on one grid, as by ragsmith.read(path, 4)"
            raise BadPiece(f"pieces on the grids {grids}", "cannot be taken together", remedy)
        return next(iter(self.grids))

    def piece(self, entry: Entry) -> Piece:
        """The piece of an entry."""
        return self.load(entry)

    def __repr__(self) -> str:
        return f"<PieceList: {len(self)} pieces>"


def collection_of(pieces: Iterable[Piece]) -> Collection:
    """A corpus as it is, any other pieces as a `PieceList`.

    Raises:
        BadOption: there are none, or something else is among them.
        BadPiece: one has no notes.
    """
    if isinstance(pieces, Collection):
        return pieces
    if isinstance(pieces, Pieces) and pieces.entries:
        corpus = pieces.corpus
        grids = frozenset([corpus.steps_per_quarter])
        return PieceList(pieces.entries, grids, corpus.piece, corpus.licence)
    known = _checked(pieces)
    entries = _entries(known)
    grids = frozenset(piece.steps_per_quarter for piece in known)
    return PieceList(entries, grids, dict(zip(entries, known, strict=True)).__getitem__)


def _checked(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    remedy = "give a list of pieces, or ragsmith.read_corpus(folder)"
    try:
        known = tuple(pieces)
    except TypeError:
        raise BadOption(repr(pieces), "is no corpus", remedy) from None
    if not known:
        raise BadOption("an empty list", "holds no pieces", remedy)
    for number, piece in enumerate(known, 1):
        if not isinstance(piece, Piece):
            value = repr(pieces) if isinstance(pieces, str) else f"item {number} of the list"
            raise BadOption(value, "is no piece", remedy)
        if not piece.notes:
            raise BadPiece(f"piece {number} of the list", "holds no notes", "leave it out")
    return known


def _entries(pieces: Sequence[Piece]) -> tuple[Entry, ...]:
    """An entry for each piece; copies and other keys of one piece are one work."""
    titles = Counter(piece.title for piece in pieces)
    names = [
        piece.title if piece.title and titles[piece.title] == 1 else f"piece-{number}"
        for number, piece in enumerate(pieces, 1)
    ]
    digests = [digest_of_piece(piece) for piece in pieces]
    firsts = works([fingerprint(piece.notes) for piece in pieces], digests)
    return tuple(
        Entry(
            name,
            "accept",
            notes=len(piece.notes),
            steps_per_quarter=piece.steps_per_quarter,
            steps=piece.steps,
            digest=digest,
            work=digests[first],
        )
        for name, piece, digest, first in zip(names, pieces, digests, firsts, strict=True)
    )


def digest_of_piece(piece: Piece) -> str:
    """A digest of all that can be learnt from a piece: its notes, bars, keys, tempos and form."""
    marks = (piece.steps_per_quarter, piece.keys, piece.tempos)
    form = (piece.bars, piece.sections, piece.order)
    digest = hashlib.sha256(repr((*marks, form)).encode())
    digest.update(np.array(piece.notes, np.int32).tobytes())
    return digest.hexdigest()
