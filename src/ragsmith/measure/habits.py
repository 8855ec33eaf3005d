"""The habits of a corpus's hands: how far they reach, how soon they strike a key again, how often
they play a motif in a row. The rules of composing take their bounds from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ragsmith.hands import split_hands
from ragsmith.measure.loops import loops_of
from ragsmith.piece import Hand, Note, Piece, pitches_by_onset

__all__ = ["Extremes", "Habits", "extremes_of", "habits_of", "habits_within"]

OCTAVE, TENTH = 12, 16
FEWEST_TIMES = 2


class Habits(NamedTuple):
    """Bounds that no piece of the corpus passes.

    Attributes:
        left_reach, right_reach: semitones between the outer keys that a hand strikes together: the
            corpus's widest, at least an octave and at most a major tenth.
        soonest: steps between two strikes of one key, at least.
        times: how often a motif is played in a row, at least twice.
    """

    left_reach: int = TENTH
    right_reach: int = TENTH
    soonest: int = 1
    times: int = FEWEST_TIMES


class Extremes(NamedTuple):
    """What the hands of one piece do at most, or at least; see `Habits`. `soonest` is None where no
    key is struck twice."""

    left_reach: int
    right_reach: int
    soonest: int | None
    times: int


def habits_of(pieces: Iterable[Piece]) -> Habits:
    """The habits of pieces, all on one grid."""
    return habits_within(map(extremes_of, pieces))


def extremes_of(piece: Piece) -> Extremes:
    """The extremes of a piece, as it is written."""
    notes = split_hands(piece.notes, piece.steps_per_quarter)
    left, right = (
        _widest(note for note in notes if note.hand is hand) for hand in (Hand.LEFT, Hand.RIGHT)
    )
    times = max((loop.times for loop in loops_of(piece)), default=0)
    return Extremes(left, right, _soonest(notes), times)


def habits_within(extremes: Iterable[Extremes]) -> Habits:
    """The habits of pieces with these extremes, all on one grid."""
    rows = list(extremes)
    gaps = [row.soonest for row in rows if row.soonest is not None]
    return Habits(
        min(TENTH, max([OCTAVE, *(row.left_reach for row in rows)])),
        min(TENTH, max([OCTAVE, *(row.right_reach for row in rows)])),
        min(gaps, default=1) or 1,
        max([FEWEST_TIMES, *(row.times for row in rows)]),
    )


def _widest(notes: Iterable[Note]) -> int:
    """Semitones between the outer keys of the widest chord."""
    chords = pitches_by_onset(notes).values()
    return max((chord[-1] - chord[0] for chord in chords), default=0)


def _soonest(notes: Iterable[Note]) -> int | None:
    """The fewest steps between two strikes of one key; None where no key is struck twice."""
    last: dict[int, int] = {}
    gaps = []
    for note in notes:
        if note.pitch in last:
            gaps.append(note.onset - last[note.pitch])
        last[note.pitch] = note.onset
    return min(gaps, default=None)
