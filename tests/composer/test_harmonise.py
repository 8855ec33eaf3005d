"""Chords to a melody: they fit it, close on its tonic, and move with it."""

from dataclasses import replace

import pytest

from ragsmith.chords import chord_at, moved_chord, tones_of
from ragsmith.composer.harmonise import chords_to, key_of
from ragsmith.harmony.spans import half_bars
from ragsmith.piece import Hand, Key, Metre, Note, Piece, regular_bars
from ragsmith.verbs import transpose

TUNE = (67, 71, 74, 71, 72, 69, 66, 69, 67, 71, 74, 71, 72, 66, 67, 67)
PROGRESSIONS = {"I | V7 | I | V7 I": 3, "I | IV | V7 | I": 2, "i | V7 | i | i": 1}
G = Key(0, 1)


def melody(*pitches, keys=(G,)):
    notes = tuple(Note(4 * i, pitch, 4, hand=Hand.RIGHT) for i, pitch in enumerate(pitches))
    bars = regular_bars(4 * len(pitches), [(0, Metre(2, 4))])
    return Piece(notes, bars, keys=keys)


def chords(piece, seed=1):
    marks = chords_to(piece, PROGRESSIONS, seed, Hand.LEFT)
    return [chord_at(marks, span.start) for span in half_bars(piece)]


def test_most_notes_are_tones_of_their_chord_and_the_last_is_the_tonics():
    piece = melody(*TUNE)
    path = chords(piece)
    inside = [n.pitch % 12 in tones_of(c) for n, c in zip(piece.notes, path, strict=True)]
    assert sum(inside) >= 14
    assert (path[-1].root, path[-1].quality) == (7, "")


@pytest.mark.parametrize("semitones", [-5, 2, 6])
def test_they_move_with_the_melody(semitones):
    piece = melody(*TUNE)
    moved = [moved_chord(chord, semitones) for chord in chords(piece)]
    assert [c[:2] for c in chords(transpose(piece, semitones))] == [c[:2] for c in moved]


def test_a_seed_fixes_them_and_others_differ():
    piece = melody(*TUNE)
    assert chords(piece, 3) == chords(piece, 3)
    assert len({tuple(chords(piece, seed)) for seed in range(8)}) > 1


@pytest.mark.parametrize("fifths", [-3, 0, 1, 4])
def test_the_key_of_a_melody_that_names_none(fifths):
    piece = transpose(melody(*TUNE), (7 * (fifths - 1) + 5) % 12 - 5)
    assert key_of(replace(piece, keys=()))[1:] == (fifths, False)


def test_nothing_has_no_chords():
    assert chords_to(Piece((), ()), {}, 1, None) == ()
    assert key_of(Piece((), ())) == Key(0, 0)
