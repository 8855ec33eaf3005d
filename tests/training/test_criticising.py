"""The critic of a model, learnt when it has learnt."""

import pytest

from ragsmith.bundle.profile import Profile
from ragsmith.datasets import rags
from ragsmith.shipped import shipped_model
from ragsmith.training import criticising
from ragsmith.training.criticising import FEWEST, with_critic


def test_from_few_pieces_none_is_learnt():
    bundle = shipped_model()
    assert with_critic(bundle, rags()[: FEWEST - 1]) is bundle
    assert with_critic(bundle._replace(profile=Profile()), rags()).profile.critic is None


def test_it_is_broken_off_when_it_is_to_stop():
    bundle = shipped_model()
    assert with_critic(bundle, rags(), go_on=lambda: False) is bundle


@pytest.mark.slow
def test_it_tells_composed_pieces_from_the_corpus(monkeypatch):
    monkeypatch.setattr(criticising, "COMPOSED", 8)
    monkeypatch.setattr(criticising, "SIDE_BY_SIDE", 8)
    critic = with_critic(shipped_model(), rags()[:12]).profile.critic
    assert critic
    assert critic.weights
