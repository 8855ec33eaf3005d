"""The critic: a logistic regression on figures and their squares."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.measure.critic import Critic, critic_of

figures = st.dictionaries(st.sampled_from("abc"), st.floats(-5, 5), min_size=1)


def drawn(mean, count, seed):
    rng = np.random.default_rng(seed)
    return [{"tells": rng.normal(mean), "chance": rng.normal()} for _ in range(count)]


def test_it_finds_what_tells():
    critic = critic_of(drawn(0.0, 30, 0), drawn(2.0, 48, 1))
    assert -critic.weights["tells"].nats > 2 * abs(critic.weights["chance"].nats)
    own = [critic.log_odds(row) for row in drawn(0.0, 20, 2)]
    composed = [critic.log_odds(row) for row in drawn(2.0, 20, 3)]
    assert np.mean(composed) < 0 < np.mean(own)


def test_squares_find_what_is_too_uniform():
    rng = np.random.default_rng(0)
    wide, narrow = ([{"a": rng.normal(0, s)} for _ in range(200)] for s in (2.0, 0.5))
    critic = critic_of(wide, narrow)
    assert critic.log_odds({"a": 0.0}) < 0 < min(critic.log_odds({"a": v}) for v in (-4.0, 4.0))


def test_both_kinds_weigh_the_same():
    few, many = drawn(0.0, 10, 0), drawn(0.0, 200, 1)
    assert abs(critic_of(few, many).bias) < 0.3


def test_a_missing_figure_and_one_that_never_varies_say_nothing():
    rows = [{"a": 1.0, "b": 0.0}, {"a": 1.0, "b": 1.0}, {"a": 1.0}]
    critic = critic_of(rows, rows)
    assert set(critic.weights) == {"b"}
    assert critic.log_odds({"a": 9.0}) == critic.bias == pytest.approx(0)


@given(st.lists(figures, min_size=2, max_size=6), st.lists(figures, min_size=2, max_size=6))
def test_what_json_holds_judges_alike(own, composed):
    critic = critic_of(own, composed)
    again = Critic.from_json(json.loads(json.dumps(critic.to_json())))
    assert again == critic
    assert all(np.isfinite(again.log_odds(row)) for row in own)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"bias": 0.0},
        {"bias": "x", "weights": {}},
        {"bias": 0.0, "weights": {"a": [1.0, 2.0]}},
        {"bias": 0.0, "weights": {"a": [0.0, 0.0, 1.0, 0.0]}},
        {"bias": float("nan"), "weights": {}},
        {"bias": 0.0, "weights": {"a": [0.0, 1.0, 1e300, 0.0]}},
    ],
)
def test_what_is_no_critic_is_refused(data):
    with pytest.raises(ValueError, match=r"critic|figure"):
        Critic.from_json(data)
