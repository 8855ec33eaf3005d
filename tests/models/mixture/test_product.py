"""Models that write together: their probabilities are exact, whatever they are."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.io import read
from ragsmith.models import writing
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.models.mixture.product import Product, pooled
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.model import StrideModel
from ragsmith.models.stride.shapes import first_weights
from ragsmith.models.writing import Alphabet, Kind, Question, answered
from ragsmith.piece import Piece
from ragsmith.shipped.rags import rag_files
from ragsmith.verbs import clip

SMALL = StrideConfig(size="small")
EXPONENT = st.floats(0.01, 2)


class Noise:
    """A note model that was never taught: every choice has its own distribution at random."""

    alphabet = Alphabet(2, 2)

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def write(self, states):
        """For each state a step."""
        steps = []
        for writer, state in enumerate(states):
            step: list[tuple[int, int]] = []
            while True:
                [number] = yield Question(Kind.NUMBER, [writer], self.numbers(state, step)[None])
                if number == self.alphabet.end:
                    break
                log_p = self.log_p((*state, *step, number), np.ones(self.alphabet.longest, bool))
                [length] = yield Question(Kind.DURATION, [writer], log_p[None])
                step.append((number, length + 1))
            steps.append(tuple(step))
        return steps

    def numbers(self, state, step):
        """Of all numbers and END: ascending, and no key in both hands."""
        end = self.alphabet.end
        last = step[-1][0] if step else -1
        possible = np.arange(end + 1) > last
        possible[[n + end // 2 for n, _ in step if n < end // 2]] = False
        return self.log_p((*state, *step), possible)

    def log_p(self, past, possible):
        """A distribution over what is possible."""
        draw = np.random.default_rng([self.seed, abs(hash(past))])
        p = np.where(possible, draw.dirichlet(np.full(len(possible), 0.5)) + 1e-9, 0)
        with np.errstate(divide="ignore"):
            return np.log(p / p.sum())


def every_step():
    """All steps of two hands on three keys with two durations."""
    one_key = [(), *(((hand, d),) for hand in (0, 1) for d in (1, 2))]
    for keys in product(one_key, repeat=3):
        yield sorted((h * 3 + key, d) for key, notes in enumerate(keys) for h, d in notes)


def nats_of(model, state, step, end):
    """The log-probability of a step, by answering every question with it."""
    total, answers = 0.0, iter([*(x for n, d in step for x in (n, d - 1)), end])

    def pick(log_p):
        nonlocal total
        answer = next(answers)
        total += log_p[answer]
        return answer

    answered(model.write([state]), [pick])
    return total


@given(
    st.lists(st.tuples(st.integers(0, 99), EXPONENT, EXPONENT), min_size=1, max_size=3),
    st.lists(st.integers(0, 9), max_size=2),
)
@settings(max_examples=20, deadline=None)
def test_probabilities_of_all_steps_of_a_tiny_keyboard_sum_to_one(members, past):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "PIANO_KEYS", 3)
        exponents = np.array([own for _, *own in members]).T
        model = Product([Noise(seed) for seed, *_ in members], exponents)
        state = (tuple(past),) * len(members)
        every = list(every_step())
        assert len(every) == 125
        total = sum(np.exp(nats_of(model, state, step, 6)) for step in every)
        assert total == pytest.approx(1, abs=1e-9)


def test_a_member_of_exponent_one_beside_one_of_exponent_zero_is_alone():
    one, other = np.log([0.5, 0.25, 0.25]), np.array([0.0, -np.inf, -np.inf])
    np.testing.assert_allclose(pooled([one, other], np.array([1.0, 0.0])), one)


def test_what_no_member_holds_possible_stays_impossible():
    one = np.array([np.log(0.5), -np.inf, np.log(0.5)])
    assert np.exp(pooled([one, one], np.array([0.5, 0.5]))).tolist() == [0.5, 0, 0.5]


@pytest.fixture(scope="module")
def piece() -> Piece:
    return clip(read(rag_files()[0]), 0, 64)


@pytest.fixture(scope="module")
def model(piece: Piece) -> Product:
    network = StrideModel(SMALL, first_weights(SMALL, 1))
    memory = MarkovLearner(MarkovConfig(hands=2, longest=32), [piece]).model()
    return Product([network, memory], np.array([[0.6, 0.4], [0.3, 0.9]]))


def test_choices_are_those_of_the_piece_and_their_chances_sum_to_one(model, piece):
    choices = list(model.choices(piece))
    assert len(choices) == 2 * len(piece.notes) + piece.steps
    assert all(np.exp(choice.log_p).sum() == pytest.approx(1) for choice in choices)
    assert all(np.isfinite(choice.log_p[choice.made]) for choice in choices)


def test_what_is_drawn_is_as_likely_as_it_was_when_drawn(model, piece):
    draw, logs = np.random.default_rng(2), []

    def pick(log_p):
        chosen = int(draw.choice(len(log_p), p=np.exp(log_p)))
        logs.append(log_p[chosen])
        return chosen

    outline = Piece((), piece.bars, keys=piece.keys, sections=piece.sections)
    state, steps = model.begin(outline), []
    for _ in range(outline.steps):
        [step] = model.propose([state], [pick])
        [state] = model.advance([state], [step])
        steps.append(step)
    drawn = Piece((), outline.bars, keys=piece.keys, sections=piece.sections)
    notes = [
        writing.Note(onset, o.pitch, o.duration, hand=o.hand)
        for onset, step in enumerate(steps)
        for o in step
    ]
    object.__setattr__(drawn, "notes", tuple(notes))  # also where a key is struck while it sounds
    assert len(notes) > 5
    assert model.log_likelihood(drawn).sum() == pytest.approx(sum(logs), abs=1e-2)


def test_states_side_by_side_are_independent(model, piece):
    def drawing(seed):
        draw = np.random.default_rng(seed)
        return lambda log_p: int(draw.choice(len(log_p), p=np.exp(log_p)))

    states = [model.begin(piece)]
    states += model.advance(states, model.propose(states, [drawing(2)]))
    together = model.propose(states, [drawing(0), drawing(1)])
    alone = [model.propose([state], [drawing(i)])[0] for i, state in enumerate(states)]
    assert together == alone
