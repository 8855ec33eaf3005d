"""Chords by name: read, printed, moved, and refused in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.chord_qualities import ALIASES, QUALITIES, RARER
from ragsmith.chords import (
    Chord,
    ChordMark,
    checked_chords,
    chord_at,
    chord_name,
    chord_named,
    moved_chord,
    tones_of,
)
from ragsmith.errors import BadOption, BadPiece

classes = st.integers(0, 11)
qualities = st.sampled_from(sorted(QUALITIES))
chords = st.builds(Chord, classes, qualities, st.none() | classes).map(
    lambda chord: chord._replace(bass=None if chord.bass == chord.root else chord.bass)
)


@given(chords | st.none(), st.integers(-7, 7))
def test_every_name_that_is_printed_is_read(chord, fifths):
    assert chord_named(chord_name(chord, fifths)) == chord


@given(chords, st.integers(-30, 30))
def test_a_moved_chord_has_moved_tones(chord, semitones):
    moved = moved_chord(chord, semitones)
    assert tones_of(moved) == tuple((tone + semitones) % 12 for tone in tones_of(chord))
    assert moved_chord(None, semitones) is None


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_usual_abbreviations_name_the_quality_that_they_stand_for(alias):
    assert chord_named(f"Eb{alias}") == Chord(3, ALIASES[alias])


@pytest.mark.parametrize(
    ("name", "tones"),
    [
        ("madd9", {0, 3, 7, 2}),
        ("m69", {0, 3, 7, 9, 2}),
        ("m11", {0, 3, 7, 10, 2, 5}),
        ("m11b5", {0, 3, 6, 10, 2, 5}),
        ("mmaj9", {0, 3, 7, 11, 2}),
        ("+maj7", {0, 4, 8, 11}),
        ("maj7#11", {0, 4, 7, 11, 6}),
        ("maj13", {0, 4, 7, 11, 2, 9}),
        ("7#11", {0, 4, 7, 10, 6}),
        ("13#11", {0, 4, 7, 10, 2, 9, 6}),
        ("9sus4", {0, 5, 7, 10, 2}),
        ("13b9", {0, 4, 7, 10, 1, 9}),
        ("7b5#9", {0, 4, 6, 10, 3}),
        ("7b9b13", {0, 4, 8, 10, 1}),
        ("7alt", {0, 4, 8, 10, 1, 3}),
    ],
)
def test_names_of_rarer_chords_stand_for_a_quality_within_them(name, tones):
    assert set(tones_of(Chord(0, RARER[name]))) < tones | {12}
    assert chord_named(f"Bb{name}") == Chord(10, RARER[name])


@pytest.mark.parametrize(
    ("name", "quality"),
    [
        ("GMI7", "m7"),
        ("GMin7", "m7"),
        ("G–7", "m7"),
        ("GMA7", "maj7"),
        ("GMAJ7", "maj7"),
        ("G△7", "maj7"),
        ("G∆", "maj7"),
        ("G-Δ7", "mmaj7"),
        ("Gm(Maj7)", "mmaj7"),
        ("Gm(M7)", "mmaj7"),
        ("G∅7", "m7b5"),
        ("GØ7", "m7b5"),
        ("Gº7", "dim7"),
        ("GMI7(b5)", "m7b5"),
        ("G7(b9,b13)", "7#5"),
        ("G-11", "m9"),
        ("GMA7(#11)", "maj7"),
        ("G7(♯11)", "7"),
    ],
)
def test_the_spellings_of_a_quality_are_one(name, quality):
    assert chord_named(name) == Chord(7, quality)


@pytest.mark.parametrize(
    ("name", "nearest"), [("bb", "Bb"), ("cm7", "Cm7"), ("C7#4", "C7"), ("Gmin7x", "Gm7")]
)
def test_the_nearest_name_has_the_same_root(name, nearest):
    with pytest.raises(BadOption) as refusal:
        chord_named(name)
    assert refusal.value.remedy.startswith(f"the nearest name is {nearest}")


@pytest.mark.parametrize(
    ("name", "fifths", "printed"),
    [
        ("B♭", -2, "Bb"),
        ("Fb", -4, "Fb"),
        ("Fb", 0, "E"),
        ("Bdim", -2, "Bdim"),
        ("D/F#", -2, "D/F#"),
        ("Ab7/C", -3, "Ab7/C"),
        ("C6/9/E", 0, "C69/E"),
        ("C/C", 0, "C"),
        ("NC", 0, "N.C."),
    ],
)
def test_names_are_spelt_by_the_key(name, fifths, printed):
    assert chord_name(chord_named(name), fifths) == printed


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("H7", "chord 'H7' in bar 2: cannot be read from character 1 ('H7'); the nearest"),
        ("Bbq7", "chord 'Bbq7' in bar 2: cannot be read from character 3 ('q7'); the nearest "),
        ("Cm7x", "chord 'Cm7x' in bar 2: cannot be read from character 4 ('x'); the nearest name "),
        ("Am/Q", "chord 'Am/Q' in bar 2: cannot be read from character 4 ('Q'); the nearest name "),
        ("", "chord '' in bar 2: is empty; write it like Bb, F7 or Cm7b5"),
    ],
)
def test_an_unknown_name_is_refused_with_its_place_and_the_nearest(name, message):
    with pytest.raises(BadOption) as refusal:
        chord_named(name, "in bar 2")
    assert str(refusal.value).startswith(message)


@given(st.text(max_size=12))
def test_any_text_is_a_chord_or_refused_in_a_line(text):
    try:
        chord = chord_named(text)
    except BadOption as error:
        message = str(error)
    else:
        message = "" if chord is None else QUALITIES[chord.quality] and ""
    assert "\n" not in message


def test_the_chord_in_force_is_the_last_that_began():
    marks = [ChordMark(2, Chord(0)), ChordMark(6, None), ChordMark(8, Chord(7, "7"))]
    assert [chord_at(marks, step) for step in (0, 2, 5, 6, 9)] == [
        *(None, Chord(0), Chord(0), None, Chord(7, "7")),
    ]


@pytest.mark.parametrize(
    "marks",
    [
        [ChordMark(-1, None)],
        [ChordMark(4, None), ChordMark(2, None)],
        [ChordMark(0, Chord(12))],
        [ChordMark(0, Chord(0, "weird"))],
        [ChordMark(0, "C")],
        [(0, None)],
    ],
)
def test_marks_that_are_none_are_refused(marks):
    with pytest.raises(BadPiece):
        checked_chords(marks)
