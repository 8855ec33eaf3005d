"""Composed pieces that are easier than was wished, made harder.

Dials make a rag fuller, to about level 6. What is left is done as pianists do it: the bass in
octaves, the melody in octaves, and a key with more sharps or flats where none was wished. No note
comes sooner for it, so that concert studies, which are fast, stay out of reach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ragsmith.composer.easing import runs_of
from ragsmith.composer.fill import Composed, Outcome
from ragsmith.composer.rules.playable import unplayable
from ragsmith.composer.wish import Wish
from ragsmith.easier.hands import Strike, with_each_strike
from ragsmith.easier.letting_go import FINGERS, let_go
from ragsmith.hands import in_hands
from ragsmith.measure.difficulty import difficulty, level_of
from ragsmith.measure.habits import Habits
from ragsmith.originality.gate import Guarantee, NotOriginal
from ragsmith.originality.search import as_played
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Hand, Piece
from ragsmith.verbs import transpose

__all__ = ["in_octaves", "made_harder"]

OCTAVE = 12
FARTHEST = 6
"""Semitones that a piece is transposed at most."""


def made_harder(
    outcome: Outcome, wish: Wish, guarantee: Guarantee | None, habits: Habits
) -> Outcome:
    """The outcome at the wished difficulty, or as near to it as it comes from below; one that goes
    on from a primer is as it was, for what is given stays."""
    if not isinstance(outcome, Composed) or wish.difficulty is None or wish.primer:
        return outcome
    piece, now = in_hands(outcome.piece), difficulty(outcome.piece)
    before = piece
    for versions in _steps(habits, keep_key=wish.key is not None or wish.chords is not None):
        for harder in versions(piece):
            if level_of(now) >= wish.difficulty:
                break
            figure = difficulty(harder)
            if now < figure and level_of(figure) <= wish.difficulty:
                piece, now = harder, figure
    if piece is before or _wrong(piece, habits) > _wrong(before, habits):
        return outcome
    try:
        return replace(outcome, piece=piece, originality=runs_of(piece, guarantee))
    except NotOriginal:
        return outcome


def _steps(habits: Habits, keep_key: bool) -> list[Callable[[Piece], Iterable[Piece]]]:
    """Versions that are harder, the least change first."""
    octaves: list[Callable[[Piece], Iterable[Piece]]] = [
        lambda piece: [in_octaves(piece, Hand.LEFT, habits)],
        lambda piece: [in_octaves(piece, Hand.RIGHT, habits)],
    ]
    return octaves if keep_key else [*octaves, _in_other_keys]


def in_octaves(piece: Piece, hand: Hand, habits: Habits) -> Piece:
    """The piece with a hand's melody or bass doubled in the octave below, where the hand reaches
    it, has a finger for it, and does not come into the other one's way.

    >>> from ragsmith.measure.habits import Habits
    >>> piece = in_hands(Piece.from_array([[0, 76, 4, 80, 2], [4, 48, 4, 80, 1]]))
    >>> [note.pitch for note in in_octaves(piece, Hand.RIGHT, Habits(12, 12)).notes]
    [64, 76, 48]
    """
    is_right = hand is Hand.RIGHT
    reach = habits.right_reach if is_right else habits.left_reach
    below = _tops_of_left(piece) if is_right else {}

    def doubled(strike: Strike) -> Strike:
        outer = strike[-1] if is_right else strike[0]
        pitch = outer.pitch - OCTAVE
        pitches = [*(note.pitch for note in strike), pitch]
        lowest = max(LOWEST_PITCH, below.get(outer.onset, 0) + 1)
        fits = len(strike) < FINGERS and max(pitches) - min(pitches) <= reach
        if not fits or pitch < lowest or pitches.count(pitch) > 1:
            return strike
        return tuple(sorted((*strike, outer._replace(pitch=pitch))))

    return let_go(with_each_strike(piece, hand, doubled), habits, range(piece.steps))


def _tops_of_left(piece: Piece) -> dict[int, int]:
    """The highest key that the left hand strikes or holds at each step."""
    tops: dict[int, int] = {}
    for note in piece.notes:
        if note.hand is Hand.LEFT:
            for step in range(note.onset, note.onset + note.duration):
                tops[step] = max(tops.get(step, 0), note.pitch)
    return tops


def _in_other_keys(piece: Piece) -> list[Piece]:
    """The piece in other keys, those with the fewest sharps or flats first."""
    pitches = [note.pitch for note in piece.notes] or [LOWEST_PITCH + PIANO_KEYS // 2]
    room = min(pitches) - LOWEST_PITCH, LOWEST_PITCH + PIANO_KEYS - 1 - max(pitches)
    ways = range(-min(FARTHEST, room[0]), min(FARTHEST, room[1]) + 1)
    moved = [(abs(way), transpose(piece, way)) for way in ways]
    moved.sort(key=lambda one: (max((abs(key.fifths) for key in one[1].keys), default=0), one[0]))
    return [version for _, version in moved]


def _wrong(piece: Piece, habits: Habits) -> int:
    """How many steps cannot be played."""
    return len(unplayable(as_played(piece), habits))
