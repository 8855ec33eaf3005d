"""The values that an engraver writes for what a MIDI file holds: how long keys are held."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from ragsmith.hands import split_hands
from ragsmith.piece import Hand, Note, Piece

__all__ = ["with_written_values"]

DETACHED = 0.1
"""Share of its notes that a file has detached to count as played so; renderings of scores have
0.024 at most."""
SHORTEST_HELD = 2 / 3
"""Part of its value that a detached note sounds at least; what is shorter is meant so."""


def with_written_values(piece: Piece) -> Piece:
    """The piece with detached notes as long as an engraver writes them, if many of its notes are.

    They last up to the next note of their hand, or to the next beat. Rests longer than an eighth,
    and notes that fill less than two thirds of the time, stay.
    """
    quarter = piece.steps_per_quarter
    onsets: dict[Hand, list[int]] = {hand: [] for hand in Hand}
    in_hands = split_hands(piece.notes, quarter)
    for note in in_hands:
        onsets[note.hand].append(note.onset)
    values = [_value(note, onsets[note.hand], quarter) for note in in_hands]
    written = tuple(
        note._replace(duration=value) for note, value in zip(piece.notes, values, strict=True)
    )
    detached = sum(map(Note.__ne__, written, piece.notes))
    return replace(piece, notes=written) if detached >= DETACHED * len(written) else piece


def _value(note: Note, onsets: Sequence[int], quarter: int) -> int:
    """Up to the next of its hand's onsets that it does not sound through, or the next beat if that
    comes first, where it is near; else how long it is held."""
    end = note.onset + note.duration
    following = bisect_left(onsets, end)
    beat = -(-end // quarter) * quarter
    full = min(onsets[following], beat) if following < len(onsets) else beat
    value = full - note.onset
    is_near = 2 * (full - end) <= quarter and note.duration >= SHORTEST_HELD * value
    return value if is_near else note.duration
