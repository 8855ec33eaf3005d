"""What models are measured against, and what is said of them."""

import math

import pytest

from ragsmith.bundle.card import Card, card_from_json
from ragsmith.piece import Metre, Note, Piece, regular_bars
from ragsmith.training import Plan, learn
from ragsmith.training.baselines import counting_nats, drawn_nats
from support.fakes import a_rag

RAGS = [a_rag(seed) for seed in range(6)]


def test_drawn_notes_are_as_likely_as_they_are_frequent():
    """One key, struck at every second of eight steps, always as long."""
    bars = regular_bars(8, [(0, Metre(2, 4))])
    piece = Piece(tuple(Note(step, 60, 1) for step in range(0, 8, 2)), bars)
    struck, silent = 5 / 10, 1 / 10
    log_p = math.log(struck) + math.log(1 - struck)
    others = 2 * 87 * math.log(1 - silent)
    duration = math.log(5 / 259)
    assert drawn_nats([piece], [piece]) == pytest.approx(-(log_p + others + duration) / 2)


def test_counting_lies_far_below_drawing():
    assert counting_nats(RAGS, RAGS, 4) < 0.8 * drawn_nats(RAGS, RAGS)


@pytest.mark.parametrize(
    ("nats", "quality"),
    [(2.7, "good"), (3.1, "fair"), (4.5, "fair"), (4.7, "not yet"), (9, "not yet")],
)
def test_a_model_is_good_fair_or_not_yet(nats, quality):
    assert Card(nats_per_step=nats, counting_nats=3.0, drawn_nats=9.0).quality == quality


def test_what_nobody_measured_has_no_quality():
    assert Card(nats_per_step=2.7).quality is None
    assert card_from_json({"sources": []}).quality is None


@pytest.mark.slow
def test_learning_measures_it():
    counted = learn(RAGS, "markov", held_out=0.3).card
    assert counted.quality == "fair"
    assert counted.counting_nats == counted.nats_per_step
    begun = learn(RAGS, "multihot", settings={"hidden": 4}, plan=Plan(epochs=1), held_out=0.3)
    assert begun.card.drawn_nats > begun.card.counting_nats > 0
    assert begun.card.quality is not None
    assert learn(RAGS, "markov", held_out=0).card.quality is None
