"""Names of notes: every name sounds its pitch, moved ones too."""

from hypothesis import given
from hypothesis import strategies as st

from ragsmith.note_names import moved_name, name_at, names_of, read_name
from support.strategies import named_pitches

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def sounding(name):
    return 12 * (name.octave + 1) + SEMITONES[name.letter] + name.alter


@given(st.integers(0, 127))
def test_a_pitch_has_two_or_three_names_that_sound_it(pitch):
    names = names_of(pitch)
    assert len(set(map(str, names))) == len(names) == (2 if pitch % 12 == 8 else 3)
    assert all(sounding(name) == pitch and abs(name.alter) <= 2 for name in names)
    assert [read_name(str(name), pitch) for name in names] == list(names)


@given(named_pitches(), st.integers(-24, 24))
def test_a_name_that_is_moved_sounds_the_moved_pitch(named, fifths):
    pitch, text = named
    assert read_name(moved_name(text, fifths), (pitch + 7 * fifths) % 12 + 60)


def test_a_name_of_another_pitch_is_none():
    assert read_name("C", 61) is None
    assert read_name("", 60) is None
    assert read_name("C###", 63) is None
    assert str(name_at(61, -5)) == "Db"
