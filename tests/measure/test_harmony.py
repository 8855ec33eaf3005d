"""Figures of harmony by examples."""

from dataclasses import asdict, replace

import pytest

from ragsmith.chords import Chord, ChordMark, chord_named, tones_of
from ragsmith.measure.harmony import (
    agreement,
    harmony_of,
    in_chord_share,
    progressions_of,
    same_triad,
)
from ragsmith.piece import Metre, Note, Piece, regular_bars


def piece_in(*names):
    """Half bars of plain chords in 2/4, each struck twice."""
    notes = [
        (4 * n + place, 48 + tone, 2)
        for n, name in enumerate(names)
        for place in (0, 2)
        for tone in tones_of(chord_named(name))
    ]
    return Piece.from_array(notes, metre="2/4")


def test_figures_of_a_plain_cadence():
    harmony = harmony_of(piece_in("C", "C", "G7", "C"))
    assert harmony.chord_changes == pytest.approx(2 / 3)
    assert harmony.chord_kinds == 0.5
    assert harmony.falling_fifths == 0.5
    assert harmony.tonic_share == 0.75
    assert harmony.in_chord == harmony.in_chord_on_beat == 1


def test_notes_outside_are_counted():
    piece = piece_in("C", "C")
    passing = replace(piece, notes=(*piece.notes, Note(1, 74, 1), Note(4, 78, 1)))
    chords = [Chord(0), Chord(0)]
    assert in_chord_share(passing, chords) == pytest.approx(12 / 14)
    assert in_chord_share(passing, chords, on_beat=True) == pytest.approx(6 / 7)


def test_progressions_are_counted_in_the_key():
    assert progressions_of(piece_in("C", "G7", "C", "F")) == {
        ("I", "V7"): 1,
        ("V7", "I"): 1,
        ("I", "IV"): 1,
    }


def test_a_piece_without_notes_has_no_figures():
    empty = Piece((), regular_bars(16, [(0, Metre(2, 4))]))
    assert set(asdict(harmony_of(empty)).values()) == {None}
    assert agreement(empty) is None


def test_agreement_counts_half_bars_by_root_and_triad():
    piece = piece_in("C", "G7", "Cm", "F")
    marks = [(0, "C6"), (4, "G"), (8, "C"), (12, "N.C.")]
    given = tuple(ChordMark(step, chord_named(name)) for step, name in marks)
    assert agreement(replace(piece, chords=given)) == pytest.approx(2 / 3)


def test_diminished_sevenths_that_sound_alike_are_one():
    assert same_triad(Chord(0, "dim7"), Chord(9, "dim7"))
    assert not same_triad(Chord(0, "dim7"), Chord(1, "dim7"))
