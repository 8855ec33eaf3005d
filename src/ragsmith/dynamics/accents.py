"""Loudness by metre, for models that know none.

A simple rule, not learnt: the first beat of a bar is loudest, other beats come next, what falls
between beats is softer, and the highest note that the right hand strikes, the melody, stands out.
"""

from __future__ import annotations

from dataclasses import replace

from ragsmith.piece import DEFAULT_VELOCITY, Hand, Piece, place_in_bar

__all__ = ["accented"]

DOWNBEAT, BEAT, BETWEEN, MELODY = 10, 4, -4, 8


def accented(piece: Piece, start: int = 0) -> Piece:
    """Accents from step `start` on, unless a note there has a loudness of its own."""
    if any(n.velocity != DEFAULT_VELOCITY for n in piece.notes if n.onset >= start):
        return piece
    places = place_in_bar(piece)
    melody: dict[int, int] = {}
    for note in piece.notes:
        if note.hand is Hand.RIGHT:
            melody[note.onset] = max(note.pitch, melody.get(note.onset, 0))
    notes = []
    for note in piece.notes:
        if note.onset < start:
            notes.append(note)
            continue
        place = int(places[note.onset])
        on_beat = place % piece.steps_per_quarter == 0
        accent = DOWNBEAT if place == 0 else BEAT if on_beat else BETWEEN
        if note.hand is Hand.RIGHT and note.pitch == melody[note.onset]:
            accent += MELODY
        notes.append(note._replace(velocity=note.velocity + accent))
    return replace(piece, notes=tuple(notes))
