"""The memory of `stride`: it is learnt, stored and opened with it, and knows what it has seen."""

from __future__ import annotations

import numpy as np
import pytest

from ragsmith.bundle.bundle import Bundle, load_bundle, save_bundle
from ragsmith.bundle.profile import Profile
from ragsmith.composer.recipe import digest_of
from ragsmith.errors import BadBundle
from ragsmith.io import read
from ragsmith.models.mixture.memory import RememberingStride, network_of, with_memory
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.model import StrideModel
from ragsmith.models.stride.shapes import first_weights
from ragsmith.piece import Piece
from ragsmith.shipped.rags import rag_files
from ragsmith.verbs import clip, transpose


def untaught(**settings) -> StrideModel:
    config = StrideConfig(size="small", **settings)
    return StrideModel(config, first_weights(config, 1))


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    return [clip(read(path), 0, 96) for path in rag_files()[:2]]


@pytest.fixture(scope="module")
def model(pieces) -> RememberingStride:
    remembering = with_memory(untaught(), pieces[:1])
    assert isinstance(remembering, RememberingStride)
    return remembering


def test_what_was_learnt_is_likelier_than_to_the_network_in_any_key(model, pieces):
    for semitones in (0, 3):
        learnt = transpose(pieces[0], semitones)
        alone = model.network.log_likelihood(learnt).mean()
        assert model.log_likelihood(learnt).mean() > alone / 2


def test_it_is_one_file(model, pieces, tmp_path):
    path = save_bundle(Bundle(model), tmp_path / "with.ragsmith")
    again = load_bundle(path).model
    assert isinstance(again, RememberingStride)
    assert again.name == "stride"
    assert again.parameters == model.parameters
    np.testing.assert_array_equal(again.log_likelihood(pieces[1]), model.log_likelihood(pieces[1]))


def test_a_network_without_memory_opens_as_it_is(pieces, tmp_path):
    path = save_bundle(Bundle(untaught()), tmp_path / "without.ragsmith")
    assert isinstance(load_bundle(path).model, StrideModel)


def test_settings_can_do_without_a_memory(pieces):
    network = untaught(memory=False)
    assert with_memory(network, pieces) is network
    assert network_of(network) is network


def test_a_recipe_does_not_depend_on_what_is_remembered(model):
    assert digest_of(model, Profile()) == digest_of(model.network, Profile())


def test_the_network_composes(model, pieces):
    assert network_of(model) is model.network
    state, own = model.begin(pieces[0]), model.network.begin(pieces[0])
    picks = [lambda p: int(np.argmax(p))]
    step = model.propose([state], picks)
    assert step == model.network.propose([own], picks)
    assert model.advance([state], step)[0].step == 1


def test_a_memory_that_does_not_fit_is_refused(model):
    arrays = model.arrays()
    arrays["memory.lengths"] = arrays["memory.lengths"][:-1]
    with pytest.raises(BadBundle):
        RememberingStride.from_parts(model.config, None, arrays)


@pytest.mark.parametrize("settings", [{"hands": 1}, {"longest": 0}, {"longest": 10}], ids=str)
def test_hands_and_durations_are_the_network_s(settings, pieces):
    model = with_memory(untaught(**settings), pieces[:1])
    choices = list(model.choices(pieces[1]))
    assert all(np.exp(choice.log_p).sum() == pytest.approx(1) for choice in choices)
    assert {len(c.log_p) for c in choices} == {model.alphabet.end + 1, model.alphabet.longest}


def test_more_than_it_can_hold_is_not_remembered(monkeypatch, pieces):
    monkeypatch.setattr("ragsmith.models.markov.model.MOST_CONTEXTS", 12 * 500)
    assert with_memory(untaught(), pieces * 3).memory.parameters < 500
