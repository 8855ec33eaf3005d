"""What a note does: melody, inner part, bass or accompaniment; decided by hand and height."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from ragsmith.piece import Hand, Piece

__all__ = ["Role", "roles_of"]

OCTAVE = 12
LAST_PITCH = 127


class Role(IntEnum):
    """What a note does."""

    MELODY = 0
    INNER = 1
    BASS = 2
    ACCOMPANIMENT = 3


ROLES = tuple(Role)


def roles_of(piece: Piece) -> list[Role]:
    """The role of every note; the hands must be known.

    The right hand's highest note is the melody. The left hand's single notes and octaves are the
    bass, its other chords accompany.
    """
    onsets, pitches, _, _, hands = piece.to_array().T
    _, together = np.unique(onsets, return_inverse=True)
    left = hands == Hand.LEFT
    top, left_top = np.zeros((2, len(onsets)), np.int64)
    left_low = np.full(len(onsets), LAST_PITCH)
    np.maximum.at(top, together[~left], pitches[~left])
    np.maximum.at(left_top, together[left], pitches[left])
    np.minimum.at(left_low, together[left], pitches[left])
    few = np.bincount(together[left], minlength=len(onsets)) < 3
    is_bass = few & np.isin(left_top - left_low, (0, OCTAVE))
    of_right = np.where(pitches == top[together], Role.MELODY, Role.INNER)
    of_left = np.where(is_bass[together], Role.BASS, Role.ACCOMPANIMENT)
    return [ROLES[role] for role in np.where(left, of_left, of_right).tolist()]
