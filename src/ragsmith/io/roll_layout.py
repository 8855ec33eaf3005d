"""Where everything of a piano roll stands: systems of bars, the pitches shown, lines of labels.

All lengths are SVG units; `ragsmith.io.roll` draws them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from ragsmith.hands import split_hands
from ragsmith.io.printable import printable
from ragsmith.io.score.bar_numbers import numbers_as_stored
from ragsmith.piece import Bar, Metre, Note, Piece, regular_bars

__all__ = [
    "HEAD",
    "KEY_HEIGHT",
    "LABEL_HEIGHT",
    "LABEL_LINES",
    "LEFT",
    "RIGHT",
    "TOP",
    "WIDTH",
    "Label",
    "Layout",
    "Mark",
    "Row",
    "Scale",
    "fitted",
    "lay_out",
    "rounded",
]

WIDTH, LEFT, RIGHT, TOP = 1200, 40, 16, 74
INNER = WIDTH - LEFT - RIGHT
BARS_IN_ROW, QUARTERS_IN_ROW, WIDEST_QUARTER = 16, 64, 72
KEY_HEIGHT = 4
HEAD, GAP, LABEL_HEIGHT = 30, 14, 11
"""Above a system: strains and bar numbers; below it: a gap, and a line per row of labels."""
LABEL_LINES = 4
MARGIN, UNPLAYED = 2, (48, 84)
"""Semitones around what is played, and the pitches shown when nothing is."""
LETTER = 0.56
"""Width of a letter, in font sizes, at its widest on average."""


class Mark(NamedTuple):
    """A stretch to point at: steps `start_step` up to, not including, `end_step`."""

    start_step: int
    end_step: int
    label: str
    lane: Literal["texture", "melody"]


class Scale(NamedTuple):
    """Units per step, and the pitches shown, both included."""

    step: float
    low: int
    high: int

    @property
    def height(self) -> int:
        """Height of a system without what stands around it."""
        return (self.high - self.low + 1) * KEY_HEIGHT

    def y(self, pitch: int) -> int:
        """The upper edge of a pitch's row."""
        return (self.high - pitch) * KEY_HEIGHT


class Row(NamedTuple):
    """A system: its bars with their numbers, its steps, and its notes, which may begin earlier."""

    bars: list[tuple[int, Bar]]
    start: int
    end: int
    notes: list[Note]

    def x(self, step: int, scale: Scale) -> float:
        """Where a step lies in the system, cut at its edges."""
        return rounded((min(max(step, self.start), self.end) - self.start) * scale.step)


class Label(NamedTuple):
    """A mark as far as it lies in a system: its edges, its text, and the text's left and line."""

    mark: Mark
    left: float
    right: float
    text: str
    text_left: float
    line: int


class Layout(NamedTuple):
    """The systems of a roll, each with its labels; the height of one and of all."""

    rows: list[Row]
    labels: list[list[Label]]
    scale: Scale
    row_height: int
    height: int


def lay_out(piece: Piece, marks: Sequence[Mark], numbers: Sequence[int] = ()) -> Layout:
    """The layout of a piece; one empty bar where it has none.

    Args:
        piece: what is drawn.
        marks: as in `ragsmith.io.roll.roll_svg`.
        numbers: as there.
    """
    bars = piece.bars or regular_bars(1, [(0, Metre(4, 4))], piece.steps_per_quarter)
    rows = _rows(piece, bars, numbers or numbers_as_stored(piece) or [1])
    pitches = [note.pitch for note in piece.notes] or UNPLAYED
    longest = max(row.end - row.start for row in rows)
    low, high = max(0, min(pitches) - MARGIN), min(127, max(pitches) + MARGIN)
    scale = Scale(min(INNER / longest, WIDEST_QUARTER / piece.steps_per_quarter), low, high)
    labels = [_labels(row, marks, scale) for row in rows]
    lines = max((label.line + 1 for in_row in labels for label in in_row), default=0)
    row_height = HEAD + scale.height + GAP + LABEL_HEIGHT * min(lines, LABEL_LINES)
    return Layout(rows, labels, scale, row_height, TOP + row_height * len(rows))


def _rows(piece: Piece, bars: Iterable[Bar], numbers: Iterable[int]) -> list[Row]:
    """The systems: sixteen bars each, fewer when they are long; half a bar stays with its other."""
    rows: list[list[tuple[int, Bar]]] = [[]]
    for number, bar in zip(numbers, bars, strict=True):
        if row := rows[-1]:
            first_bar = row[0][1]
            pickup = first_bar.length if first_bar.offset else 0
            steps = bar.start + bar.length - first_bar.start - pickup
            full = sum(other.is_full for _, other in row) >= BARS_IN_ROW and bar.is_full
            if full or steps > QUARTERS_IN_ROW * piece.steps_per_quarter:
                rows.append([])
        rows[-1].append((number, bar))
    starts = [row[0][1].start for row in rows]
    ends = [row[-1][1].start + row[-1][1].length for row in rows]
    notes: list[list[Note]] = [[] for _ in rows]
    for note in split_hands(piece.notes, piece.steps_per_quarter):
        first = bisect_right(starts, note.onset) - 1
        for i in range(first, bisect_right(starts, note.onset + note.duration - 1)):
            notes[i].append(note)
    return [Row(*row) for row in zip(rows, starts, ends, notes, strict=True)]


def _labels(row: Row, marks: Iterable[Mark], scale: Scale) -> list[Label]:
    """The marks of a system; texts that would overlap stand on lines of their own."""
    labels: list[Label] = []
    free = [-1.0] * LABEL_LINES
    for mark in sorted(marks):
        if max(mark.start_step, row.start) >= min(mark.end_step, row.end):
            continue
        left, right = (row.x(step, scale) for step in (mark.start_step, mark.end_step))
        text = fitted(printable(mark.label), 300, 9)
        wide = len(text) * LETTER * 9
        text_left = max(0.0, min(left, INNER - wide))
        line = next((i for i, end in enumerate(free) if end < text_left), LABEL_LINES)
        if line < LABEL_LINES:
            free[line] = max(right, text_left + wide) + 4
        labels.append(Label(mark, left, right, text, text_left, line))
    return labels


def rounded(number: float) -> float:
    """To a hundredth of a unit."""
    return round(number, 2)


def fitted(text: str, width: float, size: int) -> str:
    """The text, cut to the width."""
    most = max(0, int(width / (LETTER * size)))
    return text if len(text) <= most else text[: most - 1] + "…" if most > 1 else ""
