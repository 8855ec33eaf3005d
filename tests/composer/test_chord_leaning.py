"""Choices that lean towards a chord."""

from dataclasses import replace

import numpy as np
import pytest

from ragsmith.chords import Chord, ChordMark
from ragsmith.composer import Sampling, Wish, compose, compose_all
from ragsmith.composer.chord_leaning import ChordLeaning, MatchedLeaning
from ragsmith.composer.recompose import compose_again
from ragsmith.composer.vary import vary
from ragsmith.errors import BadOption
from ragsmith.measure.chord_use import NO_NATS, ChordNats, note_kinds, shares_of
from ragsmith.measure.harmony import agreement
from ragsmith.models.base import Onset
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Hand, Metre, Piece, regular_bars
from ragsmith.shipped import shipped_model

OUTLINE = Piece((), regular_bars(16, [(0, Metre(2, 4))]))
MARKS = (ChordMark(0, Chord(0)), ChordMark(8, Chord(7, "7", 5)), ChordMark(12, None))
NOTES = 2 * PIANO_KEYS + 1
ONCE = Sampling(tries=1)
BRIEFLY = Wish(bars=4, sampling=ONCE)
EVEN = np.full(NOTES, -np.log(NOTES))


class Seen:
    """A chooser that keeps what it is shown."""

    def __init__(self, choice):
        self.choice = choice

    def __call__(self, log_p):
        self.log_p = log_p
        return self.choice


def leant(step, log_p=EVEN, choice=NOTES - 1, history=None, strength=1.0):
    seen = Seen(choice)
    history = [()] * step if history is None else history
    ChordLeaning(OUTLINE, MARKS, strength)(history, seen)(log_p)
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


@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_a_bass_that_is_named_lies_below_whatever_the_strength(strength):
    left = np.exp(leant(8, strength=strength)[:PIANO_KEYS])
    of_bass = left[key(41) % 12 :: 12].sum()
    assert of_bass / left.sum() > 0.9
    assert left.sum() > 0.05


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


OTHER = [2, 5]
OFF, ON = (0.0, 0.5, -1.0, 9.0, 9.0, -2.0), (0.25, 1.0, -3.0, 9.0, 9.0, -4.0)
NATS = ChordNats((((0.0,) * 6, ON), (OFF, (0.0,) * 6)))


def matched(step, log_p=EVEN, choice=NOTES - 1, history=None, nats=NATS):
    seen = Seen(choice)
    leaning = MatchedLeaning(OUTLINE, MARKS, nats)
    leaning([()] * step if history is None else history, seen)(log_p)
    return seen.log_p


def test_nats_that_were_learnt_are_added_by_hand_beat_and_kind():
    on, off = matched(0), matched(1)
    pitches = {0: 55, 1: 48, 2: 50, 5: 49}  # G, a tone; C, lacking; D, in the scale; C sharp
    for number, pitch in pitches.items():
        assert on[key(pitch)] - on[key(pitches[0])] == pytest.approx(ON[number] - ON[0])
        right = [off[key(p + 12, Hand.RIGHT)] for p in (pitch, pitches[0])]
        assert right[0] - right[1] == pytest.approx(OFF[number] - OFF[0])
    assert on[key(60, Hand.RIGHT)] == on[key(61, Hand.RIGHT)]
    assert off[key(48)] == off[key(49)]
    for shown in (on, off):
        assert shown[-1] == EVEN[-1]
        assert np.exp(shown).sum() == pytest.approx(1)


def test_what_the_half_bar_has_struck_lacks_no_more():
    shown = matched(1, history=[(Onset(48, 2),)])
    assert shown[key(60, Hand.RIGHT)] == shown[key(67, Hand.RIGHT)] < shown[key(64, Hand.RIGHT)]


def test_nats_lead_neither_lengths_nor_what_has_no_chord():
    lengths = np.full(10, -np.log(10))
    assert matched(6, lengths) is lengths
    assert matched(12) is matched(20) is EVEN
    assert matched(0, nats=NO_NATS) == pytest.approx(EVEN)


def shares_under(nats):
    """Shares of the kinds in a short piece under drawn chords; both hands, off and on beats."""
    model = shipped_model()
    bundle = model._replace(profile=replace(model.profile, chord_nats=nats))
    outcomes = compose_all(bundle, Wish(form="A(8)", sampling=ONCE), seeds=[1, 2])
    pieces = [outcome.piece for outcome in outcomes]
    assert all(piece.chords and '"chords": "auto"' in piece.recipe for piece in pieces)
    use = sum(note_kinds(piece, piece.chords) for piece in pieces)
    return shares_of(use.sum((0, 1)))


def test_nats_move_drawn_pieces_towards_what_they_ask_for():
    plain = shares_under(ChordNats((((0.0, 0.0, -8.0, 0.0, 0.0, -8.0),) * 2,) * 2))
    as_it_is = shares_under(NO_NATS)
    coloured = shares_under(ChordNats((((0.0, 0.0, 2.0, 0.0, 0.0, 2.0),) * 2,) * 2))
    assert plain[OTHER].sum() < as_it_is[OTHER].sum() < coloured[OTHER].sum()


def test_chords_are_drawn_unasked_only_where_nats_were_learnt():
    shipped = shipped_model()
    bundle = shipped._replace(profile=replace(shipped.profile, chord_nats=NATS))
    without = shipped._replace(profile=replace(shipped.profile, chord_nats=None))
    usual = compose(bundle, BRIEFLY, seed=1)
    asked = compose(bundle, Wish(bars=4, sampling=ONCE, chords="auto"), seed=1)
    assert usual.chords
    assert usual == asked
    free = compose(bundle, Wish(bars=4, sampling=ONCE, chords="none"), seed=1)
    assert not free.chords
    assert free.notes == compose(without, BRIEFLY, seed=1).notes
    assert compose_again(bundle, usual.recipe, "a.mid").piece == usual
    assert compose_again(bundle, free.recipe, "a.mid").piece == free
    with pytest.raises(BadOption, match="was composed by another model"):
        compose_again(without, usual.recipe, "a.mid")
    for wish in (
        Wish(bars=4, sampling=ONCE, rules=False),
        Wish(bars=6, sampling=ONCE, primer=free),
    ):
        assert not compose(bundle, wish, seed=1).chords
    dial = Wish(bars=4, sampling=ONCE, chords="none", dials="chord-changes=low")
    with pytest.raises(BadOption, match="cannot be turned where no chords are drawn"):
        compose(bundle, dial, seed=1)


def test_new_bars_of_an_old_piece_follow_its_chords():
    model = shipped_model()
    wish = Wish(chords="C | A7 | D7 G7 | C", form="A(4)", metre="2/4", rules=False)
    piece = compose(model, wish, seed=1)
    varied = vary(model, piece, (2, 3), Wish(rules=False), seeds=[2])[0].composed.piece
    assert varied.chords == piece.chords
    assert agreement(varied) >= 0.75
