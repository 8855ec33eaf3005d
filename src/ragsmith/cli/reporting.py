"""`ragsmith report`: one page about a piece."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from ragsmith.cli.options import argument, path_option

__all__ = ["report"]


def report(
    piece: Annotated[Path, argument(help="A music file, by anyone.")],
    out: Annotated[
        Path | None, path_option(help="The file to write. [default: the piece's name, .html]")
    ] = None,
    against: Annotated[
        Path | None, path_option(help="A .ragsmith file. [default: the built-in model of rags]")
    ] = None,
) -> None:
    """Write a page about a piece: score, sound, piano roll, originality, figures, recipe.

    One HTML file, which needs no other.
    """
    from dataclasses import replace

    from ragsmith.bundle.bundle import load_bundle
    from ragsmith.files import write_whole
    from ragsmith.io import MIDI_SUFFIXES, read
    from ragsmith.io.midi_out import recipe_in
    from ragsmith.report import report_html
    from ragsmith.shipped import shipped_model

    bundle = load_bundle(against) if against else shipped_model()
    music = read(piece, bundle.model.steps_per_quarter)
    if piece.suffix.lower() in MIDI_SUFFIXES:
        music = replace(music, recipe=recipe_in(piece))
    print(write_whole(out or piece.with_suffix(".html"), report_html(music, bundle).encode()))
