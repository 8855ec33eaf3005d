"""The sums over the notes of an unfinished step, for composing.

The formulas of `stride` add up what each note so far brings. Measuring and learning know all notes
and multiply once; composing adds each note as it is chosen, which is many times faster.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragsmith.models.stride import formulas
from ragsmith.models.stride.formulas import REACH, WINDOW, Weights
from ragsmith.piece import PIANO_KEYS

__all__ = ["NoteSums"]

Float = NDArray[np.floating[Any]]


class NoteSums:
    """u and z of some steps side by side, before the relu, for the notes that each has so far."""

    def __init__(self, weights: Weights, h: Float, context: Float) -> None:
        """Steps without a note.

        Args:
            weights: those of the network.
            h: (n, hidden + features), of the steps.
            context: (n, 88, channels), of the steps.
        """
        self._weights = weights
        self._window = np.ascontiguousarray(weights["chosen.kernel"][::-1].transpose(1, 0, 2))
        self._u = formulas.of_step(weights, h, context, np)
        self._z = np.pad(context, ((0, 0), (REACH, REACH), (0, 0)))

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Go on with some of the steps."""
        self._u, self._z = self._u[rows], self._z[rows]

    def add(self, numbers: NDArray[Any], durations: NDArray[Any]) -> None:
        """One more note for each step: its number, and its duration in grid steps."""
        w, hands, keys = self._weights, numbers // PIANO_KEYS, numbers % PIANO_KEYS
        lasting = np.log2(durations, dtype=self._u.dtype)[:, None]
        self._u += w["chosen.notes"][numbers] + lasting * w["chosen.lasting"][numbers]
        rows = np.arange(len(keys))[:, None]
        self._z[rows, keys[:, None] + np.arange(WINDOW)] += self._window[hands]

    def state(self, last: NDArray[Any]) -> tuple[Float, Float]:
        """v (n, note_hidden) and z (n, 88, channels) after the note `last`."""
        inner = self._z[:, REACH:-REACH]
        v, z = formulas.state_of_sums(self._weights, self._u, inner, last, np)
        return v, z
