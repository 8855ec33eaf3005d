"""The rule against loops agrees with the measure of loops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.bundle.profile import Profile
from ragsmith.composer import Composed, Sampling, Wish, compose_all
from ragsmith.composer.rules.no_loop import NoLoop
from ragsmith.measure.habits import Habits
from ragsmith.measure.loops import loops_of
from ragsmith.models.base import Onset, notes_of
from ragsmith.piece import Hand, Metre, Piece, regular_bars
from support.fakes import Looping, indexed

STEPS = ((), *((Onset(pitch, 1, Hand.RIGHT),) for pitch in (60, 64)))


def piece_of(steps):
    return Piece(notes_of(steps), regular_bars(max(1, len(steps)), [(0, Metre(1, 16))]))


def most_times(steps):
    return max([loop.times for loop in loops_of(piece_of(steps))], default=2)


@given(
    st.lists(st.sampled_from(STEPS), max_size=12),
    st.integers(0, 6),
    st.lists(st.integers(0, 2), max_size=24),
    st.integers(2, 4),
)
def test_a_step_passes_if_and_only_if_no_loop_has_more_times(start, period, choices, times):
    rule, history = NoLoop(times, 4), []
    for number, choice in enumerate([*range(len(start)), *choices, *[0] * 20]):
        step = start[number] if number < len(start) else STEPS[choice]
        if period and number >= period and number % 11:
            step = history[number - period]
        allowed = rule.allows(history, step)
        assert allowed == (most_times([*history, step]) <= times)
        if allowed:
            history.append(step)
        else:
            history.append(next(other for other in STEPS if rule.allows(history, other)))


@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize("way", ["sample", "argmax", "unloop"])
def test_a_model_that_wants_to_loop_may_not(times, way):
    choices = tuple((Onset(pitch, 1, Hand.RIGHT),) for pitch in range(60, 72))
    profile = Profile(habits=Habits(times=times))
    bundle = indexed(Looping(choices, 8, 0.98), profile)
    wish = Wish(bars=16, sampling=Sampling(way, min_p=0))
    found = [c for c in compose_all(bundle, wish, seeds=range(4)) if isinstance(c, Composed)]
    assert found
    for each in found:
        assert max([loop.times for loop in loops_of(each.piece)], default=times) <= times
    assert any(each.turned_down.get("NoLoop") for each in found)


def test_other_durations_and_hands_are_the_same_motif():
    rule = NoLoop(2, 4)
    motif = [(Onset(60, 1),), (), (Onset(64, 1),), ()]
    other = [(Onset(60, 9, Hand.LEFT),), (), (Onset(64, 2, Hand.RIGHT),), ()]
    history = motif + other + motif[:3]
    assert not rule.allows(history, ())
    assert rule.allows(history, (Onset(62, 1),))


def test_silence_and_a_single_pulse_of_one_note_are_told_apart():
    rule = NoLoop(2, 4)
    assert rule.allows([()] * 200, ())
    pulse = [(Onset(60, 1),), (), (), ()]
    assert rule.allows(pulse * 2 + pulse[:3], ())
    assert not rule.allows(pulse * 5 + pulse[:3], ())


def test_the_last_step_completes_no_loop_with_what_follows():
    c, e = STEPS[1:]
    motif = [c, e, e, c]
    rule = NoLoop(2, 4, stop=6, after=[*motif[2:], *motif])
    assert not rule.allows([*motif, c], e)
    assert rule.allows([*motif, c], c)
    assert rule.allows(motif, c)  # not the last


def test_loops_that_are_given_shut_no_door():
    c, e = STEPS[1:]
    rule = NoLoop(2, 4, stop=3, after=[c, e, e, c] * 4)
    assert rule.allows([e, e], e)
