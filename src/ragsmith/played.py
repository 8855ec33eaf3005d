"""What somebody played, exactly: notes in ticks, the sustain pedal and the tempos of a MIDI file.

A `Piece` lies on a grid. Beside it stands what was played, where a MIDI file said so: it is what
sounds and what is written as MIDI again. It belongs to certain notes; a piece in which these are
others has none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ragsmith.notes import Columns

__all__ = ["SUSTAIN", "Played"]

SUSTAIN = 64
"""MIDI's controller of the sustain pedal."""

Ticks = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """A performance of a piece.

    Attributes:
        notes: as `ragsmith.notes.normal` gives them, times in ticks; hands may be unknown.
        per_quarter: ticks a quarter note.
        pedal: ticks and values (0 to 127) of the sustain pedal, in order; shape (changes, 2).
        tempos: ticks and microseconds a quarter note, in order; shape (changes, 2).
        of: the notes, tempos and grid of the piece; filled in by the piece that takes it first.
    """

    notes: Columns
    per_quarter: int
    pedal: Ticks
    tempos: Ticks
    of: tuple[Any, ...] | None = None

    def of_piece(self, notes: Any, tempos: Any, steps_per_quarter: int) -> Self | None:
        """This performance for a piece with these notes, tempos and grid; None when it is of
        others."""
        score = notes, tempos, steps_per_quarter
        if self.of is None:
            return replace(self, of=score)
        return self if self.of == score else None
