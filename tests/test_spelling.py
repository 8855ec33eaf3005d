from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.note_names import LETTERS
from ragsmith.piece import Bar, Hand, Key, Metre, Note
from ragsmith.spelling import fitting_key, named_notes, spell, without_usual_names
from support import strategies

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}


def line(*pitches, hand=Hand.RIGHT):
    """One note after another."""
    return [Note(4 * i, pitch, 4, hand=hand) for i, pitch in enumerate(pitches)]


def names(notes, fifths=0):
    return " ".join(n.letter + SIGNS[n.alter] for n in spell(notes, [Key(0, fifths)]))


@given(strategies.pieces())
def test_a_name_sounds_as_its_pitch(piece):
    for note, name in zip(piece.notes, spell(piece.notes, piece.keys), strict=True):
        assert 12 * (name.octave + 1) + SEMITONES[name.letter] + name.alter == note.pitch
        assert abs(name.alter) <= 2


@given(st.integers(-7, 7))
def test_a_scale_has_the_letters_of_its_signature(fifths):
    tonic = 60 + 7 * fifths % 12
    scale = spell(line(*(tonic + d for d in (0, 2, 4, 5, 7, 9, 11, 12))), [Key(0, fifths)])
    altered = LETTERS[:fifths] if fifths > 0 else LETTERS[7 + fifths :]
    sign = 1 if fifths > 0 else -1
    for name in scale:
        assert name.alter == (sign if name.letter in altered else 0)
    assert sorted({name.letter for name in scale}) == list("ABCDEFG")


@pytest.mark.parametrize(
    ("pitches", "said"),
    [
        ((60, 61, 62), "C C# D"),
        ((65, 66, 67), "F F# G"),
        ((64, 63, 62), "E Eb D"),
        ((62, 63, 64), "D D# E"),
        ((67, 68, 69), "G G# A"),
        ((69, 68, 67), "A Ab G"),
        ((69, 70, 71), "A A# B"),
        ((72, 70, 69), "C Bb A"),
    ],
)
def test_chromatic_notes_are_named_by_where_they_go(pitches, said):
    assert names(line(*pitches)) == said


def test_the_other_hand_does_not_resolve_a_note():
    notes = [Note(0, 68, 4, hand=Hand.RIGHT), Note(4, 69, 4, hand=Hand.LEFT)]
    assert names(notes) == "Ab A"


def test_the_third_of_a_dominant_is_a_leading_note():
    dominant = [Note(0, p, 4) for p in (52, 56, 59, 62)]  # E7 in C
    subdominant = [Note(0, p, 4) for p in (53, 56, 60)]  # F minor
    assert names(dominant) == "E G# B D"
    assert names(subdominant) == "F Ab C"


def test_names_follow_the_key_in_force():
    notes = line(66, 66)
    assert [n.letter for n in spell(notes, [Key(0, 1), Key(4, -6)])] == ["F", "G"]
    assert spell(notes, []) == spell(notes, [Key(0, 0)])


@given(st.integers(-6, 6))
def test_the_fitting_key_of_a_scale_is_its_own(fifths):
    scale = line(*(60 + 7 * fifths % 12 + d for d in (0, 2, 4, 5, 7, 9, 11)))
    assert fitting_key(scale).fifths in (fifths, fifths - 12 if fifths > 5 else fifths)


def test_silence_fits_c_major():
    assert fitting_key([]) == Key(0, 0)


def test_a_chord_and_a_bar_have_one_name_for_a_key():
    """A flat as a sixth and G sharp as it leads to A, in octaves and one after the other."""
    octaves = [Note(0, 56, 2, hand=Hand.LEFT), Note(0, 68, 2, hand=Hand.RIGHT)]
    leading = Note(2, 57, 2, hand=Hand.LEFT)
    for notes in (octaves, [Note(0, 68, 2), Note(4, 69, 1), Note(6, 68, 1), Note(7, 67, 1)]):
        in_bar = spell([*notes, leading], [Key(0, 0)], [Bar(0, 8, Metre(2, 4))])
        assert (
            len(
                {
                    name.letter
                    for note, name in zip(notes, in_bar, strict=False)
                    if note.pitch % 12 == 8
                }
            )
            == 1
        )


@given(strategies.spelt_pieces())
def test_what_is_spelt_by_hand_has_that_name_and_the_others_keep_theirs(piece):
    given_names = {(m.step, m.pitch): m.text for m in piece.markings}
    usual = named_notes(replace(piece, markings=()))
    for note, name, other in zip(piece.notes, named_notes(piece), usual, strict=True):
        assert str(name) == given_names.get((note.onset, note.pitch), str(other))
    rare = without_usual_names(piece)
    assert named_notes(rare) == named_notes(piece)
    assert without_usual_names(rare) == rare
