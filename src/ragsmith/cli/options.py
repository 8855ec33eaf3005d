"""Options as they are typed, and the values that they mean."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragsmith.errors import BadFolder, BadOption

if TYPE_CHECKING:
    from ragsmith.piece import Metre

__all__ = [
    "Force",
    "Grid",
    "Json",
    "Paper",
    "Piano",
    "Seed",
    "argument",
    "bars_of",
    "check_writable",
    "metre_of",
    "path_option",
    "setting_of",
]

argument = partial(typer.Argument, readable=False)
path_option = partial(typer.Option, readable=False)
"""What cannot be read is told by whoever reads it, in one line."""
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Piano = Annotated[str, typer.Option(help="For sound: upright, honky-tonk or grand.")]
Paper = Annotated[str, typer.Option(help="For PDF: a4 or letter.")]
Grid = Annotated[
    int | None,
    typer.Option(
        help="Steps a quarter note that a piece's notes are put on. [default: the coarsest grid "
        "that holds it]"
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over files that others have made.")]
Seed = Annotated[
    int | None,
    typer.Option(help="The first piece's number: it fixes every choice. [default: at random]"),
]


def check_writable(folder: Path) -> None:
    """Say so before the work, not after it.

    Raises:
        BadFolder: files cannot be written there, nor the folder be made.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        raise BadFolder(there, "is not a folder", "name another with --out")
    if not os.access(there, os.W_OK):
        raise BadFolder(there, "cannot be written to", "name another with --out")


def metre_of(text: str | None) -> Metre | None:
    """2/4 as a metre; None stays None."""
    from ragsmith.piece import Metre

    if text is None:
        return None
    beats, _, unit = text.partition("/")
    if not (beats.isdecimal() and unit.isdecimal()):
        raise BadOption(f"metre {text}", "is not a time signature", "write it like 2/4")
    return Metre(int(beats), int(unit))


def bars_of(text: str) -> tuple[int, int]:
    """9-16 as (9, 16), 9 as (9, 9)."""
    first, dash, last = text.partition("-")
    if not (first.isdecimal() and (last.isdecimal() or not dash)):
        raise BadOption(f"bars {text}", "is not a number of bars, nor two", "write 32, or 9-16")
    return int(first[:9]), int((last or first)[:9])


def setting_of(text: str) -> tuple[str, Any]:
    """FIELD=VALUE with the value as a whole number, a number, true or false, or text."""
    field, equals, value = text.partition("=")
    if not equals:
        raise BadOption(f"--set {text}", "is not FIELD=VALUE", "write it like hidden=128")
    field = field.strip().replace("-", "_")
    if value in ("true", "false"):
        return field, value == "true"
    for number in (int, float):
        try:
            return field, number(value)
        except ValueError:
            continue
    return field, value
