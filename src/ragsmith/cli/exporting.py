"""`ragsmith export`: any music file in, any format out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

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

__all__ = ["export"]


def export(
    piece: Annotated[Path, argument(help="A music file.")],
    out: Annotated[
        list[Path], argument(help="Files to write; their suffixes say in which formats.")
    ],
    grid: Grid = None,
    part: Part = None,
    parts: Parts = None,
    beats: Beats = None,
    piano: Piano = "upright",
    paper: Paper = "a4",
    force: Force = False,
    json: Json = False,
) -> None:
    """Write one piece in other formats.

    .mid; .musicxml .mxl .pdf .svg .png are the score; .roll.svg .roll.png the piano roll; .wav
    .flac .ogg .mp3 the sound of a modelled piano. What is heard has its repeats played, what is
    read has them as signs.
    """
    from ragsmith.cli.overwriting import refuse_to_overwrite
    from ragsmith.cli.reading import checked_grid, notes_on
    from ragsmith.cli.render import print_json
    from ragsmith.io import check_suffix, read_report, write

    checked_grid(grid)
    for path in out:
        check_suffix(path.name)
    refuse_to_overwrite(out, [piece], force)
    reading = read_report(piece, grid, part=part_of(part, parts), beats=beats, isolated=True)
    notes = notes_on(reading, piece.name)
    written = [str(write(reading.piece, path, piano=piano, paper=paper)) for path in out]
    for line in notes:
        print(line, file=sys.stderr)
    if json:
        steps = reading.piece.steps_per_quarter
        print_json({"paths": written, "steps_per_quarter": steps, "notes": notes})
        return
    print("\n".join(written))
