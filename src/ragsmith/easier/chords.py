"""Chords with fewer notes, nearer together; the melody and the bass stay."""

from __future__ import annotations

from collections.abc import Mapping

from ragsmith.chords import Chord, tones_of
from ragsmith.easier.hands import Strike, strikes_of, with_each_strike, with_strikes
from ragsmith.piece import Hand, Note, Piece, place_in_bar

__all__ = ["ChordAt", "narrowed", "single_bass", "single_melody", "thinned", "without_octaves"]

ChordAt = Mapping[int, Chord]
"""The chord of each step that has one."""
OCTAVE = 12
TOLD_BY = (1, 3, 0, 2)
"""The places in `tones_of` that say most of a chord, first: third, seventh, root, fifth."""


def thinned(piece: Piece, hand: Hand, most: int, chords: ChordAt) -> Piece:
    """The piece with at most so many notes in a strike of a hand.

    The outer note (the right hand's highest, the left hand's lowest) stays; of the others those
    that say most of the chord: no pitch class twice, its third, its seventh, its root, its fifth.
    """

    def thin(strike: Strike) -> Strike:
        if len(strike) <= most:
            return strike
        outer, tones = _outer(strike, hand), _tones(strike, chords)
        chosen = [outer]
        while len(chosen) < most:
            classes = {note.pitch % OCTAVE for note in chosen}
            rest = [note for note in strike if note not in chosen]
            chosen.append(min(rest, key=lambda note: _rank(note, outer, tones, classes)))
        return tuple(sorted(chosen))

    return with_each_strike(piece, hand, thin)


def single_melody(piece: Piece) -> Piece:
    """The piece with the highest note of each strike alone in the right hand, let go where the
    next one is struck."""
    tops = [strike[-1] for strike in strikes_of(piece, Hand.RIGHT).values()]
    ends = [*(note.onset for note in tops[1:]), piece.steps][: len(tops)]
    return with_strikes(
        piece,
        Hand.RIGHT,
        {
            note.onset: (note._replace(duration=max(1, min(note.duration, end - note.onset))),)
            for note, end in zip(tops, ends, strict=True)
        },
    )


def single_bass(piece: Piece, chords: ChordAt) -> Piece:
    """The piece with one note of each strike in the left hand: on the beat the lowest, off the
    beat the one that says most of the chord."""
    places, grid = place_in_bar(piece), piece.steps_per_quarter

    def single(strike: Strike) -> Strike:
        lowest = strike[0]
        if places[lowest.onset] % grid == 0:
            return (lowest,)
        tones = _tones(strike, chords)
        return (min(strike, key=lambda note: _rank(note, lowest, tones, set())),)

    return with_each_strike(piece, Hand.LEFT, single)


def _tones(strike: Strike, chords: ChordAt) -> tuple[int, ...]:
    """The tones of the chord that a strike belongs to; none where it has no chord."""
    step = strike[0].onset
    return tones_of(chords[step]) if step in chords else ()


def _outer(strike: Strike, hand: Hand) -> Note:
    return strike[-1] if hand is Hand.RIGHT else strike[0]


def _rank(
    note: Note, outer: Note, tones: tuple[int, ...], classes: set[int]
) -> tuple[bool, int, int]:
    """How soon a note is chosen: lowest first."""
    pitch_class = note.pitch % OCTAVE
    place = tones.index(pitch_class) if pitch_class in tones else len(TOLD_BY)
    weight = TOLD_BY.index(place) if place < len(TOLD_BY) else len(TOLD_BY)
    return pitch_class in classes, weight, abs(note.pitch - outer.pitch)


def without_octaves(piece: Piece, hand: Hand) -> Piece:
    """The piece without the notes of a hand that double its melody or bass in the octave."""

    def single(strike: Strike) -> Strike:
        outer = _outer(strike, hand)
        return tuple(
            note for note in strike if note == outer or (note.pitch - outer.pitch) % OCTAVE
        )

    return with_each_strike(piece, hand, single)


def narrowed(piece: Piece, hand: Hand, widest: int) -> Piece:
    """The piece without what a hand strikes more than so many semitones from its outer note."""

    def narrow(strike: Strike) -> Strike:
        outer = _outer(strike, hand)
        return tuple(note for note in strike if abs(note.pitch - outer.pitch) <= widest)

    return with_each_strike(piece, hand, narrow)
