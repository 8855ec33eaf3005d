"""How well ways lead to a bar that returns."""

import numpy as np

from ragsmith.composer.draft import Draft
from ragsmith.composer.returns import return_nats
from ragsmith.models.base import Onset
from ragsmith.models.writing import Alphabet
from ragsmith.piece import LOWEST_PITCH, Hand

ALPHABET = Alphabet(hands=2, longest=2)
LEFT, RIGHT = Onset(48, 1, Hand.LEFT), Onset(64, 2, Hand.RIGHT)


class Repeating:
    """Writes step by step: half of its hope lies on each hand's note of the step before, where
    there was one; every other choice is as likely as the next."""

    def propose(self, states, picks):
        return [self._written(state, pick) for state, pick in zip(states, picks, strict=True)]

    def advance(self, states, steps):
        return list(steps)

    def _written(self, state, pick):
        struck = [onset.pitch - LOWEST_PITCH + 88 * (onset.hand == Hand.RIGHT) for onset in state]
        chances = np.full(ALPHABET.end + 1, 0.5 / (ALPHABET.end + 1))
        chances[struck or [-1]] += 0.5 / max(1, len(struck))
        while pick(np.log(chances)) != ALPHABET.end:
            pick(np.log([0.5, 0.5]))
        return state


def ways(*lasts, plan):
    return [Draft(1, np.random.default_rng(1), [last], [(RIGHT,), last], 0, plan) for last in lasts]


def test_the_way_that_leads_there_is_likelier():
    nats = return_nats(Repeating(), ALPHABET, ways((RIGHT,), (LEFT,), plan={2: 0}), 4)
    even = 0.5 / 177
    end, length = np.log(even), np.log(0.5)
    assert np.allclose(nats, [np.log(0.5 + even) + length + end, np.log(even) + length + end])


def test_as_many_steps_are_looked_at_as_the_plan_says():
    one, both = (
        return_nats(Repeating(), ALPHABET, ways((RIGHT,), plan={2: 0, 3: 1}), steps)[0]
        for steps in (1, 2)
    )
    assert both < one < 0
    assert return_nats(Repeating(), ALPHABET, ways((RIGHT,), plan={}), 2).tolist() == [0.0]
