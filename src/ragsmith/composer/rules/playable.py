"""What two hands can play: reach, five fingers each, and not in each other's way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ragsmith.measure.habits import Habits
from ragsmith.models.base import Step
from ragsmith.piece import Hand, Note, Piece, normalise
from ragsmith.playing_order import PlayingOrder

__all__ = ["FINGERS", "Playable", "let_go", "unplayable"]

FINGERS = 5


class Playable:
    """Rejects a step that no two hands can strike.

    A hand strikes at most five keys, no wider apart than it reaches; the left hand stays below the
    right; a key is not struck again sooner than the corpus does, also across the joins of repeats.

    Args:
        habits: what the corpus's hands do.
        played: which steps are neighbours when repeats are played.
    """

    name = "Playable"

    def __init__(self, habits: Habits, played: PlayingOrder) -> None:
        self._habits, self._played = habits, played

    def allows(self, history: Sequence[Step], step: Step) -> bool:
        """Whether this step can be struck after those."""
        if not step:
            return True
        left = [onset.pitch for onset in step if onset.hand is Hand.LEFT]
        right = [onset.pitch for onset in step if onset.hand is Hand.RIGHT]
        for hand, reach in ((left, self._habits.left_reach), (right, self._habits.right_reach)):
            if len(hand) > FINGERS or (hand and max(hand) - min(hand) > reach):
                return False
        if left and right and max(left) >= min(right):
            return False
        near = self._habits.soonest - 1
        struck = {onset.pitch for onset in step}
        return near == 0 or not any(
            onset.pitch in struck
            for before, after in self._played.around(len(history), near)
            for at in (*before, *after)
            for onset in history[at]
        )


def let_go(piece: Piece, habits: Habits, free: range) -> Piece:
    """The piece with held notes let go where their hand strikes what it cannot reach from them, has
    no finger left, or where the other hand needs the key; what is struck outside the steps of
    `free` lets nothing go."""
    reach = {Hand.LEFT: habits.left_reach, Hand.RIGHT: habits.right_reach}
    held: dict[Hand, list[Note]] = {hand: [] for hand in Hand}
    released: list[Note] = []
    chords: dict[tuple[int, Hand], list[Note]] = {}
    for note in piece.notes:
        chords.setdefault((note.onset, note.hand), []).append(note)
    for (onset, hand), chord in sorted(chords.items()):
        if onset not in free:
            held[hand] += chord
            continue
        holding = [note for note in held[hand] if note.onset + note.duration > onset]
        pitches = [note.pitch for note in chord]
        still: list[Note] = []
        for note in sorted(holding, key=lambda n: -n.onset):
            wide = max(*pitches, note.pitch) - min(*pitches, note.pitch) > reach.get(hand, 127)
            if wide or len(pitches) >= FINGERS or note.pitch in pitches:
                released.append(note._replace(duration=onset - note.onset))
            else:
                still.append(note)
                pitches.append(note.pitch)
        released += [note for note in held[hand] if note not in holding]
        held[hand] = still + chord
    released += [note for notes in held.values() for note in notes]
    return replace(piece, notes=normalise(released))


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
