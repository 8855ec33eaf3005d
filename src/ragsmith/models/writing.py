"""How a step is written note by note, so that several models can write it together.

Notes are numbered hand * 88 + key, the left hand first. A step is its numbers in ascending order,
each followed by its duration, then END: the one way to write it. Every choice on that way has a
distribution, and the probability of the step is their product.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadPrimer
from ragsmith.hands import split_hands
from ragsmith.models.base import Model, Onset, Pick, State, Step
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Hand, Note, Piece

__all__ = [
    "Alphabet",
    "Choice",
    "Kind",
    "NoteModel",
    "Question",
    "Writing",
    "answered",
    "likelihood_of",
    "note_number",
    "numbers_of",
    "numbers_of_piece",
    "step_of",
]

MIDDLE_C = 60
Numbers = list[tuple[int, int]]
"""A step as numbers and durations, ascending."""


class Alphabet(NamedTuple):
    """What is chosen from: hands (1: one range of 88 keys), and the longest duration in steps;
    longer notes count as this long."""

    hands: int
    longest: int

    @property
    def end(self) -> int:
        """The number that closes a step."""
        return self.hands * PIANO_KEYS


class Kind(IntEnum):
    """What a choice is of: the next number or END; the duration of the newest note."""

    NUMBER = 0
    DURATION = 1


class Question(NamedTuple):
    """What the writers of several steps ask next.

    Attributes:
        kind: what is to be chosen.
        writers: (n,) which of the steps are still being written.
        log_p: (n, choices) nats: of all numbers and END, or of all durations from one step up.
    """

    kind: Kind
    writers: list[int]
    log_p: NDArray[np.float64]


class Choice(NamedTuple):
    """One of the choices that a piece consists of.

    Attributes:
        step: where it was made.
        kind: what was chosen.
        log_p: (choices,) nats, as in `Question`.
        made: the index of what was chosen.
    """

    step: int
    kind: Kind
    log_p: NDArray[np.float64]
    made: int


Writing = Generator[Question, list[int], list[Step]]
"""Steps while they are written: gives questions, takes an index for each writer, ends with the
steps."""


class NoteModel(Model, Protocol):
    """A model that writes note by note; every possible choice has a positive probability."""

    @property
    def alphabet(self) -> Alphabet:
        """What it chooses from."""
        ...

    def write(self, states: Sequence[State]) -> Writing:
        """For each state the next step, choice by choice."""
        ...

    def choices(self, piece: Piece) -> Iterator[Choice]:
        """All choices that a piece consists of, in order; notes outside the keyboard are left
        out."""
        ...


def answered(writing: Writing, picks: Sequence[Pick]) -> list[Step]:
    """The steps, every choice in them made by their own `pick`."""
    try:
        question = next(writing)
        while True:
            rows = zip(question.writers, question.log_p, strict=True)
            question = writing.send([picks[writer](row) for writer, row in rows])
    except StopIteration as end:
        steps: list[Step] = end.value
        return steps


def likelihood_of(piece: Piece, choices: Iterable[Choice]) -> NDArray[np.float64]:
    """Log-probability in nats of each step: (steps,); -inf for one with a note off the keyboard."""
    nats = np.zeros(piece.steps)
    for choice in choices:
        nats[choice.step] += choice.log_p[choice.made]
    outside = {n.onset for n in piece.notes if note_number(n.pitch, n.hand, 1) is None}
    nats[list(outside)] = -np.inf
    return nats


def note_number(pitch: int, hand: Hand, hands: int) -> int | None:
    """The number of a note, hand * 88 + key; None outside the keyboard."""
    key = pitch - LOWEST_PITCH
    if not 0 <= key < PIANO_KEYS:
        return None
    return key + (PIANO_KEYS if hands == 2 and hand is not Hand.LEFT else 0)


def numbers_of(step: Step, alphabet: Alphabet) -> Numbers:
    """A step as numbers; notes without hands are divided at middle C.

    Raises:
        BadPrimer: a note outside the piano's 88 keys.
    """
    durations = {}
    for note in step:
        hand = note.hand or (Hand.LEFT if note.pitch < MIDDLE_C else Hand.RIGHT)
        number = note_number(note.pitch, hand, alphabet.hands)
        if number is None:
            rule = "is outside the piano's 88 keys (21 to 108)"
            raise BadPrimer(f"pitch {note.pitch}", rule, "transpose it or leave it out")
        durations[number] = min(note.duration, alphabet.longest)
    return sorted(durations.items())


def numbers_of_piece(piece: Piece, alphabet: Alphabet) -> list[Numbers]:
    """The steps of a piece as numbers, its notes in hands; those off the keyboard left out."""
    steps: list[dict[int, int]] = [{} for _ in range(piece.steps)]
    notes: Sequence[Note] = piece.notes
    if alphabet.hands == 2:
        notes = split_hands(notes, piece.steps_per_quarter)
    for note in notes:
        number = note_number(note.pitch, note.hand, alphabet.hands)
        if number is not None:
            steps[note.onset][number] = min(note.duration, alphabet.longest)
    return [sorted(step.items()) for step in steps]


def step_of(numbers: Iterable[tuple[int, int]], alphabet: Alphabet) -> Step:
    """The step of these numbers, low to high."""
    onsets = []
    for number, duration in numbers:
        hand = Hand.UNKNOWN
        if alphabet.hands == 2:
            hand = Hand.LEFT if number < PIANO_KEYS else Hand.RIGHT
        onsets.append(Onset(number % PIANO_KEYS + LOWEST_PITCH, duration, hand))
    return tuple(sorted(onsets))
