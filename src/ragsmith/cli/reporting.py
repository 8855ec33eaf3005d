"""`ragsmith report`: one page about a piece."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ragsmith.cli.options import (
    Force,
    Grid,
    Json,
    Part,
    Parts,
    Quiet,
    argument,
    part_of,
    path_option,
)

if TYPE_CHECKING:
    from ragsmith.piece import Piece

__all__ = ["report"]


def report(
    piece: Annotated[Path, argument(help="A music file, by anyone; - reads standard input.")],
    out: Annotated[
        Path | None, path_option(help="The file to write. [default: the piece's name, .html]")
    ] = None,
    against: Annotated[
        Path | None, path_option(help="A .ragsmith file. [default: the built-in model of rags]")
    ] = None,
    grid: Grid = None,
    part: Part = None,
    parts: Parts = None,
    force: Force = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write a page about a piece: score, sound, piano roll, originality, figures, recipe.

    One HTML file, which needs no other.
    """
    from ragsmith.cli.overwriting import free_name, refuse_to_overwrite
    from ragsmith.cli.reading import checked_grid, notes_on
    from ragsmith.cli.render import print_json
    from ragsmith.cli.streams import from_input, is_standard
    from ragsmith.files import write_whole
    from ragsmith.io import read, read_report
    from ragsmith.report import facts_of, report_html
    from ragsmith.shipped import load_model, shipped_model

    with from_input(piece) as source:
        named = Path(source.name) if is_standard(piece) else piece
        place = out or free_name(named.with_suffix(".html"))
        refuse_to_overwrite([place], [piece], force)
        bundle = load_model(against) if against else shipped_model()
        part = part_of(part, parts)
        reading = read_report(source, checked_grid(grid), part=part, isolated=True)
        for line in () if quiet else notes_on(reading, source.name):
            print(line, file=sys.stderr)
        music = _with_recipe(reading.piece, source)
        model_grid = bundle.model.steps_per_quarter
        compared = music
        if model_grid != music.steps_per_quarter:
            compared = read(source, model_grid, part=part, isolated=True)
    write_whole(place, report_html(music, bundle, compared=compared, isolated=True).encode())
    if json:
        print_json({"path": str(place)} | facts_of(music, bundle, compared=compared))
    else:
        print(place)


def _with_recipe(piece: Piece, source: Path) -> Piece:
    """The piece with the recipe that a MIDI file holds."""
    from ragsmith.io import MIDI_SUFFIXES
    from ragsmith.io.readers.recipe import recipe_in

    if source.suffix.lower() not in MIDI_SUFFIXES:
        return piece
    return replace(piece, recipe=recipe_in(source))
