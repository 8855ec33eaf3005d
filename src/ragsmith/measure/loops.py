"""Loops: how much of a piece is one motif repeated over and over.

Definition: a loop of period p is a longest possible stretch of steps in which every step has the
same set of onset pitches as the step p before it (the first p steps excepted), and which is at
least `FEWEST_TIMES` periods long. Its period is `SHORTEST_PERIOD` to `LONGEST_PERIOD` beats, and
its motif, the first p steps, has at least `FEWEST_ONSETS` steps with onsets.
Convention: durations, hands and bars play no part; a transposed repetition (a sequence) is none;
silence is no loop, see `ragsmith.measure.style` for that. A strain that is played twice, as rags
are, is none either; three times it is one.
Source: ours, after the endless loops of argmax sampling (Holtzman et al., ICLR 2020).
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.piece import Piece, pitches_by_onset

__all__ = [
    "FEWEST_ONSETS",
    "FEWEST_TIMES",
    "LONGEST_PERIOD",
    "SHORTEST_PERIOD",
    "Loop",
    "longest_loop",
    "loop_share",
    "loops_of",
]

SHORTEST_PERIOD = 1
"""In quarter-note beats."""
LONGEST_PERIOD = 32
"""In quarter-note beats: eight bars of 4/4, a whole strain of a rag in 2/4."""
FEWEST_TIMES = 3
"""Periods in a row that make a loop: the motif and two repetitions."""
FEWEST_ONSETS = 2
"""Steps with onsets that make a motif."""


class Loop(NamedTuple):
    """A motif over and over: from step `at` on, `steps` long, a motif of `period` steps.

    The last repetition need not be whole.
    """

    at: int
    steps: int
    period: int
    steps_per_quarter: int

    @property
    def times(self) -> int:
        """The number of times that the whole motif sounds, the first time included."""
        return self.steps // self.period

    @property
    def period_beats(self) -> Fraction:
        """The motif's length in quarter-note beats."""
        return Fraction(self.period, self.steps_per_quarter)


def loops_of(piece: Piece) -> list[Loop]:
    """All loops, by period and then by place; a loop of period p may be one of period 2p too."""
    sets = _numbered_steps(piece)
    onsets_before = np.concatenate([[0], np.cumsum(sets > 0)])
    grid = piece.steps_per_quarter
    longest = min(LONGEST_PERIOD * grid, piece.steps // FEWEST_TIMES)
    loops = []
    for period in range(SHORTEST_PERIOD * grid, longest + 1):
        same = sets[period:] == sets[:-period]
        edges = np.flatnonzero(np.diff(same, prepend=False, append=False))
        for start, end in edges.reshape(-1, 2).tolist():
            onsets = onsets_before[start + period] - onsets_before[start]
            if end - start >= (FEWEST_TIMES - 1) * period and onsets >= FEWEST_ONSETS:
                loops.append(Loop(start, end + period - start, period, grid))
    return loops


def loop_share(piece: Piece) -> float:
    """Share of the steps that lie in a loop, from 0 to 1; 0 for a piece without steps."""
    inside = np.zeros(piece.steps, np.bool_)
    for loop in loops_of(piece):
        inside[loop.at : loop.at + loop.steps] = True
    return float(inside.mean()) if piece.steps else 0.0


def longest_loop(piece: Piece) -> Loop | None:
    """The loop of the most steps, of equals the one of the shortest period, then the first."""
    return max(loops_of(piece), key=lambda loop: loop.steps, default=None)


def _numbered_steps(piece: Piece) -> NDArray[np.int64]:
    """A number for each step's set of onset pitches, 0 for the empty set: (steps,)."""
    numbers: dict[frozenset[int], int] = {}
    numbered = np.zeros(piece.steps, np.int64)
    for onset, pitches in pitches_by_onset(piece.notes).items():
        numbered[onset] = numbers.setdefault(frozenset(pitches), len(numbers) + 1)
    return numbered
