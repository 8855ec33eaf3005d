"""Choices that lean towards a chord."""

import numpy as np
import pytest

from ragsmith.chords import Chord, ChordMark
from ragsmith.composer import Wish, compose
from ragsmith.composer.chord_leaning import ChordLeaning
from ragsmith.composer.vary import vary
from ragsmith.measure.harmony import agreement
from ragsmith.models.base import Onset
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Hand, Metre, Piece, regular_bars
from ragsmith.shipped import shipped_model

OUTLINE = Piece((), regular_bars(16, [(0, Metre(2, 4))]))
MARKS = (ChordMark(0, Chord(0)), ChordMark(8, Chord(7, "7", 5)), ChordMark(12, None))
NOTES = 2 * PIANO_KEYS + 1
EVEN = np.full(NOTES, -np.log(NOTES))


class Seen:
    """A chooser that keeps what it is shown."""

    def __init__(self, choice):
        self.choice = choice

    def __call__(self, log_p):
        self.log_p = log_p
        return self.choice


def leant(step, log_p=EVEN, choice=NOTES - 1, history=None):
    seen = Seen(choice)
    ChordLeaning(OUTLINE, MARKS)([()] * step if history is None else history, seen)(log_p)
    return seen.log_p


def key(pitch, hand=Hand.LEFT):
    return pitch - LOWEST_PITCH + (0 if hand == Hand.LEFT else PIANO_KEYS)


def test_how_many_notes_a_step_gets_stays_as_likely():
    for step in range(12):
        shown = leant(step)
        assert shown[-1] == EVEN[-1]
        assert np.exp(shown).sum() == pytest.approx(1)


def test_tones_of_the_chord_are_preferred_and_its_bass_most():
    shown = leant(0)
    assert shown[key(48)] > shown[key(52)] > shown[key(55)] > shown[key(50)]
    right = leant(1)
    assert right[key(60, Hand.RIGHT)] > right[key(67, Hand.RIGHT)] > right[key(62, Hand.RIGHT)]
    other_bass = leant(8)
    assert other_bass[key(41)] > other_bass[key(47)]


def test_tones_that_the_half_bar_has_are_not_wanted_again():
    history = [(Onset(48, 2), Onset(52, 2)), ()]
    shown = leant(2, history=history)
    assert shown[key(48)] == shown[key(52)] == shown[key(55)]


def test_under_no_chord_and_after_the_end_nothing_leans():
    assert leant(12) is EVEN
    assert leant(20) is EVEN


def test_notes_do_not_sound_on_into_a_chord_that_is_not_theirs():
    lengths = np.full(10, -np.log(10))
    for pitch, cut in ((60, True), (67, False)):
        seen = Seen(key(pitch))
        pick = ChordLeaning(OUTLINE, MARKS)([()] * 6, seen)
        pick(EVEN)
        pick(lengths)
        assert (seen.log_p[2] < seen.log_p[1]) == cut
        assert seen.log_p[0] == seen.log_p[1] == lengths[0]


def test_new_bars_of_an_old_piece_follow_its_chords():
    model = shipped_model()
    wish = Wish(chords="C | A7 | D7 G7 | C", form="A(4)", metre="2/4", rules=False)
    piece = compose(model, wish, seed=1)
    varied = vary(model, piece, (2, 3), Wish(rules=False), seeds=[2])[0].composed.piece
    assert varied.chords == piece.chords
    assert agreement(varied) >= 0.75
