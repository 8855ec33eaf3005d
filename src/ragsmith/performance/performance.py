"""What a performance is: when each written note is struck and let go, how fast, and the pedal."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import lcm
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.piece import Piece
from ragsmith.quantise import to_steps

__all__ = [
    "PedalChange",
    "Performance",
    "PlayedNote",
    "TempoChange",
    "as_played",
    "as_written",
    "tempo_clock",
    "ticks_for",
]

FEWEST_TICKS = 480
"""Ticks per quarter, at least: about a millisecond at ragtime's tempo."""
MOST_TICKS = 0x7FFF
"""Ticks a quarter note that two bytes of a MIDI file hold."""
USUAL_TEMPO = 500_000
"""Microseconds per quarter until the first tempo mark, as in MIDI."""

MICROSECONDS = 1_000_000
"""In a second."""
FAR = 2**20
"""Quarters beyond every piece."""


class PlayedNote(NamedTuple):
    """A note as it is played: onset and duration in ticks, MIDI pitch, velocity 1 to 127."""

    onset: int
    pitch: int
    duration: int
    velocity: int


class PedalChange(NamedTuple):
    """The sustaining pedal from `tick` on: 0 is up, 127 all the way down, as MIDI's CC64."""

    tick: int
    depth: int


class TempoChange(NamedTuple):
    """A tempo from `tick` on, in microseconds per quarter note."""

    tick: int
    microseconds: int


@dataclass(frozen=True, slots=True)
class Performance:
    """A piece as somebody plays it.

    Ticks count written time: the beginning of a bar is `ticks_per_step` times its first step,
    however the tempo bends; what a note deviates from its place is in its onset.

    Attributes:
        piece: what is played, as written, in playing order.
        notes: note i is how note i of the piece is played; a key is let go before it is struck
            again.
        tempos: in order.
        pedal: in order.
        ticks_per_quarter: a multiple of the piece's steps per quarter.

    >>> import ragsmith
    >>> performance = ragsmith.perform(ragsmith.datasets.rags()[0], expression=0)
    >>> performance.ticks_per_quarter % performance.piece.steps_per_quarter
    0
    """

    piece: Piece
    notes: tuple[PlayedNote, ...]
    tempos: tuple[TempoChange, ...] = ()
    pedal: tuple[PedalChange, ...] = ()
    ticks_per_quarter: int = FEWEST_TICKS

    @property
    def ticks_per_step(self) -> int:
        """Ticks of a step of the piece."""
        return self.ticks_per_quarter // self.piece.steps_per_quarter

    @property
    def seconds(self) -> float:
        """How long its bars last."""
        end = self.piece.steps * self.ticks_per_step
        return self.clock(MICROSECONDS)(end) / MICROSECONDS

    def clock(self, rate: int) -> Callable[[int], int]:
        """Tick to time, `rate` to a second, exact to the nearest."""
        return tempo_clock(self.tempos, self.ticks_per_quarter, rate)

    def clocks(self, rate: int) -> Callable[[NDArray[np.int64]], NDArray[np.int64]]:
        """Many ticks at once to time, `rate` to a second, to the nearest."""
        at = self.clock(rate)
        far = FAR * self.ticks_per_quarter
        ticks = sorted({0, far, *(max(0, change.tick) for change in self.tempos)})
        times = [at(tick) for tick in ticks]
        return lambda many: np.rint(np.interp(many, ticks, times)).astype(np.int64)


def tempo_clock(
    tempos: Iterable[tuple[int, int]], units_per_quarter: int, rate: int
) -> Callable[[int], int]:
    """Written time to time that passes, `rate` to a second, exact to the nearest.

    Args:
        tempos: (written time, microseconds per quarter), in order.
        units_per_quarter: units of written time.
        rate: of the time that passes.

    >>> tempo_clock([(0, 500_000), (4, 250_000)], 4, rate=1000)(8)
    750
    """
    marks = {0: USUAL_TEMPO} | {max(0, time): microseconds for time, microseconds in tempos}
    times = sorted(marks)
    passed = [0]
    for start, end in pairwise(times):
        passed.append(passed[-1] + (end - start) * marks[start])
    unit = units_per_quarter * MICROSECONDS

    def at(time: int) -> int:
        mark = max(0, bisect_right(times, time) - 1)
        microunits = passed[mark] + (time - times[mark]) * marks[times[mark]]
        return (microunits * rate + unit // 2) // unit

    return at


def ticks_for(steps_per_quarter: int) -> int:
    """Ticks per quarter of a performance of a piece on this grid."""
    return lcm(FEWEST_TICKS, steps_per_quarter)


def as_written(piece: Piece) -> Performance:
    """The piece to the tick, without a pedal; repeats stay as they are.

    >>> as_written(Piece.from_array([[4, 60, 4]])).notes
    (PlayedNote(onset=480, pitch=60, duration=480, velocity=80),)
    """
    per_quarter = ticks_for(piece.steps_per_quarter)
    ticks = per_quarter // piece.steps_per_quarter
    notes = (
        PlayedNote(n.onset * ticks, n.pitch, n.duration * ticks, n.velocity) for n in piece.notes
    )
    tempos = (TempoChange(t.step * ticks, t.microseconds) for t in piece.tempos)
    return Performance(piece, tuple(notes), tuple(tempos), (), per_quarter)


def as_played(piece: Piece) -> Performance:
    """The performance that a piece brings from its MIDI file; where it brings none, or no number
    of ticks that a file may have holds both it and the grid, the piece as it is written."""
    played, grid = piece.played, piece.steps_per_quarter
    if played is None or (per_quarter := lcm(played.per_quarter, grid)) > MOST_TICKS:
        return as_written(piece)
    scale = per_quarter // played.per_quarter
    steps = to_steps(played.notes.onsets, played.per_quarter, grid).tolist()
    rows = zip(steps, *(column.tolist() for column in played.notes[:4]), strict=True)
    exact: dict[tuple[int, int], PlayedNote] = {}
    for step, onset, pitch, duration, velocity in rows:
        note = PlayedNote(onset * scale, pitch, duration * scale, velocity)
        exact.setdefault((step, pitch), note)
    notes = tuple(exact[note.onset, note.pitch] for note in piece.notes)
    tempos = tuple(TempoChange(tick * scale, value) for tick, value in played.tempos.tolist())
    pedal = tuple(PedalChange(tick * scale, depth) for tick, depth in played.pedal.tolist())
    return Performance(piece, notes, tempos, pedal, per_quarter)
