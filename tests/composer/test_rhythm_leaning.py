"""The rhythm of an earlier bar: planned, and written."""

from dataclasses import replace

import numpy as np
import pytest

from ragsmith import composer
from ragsmith.composer import Sampling, Wish, compose_many, strain_plans
from ragsmith.composer.rhythm_leaning import RhythmLeaning
from ragsmith.composer.sampling import upright
from ragsmith.composer.strain_plans import repeats_of, rhythms_of
from ragsmith.hands import in_hands
from ragsmith.measure.strain_plans import rhythm_plans_of
from ragsmith.models.base import Onset
from ragsmith.piece import PIANO_KEYS, Hand, Metre, Piece, Section, regular_bars
from ragsmith.shipped import shipped_model

OUTLINE = Piece((), regular_bars(32, [(0, Metre(2, 4))]), sections=(Section("A", 0, 32),))
END = 2 * PIANO_KEYS
EVEN = np.full(END + 1, -np.log(END + 1))
LENGTHS = np.full(32, -np.log(32))
STRIKE, LEFT_ALONE = (Onset(72, 2, hand=Hand.RIGHT),), (Onset(48, 2, hand=Hand.LEFT),)
HISTORY = [STRIKE, LEFT_ALONE, STRIKE, (), *[()] * 4]
RHYTHMS = {8 + step: step for step in range(8)}


class Answers:
    """A chooser that keeps what it is shown and answers in turn."""

    def __init__(self, *answers):
        self.answers, self.shown = list(answers), []

    def __call__(self, log_p):
        self.shown.append(log_p)
        return self.answers.pop(0)


def right(log_p):
    return np.exp(log_p[PIANO_KEYS:END]).sum()


@pytest.mark.parametrize(("step", "strikes"), [(8, True), (9, False), (10, True), (11, False)])
def test_the_right_hand_strikes_where_it_struck(step, strikes):
    answers = Answers(END)
    RhythmLeaning(RHYTHMS, upright)([*HISTORY, *[()] * (step - 8)], answers)(EVEN)
    (shown,) = answers.shown
    assert (right(shown) > right(EVEN)) == strikes
    assert shown[:PIANO_KEYS] == pytest.approx(EVEN[:PIANO_KEYS])
    assert np.exp(shown).sum() == pytest.approx(1)


def test_a_second_note_is_as_likely_as_it_was():
    answers = Answers(END - 20, END)
    leant = RhythmLeaning(RHYTHMS, upright)(HISTORY, answers)
    leant(EVEN), leant(EVEN)
    assert (answers.shown[1] == EVEN).all()


def test_a_note_rather_lasts_until_the_next():
    answers = Answers(END - 20, 1)
    leant = RhythmLeaning(RHYTHMS, upright)(HISTORY, answers)
    leant(EVEN), leant(LENGTHS)
    assert answers.shown[1].argmax() == 1  # two steps
    left = Answers(3, 1)
    leant = RhythmLeaning(RHYTHMS, upright)(HISTORY, left)
    leant(EVEN), leant(LENGTHS)
    assert (left.shown[1] == LENGTHS).all()


def test_steps_that_are_not_planned_are_left_alone():
    answers = Answers(END)
    RhythmLeaning({}, upright)(HISTORY, answers)(EVEN)
    assert answers.shown[0] is EVEN


def test_rhythms_come_from_a_strain_that_repeats_alike():
    plans = {"abca aaba": 1, "abcd abcd": 5}
    repeats = repeats_of(OUTLINE, {"abca": 1}, 0)
    assert rhythms_of(OUTLINE, plans, repeats, 0) == {8 + step: step for step in range(8)}


def test_else_from_one_whose_rhythms_allow_the_repeats():
    plans = {"abcd abab": 1, "abcd abcd": 5}
    repeats = repeats_of(OUTLINE, {"abac": 1}, 0)
    assert rhythms_of(OUTLINE, plans, repeats, 0) == {24 + step: 8 + step for step in range(8)}


def test_where_none_allows_them_none_is_planned():
    repeats = repeats_of(OUTLINE, {"aaaa": 1}, 0)
    assert rhythms_of(OUTLINE, {"abcd abcd": 1}, repeats, 0) == {}


def test_the_draws_of_repeats_and_rhythms_differ():
    assert strain_plans.STREAM != strain_plans.RHYTHM_STREAM


def test_composed_strains_have_the_rhythms_that_are_planned():
    bundle = shipped_model()
    profile = replace(bundle.profile, strain_plans={"abcd": 1}, rhythm_plans={"abcd abaa": 1})
    wish = Wish(form="A(4)", sampling=Sampling(tries=1))
    pieces = compose_many(bundle._replace(profile=profile), wish, seeds=range(4))
    plans = rhythm_plans_of(map(in_hands, pieces))
    planned = sum(count for plan, count in plans.items() if plan[len("abcd ab")] == "a")
    assert planned >= 3  # of 4; the last bar has to close


@pytest.mark.parametrize(("dials", "is_planned"), [(None, True), ("syncopation=high", False)])
def test_where_dials_steer_no_rhythms_are_planned(monkeypatch, dials, is_planned):
    frames = []
    monkeypatch.setattr(composer, "fill_outline", lambda *args: frames.append(args[3]) or [])
    composer.compose_all(shipped_model(), Wish(form="A(8)", dials=dials), seeds=[1])
    assert bool(frames[0].rhythm_plans) == is_planned
