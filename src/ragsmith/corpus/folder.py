"""A folder of music as a corpus to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any

from ragsmith.corpus.cache import Cache
from ragsmith.corpus.cache_files import load_piece
from ragsmith.corpus.collection import Collection
from ragsmith.corpus.entry import Entry
from ragsmith.corpus.reading import Task, read_all
from ragsmith.corpus.scan import scan
from ragsmith.corpus.survey import Progress
from ragsmith.errors import BadFile, BadFolder, counted
from ragsmith.piece import Piece

__all__ = ["Corpus", "NothingUsable", "doctor", "read_corpus", "report"]

LICENCE_NAMES = (
    "LICENSE",
    "LICENSE.txt",
    "LICENSE.md",
    "LICENSES.md",
    "LICENCE",
    "LICENCE.txt",
    "COPYING",
)
LICENCE_LENGTH = 8000


class NothingUsable(BadFolder):
    """Every file of a folder was rejected; `entries` say why."""

    def __init__(self, folder: Path, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        rule = f"holds {counted(len(entries), 'music file')} and none can be learnt from"
        super().__init__(folder, rule, "see the reasons, and add files that can")


@dataclass(frozen=True, repr=False)
class Corpus(Collection):
    """The music below a folder. Pieces are loaded when they are asked for.

    Attributes:
        folder: where the files lie.
        entries: all music files in the order of their paths, rejected ones too.
        ignored: number of files whose names do not end like music.
        cache: where the pieces are kept.

    >>> import ragsmith
    >>> folder = ragsmith.datasets.rags()[0].save("rag.mid").parent
    >>> corpus = ragsmith.read_corpus(folder)
    >>> corpus[0].title, len(corpus)
    ('Marbles on the Stair', 1)
    """

    folder: Path
    entries: tuple[Entry, ...]
    ignored: int
    cache: Cache

    @property
    def steps_per_quarter(self) -> int:
        """The grid that the pieces lie on."""
        return self.cache.manner.steps_per_quarter

    @cached_property
    def licence(self) -> str:
        """The first words of the licence that lies in or beside the folder; "" where none does."""
        for place in (self.folder, self.folder.resolve().parent):
            for name in LICENCE_NAMES:
                if (place / name).is_file():
                    text = (place / name).read_text("utf-8", "replace")
                    return text[:LICENCE_LENGTH].strip()
        return ""

    def __repr__(self) -> str:
        pieces, files = counted(len(self), "piece"), counted(len(self.entries), "file")
        return f"<Corpus {str(self.folder)!r}: {pieces} of {files}>"

    def piece(self, entry: Entry) -> Piece:
        """The piece of a usable entry; read again when the cache has lost it.

        Raises:
            BadFile: the cache has lost it, and the file is gone or no longer the same.
        """
        place = self.cache.place(entry.digest, entry.path)
        piece = load_piece(place)
        if piece is None:
            for _ in read_all([Task(self.folder / entry.path, self.cache.manner, place)], 1):
                piece = load_piece(place)
        if piece is None:
            raise BadFile(
                entry.path, "has changed since its folder was read", "read the folder again"
            )
        return piece if piece.title else replace(piece, title=PurePath(entry.path).stem)

    @property
    def report(self) -> dict[str, Any]:
        """The verdicts, as `ragsmith doctor --json` prints them."""
        return report(self.entries)


def read_corpus(
    places: str | Path | Sequence[str | Path],
    steps_per_quarter: int | None = None,
    *,
    part: str | None = None,
    beats: str | None = None,
    workers: int | None = None,
    cache: str | Path | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Read a folder of music, or some files; the arguments are those of `scan`.

    Raises:
        BadFolder: there is no such folder, or there is no music in it; NothingUsable, which carries
            the entries, when every file is rejected.

    >>> import ragsmith
    >>> folder = ragsmith.datasets.rags()[0].save("rag.mid").parent
    >>> [entry.verdict for entry in read_corpus(folder).entries]
    ['accept']
    """
    scanned = scan(
        places,
        steps_per_quarter,
        part=part,
        beats=beats,
        workers=workers,
        cache=cache,
        progress=progress,
    )
    if not scanned.entries:
        raise _no_music(scanned.folder, scanned.ignored)
    if not any(entry.usable for entry in scanned.entries):
        raise NothingUsable(scanned.folder, scanned.entries)
    return Corpus(scanned.folder, scanned.entries, scanned.ignored, scanned.cache)


def doctor(
    places: str | Path | Sequence[str | Path],
    steps_per_quarter: int | None = None,
    *,
    part: str | None = None,
    beats: str | None = None,
    workers: int | None = None,
    cache: str | Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The verdict on every file, as `ragsmith doctor --json` prints it; arguments as `scan`'s.

    Raises:
        BadFolder: there is no such folder, or there is no music in it.
    """
    scanned = scan(
        places,
        steps_per_quarter,
        part=part,
        beats=beats,
        workers=workers,
        cache=cache,
        progress=progress,
    )
    if not scanned.entries:
        raise _no_music(scanned.folder, scanned.ignored)
    return report(scanned.entries)


def report(entries: Sequence[Entry]) -> dict[str, Any]:
    """Verdicts and their counts, ready for JSON."""
    counts = [
        sum(e.verdict == verdict for e in entries) for verdict in ("accept", "repair", "reject")
    ]
    fields = ("path", "verdict", "reason", "notes", "steps_per_quarter")
    files = [{name: getattr(entry, name) for name in fields} for entry in entries]
    return {"files": files, **dict(zip(("accepted", "repaired", "rejected"), counts, strict=True))}


def _no_music(folder: Path, ignored: int) -> BadFolder:
    among = f" among its {counted(ignored, 'file')}" if ignored else ""
    rule = f"holds no music files{among}"
    return BadFolder(folder, rule, "put MIDI, kern, MusicXML, MEI or ABC files in it")
