"""Held notes that a hand lets go, because it strikes what it could not reach beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ragsmith.measure.habits import Habits
from ragsmith.piece import Hand, Note, Piece, normalise

__all__ = ["FINGERS", "let_go"]

FINGERS = 5
"""Keys that a hand strikes or holds at most."""


def let_go(
    piece: Piece, habits: Habits, free: range, is_given: Callable[[int, Hand], bool] | None = None
) -> Piece:
    """The piece with held notes let go where their hand strikes what it cannot reach from them, has
    no finger left, or where the other hand needs the key; what is struck outside the steps of
    `free` or is given lets nothing go, and what is given is held."""
    reach = {Hand.LEFT: habits.left_reach, Hand.RIGHT: habits.right_reach}
    held: dict[Hand, list[Note]] = {hand: [] for hand in Hand}
    released: list[Note] = []
    chords: dict[tuple[int, Hand], list[Note]] = {}
    for note in piece.notes:
        chords.setdefault((note.onset, note.hand), []).append(note)
    for (onset, hand), chord in sorted(chords.items()):
        if onset not in free or (is_given and is_given(onset, hand)):
            held[hand] += chord
            continue
        holding = [note for note in held[hand] if note.onset + note.duration > onset]
        pitches = [note.pitch for note in chord]
        still: list[Note] = []
        for note in sorted(holding, key=lambda n: -n.onset):
            wide = max(*pitches, note.pitch) - min(*pitches, note.pitch) > reach.get(hand, 127)
            if is_given and is_given(note.onset, hand):
                still.append(note)
            elif wide or len(pitches) >= FINGERS or note.pitch in pitches:
                released.append(note._replace(duration=onset - note.onset))
            else:
                still.append(note)
                pitches.append(note.pitch)
        released += [note for note in held[hand] if note not in holding]
        held[hand] = still + chord
    released += [note for notes in held.values() for note in notes]
    return replace(piece, notes=normalise(released))
