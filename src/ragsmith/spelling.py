"""Spells pitches: A sharp or B flat, by the key and the notes around it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from ragsmith.markings import SPELLING, Marking
from ragsmith.note_names import TO_SHARP, Name, name_at, read_name
from ragsmith.piece import Bar, Hand, Key, Note, Piece

__all__ = ["DIATONIC", "Name", "fitting_key", "named_notes", "spell", "without_usual_names"]

USUAL = (0, 7, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5)
"""Fifths from the tonic of the major key to each semitone above it, when nothing says otherwise."""
LEADING: Mapping[int, tuple[frozenset[int], frozenset[int]]] = {
    3: (frozenset({6, 11}), frozenset({7, 8, 10})),
    8: (frozenset({4, 11}), frozenset({0, 5, 7})),
    10: (frozenset(), frozenset()),
}
"""Degrees (semitones above the tonic) that are spelt flat, but sharp where they lead upwards, that
is in a chord with one of the first set of degrees and none of the second."""
RESOLVES, IN_DOMINANT, USUALLY_LOWERED = 8, 4, 1
"""How much it says of a note's name that its hand goes on to the next semitone, that it is the
third of a dominant, and that it is neither."""
LOOKED_AHEAD = 6
"""How many onsets of the same hand are searched for the semitone that a note goes on to."""
NEIGHBOURS = 48
"""How many notes before and after a note are searched for those that sound with it."""
DIATONIC = (0, 2, 4, 5, 7, 9, 11)


def spell(
    notes: Sequence[Note],
    keys: Sequence[Key],
    bars: Sequence[Bar] = (),
    markings: Iterable[Marking] = (),
) -> tuple[Name, ...]:
    """The name of each note (sorted by onset); C major when there are no keys.

    Chromatic notes are the raised first and fourth degree and the lowered third, sixth and seventh;
    but a lowered one is instead the degree below it, raised, when its hand goes on to the semitone
    above, or when it is the third of a dominant. What sounds the same has one name in a bar, in
    every octave: the reasons of all its notes are added up. `benchmarks/score_joplin.py` measures
    the rule.

    Args:
        notes: sorted by onset.
        keys: signatures in order.
        bars: in which names agree; without them they agree in chords alone.
        markings: of the piece; a spelling among them names its note, and changes no other name.
    """
    given = {(m.step, m.pitch): read_name(m.text, m.pitch) for m in markings if m.kind == SPELLING}
    changes = [key.step for key in keys]
    starts = [bar.start for bar in bars]
    moves = _moves(notes)
    usual: list[int] = []
    votes: Counter[tuple[int, int]] = Counter()
    for place, note in enumerate(notes):
        tonic = keys[max(bisect_right(changes, note.onset) - 1, 0)].fifths if keys else 0
        degree = (note.pitch - 7 * tonic) % 12
        usual.append(tonic + USUAL[degree])
        if degree in LEADING:
            chord = {(pitch - 7 * tonic) % 12 for pitch in _sounding(notes, place)}
            together = bisect_right(starts, note.onset) if bars else note.onset
            votes[together, usual[-1]] += _vote(degree, moves[place], chord)
    names = []
    for note, fifths in zip(notes, usual, strict=True):
        together = bisect_right(starts, note.onset) if bars else note.onset
        raised = votes[together, fifths] > 0
        usual_name = name_at(note.pitch, fifths + TO_SHARP * raised)
        names.append(given.get((note.onset, note.pitch)) or usual_name)
    return tuple(names)


def named_notes(piece: Piece) -> tuple[Name, ...]:
    """The names of a piece's notes as its score writes them; where it has no key, in one that fits.

    >>> [str(name) for name in named_notes(Piece.from_array([[0, 61, 4], [4, 62, 4]]))]
    ['C#', 'D']
    """
    keys = piece.keys or (fitting_key(piece.notes),)
    return spell(piece.notes, keys, piece.bars, piece.markings)


def without_usual_names(piece: Piece) -> Piece:
    """The piece without the spellings of notes that would be called so anyway, or that are gone."""
    if not any(marking.kind == SPELLING for marking in piece.markings):
        return piece
    plain = replace(piece, markings=tuple(m for m in piece.markings if m.kind != SPELLING))
    places = ((note.onset, note.pitch) for note in piece.notes)
    usual = dict(zip(places, map(str, named_notes(plain)), strict=True))
    markings = (
        marking
        for marking in piece.markings
        if marking.kind != SPELLING
        or usual.get((marking.step, marking.pitch), marking.text) != marking.text
    )
    return replace(piece, markings=tuple(markings))


def _vote(degree: int, move: int, chord: Set[int]) -> int:
    """How much speaks for the raised degree instead of the lowered one; below 0 against it."""
    some, none = LEADING[degree]
    if move > 0:
        return RESOLVES
    if chord & some and not chord & none:
        return IN_DOMINANT
    return -RESOLVES if move < 0 else -USUALLY_LOWERED


def _moves(notes: Sequence[Note]) -> list[int]:
    """1 for a note whose hand soon goes on to the semitone above, -1 below (first), else 0."""
    moves = [0] * len(notes)
    coming: dict[Hand, list[tuple[int, set[int]]]] = {hand: [] for hand in Hand}
    for place in reversed(range(len(notes))):
        note = notes[place]
        moments = coming[note.hand]  # the latest struck stands last
        if not moments or moments[-1][0] != note.onset:
            moments.append((note.onset, set()))
        moments[-1][1].add(note.pitch)
        for _, pitches in moments[-2 : -2 - LOOKED_AHEAD : -1]:
            if note.pitch + 1 in pitches or note.pitch - 1 in pitches:
                moves[place] = 1 if note.pitch + 1 in pitches else -1
                break
    return moves


def _sounding(notes: Sequence[Note], place: int) -> list[int]:
    """Pitches that sound together with a note, at some time."""
    note = notes[place]
    around = notes[max(0, place - NEIGHBOURS) : place + NEIGHBOURS]
    end = note.onset + note.duration
    return [n.pitch for n in around if n.onset < end and n.onset + n.duration > note.onset]


def fitting_key(notes: Sequence[Note]) -> Key:
    """The key signature that leaves the fewest notes (by their durations) to accidentals; of
    equals the one with the fewest signs."""
    weights = [0] * 12
    for note in notes:
        weights[note.pitch % 12] += note.duration

    def inside(fifths: int) -> int:
        return sum(weights[(degree + 7 * fifths) % 12] for degree in DIATONIC)

    return Key(0, max(sorted(range(-6, 7), key=abs), key=inside))
