"""What hands can play: the rule, what is let go, and the measure of the finished piece."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.composer.rules.playable import Playable, unplayable
from ragsmith.easier.letting_go import FINGERS, let_go
from ragsmith.measure.habits import Habits, habits_of
from ragsmith.models.base import Onset, notes_of, steps_of
from ragsmith.piece import Hand, Metre, Note, Piece, regular_bars
from ragsmith.playing_order import PlayingOrder
from support.fakes import a_rag

HABITS = Habits(left_reach=12, right_reach=14, soonest=2)
LEFT, RIGHT = Hand.LEFT, Hand.RIGHT
MANY = range(9999)
AS_WRITTEN = PlayingOrder(list(MANY), MANY)


def step(left=(), right=(), duration=1):
    hands = ((LEFT, left), (RIGHT, right))
    return tuple(Onset(pitch, duration, hand) for hand, pitches in hands for pitch in pitches)


def piece_of(steps):
    bars = regular_bars(len(steps), [(0, Metre(1, 16))])
    notes = (n._replace(duration=min(n.duration, len(steps) - n.onset)) for n in notes_of(steps))
    return Piece(tuple(notes), bars)


@pytest.mark.parametrize(
    ("struck", "allowed"),
    [
        (step(), True),
        (step([48], [60]), True),
        (step([40, 52]), True),
        (step([40, 53]), False),
        (step(right=[60, 74]), True),
        (step(right=[60, 75]), False),
        (step(range(40, 45), range(60, 65)), True),
        (step(range(40, 46)), False),
        (step(right=range(60, 66)), False),
        (step([60], [60]), False),
        (step([62], [60]), False),
        (step([59], [60]), True),
    ],
)
def test_one_step(struck, allowed):
    assert Playable(HABITS, AS_WRITTEN).allows([], struck) == allowed


def test_a_key_is_not_struck_again_sooner_than_the_corpus_does():
    rule, struck = Playable(HABITS._replace(soonest=3), AS_WRITTEN), step(right=[60])
    assert not rule.allows([struck], struck)
    assert not rule.allows([struck, ()], struck)
    assert rule.allows([struck, (), ()], struck)
    assert not rule.allows([(), step([60]), ()], struck)
    assert Playable(HABITS._replace(soonest=1), AS_WRITTEN).allows([struck], struck)


def test_nor_across_the_join_of_a_repeat():
    twice = PlayingOrder([0, 1, 2, 0, 1, 2], range(3))
    rule, struck = Playable(HABITS._replace(soonest=2), twice), step(right=[60])
    assert not rule.allows([struck, ()], struck)
    assert rule.allows([(), struck], step(right=[62]))
    assert rule.allows([(), ()], struck)


onsets = st.builds(
    Onset,
    st.integers(40, 70),
    st.integers(1, 9),
    st.sampled_from([LEFT, RIGHT]),
    st.integers(1, 127),
)
steps = st.lists(st.lists(onsets, max_size=7, unique_by=lambda o: o.pitch), min_size=1, max_size=12)


@given(steps, st.integers(1, 3))
def test_what_the_rule_let_through_and_is_let_go_is_playable(proposed, soonest):
    habits = HABITS._replace(soonest=soonest)
    rule = Playable(habits, AS_WRITTEN)
    history = []
    for each in proposed:
        struck = tuple(sorted(each))
        history.append(struck if rule.allows(history, struck) else ())
    piece = piece_of(history)
    played = let_go(piece, habits, range(piece.steps))
    assert unplayable(played, habits) == []
    struck = [(n.onset, n.pitch, n.hand) for n in piece.notes]
    assert [(n.onset, n.pitch, n.hand) for n in played.notes] == struck
    assert all(a.duration <= b.duration for a, b in zip(played.notes, piece.notes, strict=True))
    assert let_go(played, habits, range(piece.steps)) == played


@given(steps, st.integers(1, 3))
def test_what_the_rule_turns_down_is_unplayable(proposed, soonest):
    """With nothing held, rule and measure say the same."""
    habits = HABITS._replace(soonest=soonest)
    history = []
    for each in proposed:
        struck = tuple(onset._replace(duration=1) for onset in sorted(each))
        allowed = Playable(habits, AS_WRITTEN).allows(history, struck)
        assert (len(history) not in unplayable(piece_of([*history, struck]), habits)) == allowed
        history.append(struck if allowed else ())


def test_only_what_is_out_of_reach_is_let_go():
    far, near = step([40], duration=8), step([45], duration=8)
    piece = piece_of([far, near, step([53]), *[()] * 7])
    durations = {n.pitch: n.duration for n in let_go(piece, HABITS, range(10)).notes}
    assert durations == {40: 2, 45: 8, 53: 1}


def test_with_no_finger_left_the_oldest_is_let_go():
    piece = piece_of([step(right=[60 + n], duration=8) for n in range(FINGERS + 1)] + [()] * 8)
    durations = [n.duration for n in let_go(piece, HABITS, range(14)).notes]
    assert durations == [FINGERS] + [8] * FINGERS


def test_what_is_given_lets_nothing_go():
    piece = piece_of([step([40], duration=8), step([60]), step([60]), *[()] * 6])
    assert let_go(piece, HABITS, range(9)).notes[0].duration == 1
    assert let_go(piece, HABITS, range(2, 9)).notes[0].duration == 2
    assert let_go(piece, HABITS, range(3, 9)) == piece


def test_the_corpus_keeps_its_own_habits():
    corpus = [a_rag(seed) for seed in range(3)]
    habits = habits_of(corpus)
    rule = Playable(habits, AS_WRITTEN)
    for piece in corpus:
        played = steps_of(piece)
        assert all(rule.allows(played[:at], each) for at, each in enumerate(played))
        assert unplayable(piece, habits) == []


# Habits


def piece(*notes, bars=2):
    return Piece(tuple(sorted(notes)), regular_bars(8 * bars, [(0, Metre(2, 4))]))


def test_a_reach_is_at_least_an_octave_and_at_most_a_tenth():
    def left(*pitches):
        return piece(*(Note(0, p, 1, hand=LEFT) for p in pitches))

    assert habits_of([left(40)])[:2] == (12, 12)
    assert habits_of([left(40, 54)])[:2] == (14, 12)
    assert habits_of([left(40, 54), left(40, 70)])[:2] == (16, 12)
    assert habits_of([piece(Note(0, 60, 1, hand=RIGHT), Note(0, 75, 1, hand=RIGHT))])[:2] == (
        12,
        15,
    )
    assert habits_of([]) == Habits(12, 12, 1, 2)


def test_the_soonest_strike_and_the_most_times_of_a_motif():
    thrice = [Note(4 * n + at, 60 + at, 1, hand=RIGHT) for n in range(3) for at in (0, 2)]
    assert habits_of([piece(*thrice)])[2:] == (4, 3)
    assert habits_of([piece(*thrice), piece(Note(0, 50, 1), Note(3, 50, 1))])[2:] == (3, 3)
    assert habits_of([piece(Note(0, 50, 1))])[2:] == (1, 2)
