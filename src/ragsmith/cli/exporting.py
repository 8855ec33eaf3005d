"""`ragsmith export`: any music file in, any format out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragsmith.cli.options import Json, Paper, Piano, argument
from ragsmith.errors import BadOption

__all__ = ["export"]


def export(
    piece: Annotated[Path, argument(help="A music file.")],
    out: Annotated[
        list[Path], argument(help="Files to write; their suffixes say in which formats.")
    ],
    grid: Annotated[int, typer.Option(help="Steps a quarter note that notes are put on.")] = 4,
    piano: Piano = "upright",
    paper: Paper = "a4",
    json: Json = False,
) -> None:
    """Write a piece in other formats.

    .mid; .musicxml .mxl .pdf .svg .png are the score; .roll.svg .roll.png the piano roll; .wav
    .flac .ogg .mp3 the sound of a modelled piano. What is heard has its repeats played, what is
    read has them as signs.
    """
    from ragsmith.cli.render import print_json
    from ragsmith.io import check_suffix, read, write
    from ragsmith.piece import GRIDS

    if grid not in GRIDS:
        raise BadOption(f"grid {grid}", f"is none of {', '.join(map(str, GRIDS))}", "try 12")
    for path in out:
        check_suffix(path.name)
    music = read(piece, grid)
    written = [str(write(music, path, piano=piano, paper=paper)) for path in out]
    if json:
        print_json({"paths": written})
        return
    print("\n".join(written))
