"""The left hand made easier: leaps folded, offbeats joined to their beats, one strike a half bar.

Bars in which the right hand strikes nothing stay as they are: there the left hand has the melody.
"""

from __future__ import annotations

from itertools import pairwise

from ragsmith.easier.hands import Strike, Strikes, strikes_of, with_strikes
from ragsmith.harmony.spans import half_bars
from ragsmith.piece import Hand, Piece, place_in_bar

__all__ = ["folded", "in_one_octave", "joined_to_beats", "once_a_half_bar"]

OCTAVE = 12
LOW_C = 48
"""The C below middle C."""


def folded(piece: Piece, widest: int = OCTAVE) -> Piece:
    """The piece with the left hand's low strikes an octave or two higher, where from there to the
    next strike is farther than `widest` semitones; never above the next strike or the right hand.
    """
    left = strikes_of(piece, Hand.LEFT)
    changed: Strikes = {}
    steps = list(left)
    for step, following in pairwise([*steps, *steps[-1:]]):
        strike, target = left[step], left[following]
        ceiling = _sounding_right(piece, step)
        while (
            target[-1].pitch - strike[0].pitch > widest
            and strike[0].pitch + OCTAVE <= target[0].pitch
            and strike[-1].pitch + OCTAVE < ceiling
        ):
            strike = tuple(note._replace(pitch=note.pitch + OCTAVE) for note in strike)
        changed[step] = strike
    return with_strikes(piece, Hand.LEFT, changed)


def joined_to_beats(piece: Piece) -> Piece:
    """The piece with what the left hand strikes off the beat struck with the beat before, where
    one hand reaches both, and left out where it does not; the beat's strike sounds on for it."""
    grid, places = piece.steps_per_quarter, place_in_bar(piece)
    left = strikes_of(piece, Hand.LEFT)
    melodic, joined = _melodic_steps(piece), dict[int, Strike]()
    for step, strike in left.items():
        beat = step - int(places[step]) % grid
        if step in melodic or beat == step or beat not in joined:
            joined[step] = strike
        else:
            joined[beat] = _joined(joined[beat], strike)
    return with_strikes(piece, Hand.LEFT, joined)


def in_one_octave(piece: Piece) -> Piece:
    """The piece with the left hand's lowest notes between the C below middle C and the B above it,
    or in the octave below where the right hand is in the way; what lies higher moves with them."""
    left = strikes_of(piece, Hand.LEFT)
    near: Strikes = {}
    melodic = _melodic_steps(piece)
    for step, strike in left.items():
        if step in melodic:
            near[step] = strike
            continue
        move = LOW_C + strike[0].pitch % OCTAVE - strike[0].pitch
        if strike[-1].pitch + move >= _sounding_right(piece, step):
            move -= OCTAVE
        near[step] = tuple(note._replace(pitch=note.pitch + move) for note in strike)
    return with_strikes(piece, Hand.LEFT, near)


def once_a_half_bar(piece: Piece) -> Piece:
    """The piece with the left hand's first strike of every half bar alone, which sounds on to the
    end of its last one."""
    left = strikes_of(piece, Hand.LEFT)
    melodic, once = _melodic_steps(piece), dict[int, Strike]()
    for span in half_bars(piece):
        here = [left[step] for step in span if step in left]
        if span.start in melodic:
            once |= {strike[0].onset: strike for strike in here}
        elif here:
            once[here[0][0].onset] = _held(here[0], max(_end(strike) for strike in here))
    return with_strikes(piece, Hand.LEFT, once)


def _melodic_steps(piece: Piece) -> set[int]:
    """The steps of the bars in which the right hand strikes nothing."""
    right = strikes_of(piece, Hand.RIGHT)
    spans = (range(bar.start, bar.start + bar.length) for bar in piece.bars)
    return {step for span in spans if right.keys().isdisjoint(span) for step in span}


def _sounding_right(piece: Piece, step: int) -> int:
    """The lowest pitch that the right hand holds at a step; 128 where it holds none."""
    return min(
        (
            note.pitch
            for note in piece.notes
            if note.hand is Hand.RIGHT and note.onset <= step < note.onset + note.duration
        ),
        default=128,
    )


def _joined(beat: Strike, later: Strike) -> Strike:
    """Both strikes at once, as far as an octave reaches from the lowest note."""
    lowest = beat[0]
    near = [
        note._replace(onset=lowest.onset)
        for note in later
        if 0 < note.pitch - lowest.pitch <= OCTAVE
    ]
    return _held(tuple(sorted([*beat, *near])), _end(later))


def _held(strike: Strike, end: int) -> Strike:
    return tuple(note._replace(duration=max(note.duration, end - note.onset)) for note in strike)


def _end(strike: Strike) -> int:
    return max(note.onset + note.duration for note in strike)
