"""Chords from notes: examples, and what must not change them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.chords import Chord, chord_named, moved_chord, tones_of
from ragsmith.harmony.finder import VOCABULARY, chords_of, finder_chord
from ragsmith.harmony.spans import half_bars
from ragsmith.io import read
from ragsmith.piece import Bar, Key, Metre, Note, Piece, regular_bars
from ragsmith.verbs import regrid, transpose


def stride(*names, metre="2/4"):
    """For each chord a half bar of a bass note and a chord above it, as the left hand plays."""
    notes = []
    for number, name in enumerate(names):
        chord = chord_named(name)
        start = 4 * number
        notes.append((start, 36 + chord.root, 2))
        notes += [(start + 2, 48 + tone, 2) for tone in tones_of(chord)]
    return Piece.from_array(notes, metre=metre)


@pytest.mark.parametrize(
    "names",
    [
        ("C", "G7", "C", "F", "Fm", "C", "G7", "C"),
        ("Bb", "Gm", "Cm", "F7", "Bb", "Bdim7", "F7", "Bb"),
        ("Ab", "Ab", "Fb", "Eb7", "Ab", "Ab7", "Db", "Dbm"),
        ("Am", "E7", "Am", "Bm7b5", "E7", "Am"),
    ],
)
def test_plain_chords_are_named(names):
    assert chords_of(stride(*names)) == [chord_named(name) for name in names]


def test_chords_move_with_the_music():
    piece = stride("C", "G7", "C", "F", "Fm", "C", "G7", "C")
    piece = replace(piece, keys=(Key(0, 0),))
    for semitones in range(-5, 7):
        moved = chords_of(transpose(piece, semitones))
        assert moved == [moved_chord(chord, semitones) for chord in chords_of(piece)]
    assert chords_of(regrid(piece, 12)) == chords_of(piece)


def test_silence_has_no_chord_and_an_empty_piece_has_no_half_bars():
    bars = regular_bars(32, [(0, Metre(2, 4))])
    one = Piece((Note(8, 48, 4), Note(8, 52, 4), Note(8, 55, 4)), bars)
    assert chords_of(one) == [None, None, Chord(0), Chord(0), None, None, None, None]
    assert chords_of(Piece((), ())) == []


@pytest.mark.parametrize(
    ("metre", "halves"),
    [("2/4", 2), ("4/4", 2), ("3/4", 1), ("6/8", 2), ("9/8", 1), ("5/4", 1), ("2/2", 2)],
)
def test_a_bar_has_two_halves_where_its_beats_are_even(metre, halves):
    assert len(half_bars(Piece.from_array([[0, 60, 1]], metre=metre))) == halves


def test_a_pickup_is_one_stretch():
    bars = (Bar(0, 2, Metre(2, 4), 6), Bar(2, 8, Metre(2, 4)))
    spans = half_bars(Piece((Note(0, 60, 1),), bars))
    assert spans == [range(2), range(2, 6), range(6, 10)]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(21, 108), st.integers(1, 8))))
def test_any_notes_have_a_chord_of_the_vocabulary_or_none(notes):
    piece = Piece((), regular_bars(64, [(0, Metre(2, 4))]))
    piece = replace(piece, notes=tuple(Note(*note) for note in dict.fromkeys(notes)))
    chords = chords_of(piece)
    assert len(chords) == len(half_bars(piece))
    assert all(chord is None or chord in VOCABULARY for chord in chords)


def test_the_chords_of_a_vocabulary_are_their_own():
    assert all(finder_chord(chord) == chord for chord in VOCABULARY)


@pytest.mark.corpus
def test_rags_have_the_chords_that_are_annotated(shared):
    piece = read(shared / "corpora/joplin/kern/entertainer.krn", 4)
    bars = piece.full_bars[4:8]
    names = ["C", "C7", "F", "C", "C", "G7", "C", "C"]
    chords = dict(zip((s.start for s in half_bars(piece)), chords_of(piece), strict=True))
    assert [chords[s.start] for s in half_bars(piece, bars)] == [chord_named(n) for n in names]
