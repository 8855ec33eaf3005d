"""Music files that commands are given: on which grid they are read, and what is told of it."""

from __future__ import annotations

from math import lcm
from pathlib import Path
from typing import TYPE_CHECKING

from ragsmith.errors import BadOption, BadPrimer, UserError

if TYPE_CHECKING:
    from ragsmith.io import Reading
    from ragsmith.piece import Piece

__all__ = ["checked_grid", "common_grid", "notes_on", "read_for_model", "regridded"]


def checked_grid(grid: int | None) -> int | None:
    """The grid that --grid asks for.

    Raises:
        BadOption: there is no such grid.
    """
    from ragsmith.piece import GRIDS

    if grid is not None and grid not in GRIDS:
        raise BadOption(f"grid {grid}", f"is none of {', '.join(map(str, GRIDS))}", "try 12")
    return grid


def common_grid(grid: int) -> int:
    """The grid to read a folder on that a piece on this grid is compared with: it holds both."""
    from ragsmith.piece import GRIDS
    from ragsmith.quantise import USUAL_GRID

    both = lcm(grid, USUAL_GRID)
    return both if both in GRIDS else grid


def notes_on(reading: Reading, name: str, *, as_played: bool = False) -> list[str]:
    """What somebody must know of how a file was read, a line each; none for a sound file.

    Args:
        reading: the file, read.
        name: the file's.
        as_played: whether nothing is made of it but what keeps the times that were played.
    """
    grid = reading.piece.steps_per_quarter
    lines = [f"{name}: {words}" for words in reading.remarks]
    if reading.moved.share and not (as_played and reading.piece.played):
        lines.append(f"{name}: {reading.moved.words(grid, reading.fitting_grid)}")
    return lines


def read_for_model(path: Path, grid: int | None, model_grid: int, part: str | None = None) -> Piece:
    """A music file for a model to go on from: kept to the note, on the model's grid.

    Args:
        path: a music file.
        grid: what --grid asks for: notes beside it are moved. None keeps every onset.
        model_grid: the model's steps a quarter note.
        part: the part to read; None is the pianist's.

    Raises:
        BadFile: the file cannot be read as music.
        BadPrimer: the model's grid does not hold the piece.
    """
    from ragsmith.io import read, read_report

    if checked_grid(grid) is not None:
        return regridded(read(path, grid, part=part, isolated=True), model_grid, path.name)
    reading = read_report(path, part=part, isolated=True)
    if reading.moved.share:
        reading = _on_a_finer_grid(path, reading, model_grid, part)
    return regridded(reading.piece, model_grid, path.name)


def _on_a_finer_grid(path: Path, reading: Reading, model_grid: int, part: str | None) -> Reading:
    """The file read again, on the coarsest grid that moves no onset.

    Raises:
        BadPrimer: there is none.
    """
    from ragsmith.io import read_report
    from ragsmith.piece import GRIDS

    for grid in GRIDS:
        finer = read_report(path, grid, part=part, isolated=True)
        if not finer.moved.share:
            return finer
    why = "; ".join(reading.doubts) or f"{reading.moved.share:.0%} of its onsets lie on no grid"
    raise BadPrimer(path.name, why, f"add --grid {model_grid} to put it on the model's grid")


def regridded(piece: Piece, model_grid: int, name: str) -> Piece:
    """The piece on the model's grid, to the step.

    Raises:
        BadPrimer: the model's grid does not hold it.
    """
    from ragsmith.verbs import regrid

    try:
        return regrid(piece, model_grid)
    except UserError:
        grid = piece.steps_per_quarter
        raise BadPrimer(
            name,
            f"needs a grid of {grid} steps a quarter, and the model has {model_grid}",
            f"add --grid {model_grid} to move its notes there, or learn a model with "
            f"--set steps_per_quarter={grid}",
        ) from None
