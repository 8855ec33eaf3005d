"""Easier versions: what each step does, what stays, and what is always so."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.chords import Chord
from ragsmith.composer.rules.playable import unplayable
from ragsmith.easier.chords import narrowed, single_bass, single_melody, thinned, without_octaves
from ragsmith.easier.left import folded, in_one_octave, joined_to_beats, once_a_half_bar
from ragsmith.easier.right import merged, on_the_beat
from ragsmith.easier.simplify import TooHard, simplified, simplify
from ragsmith.errors import BadOption
from ragsmith.hands import in_hands
from ragsmith.io import read
from ragsmith.markings import Marking
from ragsmith.measure.difficulty import difficulty, level_of
from ragsmith.measure.habits import Habits
from ragsmith.originality.search import as_played
from ragsmith.piece import Hand, Key, Metre, Note, Piece, regular_bars
from support.strategies import pieces

LEFT, RIGHT = Hand.LEFT, Hand.RIGHT
BARS = regular_bars(16, [(0, Metre(2, 4))])


def piece_of(left=(), right=()):
    """A piece of (onset, pitch, duration) in 2/4."""
    notes = [Note(*note, hand=LEFT) for note in left] + [Note(*note, hand=RIGHT) for note in right]
    return Piece(tuple(notes), BARS)


def strikes(piece, hand):
    return [(n.onset, n.pitch, n.duration) for n in piece.notes if n.hand is hand]


def chord(*pitches, onset=0):
    return [(onset, pitch, 2) for pitch in pitches]


def test_thinned_chords_keep_the_melody_the_bass_and_the_third():
    piece = piece_of(chord(36, 43, 48, 52), chord(60, 64, 67, 72))
    chords = dict.fromkeys(range(8), Chord(0))
    assert strikes(thinned(piece, RIGHT, 2, chords), RIGHT) == chord(64, 72)
    assert strikes(thinned(piece, RIGHT, 3, chords), RIGHT) == chord(64, 67, 72)
    assert strikes(thinned(piece, LEFT, 2, chords), LEFT) == chord(36, 52)


def test_octaves_become_the_melody_and_the_bass():
    piece = piece_of(chord(36, 48, 52), chord(60, 64, 72))
    assert strikes(without_octaves(piece, RIGHT), RIGHT) == chord(64, 72)
    assert strikes(without_octaves(piece, LEFT), LEFT) == chord(36, 52)


def test_wide_chords_are_narrowed_to_the_outer_note():
    piece = piece_of(chord(36, 43, 52), chord(57, 64, 72))
    assert strikes(narrowed(piece, RIGHT, 10), RIGHT) == chord(64, 72)
    assert strikes(narrowed(piece, LEFT, 10), LEFT) == chord(36, 43)


def test_single_notes_of_the_left_hand_are_the_bass_and_the_third():
    left = [(0, 36, 2), (0, 43, 2), (2, 48, 2), (2, 52, 2), (2, 55, 2)]
    easier = single_bass(piece_of(left, chord(72)), dict.fromkeys(range(8), Chord(0)))
    assert strikes(easier, LEFT) == [(0, 36, 2), (2, 52, 2)]


def test_a_single_melody_is_let_go_for_its_next_note():
    piece = piece_of(right=[(0, 72, 6), (0, 64, 2), (2, 67, 4), (4, 74, 4)])
    assert strikes(single_melody(piece), RIGHT) == [(0, 72, 2), (2, 67, 2), (4, 74, 4)]


def test_a_stride_bass_is_folded_under_its_chord():
    piece = piece_of([(0, 36, 2), (2, 52, 2), (2, 55, 2)], chord(72))
    assert strikes(folded(piece), LEFT) == [(0, 48, 2), (2, 52, 2), (2, 55, 2)]


def test_a_bass_is_not_folded_into_the_right_hand():
    piece = piece_of([(0, 36, 2), (2, 52, 2)], [(0, 47, 4)])
    assert folded(piece).notes == piece.notes


def test_offbeats_are_joined_to_their_beat_within_an_octave():
    piece = piece_of([(0, 48, 2), (2, 55, 2), (2, 64, 2), (4, 43, 4)], chord(72))
    assert strikes(joined_to_beats(piece), LEFT) == [(0, 48, 4), (0, 55, 4), (4, 43, 4)]


def test_a_left_hand_that_has_the_melody_stays():
    piece = piece_of([(n, 36 + n, 1) for n in range(8)], [(8, 72, 4)])
    for change in (joined_to_beats, once_a_half_bar, in_one_octave):
        assert change(piece).notes == piece.notes


def test_one_strike_a_half_bar_sounds_on():
    piece = piece_of([(0, 36, 2), (2, 52, 2), (4, 43, 2)], chord(72))
    assert strikes(once_a_half_bar(piece), LEFT) == [(0, 36, 4), (4, 43, 2)]


def test_the_bass_comes_into_one_octave_below_the_right_hand():
    piece = piece_of([(0, 24, 2), (4, 31, 2)], [(0, 72, 2), (4, 53, 2)])
    assert strikes(in_one_octave(piece), LEFT) == [(0, 48, 2), (4, 43, 2)]


def test_passing_sixteenths_are_merged():
    piece = piece_of(right=[(n, 60 + n, 1) for n in range(4)] + [(4, 72, 2)])
    assert strikes(merged(piece, 2), RIGHT) == [(0, 60, 2), (2, 62, 2), (4, 72, 2)]


def test_a_syncopation_is_no_passing_note_and_is_eased_to_the_beat():
    piece = piece_of(right=[(0, 60, 1), (1, 64, 2), (3, 67, 1), (4, 72, 2)])
    assert merged(piece, 2).notes == piece.notes
    assert strikes(on_the_beat(piece, 2), RIGHT) == [(0, 60, 2), (2, 64, 1), (3, 67, 1), (4, 72, 2)]


HARD = replace(
    piece_of(
        [note for n in range(4) for note in ((4 * n, 34, 2), (4 * n, 46, 2), (4 * n + 2, 63, 2))],
        [note for n in range(16) for note in ((n, 66 + n % 5, 1), (n, 78 + n % 5, 1))],
    ),
    keys=(Key(0, -6),),
)


def test_a_piece_that_is_easy_enough_stays():
    assert simplified(HARD, 9).steps == ()
    assert simplify(HARD, 9) is HARD


@pytest.mark.parametrize("level", [2, 3, 4])
def test_the_level_is_reached_and_no_step_is_taken_beyond_it(level):
    easier = simplified(HARD, level)
    assert level_of(easier.after) <= level < level_of(easier.before)
    assert easier.after == difficulty(easier.piece)


def test_a_step_fewer_would_not_do():
    steps = simplified(HARD, 3).steps
    assert len(simplified(HARD, 6).steps) < len(steps)


def test_ornaments_and_marks_of_notes_that_are_gone_are_left_out():
    marks = [
        Marking(0, "dynamic", text="mf"),
        Marking(0, "accent", 66, RIGHT),
        Marking(0, "accent", 78, RIGHT),
        Marking(0, "grace", 78, RIGHT, "eighth"),
        Marking(0, "slur", 78, RIGHT, end=1, end_pitch=67),
    ]
    easier = simplify(replace(HARD, markings=tuple(marks)), 6)
    assert easier.markings == (marks[0], marks[2])


def test_what_cannot_be_made_easier_is_said():
    scale = piece_of(right=[(n, 40 + 3 * n, 1) for n in range(16)])
    with pytest.raises(TooHard, match="the easiest version of this piece has"):
        simplify(replace(scale, bars=regular_bars(16, [(0, Metre(2, 4))])), 1)


@pytest.mark.parametrize("level", [0, 10, 3.5, "easy"])
def test_a_level_that_there_is_not(level):
    with pytest.raises(BadOption):
        simplify(HARD, level)


@given(pieces(), st.integers(1, 9))
def test_easier_is_easier_and_playable_or_a_line_says_that_it_cannot_be(piece, level):
    try:
        easier = simplified(piece, level)
    except TooHard:
        return
    assert level_of(easier.after) <= level
    assert easier.piece.bars == piece.bars
    assert easier.piece.sections == piece.sections
    if not easier.steps:
        assert easier.piece is piece
        return
    before = {(n.onset, n.hand) for n in in_hands(piece).notes}
    assert len(easier.piece.notes) <= len(piece.notes)
    assert {n.hand for n in easier.piece.notes} <= {hand for _, hand in before}


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("level", [5, 4])
def test_a_rag_made_easier_is_playable_and_keeps_its_melody(shared, level):
    rag = read(shared / "corpora/joplin/kern/entertainer.krn")
    easier = simplified(rag, level)
    assert unplayable(as_played(easier.piece), Habits()) == []
    tops = {}
    for note in rag.notes:
        if note.hand is RIGHT:
            tops[note.onset] = max(note.pitch, tops.get(note.onset, 0))
    notes = {(n.onset, n.pitch - easier.semitones) for n in easier.piece.notes}
    assert sum((step, top) in notes for step, top in tops.items()) / len(tops) > 0.8
