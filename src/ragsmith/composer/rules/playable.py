"""What two hands can play: reach, five fingers each, and not in each other's way."""

from __future__ import annotations

from collections.abc import Sequence

from ragsmith.composer.given import Given
from ragsmith.easier.letting_go import FINGERS
from ragsmith.measure.habits import Habits
from ragsmith.models.base import Step
from ragsmith.piece import Hand, Note, Piece
from ragsmith.playing_order import PlayingOrder

__all__ = ["Playable", "unplayable"]


class Playable:
    """Rejects a step that no two hands can strike.

    A hand strikes at most five keys, no wider apart than it reaches; the left hand stays below the
    right; a key is not struck again sooner than the corpus does, also across the joins of repeats.

    Args:
        habits: what the corpus's hands do.
        played: which steps are neighbours when repeats are played.
        given: what is fixed: whether a hand can play that is not asked.
    """

    name = "Playable"

    def __init__(self, habits: Habits, played: PlayingOrder, given: Given | None = None) -> None:
        self._habits, self._played, self._given = habits, played, given

    def allows(self, history: Sequence[Step], step: Step) -> bool:
        """Whether this step can be struck after those."""
        if not step:
            return True
        now = len(history)
        left = [onset.pitch for onset in step if onset.hand is Hand.LEFT]
        right = [onset.pitch for onset in step if onset.hand is Hand.RIGHT]
        if left and right and max(left) >= min(right):
            return False
        habits = self._habits
        if not self._in_reach(now, Hand.LEFT, left, habits.left_reach):
            return False
        if not self._in_reach(now, Hand.RIGHT, right, habits.right_reach):
            return False
        return habits.soonest == 1 or not self._is_too_soon(history, step, habits.soonest - 1)

    def _in_reach(self, now: int, hand: Hand, struck: Sequence[int], reach: int) -> bool:
        """Whether a hand can strike these pitches, and go on holding what it was given to hold."""
        if self._given:
            if self._given.is_given(now, hand):
                return True
            held = [onset.pitch for onset in self._given.sounding[now] if onset.hand is hand]
            struck = [*struck, *held] if struck else []
        return len(struck) <= FINGERS and (not struck or max(struck) - min(struck) <= reach)

    def _is_too_soon(self, history: Sequence[Step], step: Step, near: int) -> bool:
        """Whether a key of this step is struck in one of the steps next to it, too."""
        now, new = len(history), step
        later: Sequence[Step] = ()
        if self._given:
            given = self._given
            new = tuple(onset for onset in step if not given.is_given(now, onset.hand))
            later = given.steps[now + 1 : now + 1 + near]
        struck = {onset.pitch for onset in new}
        known = (
            history[at]
            for before, after in self._played.around(now, near)
            for at in (*before, *after)
        )
        return any(onset.pitch in struck for step in (*known, *later) for onset in step)


def unplayable(piece: Piece, habits: Habits) -> list[int]:
    """The steps, of a piece as it is played, at which a hand cannot do what is asked of it."""
    wrong = []
    reach = {Hand.LEFT: habits.left_reach, Hand.RIGHT: habits.right_reach}
    held: dict[Hand, list[Note]] = {hand: [] for hand in Hand}
    by_onset: dict[int, list[Note]] = {}
    for note in piece.notes:
        by_onset.setdefault(note.onset, []).append(note)
    last_struck: dict[int, int] = {}
    for onset, chord in sorted(by_onset.items()):
        bad = False
        for hand in (Hand.LEFT, Hand.RIGHT):
            struck = [note for note in chord if note.hand is hand]
            if not struck:
                continue
            held[hand] = [n for n in held[hand] if n.onset + n.duration > onset] + struck
            pitches = [note.pitch for note in held[hand]]
            bad |= len(pitches) > FINGERS or max(pitches) - min(pitches) > reach[hand]
        left = [n.pitch for n in chord if n.hand is Hand.LEFT]
        right = [n.pitch for n in chord if n.hand is Hand.RIGHT]
        bad |= bool(left and right) and max(left) >= min(right)
        for note in chord:
            bad |= onset - last_struck.get(note.pitch, -habits.soonest) < habits.soonest
            last_struck[note.pitch] = onset
        if bad:
            wrong.append(onset)
    return wrong
