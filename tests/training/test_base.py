"""A learning that begins from a base."""

import numpy as np
import pytest

from ragsmith import options
from ragsmith.bundle.bundle import Bundle, Card, Source
from ragsmith.corpus.collection import collection_of
from ragsmith.datasets import rags
from ragsmith.errors import BadOption
from ragsmith.models.mixture.memory import network_of
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.model import StrideModel
from ragsmith.models.stride.shapes import first_weights
from ragsmith.originality import compact
from ragsmith.originality.check import check
from ragsmith.originality.corpora import CorpusIndex
from ragsmith.originality.search import as_played
from ragsmith.training import FromBase, Plan, learn
from ragsmith.training.base import base_for
from support.fakes import untrained

SETTINGS = {"size": "small", "sequence_length": 16, "batch": 2, "epochs": 1, "epoch_batches": 1}


@pytest.fixture(scope="module")
def base():
    config = StrideConfig(**SETTINGS)
    return Bundle(StrideModel(config, first_weights(config, 5)))


@pytest.mark.slow
def test_one_batch_moves_the_base_a_little(base):
    learnt = learn(rags()[:2], "stride", settings=SETTINGS, plan=Plan(epochs=1), base=base)
    network, before = network_of(learnt.model).arrays(), base.model.arrays()
    for name, array in network.items():
        assert np.abs(array - before.get(name, 0.0)).max() < 0.01, name
    assert any((array != before[name]).any() for name, array in network.items() if name in before)


def test_shape_and_schedule_follow_the_base(base):
    wanted = base.model.config.adapted_to(700)
    assert wanted["size"] == "small"
    many = StrideConfig().adapted_to(1_000_000)
    assert many["epoch_batches"] > wanted["epoch_batches"] >= 1


@pytest.mark.slow
def test_it_tells_from_which_base_and_what_that_knows(base):
    pieces = rags()[:2]
    events = []
    digest = collection_of(pieces).usable[0].digest
    known = base._replace(card=Card(sources=(Source("rag.mid", digest, "train"),)))
    learn(
        pieces,
        "stride",
        settings=SETTINGS,
        plan=Plan(epochs=1),
        base=known,
        held_out=0,
        on_event=events.append,
    )
    assert events[0] == FromBase("the base", 2, 1)


def test_none_and_other_models_begin_from_nothing():
    assert base_for("none", "stride", {}) is None
    assert base_for(None, "markov", {}) is None
    assert base_for(options.BASE.default, "stride", {"size": "large"}) is None


@pytest.mark.parametrize(
    ("model", "settings", "words"),
    [
        ("markov", {}, "is a stride, and a markov is to be learnt"),
        ("stride", {"steps_per_quarter": 12}, "has steps_per_quarter 4, and 12 is wanted"),
        ("stride", {"size": "large"}, "has size small, and large is wanted"),
    ],
)
def test_a_base_that_does_not_fit_is_refused_in_one_line(base, model, settings, words):
    with pytest.raises(BadOption, match=words):
        base_for(base, model, settings)


def test_a_model_without_bases_is_refused():
    with pytest.raises(BadOption, match="begins from nothing"):
        base_for(Bundle(untrained("multihot", rags()[:1])), "multihot", {})


@pytest.mark.slow
def test_the_guarantee_covers_the_base_too(base):
    pieces = rags()[:3]
    index = CorpusIndex(compact.passages_of(map(as_played, pieces[2:]), 4), ("base.mid",))
    known = base._replace(passages=(index,))
    learnt = learn(pieces[:2], "stride", settings=SETTINGS, plan=Plan(epochs=1), base=known)
    assert [index.of for index in learnt.passages] == ["corpus", "base"]
    assert not check(pieces[2], learnt).within_limits
