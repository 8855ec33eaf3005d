"""How long keys are held, in ticks.

Rules and their sources, with what they do at full expression:

- legato: a melody note is held into the next one, some 25 ms (Repp, *Acoustics, perception, and
  production of legato articulation on a digital piano*, JASA 97, 1995);
- repeated notes part: a quarter of a note is silent before the same key (Bresin & Battel,
  *Articulation strategies in expressive piano performance*, Journal of New Music Research 29, 2000;
  Friberg, Bresin & Sundberg 2006: repetition articulation);
- punctuation: the last note of a phrase ends early (the same: punctuation);
- chords that accompany are short, the bass is a little longer, as stride is played;
- staccato notes are half as long, as they are marked.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ragsmith.performance.marked import shares_silent
from ragsmith.performance.phrasing import Phrase
from ragsmith.performance.roles import Role
from ragsmith.performance.timing import Floats, Ints
from ragsmith.piece import Piece

__all__ = ["ends_played"]

OVERLAP = 25.0
"""Milliseconds."""
SHORTER = {Role.MELODY: 0.0, Role.INNER: 0.0, Role.BASS: 0.15, Role.ACCOMPANIMENT: 0.35}
REPEATED, PHRASE_END = 0.25, 0.3
"""Shares of a note that are silent."""
SHORTEST = 40.0
"""Milliseconds that a key is held at least, where its neighbour allows it."""


def ends_played(
    piece: Piece,
    roles: Sequence[Role],
    phrases: Sequence[Phrase],
    onsets: Ints,
    written_ends: Floats,
    ticks_a_millisecond: Floats,
    expression: float,
) -> Ints:
    """The tick on which each key is let go, before it is struck again.

    Args:
        piece: in known hands.
        roles: of its notes.
        phrases: of the piece.
        onsets: ticks on which its notes are struck.
        written_ends: ticks on which they end as written.
        ticks_a_millisecond: where each note stands.
        expression: 0 to 1.
    """
    following = _following(piece)
    shorter = np.array([SHORTER[role] for role in roles])
    connected = np.zeros(len(roles), bool)
    last_steps = _last_steps(piece, phrases)
    for place, (note, role) in enumerate(zip(piece.notes, roles, strict=True)):
        step, pitches = following.get((note.onset, note.hand), (piece.steps, set()))
        if role in (Role.MELODY, Role.INNER) and note.onset + note.duration >= step:
            if note.onset in last_steps:
                shorter[place] = PHRASE_END
            elif note.pitch in pitches:
                shorter[place] = REPEATED
            else:
                connected[place] = role is Role.MELODY
    silent = shares_silent(piece)
    connected &= silent == 0
    shorter = np.maximum(shorter, silent)
    lengths = (written_ends - onsets) * (1 - expression * shorter)
    lengths += expression * OVERLAP * connected * ticks_a_millisecond
    least = np.minimum(written_ends - onsets, SHORTEST * ticks_a_millisecond)
    ends = onsets + np.maximum(1, np.rint(np.maximum(lengths, least))).astype(np.int64)
    return np.asarray(np.minimum(ends, _struck_again(piece, onsets)))


def _following(piece: Piece) -> dict[tuple[int, int], tuple[int, set[int]]]:
    """For every onset of a hand, when that hand strikes next, and which pitches."""
    struck: dict[int, dict[int, set[int]]] = {}
    for note in piece.notes:
        struck.setdefault(note.hand, {}).setdefault(note.onset, set()).add(note.pitch)
    return {
        (onset, hand): following
        for hand, steps in struck.items()
        for onset, following in zip(steps, list(steps.items())[1:], strict=False)
    }


def _last_steps(piece: Piece, phrases: Sequence[Phrase]) -> set[int]:
    """The last step of each phrase on which something is struck."""
    onsets = np.array([note.onset for note in piece.notes])
    ends = np.searchsorted(onsets, [phrase.end for phrase in phrases]) - 1
    return {int(onsets[end]) for end in ends if end >= 0}


def _struck_again(piece: Piece, onsets: Ints) -> Ints:
    """The tick on which each key is struck next."""
    again = np.full(len(onsets), np.iinfo(np.int64).max)
    last: dict[int, int] = {}
    for place, note in enumerate(piece.notes):
        if note.pitch in last:
            again[last[note.pitch]] = onsets[place]
        last[note.pitch] = place
    return again
