"""Files that commands write: never over what is there, unless it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

from ragsmith.errors import BadFile
from ragsmith.files import make_folder

__all__ = ["folder_for", "free_name", "place_for_model", "refuse_to_overwrite"]

PAGED = (".svg", ".png")
"""Formats of which a second page is NAME-2 beside the first."""
LEARNING = ".learning"
"""Behind the name of a model: what going on with its learning needs."""


def refuse_to_overwrite(paths: Iterable[Path], sources: Sequence[Path], force: bool) -> None:
    """Say so before anything is written over; a folder or a pipe is left to whoever writes.

    Args:
        paths: the files that are going to be written.
        sources: the files that are read; they are never written over.
        force: whether other files may be.

    Raises:
        BadFile: a path is a source, or there is a file already.
    """
    from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES

    for path in paths:
        if not path.is_file():
            continue
        if any(source.exists() and path.samefile(source) for source in sources):
            raise BadFile(path, "is the file that is read", "name another to write to")
        if not force:
            music = path.suffix.lower() in MIDI_SUFFIXES + NOTATION_SUFFIXES
            alone = "; one piece is taken at a time" if music and sources else ""
            raise BadFile(
                path,
                f"exists already{alone}",
                "name another file, or add --force to write over it",
            )


def folder_for(path: Path) -> None:
    """Make the folder of a file that is going to be written.

    Raises:
        BadFile: it cannot be made.
    """
    try:
        make_folder(path.parent)
    except OSError as e:
        reason = (e.strerror or str(e)).lower()
        raise BadFile(path, f"cannot be written ({reason})", "choose another place") from e


def place_for_model(out: Path | None, usual: str, resume: bool, force: bool) -> Path:
    """Where a learning writes its model.

    Args:
        out: the file that is asked for; None takes the usual one, or the next free name.
        usual: the name where nobody asks for one.
        resume: whether it goes on with a learning: what is there is its own.
        force: whether what is there may be written over.

    Raises:
        BadFile: the model, its loss curve or a learning that was broken off is there already.
    """
    place = out or Path(usual)
    if resume or place.is_dir():  # learning says that a folder is no file
        return place
    if out is None and not force:
        stem, suffix = place.stem, place.suffix
        return free_name(Path(stem), [suffix, ".svg", suffix + LEARNING]).with_suffix(suffix)
    learning = place.with_name(place.name + LEARNING)
    if learning.is_file() and not place.is_file() and not force:
        remedy = "go on with --resume, or add --force to begin anew"
        raise BadFile(learning, "is a learning that was broken off", remedy)
    refuse_to_overwrite([place, place.with_suffix(".svg")], [], force)
    if force:
        learning.unlink(missing_ok=True)
    return place


def free_name(path: Path, suffixes: Sequence[str] = ()) -> Path:
    """The path, or with -2, -3 ... at the end of its name where that is taken.

    Args:
        path: a name that nobody asked for.
        suffixes: when given, they are added to the path, and all must be free, pages after the
            first too.
    """
    stem, suffix = (path.name, "") if suffixes else (path.stem, path.suffix)
    names = (path.with_name(f"{stem}-{number}{suffix}") for number in count(2))
    return path if _is_free(path, suffixes) else next(n for n in names if _is_free(n, suffixes))


def _is_free(path: Path, suffixes: Sequence[str]) -> bool:
    places = [Path(f"{path}{suffix}") for suffix in suffixes] or [path]
    pages = [Path(f"{path}-2{suffix}") for suffix in suffixes if suffix in PAGED]
    return not any(place.exists() for place in [*places, *pages])
