"""How much of one melody stands in another, in order: local alignment of top lines.

A performance has ornaments, doubled octaves, slips and chords that are not struck together, so that
few runs of notes stay whole. The best path through two lines has a point for each note that both
have, and loses one for each that is left out, put in or another (T. F. Smith, M. S. Waterman,
"Identification of common molecular subsequences", 1981). Octaves do not matter, and the two keys
are tried that most groups of four notes speak for. Notes of scales, trills, broken chords and
figures that go on and on stand in many pieces, and give no points.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

__all__ = ["Line", "alignments", "counting"]

Line = NDArray[np.int8]
"""The pitches of a top line, in order."""

KEYS = 2
"""Transpositions that are tried."""
CONTEXT = 6
"""Intervals around a note among which three must differ, and one be a step, for it to count."""
WHOLE_TONE = 2
"""Semitones."""
LONGEST_FIGURE = 8
"""Notes of a figure whose repetition does not count, and notes for which it has to go on."""
LEAPS = (1, 2, 4)
"""What a path leaves out of the longer line between two notes of the shorter one: up to 7 notes, as
a sum of these."""
TOGETHER = 32
"""Pairs that are aligned at a time."""
PADDING = -1, -2
"""What fills up the shorter of several lines; equal to no pitch class, nor to each other."""


def alignments(lines: Sequence[Line], pairs: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """For each pair of lines, given by their places, the notes that both have in one order, less
    those in between that only one has, on the best stretch; shape (pairs,).

    >>> tune = np.array([60, 64, 62, 69, 67, 72, 65, 71, 74, 60, 63, 61], np.int8)
    >>> alignments([tune, tune + 17, tune[::-1]], [(0, 1), (0, 2)]).tolist()
    [11, 2]
    """
    best = np.zeros(len(pairs), np.int64)
    counts = {place: counting(lines[place]) for place in set(chain(*pairs))}
    shorter_first = [sorted(pair, key=lambda place: len(lines[place])) for pair in pairs]
    by_size = sorted(range(len(pairs)), key=lambda i: [len(lines[p]) for p in shorter_first[i]])
    for start in range(0, len(pairs), TOGETHER):
        now = by_size[start : start + TOGETHER]
        rows, columns = zip(*(shorter_first[i] for i in now), strict=True)
        moved = [
            (lines[row] % 12 + key) % 12
            for row, column in zip(rows, columns, strict=True)
            for key in _keys(lines[row], lines[column])
        ]
        points = _best_paths(
            _filled(moved, PADDING[0]),
            _filled([counts[row] for row in rows for _ in range(KEYS)], 0),
            _filled([lines[column] % 12 for column in columns for _ in range(KEYS)], PADDING[1]),
            _filled([counts[column] for column in columns for _ in range(KEYS)], 0),
        )
        best[now] = points.reshape(-1, KEYS).max(axis=1)
    return best


def _filled(lines: Sequence[NDArray[np.int8]], filling: int) -> NDArray[np.int16]:
    """Lines as one array, filled up at their ends; shape (lines, notes of the longest)."""
    whole = np.full((len(lines), max(map(len, lines), default=0)), filling, np.int16)
    for row, line in zip(whole, lines, strict=True):
        row[: len(line)] = line
    return whole


def _best_paths(
    rows: NDArray[np.int16],
    row_counts: NDArray[np.int16],
    columns: NDArray[np.int16],
    column_counts: NDArray[np.int16],
) -> NDArray[np.int16]:
    """The highest points of paths through the notes of `rows` and `columns`; shape (lines,)."""
    points = np.zeros((len(columns), columns.shape[1] + 1), np.int16)
    best = np.zeros_like(points)
    for notes, counts in zip(rows.T, row_counts.T, strict=True):
        same = (columns == notes[:, None]).astype(np.int16)
        met = points[:, :-1] + same * (1 + column_counts * counts[:, None]) - 1
        np.maximum(points - 1, 0, out=points)
        np.maximum(points[:, 1:], met, out=points[:, 1:])
        for leap in LEAPS:
            np.maximum(points[:, leap:], points[:, :-leap] - leap, out=points[:, leap:])
        np.maximum(best, points, out=best)
    highest: NDArray[np.int16] = best.max(axis=1)
    return highest


def _keys(one: Line, other: Line) -> list[int]:
    """The transpositions of a line, 0 to 11, in which most groups of four notes are the other's."""
    first, second = _groups(one), _groups(other)
    votes = [np.sum(first & np.roll(second, -key, axis=0)) for key in range(12)]
    return [int(key) for key in np.argsort(votes, kind="stable")[::-1][:KEYS]]


def _groups(line: Line) -> NDArray[np.bool_]:
    """Which three intervals stand on which pitch class; shape (12, 12 ** 3)."""
    classes = line.astype(np.int64) % 12
    moves = np.diff(classes) % 12
    known = np.zeros((12, 12**3), np.bool_)
    if len(moves) >= 3:
        known[classes[:-3], moves[:-2] * 144 + moves[1:-1] * 12 + moves[2:]] = True
    return known


def counting(line: Line) -> NDArray[np.int8]:
    """1 for each note that counts, 0 for those of scales, trills, broken chords and figures that go
    on."""
    moves = np.diff(line.astype(np.int16))
    counts = np.zeros(len(line), np.int8)
    if len(moves) < CONTEXT:
        return counts
    around = np.lib.stride_tricks.sliding_window_view(moves, CONTEXT)
    distinct = 1 + (np.diff(np.sort(around, axis=1), axis=1) != 0).sum(axis=1)
    steps = (abs(around) <= WHOLE_TONE).any(axis=1)
    sung = np.pad((distinct >= 3) & steps, CONTEXT // 2, mode="edge")
    counts[:] = sung
    for period in range(1, min(LONGEST_FIGURE, len(moves) - LONGEST_FIGURE) + 1):
        same = moves[period:] == moves[:-period]
        runs = np.lib.stride_tricks.sliding_window_view(same, LONGEST_FIGURE).all(axis=1)
        for place in np.flatnonzero(runs) + period:
            counts[place : place + LONGEST_FIGURE + 1] = 0
    return counts
