"""Files in, files out: the reader or writer is chosen by the file's suffix."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ragsmith.errors import BadFile
from ragsmith.piece import Piece
from ragsmith.quantise import Moved

__all__ = ["READERS", "Reading", "read", "suffixes", "write"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a file gave.

    Attributes:
        piece: the music, on the grid that was asked for.
        moved: how much had to be shifted to lie on that grid.
        repairs: what was wrong with the file and mended, in plain words; empty for a sound file.
        fitting_grid: the coarsest grid that holds at least 99 % of the onsets, or None.
    """

    piece: Piece
    moved: Moved
    repairs: tuple[str, ...] = ()
    fitting_grid: int | None = None
