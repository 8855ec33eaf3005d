"""What a note does: melody, inner part, bass or accompaniment; decided by hand and height."""

from __future__ import annotations

from enum import IntEnum
from itertools import groupby
from operator import attrgetter

from ragsmith.piece import Hand, Note, Piece

__all__ = ["Role", "roles_of"]

OCTAVE = 12


class Role(IntEnum):
    """What a note does."""

    MELODY = 0
    INNER = 1
    BASS = 2
    ACCOMPANIMENT = 3


def roles_of(piece: Piece) -> list[Role]:
    """The role of every note; the hands must be known.

    The right hand's highest note is the melody. The left hand's single notes and octaves are the
    bass, its other chords accompany.
    """
    roles: list[Role] = []
    for _, together in groupby(piece.notes, attrgetter("onset")):
        roles += _roles_together(list(together))
    return roles


def _roles_together(notes: list[Note]) -> list[Role]:
    """The roles of notes that are struck together, from the lowest to the highest."""
    right = [note.pitch for note in notes if note.hand is not Hand.LEFT]
    left = sorted(note.pitch for note in notes if note.hand is Hand.LEFT)
    is_bass = len(left) < 3 and (not left or left[-1] - left[0] in (0, OCTAVE))
    roles = []
    for note in notes:
        if note.hand is not Hand.LEFT:
            roles.append(Role.MELODY if note.pitch == max(right) else Role.INNER)
        else:
            roles.append(Role.BASS if is_bass else Role.ACCOMPANIMENT)
    return roles
