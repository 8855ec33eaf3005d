import math

import numpy as np
import pytest

from ragsmith.measure.likelihood import Score, pooled, score
from ragsmith.piece import Metre, Piece, regular_bars


class Fake:
    """A model that gives the log-probabilities it was made with."""

    def __init__(self, logs, steps_per_quarter=4):
        self.logs = np.asarray(logs, np.float64)
        self.steps_per_quarter = steps_per_quarter

    def log_likelihood(self, piece):
        return self.logs


def blank(steps, steps_per_quarter=4):
    metre = Metre(steps, 4 * steps_per_quarter)
    return Piece((), regular_bars(steps, [(0, metre)], steps_per_quarter), steps_per_quarter)


@pytest.mark.parametrize("grid", [2, 4, 12])
def test_a_uniform_model_costs_the_log_of_its_choices(grid):
    got = score(Fake(np.full(16, -math.log(8)), grid), blank(16, grid))
    assert got.nats_per_step == pytest.approx(math.log(8))
    assert got.bits_per_beat == pytest.approx(3 * grid)
    assert (got.steps, got.impossible_share) == (16, 0)


def test_the_first_step_counts():
    assert score(Fake([-8, 0, 0, 0]), blank(4)).nats_per_step == 2


def test_impossible_steps_are_counted_apart():
    got = score(Fake([-1, -np.inf, -3, -np.inf]), blank(4))
    assert (got.nats_per_step, got.impossible_share, got.steps) == (2, 0.5, 4)


def test_nothing_possible_costs_infinitely_much():
    got = score(Fake([-np.inf] * 4), blank(4))
    assert (got.nats_per_step, got.bits_per_beat, got.impossible_share) == (math.inf, math.inf, 1)


def test_a_diverged_model_is_not_hidden():
    assert math.isnan(score(Fake([-1, np.nan, -1, -1]), blank(4)).nats_per_step)


def test_pooling_weighs_steps_not_pieces():
    both = pooled([Score(10.0, 10, 0, 4), Score(90.0, 30, 0, 4)])
    assert both == Score(100.0, 40, 0, 4)
    assert both.nats_per_step == 2.5
    with_impossible = pooled([both, Score(0.0, 10, 10, 4)])
    assert (with_impossible.nats_per_step, with_impossible.impossible_share) == (2.5, 0.2)


@pytest.mark.parametrize("scores", [[], [Score(1.0, 1, 0, 4), Score(1.0, 1, 0, 3)]])
def test_only_scores_on_one_grid_are_pooled(scores):
    with pytest.raises(ValueError, match="one grid"):
        pooled(scores)


@pytest.mark.parametrize(
    ("model", "piece", "message"),
    [
        (Fake([-1] * 4, 3), blank(4), "different grids"),
        (Fake([]), Piece((), ()), "without steps"),
        (Fake([-1] * 3), blank(4), "4 steps"),
    ],
)
def test_what_cannot_be_scored(model, piece, message):
    with pytest.raises(ValueError, match=message):
        score(model, piece)
