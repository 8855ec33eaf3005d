"""Hands for the notes of models that write none."""

import pytest

from ragsmith.composer.with_hands import WithHands
from ragsmith.models.base import Onset
from ragsmith.piece import Hand, Piece
from support.fakes import Parrot, Uniform, a_rag

LOW, HIGH = Onset(40, 2), Onset(76, 1)
SPLIT = (Onset(40, 2, Hand.LEFT), Onset(76, 1, Hand.RIGHT))


def first(log_p):
    return 0


@pytest.mark.parametrize("proposed", [(LOW, HIGH), (HIGH, LOW)])
def test_every_proposed_note_has_a_hand(proposed):
    handed = WithHands(Uniform([proposed]), 4)
    assert handed.propose([handed.begin(Piece((), ()))], [first]) == [SPLIT]


def test_known_hands_stay():
    crossed = (Onset(40, 2, Hand.RIGHT), Onset(76, 1, Hand.LEFT))
    handed = WithHands(Uniform([crossed]), 4)
    assert handed.propose([handed.begin(None)], [first]) == [crossed]
    half = (LOW, Onset(76, 1, Hand.LEFT))
    assert WithHands(Uniform([half]), 4).propose([(0, ())], [first])[0][1].hand is Hand.LEFT


def test_a_step_with_nothing_in_it_stays_empty():
    assert WithHands(Uniform([()]), 4).propose([(0, ())], [first]) == [()]


def test_the_model_sees_its_own_steps_and_states():
    model = Parrot(a_rag())
    handed = WithHands(model, 4)
    bare, state = model.begin(None), handed.begin(None)
    for _ in range(20):
        (plain,) = model.propose([bare], [lambda log_p: int(log_p.argmax())])
        (step,) = handed.propose([state], [lambda log_p: int(log_p.argmax())])
        assert [o[:2] for o in step] == [o[:2] for o in plain]
        (bare,) = model.advance([bare], [plain])
        (state,) = handed.advance([state], [step])
        assert state[1] == bare
    assert state[0] == 20


def test_the_place_in_the_bar_has_its_say():
    """A lone note in the middle is the bass on the beat, and the tune after it."""
    handed = WithHands(Uniform([(Onset(57, 1),)]), 4)
    hands = [handed.propose([(number, ())], [first])[0][0].hand for number in (0, 1)]
    assert hands[0] is Hand.LEFT
    assert len(hands) == 2
