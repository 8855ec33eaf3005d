"""Bars are drawn several times, and a critic chooses."""

from dataclasses import replace

import numpy as np
import pytest

from ragsmith.composer import Composed, Sampling, Wish, compose_all
from ragsmith.composer.draft import Draft
from ragsmith.composer.phrases import CriticalChoice
from ragsmith.composer.sampler import sample
from ragsmith.composer.sampling import Sampling as Drawn
from ragsmith.measure.critic import Critic, Weight
from ragsmith.models.base import Onset
from ragsmith.piece import Hand, Key, Metre, Piece, regular_bars
from ragsmith.shipped import shipped_model
from support.fakes import Uniform

THICK = Critic(0.0, {"right_chord": Weight(1.5, 0.5, 6.0, 0.0)})


class Longest:
    """Prefers the way with the most of one letter, two steps at a time."""

    ends, tries = (2, 4, 6), 8

    def __init__(self):
        self.starts = []

    def tries_to(self, draft, end):
        return self.tries

    def choose(self, ways, start):
        self.starts.append(start)
        assert len({tuple(way.steps[:start]) for way in ways}) == 1
        return max(ways, key=lambda way: way.steps.count("a"))


def test_the_chosen_way_goes_on():
    choice = Longest()
    (draft,) = sample(Uniform("abc"), None, 8, sampling=Drawn(min_p=0), seeds=[1], choice=choice)
    assert len(draft.steps) == 8
    assert choice.starts == [0, 2, 4, 6]
    assert draft.steps.count("a") > 5


def test_what_a_plan_says_is_followed_in_one_way():
    choice = Longest()
    plans = [{step: step - 2 for step in (2, 3)}]
    (draft,) = sample(
        Uniform("abc"), None, 8, sampling=Drawn(min_p=0), seeds=[1], plans=plans, choice=choice
    )
    assert draft.steps[2:4] == draft.steps[:2]
    assert choice.starts == [0, 4, 6]


def test_a_seed_gives_the_same_alone_as_beside_others():
    together, alone = (
        sample(Uniform("abc"), None, 8, sampling=Drawn(min_p=0), seeds=seeds, choice=Longest())
        for seeds in ([3, 4], [4])
    )
    assert together[1].steps == alone[0].steps


def test_a_way_is_judged_in_the_keys_of_its_seed():
    critic = Critic(0.0, {"in_scale": Weight(0.5, 0.1, 9.0, 0.0)})
    piece = Piece((), regular_bars(8, [(0, Metre(2, 4))]), keys=(Key(0, 0),))
    choice = CriticalChoice(piece, range(8), critic, 2, keys={2: (Key(0, -5),)})

    def chosen(seed):
        ways = [
            Draft(seed, np.random.default_rng(1), [], [(Onset(p, 1, Hand.RIGHT),)] * 8, 0, {})
            for p in (64, 66)
        ]
        return choice.choose(ways, 0).steps[0][0].pitch

    assert [chosen(seed) for seed in (1, 2, 3, 2)] == [64, 66, 64, 66]


def test_where_a_bar_returns_more_ways_are_followed_and_one_that_leads_there_is_chosen():
    piece = Piece((), regular_bars(24, [(0, Metre(2, 4))]))

    def rises(ways):
        return np.array([9.0 * (way.steps[-1][0].pitch == 66) for way in ways])

    choice = CriticalChoice(piece, range(24), Critic(0.0, {}), 2, lead=rises)
    plan = {step: step - 16 for step in range(16, 24)}
    ways = [
        Draft(1, np.random.default_rng(1), [], [(Onset(p, 1, Hand.RIGHT),)] * 16, 0, plan)
        for p in (64, 66, 67)
    ]
    assert [choice.tries_to(ways[0], end) for end in (8, 16)] == [2, 8]
    assert choice.choose(ways, 8).steps[-1][0].pitch == 66


@pytest.mark.slow
def test_pieces_follow_the_critic():
    bundle = shipped_model()

    def thickness(critic, tries):
        profile = replace(bundle.profile, critic=critic)
        wish = Wish(bars=6, sampling=Sampling(tries=tries))
        (outcome,) = compose_all(bundle._replace(profile=profile), wish, seeds=[1])
        assert isinstance(outcome, Composed)
        outline = replace(outcome.piece, notes=())
        right = [n for n in outcome.piece.notes if n.hand == 2]
        assert CriticalChoice(outline, range(outline.steps), THICK, 2).ends[0] == 8
        return len(right) / len({note.onset for note in right})

    assert thickness(THICK, 4) > thickness(None, 4) == thickness(THICK, 1)
