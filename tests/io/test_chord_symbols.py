"""Chord symbols above scores: written, read back, carried by verbs."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.chords import QUALITIES, Chord, ChordMark, chord_named
from ragsmith.io.arrays import piece_of, to_arrays
from ragsmith.io.readers.abc import read_abc
from ragsmith.io.readers.exact_score import to_reading
from ragsmith.io.readers.musicxml import read_musicxml
from ragsmith.io.readers.musicxml_harmony import KINDS, chord_in
from ragsmith.io.score.musicxml import musicxml
from ragsmith.piece import Key, Metre, Note, Piece, Section, regular_bars
from ragsmith.verbs import augment, clip, join, regrid, transpose

classes = st.integers(0, 11)
chords = st.none() | st.builds(Chord, classes, st.sampled_from(sorted(QUALITIES)), st.none())
STEPS = 64


def with_chords(*marks, fifths=0):
    notes = tuple(Note(step, 60, 4) for step in range(0, STEPS, 4))
    bars = regular_bars(STEPS, [(0, Metre(2, 4))])
    return Piece(notes, bars, keys=(Key(0, fifths),), chords=tuple(marks))


def read_back(piece):
    root = ElementTree.fromstring(musicxml(piece))
    return to_reading(read_musicxml(root), "x", piece.steps_per_quarter).piece


@given(st.dictionaries(st.integers(0, STEPS - 1), chords), st.integers(-7, 7))
def test_chords_survive_musicxml_and_the_cache(named, fifths):
    marks = []
    for step, chord in sorted(named.items()):
        if not marks or marks[-1].chord != chord:
            marks.append(ChordMark(step, chord))
    piece = with_chords(*marks, fifths=fifths)
    assert read_back(piece).chords == piece.chords
    assert piece_of(to_arrays(piece)) == piece


@given(st.integers(-7, 7), st.booleans())
def test_the_mode_of_a_key_survives_musicxml(fifths, minor):
    piece = replace(with_chords(), keys=(Key(0, fifths, minor),))
    assert read_back(piece).keys == piece.keys


def test_a_chord_that_goes_on_is_written_again_where_a_strain_or_an_ending_begins():
    marks = [ChordMark(step, chord_named(name)) for step, name in [(0, "C"), (8, "G7"), (16, "C")]]
    names = [("A", 0, 16), ("A1", 16, 24), ("A2", 24, 32), ("B", 32, STEPS)]
    piece = replace(
        with_chords(*marks),
        sections=tuple(Section(*name) for name in names),
        order=("A", "A1", "A", "A2", "B"),
    )
    measures = ElementTree.fromstring(musicxml(piece)).findall("part/measure")
    roots = [[name.text for name in m.findall("harmony/root/root-step")] for m in measures]
    assert roots == [["C"], ["G"], ["C"], ["C"], ["C"], [], [], []]
    assert read_back(piece).chords == piece.chords


@given(st.sampled_from(sorted(QUALITIES)), classes)
def test_basses_survive_musicxml(quality, bass):
    chord = Chord(0, quality, bass or None)
    assert read_back(with_chords(ChordMark(0, chord))).chords == (ChordMark(0, chord),)


def test_every_quality_has_a_kind():
    assert KINDS.keys() == QUALITIES.keys()


def test_chords_of_abc_are_read_and_annotations_are_not():
    text = 'X:1\nM:2/4\nL:1/8\nK:C\n"Am/e""^slowly"A2 "oops"B2|"G7"G2 "N.C."z2|]'
    piece = to_reading(read_abc(text), "x", 4).piece
    named = [(0, "Am/E"), (8, "G7"), (12, "N.C.")]
    assert piece.chords == tuple(ChordMark(step, chord_named(name)) for step, name in named)


@pytest.mark.parametrize(
    ("kind", "degrees", "chord"),
    [
        ("dominant", [("9", "-1", "add")], Chord(0, "7b9")),
        ("dominant", [("5", "-1", "alter")], Chord(0, "7b5")),
        ("major", [("5", "1", "alter")], Chord(0, "aug")),
        ("dominant", [("13", "1", "add")], Chord(0, "7")),
        ("German", [], Chord(0, "7")),
        ("none", [], None),
    ],
)
def test_kinds_and_degrees_become_the_nearest_usual_name(kind, degrees, chord):
    parts = "".join(
        f"<degree><degree-value>{value}</degree-value><degree-alter>{alter}</degree-alter>"
        f"<degree-type>{change}</degree-type></degree>"
        for value, alter, change in degrees
    )
    text = f"<harmony><root><root-step>C</root-step></root><kind>{kind}</kind>{parts}</harmony>"
    assert chord_in(ElementTree.fromstring(text)) == chord


def test_a_kind_that_is_none_is_named_by_what_is_printed():
    root = "<root><root-step>C</root-step></root>"
    text = f'<harmony>{root}<kind text="7alt">other</kind></harmony>'
    assert chord_in(ElementTree.fromstring(text)) == Chord(0, "7#5")


@pytest.mark.parametrize(
    "inside",
    [
        '<root><root-step>C</root-step></root><kind text="?">other</kind>',
        "<kind>major</kind>",
        "<root><root-step>H</root-step></root><kind>major</kind>",
        "<root><root-step>C</root-step></root><kind>other</kind>",
        "<root><root-step>C</root-step></root><kind>major</kind><degree/>",
    ],
)
def test_chords_without_a_usual_name_are_left_out(inside):
    with pytest.raises(ValueError, match=r"of a chord|has no usual name"):
        chord_in(ElementTree.fromstring(f"<harmony>{inside}</harmony>"))


def test_verbs_carry_chords():
    piece = with_chords(ChordMark(0, Chord(0)), ChordMark(12, Chord(7, "7", 2)))
    assert transpose(piece, 2).chords[1].chord == Chord(9, "7", 4)
    assert clip(piece, 8, 16).chords == (ChordMark(0, Chord(0)), ChordMark(4, Chord(7, "7", 2)))
    assert [mark.step for mark in regrid(piece, 8).chords] == [0, 24]
    assert [mark.step for mark in augment(piece).chords] == [0, 24]
    twice = join(piece, replace(piece, chords=(ChordMark(0, Chord(7, "7", 2)),)))
    assert twice.chords == piece.chords
