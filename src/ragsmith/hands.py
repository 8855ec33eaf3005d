"""Divides notes between the left and the right hand where the file does not.

A dynamic programme over the onsets: at each one the notes are divided at some height, the lower
ones to the left hand. A division costs the more, the harder it is for two hands that play stride;
the cheapest way through the piece is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from ragsmith.piece import Hand, Note, Piece

__all__ = ["Weights", "in_hands", "split_hands"]

FOLLOWED = 8
"""How many divisions of one onset are followed further, cheapest first; bounds the work on
clusters."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What a division costs; pitches are MIDI numbers, distances semitones.

    Attributes:
        beyond_octave: per semitone that a hand's chord is wider than an octave.
        beyond_tenth: once, when it is wider than a tenth.
        sixth_finger: once, when a hand has more than five notes.
        left_above, right_below: per semitone of a hand's mean above B flat 3, below middle C.
        no_left_on_eighth: the left hand rests on an eighth, where stride has its bass and chords.
        no_left_between: it rests between eighths.
        no_right: the right hand rests.
        right_move, left_move: per semitone that the hand's centre moves; a stride left hand leaps
            often.
        crossing: per semitone that a hand reaches past the centre of the other.
        contradiction: per note whose known hand is another.
    """

    beyond_octave: float = 0.6
    beyond_tenth: float = 5.0
    sixth_finger: float = 2.0
    left_above: float = 0.06
    right_below: float = 0.06
    no_left_on_eighth: float = 0.5
    no_left_between: float = 0.3
    no_right: float = 0.05
    right_move: float = 0.04
    left_move: float = 0.012
    crossing: float = 0.05
    contradiction: float = 20.0


OCTAVE, TENTH = 12, 16
HIGHEST_OF_LEFT, LOWEST_OF_RIGHT = 58, 60
LONGEST_RIGHT_MOVE, LONGEST_LEFT_MOVE = 12, 24
LEFT_AT_FIRST, RIGHT_AT_FIRST = 50.0, 70.0


class _Division(NamedTuple):
    """One way to divide an onset: how many notes go left, its own cost, and each hand's centre and
    note nearest to the other hand (None for a hand that rests)."""

    left: int
    cost: float
    left_centre: float | None
    left_top: int
    right_centre: float | None
    right_bottom: int


class _Path(NamedTuple):
    """The cheapest way to a division: cost so far, where the hands are, how many notes went left,
    and which of the paths to the onset before it continues."""

    cost: float
    left: float
    right: float
    split: int
    before: int


def in_hands(piece: Piece) -> Piece:
    """The piece with every note in a hand: known hands stay, unknown ones are decided."""
    if all(note.hand for note in piece.notes):
        return piece
    return replace(piece, notes=split_hands(piece.notes, piece.steps_per_quarter))


def split_hands(
    notes: Sequence[Note], steps_per_quarter: int = 4, weights: Weights | None = None
) -> tuple[Note, ...]:
    """The notes (sorted by onset), each with a hand: known hands stay, unknown ones are decided.

    Simultaneous unknown notes do not cross: all of the left hand's lie below the right hand's.
    """
    if all(note.hand for note in notes):
        return tuple(notes)
    weights = weights or Weights()
    slices = [
        sorted(chord, key=attrgetter("pitch")) for _, chord in groupby(notes, attrgetter("onset"))
    ]
    paths = [_Path(0.0, LEFT_AT_FIRST, RIGHT_AT_FIRST, 0, 0)]
    history = []
    for chord in slices:
        on_eighth = chord[0].onset * 2 % steps_per_quarter == 0
        divisions = _divisions(chord, on_eighth, weights)
        paths = [_cheapest(paths, division, weights) for division in divisions]
        history.append(paths)
    best = paths.index(min(paths))
    split: list[Note] = []
    for chord, paths in zip(reversed(slices), reversed(history), strict=True):
        for place in reversed(range(len(chord))):
            hand = Hand.LEFT if place < paths[best].split else Hand.RIGHT
            note = chord[place]
            split.append(note if note.hand else note._replace(hand=hand))
        best = paths[best].before
    return tuple(reversed(split))


def _divisions(chord: Sequence[Note], on_eighth: bool, w: Weights) -> list[_Division]:
    """The cheapest ways to divide the notes of one onset, whatever the hands did before."""
    pitches = [note.pitch for note in chord]
    known = [note.hand for note in chord]
    divisions = []
    for split in range(len(pitches) + 1):
        left, right = pitches[:split], pitches[split:]
        cost = _stretch(left, w) + _stretch(right, w)
        wrong = known[:split].count(Hand.RIGHT) + known[split:].count(Hand.LEFT)
        cost += w.contradiction * wrong
        left_centre = right_centre = None
        if left:
            left_centre = sum(left) / split
            high = sum(p - HIGHEST_OF_LEFT for p in left if p > HIGHEST_OF_LEFT)
            cost += w.left_above * high / split
        else:
            cost += w.no_left_on_eighth if on_eighth else w.no_left_between
        if right:
            right_centre = sum(right) / len(right)
            low = sum(LOWEST_OF_RIGHT - p for p in right if p < LOWEST_OF_RIGHT)
            cost += w.right_below * low / len(right)
        else:
            cost += w.no_right
        top, bottom = left[-1] if left else 0, right[0] if right else 0
        divisions.append(_Division(split, cost, left_centre, top, right_centre, bottom))
    if len(divisions) > FOLLOWED:
        divisions = sorted(divisions, key=attrgetter("cost"))[:FOLLOWED]
    return divisions


def _stretch(hand: Sequence[int], w: Weights) -> float:
    """The cost of the notes that one hand strikes together."""
    if len(hand) < 2:
        return 0.0
    span = hand[-1] - hand[0]
    cost = w.beyond_octave * (span - OCTAVE) if span > OCTAVE else 0.0
    if span > TENTH:
        cost += w.beyond_tenth
    if len(hand) > 5:
        cost += w.sixth_finger
    return cost


def _cheapest(paths: Sequence[_Path], division: _Division, w: Weights) -> _Path:
    """The cheapest path that ends with this division."""
    split, cost, left_centre, left_top, right_centre, right_bottom = division
    best_cost, best = float("inf"), 0
    for place, path in enumerate(paths):
        so_far = path.cost
        if left_centre is not None:
            so_far += w.left_move * min(LONGEST_LEFT_MOVE, abs(left_centre - path.left))
            if left_top > path.right:
                so_far += w.crossing * (left_top - path.right)
        if right_centre is not None:
            so_far += w.right_move * min(LONGEST_RIGHT_MOVE, abs(right_centre - path.right))
            if right_bottom < path.left:
                so_far += w.crossing * (path.left - right_bottom)
        if so_far < best_cost:
            best_cost, best = so_far, place
    return _Path(
        best_cost + cost,
        paths[best].left if left_centre is None else left_centre,
        paths[best].right if right_centre is None else right_centre,
        split,
        best,
    )
