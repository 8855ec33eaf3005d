"""Several models in one: what they write together, what becomes of what belongs to them."""

from __future__ import annotations

import numpy as np
import pytest

from ragsmith.bundle.bundle import Bundle, Card, Source, load_bundle, save_bundle
from ragsmith.bundle.mix import mix
from ragsmith.bundle.profile import Profile
from ragsmith.composer import Wish, compose
from ragsmith.errors import BadBundle, BadOption
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.models.mixture.memory import network_of, with_memory
from ragsmith.models.mixture.model import Mixture
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.model import StrideModel
from ragsmith.models.stride.shapes import first_weights
from ragsmith.piece import Metre
from support.fakes import indexed, untrained
from support.tunes import tune


def stride(seed=1, **settings):
    config = StrideConfig(size="small", **settings)
    return with_memory(StrideModel(config, first_weights(config, seed)), [tune(seed)])


def counting(seed=1, **settings):
    return MarkovLearner(MarkovConfig(hands=2, **settings), [tune(seed)]).model()


@pytest.fixture(scope="module")
def bundles():
    cards = [
        Card((Source(name, "00", "train"), Source("both.mid", "01", "train")), licence, {"2/4": 2})
        for name, licence in (("a.mid", "CC0"), ("b.mid", "CC BY"))
    ]
    profiles = [Profile(tempo=500_000), Profile(Metre(3, 4), 600_000)]
    models = [stride(1), stride(2)]
    return [
        indexed(model, profile, [tune(i)], card)
        for i, (model, profile, card) in enumerate(zip(models, profiles, cards, strict=True))
    ]


def test_what_belongs_to_a_mixture(bundles):
    mixed = mix(bundles, [0.3, 0.7])
    assert repr(mixed) == "<Bundle: mixture, learnt from 3 files>"
    assert mixed.card.licence == "CC0; CC BY"
    assert mixed.card.metres == {"2/4": 4}
    assert mixed.profile == bundles[1].profile, "of the greatest weight"
    assert mix(bundles).profile == bundles[0].profile, "the first of equals"
    assert len(mixed.passages) == 2
    assert mixed.model.parameters == sum(b.model.parameters for b in bundles)


def test_a_mixture_draws_from_the_keys_of_the_greatest_weight(bundles):
    few, many = (
        bundle._replace(card=Card(keys=keys))
        for bundle, keys in zip(bundles, ({"Eb major": 2}, {"C major": 99}), strict=True)
    )
    assert mix([few, many], [0.6, 0.4]).card.keys == {"Eb major": 2}
    assert mix([few, many], [0.4, 0.6]).card.keys == {"C major": 99}


def test_a_mixture_is_one_file(bundles, tmp_path):
    mixed = mix(bundles, [0.3, 0.7])
    again = load_bundle(save_bundle(mixed, tmp_path / "mixed.ragsmith"))
    assert again.card == mixed.card
    assert len(again.passages) == 2
    piece = tune(3)
    np.testing.assert_array_equal(
        again.model.log_likelihood(piece), mixed.model.log_likelihood(piece)
    )


def test_a_mixture_composes_under_the_rules_as_its_file_does(bundles, tmp_path):
    mixed = mix([bundles[0], Bundle(counting(1), passages=bundles[0].passages)], [0.5, 0.5])
    again = load_bundle(save_bundle(mixed, tmp_path / "mixed.ragsmith"))
    pieces = [compose(b, Wish(bars=2, rules=False), seed=3) for b in (mixed, again)]
    assert pieces[0].notes == pieces[1].notes
    assert pieces[0].recipe == pieces[1].recipe


def test_all_weight_on_one_of_three_leaves_out_the_others():
    one, two, three = stride(1), stride(2), stride(3)
    mixture = Mixture([one, two, three], [0.5, 0.0, 0.5])
    assert mixture.members == (one, three)


def test_a_mixture_of_mixtures_is_a_mixture():
    one, two, three = stride(1), stride(2), counting(3, longest=32)
    inner = Mixture([one, two], [0.25, 0.75])
    outer, flat = Mixture([inner, three], [0.4, 0.6]), Mixture([one, two, three], [0.1, 0.3, 0.6])
    piece = tune(4)
    np.testing.assert_allclose(outer.log_likelihood(piece), flat.log_likelihood(piece))
    assert outer.weights == pytest.approx(flat.weights)


def test_longer_durations_count_as_the_shortest_longest_of_the_members():
    mixture = Mixture([counting(1, longest=5), counting(2, longest=160)], [0.5, 0.5])
    assert mixture.alphabet.longest == 5
    for choice in mixture.choices(tune(3)):
        assert np.exp(choice.log_p).sum() == pytest.approx(1)


def test_the_part_that_composes_has_no_memory():
    mixture = Mixture([stride(1), stride(2)], [0.5, 0.5])
    assert all(isinstance(member, StrideModel) for member in network_of(mixture).members)


@pytest.mark.parametrize(
    ("weights", "match"),
    [
        ([0.5], "weights 0.5: are 1 numbers for 2 models"),
        ([0.5, 0.6], "weights 0.5,0.6: sum to 1.1, not to 1"),
        ([1.5, -0.5], "weights 1.5,-0.5: must not be negative"),
        ([float("nan"), 1], "must not be negative"),
        ([1, 0], "1 models: cannot be mixed"),
    ],
)
def test_weights_that_cannot_be(bundles, weights, match):
    with pytest.raises(BadOption, match=match):
        mix(bundles, weights)


def test_models_that_cannot_be_mixed():
    ours = Bundle(stride(1))
    for other, match in (
        (stride(2, steps_per_quarter=2), "different grids: 4, 2 steps a quarter"),
        (stride(2, hands=1), "one keeps the hands apart"),
        (untrained("element", [tune(1)]), "model element: writes whole sets of notes"),
    ):
        with pytest.raises(BadOption, match=match):
            mix([ours, Bundle(other)])
    with pytest.raises(BadBundle, match="is no model"):
        mix([ours, "other.ragsmith"])
    with pytest.raises(BadOption, match="1 models: are no mixture"):
        mix([ours])


@pytest.mark.parametrize(
    "change",
    [
        lambda vocabulary, arrays: vocabulary.pop(),
        lambda vocabulary, arrays: vocabulary[0].update(model="mixture"),
        lambda vocabulary, arrays: arrays.update(weights=np.array([0.5, 0.6])),
        lambda vocabulary, arrays: arrays.pop("1.memory.tokens"),
        lambda vocabulary, arrays: vocabulary.extend(vocabulary * 8),
    ],
)
def test_a_damaged_mixture_is_refused(change):
    mixture = Mixture([stride(1), stride(2)], [0.5, 0.5])
    vocabulary, arrays = mixture.vocabulary(), mixture.arrays()
    change(vocabulary, arrays)
    with pytest.raises((BadBundle, LookupError)):
        Mixture.from_parts(mixture.config, vocabulary, arrays)
