"""Notes that are given: some hands of some steps are fixed, and the rest is composed to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.composer.sampling import LogP, Pick
from ragsmith.models.base import Onset, Step, steps_of
from ragsmith.models.writing import Alphabet, numbers_of
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Hand, Piece

__all__ = ["BOTH", "Completion", "Given"]

BOTH = frozenset({Hand.LEFT, Hand.RIGHT})


class Given(NamedTuple):
    """What is fixed of a piece.

    Attributes:
        steps: of the whole piece, every note in a hand: those notes that are fixed.
        hands: of the whole piece, which hands are fixed at each step; one that is fixed and has no
            notes rests.
        sounding: of the whole piece, the fixed notes that are held on into each step.
    """

    steps: Sequence[Step]
    hands: Sequence[frozenset[Hand]]
    sounding: Sequence[Step]

    @classmethod
    def of(cls, piece: Piece, free: Collection[int], composed: frozenset[Hand] = BOTH) -> Given:
        """All of a piece but what these hands do in these steps.

        Args:
            piece: every note of it in a hand.
            free: the steps in which something is composed.
            composed: the hands that are composed there.

        >>> given = Given.of(Piece.from_array([[0, 60, 4], [4, 62, 4]]), range(4, 8))
        >>> given.is_whole(0), given.is_whole(4)
        (True, False)
        """
        fixed_hands = BOTH - composed
        hands = [fixed_hands if step in free else BOTH for step in range(piece.steps)]
        steps = [
            tuple(onset for onset in step if onset.hand in fixed or fixed == BOTH)
            for step, fixed in zip(steps_of(piece), hands, strict=True)
        ]
        sounding: list[list[Onset]] = [[] for _ in steps]
        for at, step in enumerate(steps):
            for onset in step:
                for later in sounding[at + 1 : at + onset.duration]:
                    later.append(onset)
        return cls(steps, hands, [tuple(held) for held in sounding])

    def is_whole(self, step: int) -> bool:
        """Whether nothing is composed at a step."""
        return self.hands[step] == BOTH

    def is_given(self, step: int, hand: Hand) -> bool:
        """Whether what a hand does at a step is fixed."""
        return hand in self.hands[step] or self.is_whole(step)

    def completed(self, at: int, step: Step) -> Step:
        """A step with the fixed notes as they were given, and those of the other hand."""
        new = [onset for onset in step if not self.is_given(at, onset.hand)]
        return tuple(sorted([*self.steps[at], *new]))

    def blocked(self, at: int) -> NDArray[np.bool_]:
        """The numbers that may not be composed at a step, (2 * 88,): keys that fixed notes strike
        or hold, and what lies beyond the other hand."""
        keys = np.zeros(PIANO_KEYS, bool)
        keys[[onset.pitch - LOWEST_PITCH for onset in self.sounding[at]]] = True
        struck = [onset.pitch - LOWEST_PITCH for onset in self.steps[at]]
        left, right = keys.copy(), keys
        if struck and Hand.RIGHT in self.hands[at]:
            left[min(struck) :] = True
        if struck and Hand.LEFT in self.hands[at]:
            right[: max(struck) + 1] = True
        return np.concatenate([left, right])


class _Range(NamedTuple):
    """The numbers of one hand, or of both in one range; what is fixed there, None where it is
    free."""

    first: int
    stop: int
    fixed: list[tuple[int, int]] | None


class Completion:
    """The chooser of a step of which some notes are given: those it takes as they are, and lets
    `pick` choose the rest.

    A model writes the left hand first. A left hand that is fixed is simply taken, and what follows
    in the right hand is drawn given it. Where the right hand is fixed the left one is drawn before
    it; how likely the model then holds the right one says how well the drawn one fits. So the
    probability of a drawn step, times exp(nats), is the model's of the whole step.

    Args:
        pick: chooses what is free.
        alphabet: of the model.
        given: the notes, see `Given`.
        at: the step that is written.

    Attributes:
        nats: log-probability of the given notes, each given those before it.

    Raises:
        BadPrimer: a given note is off the keyboard.
    """

    def __init__(self, pick: Pick, alphabet: Alphabet, given: Given, at: int) -> None:
        self.nats = 0.0
        self._pick, self._end = pick, alphabet.end
        numbers = numbers_of(given.steps[at], alphabet)
        self._ranges = [
            _Range(first, first + PIANO_KEYS, _within(numbers, first) if is_fixed else None)
            for first, is_fixed in _hands(alphabet, given, at)
        ]
        blocked = given.blocked(at) if alphabet.hands == 2 else np.zeros(alphabet.end, bool)
        self._blocked = np.append(blocked, False)
        self._duration: int | None = None
        self._asks_duration = False

    def __call__(self, log_p: LogP) -> int:
        """The next choice, from the log-probabilities of all of them."""
        if self._asks_duration:
            self._asks_duration = False
            if self._duration is None:
                return self._pick(log_p)
            return self._take(log_p, min(self._duration, len(log_p)) - 1)
        number = self._number(log_p)
        self._asks_duration = number != self._end
        return number

    def _number(self, log_p: LogP) -> int:
        """The next note, or the end: hand after hand, as soon as one is done with."""
        while True:
            stop, fixed = self._ranges[0].stop, self._ranges[0].fixed
            leaving = float(np.logaddexp.reduce(log_p[stop:]))
            if fixed:
                number, self._duration = fixed.pop(0)
                return self._take(log_p, number)
            if fixed is not None:
                self.nats += leaving
            else:
                number = self._pick(self._options(log_p, stop, leaving))
                if number != self._end:
                    self._duration = None
                    return number
            if stop == self._end:
                return self._end
            del self._ranges[0]
            log_p = np.concatenate([np.full(stop, -np.inf), log_p[stop:] - leaving])

    def _options(self, log_p: LogP, stop: int, leaving: float) -> LogP:
        """What the hand that is written now may do: a note of its own, or (as the end) no more."""
        options = np.full(len(log_p), -np.inf)
        options[:stop] = np.where(self._blocked[:stop], -np.inf, log_p[:stop])
        options[-1] = leaving
        return options

    def _take(self, log_p: LogP, choice: int) -> int:
        self.nats += float(log_p[choice])
        return choice


def _hands(alphabet: Alphabet, given: Given, at: int) -> list[tuple[int, bool]]:
    """The first number of each hand, or of their one range, and whether it is fixed."""
    if alphabet.hands == 1:
        return [(0, given.is_whole(at))]
    return [(0, given.is_given(at, Hand.LEFT)), (PIANO_KEYS, given.is_given(at, Hand.RIGHT))]


def _within(numbers: Sequence[tuple[int, int]], first: int) -> list[tuple[int, int]]:
    return [(n, duration) for n, duration in numbers if first <= n < first + PIANO_KEYS]
