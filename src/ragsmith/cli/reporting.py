"""`ragsmith report`: one page about a piece."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from ragsmith.cli.options import Force, Grid, Part, Parts, argument, part_of, path_option

__all__ = ["report"]


def report(
    piece: Annotated[Path, argument(help="A music file, by anyone.")],
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
) -> None:
    """Write a page about a piece: score, sound, piano roll, originality, figures, recipe.

    One HTML file, which needs no other.
    """
    from dataclasses import replace

    from ragsmith.bundle.bundle import load_bundle
    from ragsmith.cli.overwriting import free_name, refuse_to_overwrite
    from ragsmith.cli.reading import checked_grid, notes_on
    from ragsmith.files import write_whole
    from ragsmith.io import MIDI_SUFFIXES, read, read_report
    from ragsmith.io.readers.recipe import recipe_in
    from ragsmith.report import report_html
    from ragsmith.shipped import shipped_model

    place = out or free_name(piece.with_suffix(".html"))
    refuse_to_overwrite([place], [piece], force)
    bundle = load_bundle(against) if against else shipped_model()
    part = part_of(part, parts)
    reading = read_report(piece, checked_grid(grid), part=part, isolated=True)
    music = reading.piece
    for line in notes_on(reading, piece.name):
        print(line, file=sys.stderr)
    if piece.suffix.lower() in MIDI_SUFFIXES:
        music = replace(music, recipe=recipe_in(piece))
    model_grid = bundle.model.steps_per_quarter
    compared = music
    if model_grid != music.steps_per_quarter:
        compared = read(piece, model_grid, part=part, isolated=True)
    print(write_whole(place, report_html(music, bundle, compared=compared).encode()))
