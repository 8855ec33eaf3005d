"""Files that commands write: never over what somebody else has made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from pathlib import Path

from ragsmith.errors import BadFile

__all__ = ["free_name", "refuse_to_overwrite"]

MARK = b"ragsmith"
"""Stands, in any case of letters, in the recipes, pages and scores that Ragsmith writes."""
CARD = b'"card"'
"""Stands at the beginning of a model file."""
LOOKED_AT = 65_536
"""Bytes of a file in which the mark is looked for."""


def refuse_to_overwrite(paths: Iterable[Path], sources: Sequence[Path], force: bool) -> None:
    """Say so before anything is written over that is not Ragsmith's.

    Args:
        paths: the files that are going to be written.
        sources: the files that are read; they are never written over.
        force: whether other files may be.

    Raises:
        BadFile: a path is a source, or somebody else's file.
    """
    from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES

    for path in paths:
        if not path.exists():
            continue
        if any(source.exists() and path.samefile(source) for source in sources):
            raise BadFile(path, "is the file that is read", "name another to write to")
        if not force and not _is_ours(path):
            music = path.suffix.lower() in MIDI_SUFFIXES + NOTATION_SUFFIXES
            alone = "; one piece is taken at a time" if music and sources else ""
            raise BadFile(
                path,
                f"exists already{alone}",
                "name another file, or add --force to write over it",
            )


def free_name(path: Path, suffixes: Sequence[str] = ()) -> Path:
    """The path, or with -2, -3 ... at the end of its name where that is taken.

    Args:
        path: a name that nobody asked for.
        suffixes: when given, they are added to the path, and all must be free.
    """

    def is_free(candidate: Path) -> bool:
        places = [Path(f"{candidate}{suffix}") for suffix in suffixes] or [candidate]
        return not any(place.exists() for place in places)

    return _first_free(path, is_free, bool(suffixes))


def _first_free(path: Path, is_free: Callable[[Path], bool], whole: bool) -> Path:
    stem, suffix = (path.name, "") if whole else (path.stem, path.suffix)
    names = (path.with_name(f"{stem}-{number}{suffix}") for number in count(2))
    return path if is_free(path) else next(name for name in names if is_free(name))


def _is_ours(path: Path) -> bool:
    """Whether a file carries Ragsmith's mark; a folder or a pipe is left to whoever writes."""
    if not path.is_file():
        return True
    with path.open("rb") as file:
        beginning = file.read(LOOKED_AT)
    is_model = path.suffix.lower() == ".ragsmith" and CARD in beginning
    return is_model or MARK in beginning.lower()
