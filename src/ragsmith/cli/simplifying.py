"""`ragsmith simplify`: an easier version of a piece."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragsmith.cli.options import (
    Beats,
    Force,
    Grid,
    Json,
    Paper,
    Part,
    Parts,
    Piano,
    argument,
    part_of,
)

if TYPE_CHECKING:
    from ragsmith.easier.simplify import Simplified

__all__ = ["simplify"]


def simplify(
    piece: Annotated[Path, argument(help="A music file, by anyone.")],
    out: Annotated[
        list[Path] | None,
        argument(help="Files to write. [default: the piece's name, -easier.mid]"),
    ] = None,
    difficulty: Annotated[
        int, typer.Option(help="The level that it is to have at most, 1 (first year) to 9.")
    ] = 3,
    grid: Grid = None,
    part: Part = None,
    parts: Parts = None,
    beats: Beats = None,
    piano: Piano = "upright",
    paper: Paper = "a4",
    force: Force = False,
    json: Json = False,
) -> None:
    """Make an easier version of a piece, with its melody, bass and harmony.

    Chords are thinned, octaves become single notes, the left hand leaps less, fast notes are
    merged, the key gets fewer sharps or flats, and at last the syncopation is eased: step by step,
    and only as far as the level asks for. What cannot be made as easy is said in a line.
    """
    from ragsmith.cli.overwriting import free_name, refuse_to_overwrite
    from ragsmith.cli.reading import checked_grid, notes_on
    from ragsmith.easier.simplify import simplified
    from ragsmith.io import check_suffix, read_report, write

    checked_grid(grid)
    places = out or [free_name(piece.with_name(f"{piece.stem}-easier.mid"))]
    for path in places:
        check_suffix(path.name)
    refuse_to_overwrite(places, [piece], force)
    reading = read_report(piece, grid, part=part_of(part, parts), beats=beats, isolated=True)
    easier = simplified(reading.piece, difficulty)
    written = [
        str(write(easier.piece, path, piano=piano, paper=paper, isolated=True)) for path in places
    ]
    for line in notes_on(reading, piece.name):
        print(line, file=sys.stderr)
    _show(easier, written, json)


def _show(easier: Simplified, written: list[str], json: bool) -> None:
    """Print how hard the piece was and is, and what made it easier."""
    from ragsmith.cli.render import print_json

    if json:
        figures = {"before": round(easier.before, 2), "after": round(easier.after, 2)}
        steps = {"steps": easier.steps, "semitones": easier.semitones}
        print_json({"paths": written, "difficulty": figures, **steps})
        return
    print("\n".join(written))
    print(f"difficulty {easier.before:.1f} before, {easier.after:.1f} after")
    for step in easier.steps:
        print(f"  {step}")
