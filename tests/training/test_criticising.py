"""The critic of a model, learnt when it has learnt."""

import pytest

from ragsmith.bundle.bundle import Card
from ragsmith.datasets import rags
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.shipped import shipped_model
from ragsmith.training import criticising
from ragsmith.training.criticising import FEWEST, is_criticised, with_critic


def test_from_few_pieces_none_is_learnt():
    bundle = shipped_model()
    assert with_critic(bundle, rags()[: FEWEST - 1]) is bundle


def test_models_that_do_not_write_note_by_note_have_none():
    bundle = shipped_model()
    assert is_criticised(bundle)
    assert not is_criticised(bundle._replace(card=Card()))
    assert not is_criticised(
        bundle._replace(model=MarkovLearner(MarkovConfig(), rags()[:1]).model())
    )


@pytest.mark.slow
def test_it_tells_composed_pieces_from_the_corpus(monkeypatch):
    monkeypatch.setattr(criticising, "COMPOSED", 8)
    monkeypatch.setattr(criticising, "FORM", "A(8)B(8)")
    critic = with_critic(shipped_model(), rags()).profile.critic
    assert critic
    assert critic.weights
