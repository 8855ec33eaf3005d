"""Where the lines of a page begin: bars spread evenly, as many on a line as can be read with ease.

All ways to break are weighed at once, as TeX breaks paragraphs (Knuth and Plass 1981): lines are
neither loose nor tight, a first ending stays with the music before it, and a strain rather begins
a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ragsmith.io.score.repeat_signs import Folded, fold
from ragsmith.io.score.staves import Measure, measures_of
from ragsmith.piece import Piece

__all__ = ["line_starts"]

BAR, COLUMN = 3.0, 1.0
"""Room that a barline takes with what stands beside it, and the notes that are struck together."""
WIDEST = 1.2
"""How much of a line's room its bars may take, before it counts as impossible."""
SPLIT_BAR, TORN_ENDING, SECOND_ENDING = 1.0, 0.4, 0.1
"""Cost of a line that begins inside a bar, with a first ending, with a later one."""
NEW_STRAIN = -0.04
LAST_LINE = 0.1
"""Cost of each share of the last line that stays empty."""


class _Bar(NamedTuple):
    """The room of a measure, and the cost of beginning a line with it."""

    room: float
    cost: float


def line_starts(piece: Piece, room: float, bars_per_line: int | None = None) -> list[int]:
    """The places of the measures that begin a line, but the first.

    Args:
        piece: as `ragsmith.io.score.musicxml` writes it.
        room: of a line, in columns of notes; a bar of eight sixteenths takes eleven.
        bars_per_line: as many full bars on every line, however dense they are.
    """
    folded = fold(piece)
    written = folded.piece
    measures = measures_of(written.bars, folded.cuts, written.keys, written.steps_per_quarter)
    if bars_per_line:
        counted = [place for place, m in enumerate(measures) if m.number]
        return [place for place in counted[::bars_per_line] if place]
    return _cheapest(_bars(folded, measures), room)


def _bars(folded: Folded, measures: Sequence[Measure]) -> list[_Bar]:
    endings = {ending.start: min(ending.passes) for ending in folded.endings}
    onsets = sorted({note.onset for note in folded.piece.notes})
    bars = []
    place = 0
    for measure in measures:
        first = place
        while place < len(onsets) and onsets[place] < measure.end:
            place += 1
        cost = NEW_STRAIN if measure.start in folded.ends else 0.0
        if measure.start in endings:
            cost = TORN_ENDING if endings[measure.start] == 1 else SECOND_ENDING
        if not measure.number:
            cost = SPLIT_BAR
        bars.append(_Bar(BAR + COLUMN * max(place - first, 2), cost))
    return bars


def _cheapest(bars: Sequence[_Bar], room: float) -> list[int]:
    """The starts of the cheapest lines: their looseness squared, and the costs of their starts."""
    costs = [0.0]
    came = [0]
    for end in range(1, len(bars) + 1):
        best, start = float("inf"), end - 1
        used = 0.0
        for first in range(end - 1, -1, -1):
            used += bars[first].room
            if used > WIDEST * room and first < end - 1:
                break
            is_last = end == len(bars) and used < room
            loose = LAST_LINE * (1 - used / room) if is_last else (1 - used / room) ** 2
            cost = costs[first] + loose + bars[first].cost * (first > 0)
            if cost < best:
                best, start = cost, first
        costs.append(best)
        came.append(start)
    starts = []
    place = len(bars)
    while place:
        place = came[place]
        starts.append(place)
    return starts[-2::-1]
