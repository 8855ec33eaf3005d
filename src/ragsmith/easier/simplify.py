"""Makes an easier version of a piece, step by step, until it is as easy as was asked.

The steps of `STEPS` are taken in their order, each on the whole piece, and the first piece that is
easy enough is the answer: what costs the music least comes first, its rhythm last. The melody (the
right hand's highest note) keeps its pitches until fast notes are merged; the bass (the left hand's
lowest) its pitch classes; the harmony the tones that say most of each chord. After each step held
notes are let go that a hand cannot hold beside what it strikes, and ornaments, fingering and the
marks of notes that are gone are left out. Bars, keys, dynamics and sections stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from ragsmith.easier.chords import (
    ChordAt,
    narrowed,
    single_bass,
    single_melody,
    thinned,
    without_octaves,
)
from ragsmith.easier.left import folded, in_one_octave, joined_to_beats, once_a_half_bar
from ragsmith.easier.letting_go import let_go
from ragsmith.easier.right import merged, on_the_beat
from ragsmith.errors import UserError, whole_number
from ragsmith.hands import in_hands
from ragsmith.harmony.finder import chords_of
from ragsmith.harmony.spans import half_bars
from ragsmith.markings import OF_STAVES
from ragsmith.measure.difficulty import EASIEST, HARDEST, difficulty, level_of
from ragsmith.measure.habits import Habits
from ragsmith.piece import Hand, Piece, checked_piece
from ragsmith.verbs import transpose

__all__ = [
    "STEPS",
    "Simplified",
    "Step",
    "TooHard",
    "as_easy_as_it_comes",
    "simplified",
    "simplify",
]

LEFT, RIGHT = Hand.LEFT, Hand.RIGHT
OCTAVE, SEVENTH = 12, 10
"""Semitones; a seventh is the widest that a small hand strikes at ease."""
ORNAMENTS = ("arpeggio", "fingering", "grace", "mordent", "trill", "turn")
"""Marks that no easier version has; the fingers of a thinner chord are others."""
FARTHEST_KEY = 6
"""Semitones that a piece is transposed at most."""


class TooHard(UserError):
    """No step makes the piece as easy as was asked."""


class Step(NamedTuple):
    """One step: its name, and what it does with a piece and the chords of its steps."""

    name: str
    apply: Callable[[Piece, ChordAt], Piece]


class Simplified(NamedTuple):
    """An easier version of a piece.

    Attributes:
        piece: every note in a hand.
        before, after: the difficulty, 1 to 9.
        steps: the names of the steps that changed something, in order.
        semitones: how far it was transposed.
    """

    piece: Piece
    before: float
    after: float
    steps: tuple[str, ...]
    semitones: int


def simplify(piece: Piece, difficulty: int) -> Piece:
    """An easier version of a piece; the piece as it is where it is easy enough already.

    Args:
        piece: as it is written.
        difficulty: the level that it is to have at most, 1 to 9 (`ragsmith.measure.difficulty`).

    Raises:
        BadOption: there is no such level.
        TooHard: the steps do not reach it.

    >>> rows = [[4 * n, 60 + n + k, 4, 80, 2] for n in range(8) for k in (0, 12)]
    >>> octaves = Piece.from_array(rows)
    >>> len(octaves.notes), len(simplify(octaves, 3).notes)
    (16, 8)
    """
    return simplified(piece, difficulty).piece


def simplified(piece: Piece, level: int) -> Simplified:
    """An easier version of a piece, and how it came about; arguments and errors as `simplify`."""
    easier = as_easy_as_it_comes(piece, level)
    if level_of(easier.after) > level:
        reached = level_of(easier.after)
        raise TooHard(
            f"difficulty {level}",
            f"is not reached: the easiest version of this piece has {reached} ({easier.after:.1f})",
            f"ask for {reached}",
        )
    return easier


def as_easy_as_it_comes(piece: Piece, level: int, keep_key: bool = False) -> Simplified:
    """The piece at a level, or its easiest version where no step reaches that; on wish in its own
    key.

    Raises:
        BadOption: there is no such level.
    """
    level = whole_number("difficulty", level, EASIEST, HARDEST, "try 3")
    before = now = difficulty(checked_piece(piece))
    easier, names = piece, []
    chords = _chords(piece)
    for step in STEPS:
        if level_of(now) <= level:
            break
        if keep_key and step.name == SIGNATURE:
            continue
        changed = _tidied(step.apply(in_hands(easier), chords))
        figure = difficulty(changed)
        if figure < now:
            easier, now = changed, figure
            names.append(step.name)
    moved = _semitones(piece) if SIGNATURE in names else 0
    return Simplified(easier, before, now, tuple(names), moved)


def _chords(piece: Piece) -> ChordAt:
    spans = zip(half_bars(piece), chords_of(piece), strict=True)
    return {step: chord for span, chord in spans if chord for step in span}


def _tidied(piece: Piece) -> Piece:
    """With held notes let go for what is struck, and without ornaments, fingering, and the marks of
    notes that are gone."""
    playable = let_go(piece, Habits(OCTAVE, OCTAVE), range(piece.steps))
    struck = {(note.onset, note.pitch) for note in playable.notes}
    markings = tuple(
        marking
        for marking in piece.markings
        if marking.kind not in ORNAMENTS
        and (marking.kind in OF_STAVES or (marking.step, marking.pitch) in struck)
        and (marking.kind != "slur" or (marking.end, marking.end_pitch) in struck)
    )
    return replace(playable, markings=markings)


def _eighth(piece: Piece) -> int:
    return max(1, piece.steps_per_quarter // 2)


def _semitones(piece: Piece) -> int:
    """The shortest way to a key with no or one sharp or flat; 0 where the signatures have none."""

    def cost(semitones: int) -> tuple[int, int]:
        moved = transpose(piece, semitones)
        return max(1, *(abs(key.fifths) for key in moved.keys), 1), abs(semitones)

    low = min((note.pitch for note in piece.notes), default=60)
    high = max((note.pitch for note in piece.notes), default=60)
    ways = range(-min(FARTHEST_KEY, low), min(FARTHEST_KEY, 127 - high) + 1)
    return min(ways, key=cost)


def _in_an_easy_key(piece: Piece, chords: ChordAt) -> Piece:
    return transpose(piece, _semitones(piece))


def _both(change: Callable[[Piece, Hand], Piece]) -> Callable[[Piece, ChordAt], Piece]:
    return lambda piece, chords: change(change(piece, LEFT), RIGHT)


SIGNATURE = "into a key with at most one sharp or flat"
STEPS = (
    Step("chords of three notes", lambda p, c: thinned(thinned(p, RIGHT, 3, c), LEFT, 3, c)),
    Step("the right hand without octaves", lambda p, c: without_octaves(p, RIGHT)),
    Step("the left hand without octaves", lambda p, c: without_octaves(p, LEFT)),
    Step("chords of two notes", lambda p, c: thinned(thinned(p, RIGHT, 2, c), LEFT, 2, c)),
    Step("chords within a seventh", _both(lambda p, hand: narrowed(p, hand, SEVENTH))),
    Step("the left hand's leaps folded", lambda p, c: folded(p)),
    Step("the melody alone in the right hand", lambda p, c: single_melody(p)),
    Step(SIGNATURE, _in_an_easy_key),
    Step("the left hand in single notes", single_bass),
    Step("the left hand on the beats", lambda p, c: joined_to_beats(p)),
    Step("the left hand once a half bar", lambda p, c: once_a_half_bar(p)),
    Step("the bass alone in the left hand", lambda p, c: thinned(p, LEFT, 1, c)),
    Step("the bass in one octave", lambda p, c: in_one_octave(p)),
    Step("sixteenths merged into eighths", lambda p, c: merged(p, _eighth(p))),
    Step("syncopation eased to the eighths", lambda p, c: on_the_beat(p, _eighth(p))),
    Step("eighths merged into quarters", lambda p, c: merged(p, p.steps_per_quarter)),
    Step("syncopation eased to the beats", lambda p, c: on_the_beat(p, p.steps_per_quarter)),
)
"""What is done to make a piece easier, in order."""
