"""Markings written to MusicXML and read back, from notes made up and from other notations."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.io.midi_out import write_midi
from ragsmith.io.readers.midi import read_midi
from ragsmith.io.readers.notation import read_notation
from ragsmith.io.score.musicxml import musicxml, write_musicxml
from ragsmith.markings import OF_NOTES, Marking
from ragsmith.piece import Hand, Key, Metre, Note, Piece, regular_bars
from ragsmith.spelling import named_notes, without_usual_names
from support.strategies import spelt_pieces

RIGHT, LEFT = Hand.RIGHT, Hand.LEFT
TEXTS = {"fingering": "3", "grace": "16th/", "words": "dolce", "dynamic": "mf"}


def a_piece(*markings):
    notes = [Note(2 * i, 72 + i, 2, hand=RIGHT) for i in range(16)]
    notes += [Note(4 * i, 48 + i, 4, hand=LEFT) for i in range(8)]
    return Piece(tuple(notes), regular_bars(32, [(0, Metre(2, 4))]), markings=markings)


def read_back(piece, folder):
    path = write_musicxml(piece, folder / "a.musicxml")
    return read_notation(path, piece.steps_per_quarter).piece


@pytest.mark.parametrize("kind", OF_NOTES)
def test_every_marking_of_a_note_comes_back(kind, tmp_path):
    pitch = 75 if kind != "grace" else 73
    marking = Marking(6, kind, pitch, RIGHT, TEXTS.get(kind, ""))
    assert read_back(a_piece(marking), tmp_path).markings == (marking,)


def test_what_belongs_to_staves_comes_back(tmp_path):
    markings = (
        Marking(0, "dynamic", hand=RIGHT, text="mf"),
        Marking(0, "pedal", hand=LEFT, end=8),
        Marking(2, "crescendo", hand=RIGHT, end=16),
        Marking(4, "words", hand=RIGHT, text="poco a poco"),
        Marking(16, "dynamic", hand=LEFT, text="ffz"),
        Marking(17, "diminuendo", hand=LEFT, end=32),
    )
    assert read_back(a_piece(*markings), tmp_path).markings == markings


def test_slurs_of_both_hands_that_follow_each_other_stay_apart(tmp_path):
    slurs = (
        Marking(0, "slur", 72, RIGHT, end=4, end_pitch=74),
        Marking(4, "slur", 49, LEFT, end=12, end_pitch=51),
        Marking(6, "slur", 75, RIGHT, end=14, end_pitch=79),
    )
    assert read_back(a_piece(*slurs), tmp_path).markings == slurs


def test_a_marking_without_its_note_is_left_out(tmp_path):
    lost = Marking(0, "accent", 90, RIGHT), Marking(0, "slur", 90, RIGHT, end=4, end_pitch=74)
    assert read_back(a_piece(*lost), tmp_path).markings == ()
    assert musicxml(a_piece(*lost)) == musicxml(replace(a_piece(), markings=()))


def test_a_part_has_the_markings_of_its_hand():
    markings = (Marking(0, "dynamic", hand=RIGHT, text="mf"), Marking(0, "words", text="dolce"))
    both, left = (musicxml(a_piece(*markings), hand) for hand in (Hand.UNKNOWN, LEFT))
    assert both.count(b"<mf />") == 1
    assert left.count(b"<mf />") == 0
    assert left.count(b"dolce") == 1


def names_in(piece):
    """What the score of a piece calls each note."""
    places = [(note.onset, note.pitch) for note in piece.notes]
    return dict(zip(places, map(str, named_notes(piece)), strict=True))


@given(spelt_pieces(), st.integers(-7, 7))
def test_names_by_hand_are_written_and_come_back(piece, fifths):
    piece = replace(piece, keys=(Key(0, fifths),))
    with TemporaryDirectory() as name:
        folder = Path(name)
        again = read_notation(write_musicxml(piece, folder / "a.musicxml"), 4).piece
        midi = read_midi(write_midi(piece, folder / "a.mid"), 4).piece
    assert midi.markings == piece.markings
    assert names_in(again) == names_in(piece)
    assert set(again.markings) == set(without_usual_names(piece).markings)


def test_a_name_by_hand_has_its_accidental():
    notes = (Note(0, 68, 4, hand=RIGHT), Note(4, 68, 4, hand=RIGHT), Note(8, 69, 8, hand=RIGHT))
    piece = Piece(notes, regular_bars(16, [(0, Metre(4, 4))]), keys=(Key(0, 4),))
    spelt = replace(piece, markings=(Marking(4, "spelling", 68, RIGHT, "Ab"),))
    heads = [
        (head.findtext("pitch/step"), head.findtext("pitch/alter"), head.findtext("accidental"))
        for head in ElementTree.fromstring(musicxml(spelt)).iter("note")
        if head.find("pitch") is not None
    ]
    assert heads == [("G", "1", None), ("A", "-1", "flat"), ("A", None, "natural")]
