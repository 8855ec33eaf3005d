"""Markings of a piece, and what the verbs do to them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.errors import BadPiece
from ragsmith.markings import Marking
from ragsmith.piece import Hand, Key, Metre, Note, Piece, Section, regular_bars
from ragsmith.playing_order import unfold
from ragsmith.verbs import augment, clip, join, regrid, transpose
from support.strategies import spelt_pieces

SLUR = Marking(4, "slur", 62, Hand.RIGHT, end=6, end_pitch=64)
HAIRPIN = Marking(0, "crescendo", hand=Hand.RIGHT, end=12)
ACCENT = Marking(8, "accent", 65, Hand.RIGHT)


def a_piece(**more):
    pitches = {0: 60, 4: 62, 6: 64, 8: 65, 12: 67}
    notes = tuple(Note(t, pitch, 2, hand=Hand.RIGHT) for t, pitch in pitches.items())
    bars = regular_bars(16, [(0, Metre(2, 4))])
    return Piece(notes, bars, markings=(ACCENT, SLUR, HAIRPIN), **more)


def test_markings_are_held_in_order():
    assert a_piece().markings == (HAIRPIN, SLUR, ACCENT)


@pytest.mark.parametrize(
    "marking", [Marking(0, "swing"), Marking(-1, "accent", 60), Marking(4, "slur", 60), "accent"]
)
def test_what_is_no_marking_is_refused(marking):
    with pytest.raises(BadPiece):
        Piece((), regular_bars(4, []), markings=(marking,))


def test_a_transposed_marking_stays_on_its_note():
    moved = transpose(a_piece(), -2)
    assert [(m.pitch, m.end_pitch) for m in moved.markings] == [(-1, -1), (60, 62), (63, -1)]
    assert {(n.onset, n.pitch) for n in moved.notes} >= {
        (m.step, m.pitch) for m in moved.markings[1:]
    }


def test_a_cut_keeps_what_lies_in_it():
    assert clip(a_piece(), 0, 6).markings == (HAIRPIN._replace(end=6),)
    assert clip(a_piece(), 4, 16).markings == (
        SLUR._replace(step=0, end=2),
        ACCENT._replace(step=4),
    )


def test_joining_and_unfolding_repeat_markings():
    twice = join(a_piece(), a_piece())
    assert twice.markings[3:] == tuple(
        m._replace(step=m.step + 16, end=m.end + 16 if m.end >= 0 else -1)
        for m in a_piece().markings
    )
    repeated = a_piece(sections=(Section("A", 0, 16),), order=("A", "A"))
    assert unfold(repeated).markings == twice.markings


def test_another_grid_moves_markings_along():
    assert [m.step for m in regrid(a_piece(), 12).markings] == [0, 12, 24]
    assert [m.end for m in augment(a_piece()).markings] == [24, 12, -1]


A_FLAT = Marking(0, "spelling", 68, Hand.RIGHT, "Ab")


@pytest.mark.parametrize(
    ("marking", "remedy"),
    [
        (A_FLAT._replace(text="A"), "choose Ab, G#"),
        (A_FLAT._replace(text=""), "choose Ab, G#"),
        (Marking(0, "spelling", 60, text="A###"), "choose Dbb, C, B#"),
        (Marking(0, "spelling", text="Ab"), "choose"),
    ],
)
def test_a_spelling_sounds_its_pitch(marking, remedy):
    with pytest.raises(BadPiece, match=remedy):
        Piece((), regular_bars(4, []), markings=(marking,))


@given(spelt_pieces(), st.integers(-12, 12))
def test_a_moved_spelling_sounds_the_moved_pitch(piece, semitones):
    moved = transpose(piece, semitones)  # a piece checks its spellings
    assert len(moved.markings) == len(piece.markings)
    if semitones % 12 == 0:
        assert [m.text for m in moved.markings] == [m.text for m in piece.markings]


def test_a_spelling_moves_with_its_key():
    piece = Piece.from_array([[0, 68, 4]], metre="2/4")
    spelt = replace(piece, keys=(Key(0, -3),), markings=(A_FLAT._replace(text="G#"),))
    assert transpose(spelt, 2).markings[0].text == "A#"
    assert transpose(spelt, 1).markings[0].text == "G##"
    assert transpose(spelt, 12).markings[0].text == "G#"
