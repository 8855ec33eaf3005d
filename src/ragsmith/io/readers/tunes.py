"""Books of tunes: an ABC file holds any number of them, each begun by its X: field.

Tune 2 of book.abc is named `book.abc#2`, as if it were a file; tunes are counted from 1 in the
order of the book, whatever their X: fields say. Source: the ABC music standard 2.1, section 2.2.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

__all__ = ["Named", "count_tunes", "named_tune", "tune_in"]

BEGINNING = re.compile(r"^X:", re.MULTILINE)
NAMED = re.compile(r"(.+\.abc)#(\d{1,6})", re.IGNORECASE | re.DOTALL)


class Named(NamedTuple):
    """A file, and the number of a tune in it, counted from 1; None for no one in particular."""

    path: Path
    tune: int | None


def named_tune(path: Path) -> Named:
    """What a path names: a tune where it ends like book.abc#2 and is no file itself.

    >>> named_tune(Path("no/book.abc#2")).tune
    2
    """
    name = NAMED.fullmatch(path.name)
    if name is None or path.exists():
        return Named(path, None)
    return Named(path.with_name(name[1]), int(name[2]))


def count_tunes(text: str) -> int:
    """How many tunes a book holds; a text without any X: field counts as one."""
    return max(1, len(BEGINNING.findall(text)))


def tune_in(text: str, number: int) -> str | None:
    """A tune of a book, after what the book says before its first tune; None past the last one."""
    starts = [match.start() for match in BEGINNING.finditer(text)] or [0]
    if not 1 <= number <= len(starts):
        return None
    return text[: starts[0]] + text[starts[number - 1] : [*starts, len(text)][number]]
