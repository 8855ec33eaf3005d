"""The habits of a corpus's hands: how far they reach, how soon they strike a key again, how often
they play a motif in a row. The rules of composing take their bounds from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ragsmith.hands import split_hands
from ragsmith.measure.loops import loops_of
from ragsmith.piece import Hand, Note, Piece, pitches_by_onset

__all__ = ["Habits", "habits_of"]

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


def habits_of(pieces: Iterable[Piece]) -> Habits:
    """The habits of pieces, all on one grid."""
    reaches = {Hand.LEFT: OCTAVE, Hand.RIGHT: OCTAVE}
    soonest: int | None = None
    times = FEWEST_TIMES
    for piece in pieces:
        notes = split_hands(piece.notes, piece.steps_per_quarter)
        for hand in reaches:
            reaches[hand] = max(reaches[hand], _widest(n for n in notes if n.hand is hand))
        gap = _soonest(notes)
        if gap is not None:
            soonest = gap if soonest is None else min(soonest, gap)
        times = max([times, *(loop.times for loop in loops_of(piece))])
    return Habits(
        min(TENTH, reaches[Hand.LEFT]), min(TENTH, reaches[Hand.RIGHT]), soonest or 1, times
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
