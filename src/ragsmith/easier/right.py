"""The right hand made easier: fast notes merged, syncopation brought back to the beat."""

from __future__ import annotations

from ragsmith.easier.hands import Strike, Strikes, strikes_of, with_strikes
from ragsmith.piece import Hand, Piece, place_in_bar

__all__ = ["merged", "on_the_beat"]


def merged(piece: Piece, shortest: int) -> Piece:
    """The piece without the right hand's passing notes: those between two places of the metre
    `shortest` steps apart, with a strike on the place before and on the one after. The note before
    sounds on for them.

    Args:
        piece: with hands.
        shortest: steps between the places: half a quarter merges sixteenths into eighths.
    """
    places, right = place_in_bar(piece), strikes_of(piece, Hand.RIGHT)
    steady: Strikes = {}
    before = -1
    for step, strike in right.items():
        late = int(places[step]) % shortest
        place, after = step - late, step - late + shortest
        if late and place == before and (after in right or after >= piece.steps):
            end = max(note.onset + note.duration for note in strike)
            steady[before] = _held_until(steady[before], end)
        else:
            steady[step] = strike
            before = step
    return with_strikes(piece, Hand.RIGHT, steady)


def on_the_beat(piece: Piece, shortest: int) -> Piece:
    """The piece with the right hand's syncopations eased: a strike off the places of the metre
    `shortest` steps apart that sounds over the next place is struck there, where the hand
    strikes nothing else."""
    places, right = place_in_bar(piece), strikes_of(piece, Hand.RIGHT)
    eased: Strikes = {}
    before = -1
    for step, strike in right.items():
        late = int(places[step]) % shortest
        later = step - late + shortest
        end = max(note.onset + note.duration for note in strike)
        if late and later not in right and later < min(end, piece.steps):
            moved = (n._replace(onset=later, duration=max(1, end - later)) for n in strike)
            eased[later] = tuple(moved)
            if before in eased and max(n.onset + n.duration for n in eased[before]) == step:
                eased[before] = _held_until(eased[before], later)
        else:
            eased[step] = strike
        before = next(reversed(eased))
    return with_strikes(piece, Hand.RIGHT, eased)


def _held_until(strike: Strike, end: int) -> Strike:
    return tuple(note._replace(duration=max(note.duration, end - note.onset)) for note in strike)
