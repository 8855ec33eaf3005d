"""Fingering: which finger strikes which key, by what is easy for a hand.

What two fingers on two keys cost is the model of Parncutt, Sloboda, Clarke, Raekallio & Desain, *An
ergonomic model of keyboard fingering for melodic fragments* (Music Perception 14, 1997): spans of
finger pairs, weak fingers, thumb and little finger on black keys, the thumb passing under. Its
rules on three notes (changes of position) are left out. Chords follow Al Kasimi, Nichols & Raphael,
*A simple algorithm for automatic generation of polyphonic piano fingerings* (ISMIR 2007): a state
is the fingers on all keys that a hand strikes or holds; each pair within it costs its span, each
pair between two states a transition; the cheapest path is found exactly (dynamic programming).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.hands import in_hands
from ragsmith.markings import Marking
from ragsmith.piece import Hand, Note, Piece

__all__ = ["with_fingering"]

Float = NDArray[np.float64]

SPANS = {
    (1, 2): (-5, -3, 1, 5, 8, 10),
    (1, 3): (-4, -2, 3, 7, 10, 12),
    (1, 4): (-3, -1, 5, 9, 12, 14),
    (1, 5): (-1, 1, 7, 10, 13, 15),
    (2, 3): (1, 1, 1, 2, 3, 5),
    (2, 4): (1, 1, 3, 4, 5, 7),
    (2, 5): (2, 2, 5, 6, 8, 10),
    (3, 4): (1, 1, 1, 2, 2, 4),
    (3, 5): (1, 1, 3, 4, 5, 7),
    (4, 5): (1, 1, 1, 2, 3, 5),
}
"""Semitones from the finger nearer the thumb to the other: the least that is practical, comfortable
and relaxed, the most that is relaxed, comfortable and practical (Parncutt et al., table 1)."""
FARTHEST = 48
"""Semitones beyond which it does not matter how far a hand leaps."""
IMPRACTICAL = 10.0
"""Per semitone that a chord is beyond what is practical."""
SAME_FINGER = 3.0
"""For a finger that leaps to another key, and `PER_STEP` for each semitone."""
PER_STEP = 2.0
PASSING = 4
"""For the thumb under a finger, or a finger over it; 2 more between black and white keys."""
CHANGED = 30.0
"""For a finger that is changed on a key that is held, or is not the one that the score says."""
BLACK = (1, 3, 6, 8, 10)


class Moment(NamedTuple):
    """The keys of one hand while something is struck.

    Attributes:
        step: when.
        keys: struck or held, from the thumb's side outwards: rising for the right hand.
        struck: the notes that are struck.
        rested: whether the hand has rested for a beat before.
    """

    step: int
    keys: tuple[int, ...]
    struck: tuple[Note, ...]
    rested: bool


def with_fingering(piece: Piece) -> Piece:
    """The piece with a finger for every note; those that it has already stay, and the others fit
    in with them.

    Notes of chords that one hand cannot strike with five fingers have none.

    >>> scale = Piece.from_array([[n, pitch, 1, 80, 2] for n, pitch in enumerate((60, 62, 64, 65))])
    >>> [marking.text for marking in with_fingering(scale).markings]
    ['1', '2', '3', '4']
    """
    piece = in_hands(piece)
    printed = {(m.step, m.pitch): m.text for m in piece.markings if m.kind == "fingering"}
    marks = [
        Marking(note.onset, "fingering", note.pitch, note.hand, str(finger))
        for hand in (Hand.LEFT, Hand.RIGHT)
        for note, finger in _fingered(piece, hand, printed)
        if (note.onset, note.pitch) not in printed
    ]
    return replace(piece, markings=(*piece.markings, *marks))


def _fingered(
    piece: Piece, hand: Hand, printed: dict[tuple[int, int], str]
) -> Iterator[tuple[Note, int]]:
    """Each note of a hand and its finger."""
    moments = list(_moments(piece, hand))
    if not moments:
        return
    sign = 1 if hand == Hand.RIGHT else -1
    best: Float = np.zeros(0)
    origins: list[NDArray[np.intp]] = []
    for number, moment in enumerate(moments):
        cost = _chord(moment, sign) + _unlike(moment, printed)
        if number:
            step = best[:, None] + _transition(moments[number - 1], moment, sign)
            origins.append(step.argmin(axis=0))
            cost = cost + step.min(axis=0)
        best = cost
    state = int(best.argmin())
    for number in range(len(moments) - 1, -1, -1):
        moment = moments[number]
        fingers = dict(zip(moment.keys, _fingers(len(moment.keys))[state].tolist(), strict=True))
        yield from ((n, fingers[n.pitch]) for n in moment.struck if n.pitch in fingers)
        state = int(origins[number - 1][state]) if number else 0


def _moments(piece: Piece, hand: Hand) -> Iterator[Moment]:
    """The moments at which a hand strikes keys."""
    notes = [note for note in piece.notes if note.hand == hand]
    ends: dict[int, int] = {}
    outwards = hand == Hand.LEFT
    for step, together in groupby(notes, key=lambda note: note.onset):
        struck = tuple(together)
        rested = max(ends.values(), default=-piece.steps) + piece.steps_per_quarter <= step
        held = [pitch for pitch, end in ends.items() if end > step]
        keys = {note.pitch for note in struck}
        if len(keys.union(held)) <= len(SPANS) // 2:
            keys.update(held)
        outer = sorted(keys, reverse=outwards)[-5:]
        yield Moment(step, tuple(outer), struck, rested)
        ends = {pitch: ends[pitch] for pitch in held} | {
            n.pitch: n.onset + n.duration for n in struck
        }


@cache
def _fingers(count: int) -> NDArray[np.int64]:
    """The ways to lay fingers on so many keys, (states, keys)."""
    return np.array(list(combinations(range(1, 6), count)))


def _chord(moment: Moment, sign: int) -> Float:
    """The cost of each state of a moment by itself, (states,)."""
    fingers = _fingers(len(moment.keys))
    keys = np.array(moment.keys)
    # In a chord the little finger has its place; the fourth is weak everywhere.
    cost = ((fingers == 4) | ((fingers == 5) & (len(keys) == 1))).mean(axis=1)
    black = np.isin(keys % 12, BLACK)
    cost = cost + ((fingers == 1) & black).mean(axis=1)
    pairs = list(combinations(range(len(keys)), 2))
    for one, other in pairs:
        apart = min(sign * int(keys[other] - keys[one]), FARTHEST)
        cost = cost + _spans()[1][fingers[:, one], fingers[:, other], apart + FARTHEST] / len(pairs)
    return np.asarray(cost)


def _unlike(moment: Moment, printed: dict[tuple[int, int], str]) -> Float:
    """What a state costs that is not what the score says, (states,)."""
    fingers = _fingers(len(moment.keys))
    cost = np.zeros(len(fingers))
    for place, key in enumerate(moment.keys):
        wish = printed.get((moment.step, key), "")
        if wish.isdecimal():
            cost += CHANGED * (fingers[:, place] != int(wish))
    return cost


def _transition(before: Moment, after: Moment, sign: int) -> Float:
    """The cost of each state after each, (states before, states after)."""
    first, second = _fingers(len(before.keys)), _fingers(len(after.keys))
    cost = np.zeros((len(first), len(second)))
    if after.rested:
        return cost
    new = {note.pitch for note in after.struck}
    moves = [(one, other) for one in before.keys for other in after.keys if other in new]
    spans, _ = _spans()
    for place, key in enumerate(before.keys):
        for target, other in enumerate(after.keys):
            f, g = first[:, place, None], second[None, :, target]
            if other not in new:
                cost += CHANGED * (f != g) * (key == other)
                continue
            apart = int(np.clip(sign * (other - key), -FARTHEST, FARTHEST))
            move = spans[f, g, apart + FARTHEST] + _black(f, g, apart, key, other)
            cost += move / len(moves)
    return cost


def _black(
    f: NDArray[np.int64], g: NDArray[np.int64], apart: int, key: int, other: int
) -> NDArray[np.int64]:
    """Parncutt's rules on black keys, on 3 and 4, and on the thumb's passing."""
    was, now = key % 12 in BLACK, other % 12 in BLACK
    cost = 1 * ((f == 3) & (g == 4))
    if was != now:
        low, white = (f, g) if was else (g, f)
        cost = cost + 2 * (low == 1) + 2 * (low == 5) + ((white == 3) & (low == 4))
    # The thumb passes where it is beyond a finger that it lies before on the hand.
    passes = ((f == 1) & (g > 1) & (apart < 0)) | ((g == 1) & (f > 1) & (apart > 0))
    thumb_black = np.where(f == 1, was, now)
    dear = thumb_black & (was != now)
    return np.asarray(cost + passes * np.where(dear, PASSING + 2, PASSING))


@cache
def _spans() -> tuple[Float, Float]:
    """What spans cost from one note to the next, and within a chord, each by the fingers and the
    semitones outwards, (6, 6, 2 `FARTHEST` + 1)."""
    apart = np.arange(-FARTHEST, FARTHEST + 1)
    melodic = np.zeros((6, 6, len(apart)))
    chordal = np.zeros((6, 6, len(apart)))
    for (near, far), (least, low, small, large, high, most) in SPANS.items():
        stretch = 2 * (np.maximum(0, apart - high) + np.maximum(0, low - apart))
        close = np.where(apart > 0, np.maximum(0, small - apart), 0)
        strained = np.maximum(0, apart - large) + close
        cost = stretch + strained * (1 if near == 1 else 2)
        melodic[near, far] = cost
        melodic[far, near] = cost[::-1]
        beyond = np.maximum(0, apart - most) + np.maximum(0, least - apart)
        chordal[near, far] = cost + IMPRACTICAL * beyond
    for finger in range(1, 6):
        melodic[finger, finger] = SAME_FINGER * (apart != 0) + PER_STEP * np.abs(apart)
    return melodic, chordal
