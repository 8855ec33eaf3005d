"""What reading a file gives, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass

from ragsmith.io.readers.parts import WHOLE, Taken
from ragsmith.piece import Piece
from ragsmith.quantise import Moved

__all__ = ["FREELY", "Reading"]

FREELY = (
    "played freely: no grid holds it, and its bars mean nothing; give a score of it, or have its "
    "beats tracked (--beats auto)"
)
"""The doubt about a performance whose beats the file does not know."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file, read.

    Attributes:
        piece: the music, on the grid that was asked for, else on the coarsest that holds it.
        moved: how much had to be shifted to lie on that grid.
        repairs: what was wrong with the file and mended, in plain words; empty for a sound file.
        doubts: what makes its notes or bars doubtful, in plain words, so that it is not learnt from
            unless somebody says so; empty for most files.
        fitting_grid: the coarsest grid that holds at least 99 % of the onsets; None when no grid
            does.
        clustering: how closely the onsets keep to the grid of the piece (`quantise.clustering`).
        taken: which parts were read and which left out; `taken.remark` says so in a line.
    """

    piece: Piece
    moved: Moved
    repairs: tuple[str, ...] = ()
    fitting_grid: int | None = None
    taken: Taken = WHOLE
    doubts: tuple[str, ...] = ()
    clustering: float = 1.0

    @property
    def remarks(self) -> tuple[str, ...]:
        """What its reader must know, in plain words: doubts, repairs, and parts left out."""
        return (*self.doubts, *self.repairs, *filter(None, [self.taken.remark]))
