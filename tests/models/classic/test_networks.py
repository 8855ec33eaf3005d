"""What learns, in Keras, against what composes, in numpy, and against the classic in plain JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ragsmith.models.classic.configs import ElementConfig, ManyToOneConfig, MultihotConfig
from ragsmith.models.classic.element import ElementModel
from ragsmith.models.classic.many_to_one import ManyToOneModel
from ragsmith.models.classic.multihot import MultihotModel, bit_table, note_vocabulary
from ragsmith.models.classic.networks import ElementNetwork, ManyToOneNetwork, MultihotNetwork
from ragsmith.models.classic.vocabulary import vocabulary_of
from ragsmith.models.classic.windows import cut
from ragsmith.models.registry import config_for, learner_for
from support.tunes import tune

STEPS = 24
PIECE = tune(0, STEPS)
VOCABULARY = vocabulary_of([PIECE])
CATEGORIES = len(VOCABULARY)
LED = np.concatenate([[CATEGORIES], VOCABULARY.indices(PIECE)])


def roughened(network, seed=0):
    """The network with weights that make every part of it matter."""
    rng = np.random.default_rng(seed)
    for variable in network.trainable_variables:
        variable.assign(rng.normal(0, 0.5, variable.shape).astype(np.float32))
    return network


@pytest.mark.slow
def test_element_in_numpy_is_element_in_keras():
    config = ElementConfig(sequence_length=STEPS, hidden=5)
    network = roughened(ElementNetwork(CATEGORIES + 1, CATEGORIES, config, 0))
    model = ElementModel(config, VOCABULARY, network.arrays())
    (nats,) = network.nats(LED[None])
    assert -model.log_likelihood(PIECE).mean() == pytest.approx(float(nats), rel=1e-5)


def test_multihot_in_numpy_is_multihot_in_keras():
    config = MultihotConfig(sequence_length=STEPS, hidden=5)
    notes = note_vocabulary(vocabulary_of([PIECE]))
    network = roughened(MultihotNetwork(bit_table(VOCABULARY, notes), config, 0))
    model = MultihotModel(config, notes, network.arrays())
    (nats,) = network.nats(LED[None])
    assert -model.log_likelihood(PIECE).mean() == pytest.approx(float(nats), rel=1e-5)


def test_many_to_one_in_numpy_is_many_to_one_in_keras():
    config = ManyToOneConfig(sequence_length=6, hidden=5, dropout=0.0)
    network = roughened(ManyToOneNetwork(CATEGORIES + 1, CATEGORIES, config, 0))
    model = ManyToOneModel(config, VOCABULARY, network.arrays())
    windows = cut([VOCABULARY.indices(PIECE)], CATEGORIES, 7, lead=6)
    batch = windows.stream[windows.starts[:, None] + np.arange(7)]
    np.testing.assert_allclose(-model.log_likelihood(PIECE), network.nats(batch), rtol=1e-4)


def classic_nats(weights, batch):
    """The write-up's network over one-hot vectors, step by step, in plain JAX."""
    one_hot = jax.nn.one_hot(batch, CATEGORIES + 1)
    h = c = jnp.zeros((len(batch), weights["recurrent"].shape[0]))
    total = 0.0
    for t in range(batch.shape[1] - 1):
        gates = one_hot[:, t] @ weights["kernel"] + h @ weights["recurrent"] + weights["bias"]
        i, f, g, o = jnp.split(gates, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        logs = jax.nn.log_softmax(h @ weights["out_kernel"] + weights["out_bias"])
        total -= (one_hot[:, t + 1, :CATEGORIES] * logs).sum(-1).mean()
    return total / (batch.shape[1] - 1)


@pytest.mark.slow
def test_learning_is_adam_on_the_classic_network():
    config = ElementConfig(sequence_length=2, hidden=3, decay=0.5)
    learner = learner_for("element", config, [PIECE], 1)
    weights = learner.model().arrays()
    m = v = {name: np.zeros_like(a) for name, a in weights.items()}
    batch = np.lib.stride_tricks.sliding_window_view(LED, 3)
    gradient = jax.jit(jax.value_and_grad(classic_nats))
    assert learner.batches_per_epoch == 1  # all sequences, so that their order does not matter
    for k in range(4):
        loss, grads = gradient(weights, batch)
        [(_, nats)] = learner.epoch(k)
        assert nats == pytest.approx(float(loss), rel=1e-5)
        rate = 0.01 / (1 + 0.5 * k) * np.sqrt(1 - 0.999 ** (k + 1)) / (1 - 0.9 ** (k + 1))
        m = {n: 0.9 * m[n] + 0.1 * np.asarray(g) for n, g in grads.items()}
        v = {n: 0.999 * v[n] + 0.001 * np.asarray(g) ** 2 for n, g in grads.items()}
        weights = {n: w - rate * m[n] / (np.sqrt(v[n]) + 1e-7) for n, w in weights.items()}
    for name, array in learner.model().arrays().items():
        np.testing.assert_allclose(array, weights[name], rtol=1e-3, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["element", "many-to-one", "multihot"])
def test_learning_lowers_the_loss_and_leaves_earlier_models_alone(name):
    config = config_for(name, {"sequence_length": 5, "hidden": 8, "batch": 7, "dropout": 0.0})
    learner = learner_for(name, config, [PIECE, tune(1)], 0)
    before = learner.model()
    kept = {n: a.copy() for n, a in before.arrays().items()}
    losses = []
    for epoch in range(12):
        reports = list(learner.epoch(epoch))
        assert [done for done, _ in reports] == sorted({done for done, _ in reports})
        assert reports[-1][0] == learner.batches_per_epoch
        losses.append(np.mean([nats for _, nats in reports]))
    assert losses[-1] < 0.9 * losses[0]
    after = learner.model()
    assert after.log_likelihood(PIECE).mean() > before.log_likelihood(PIECE).mean()
    for n, a in before.arrays().items():
        np.testing.assert_array_equal(a, kept[n])


@pytest.mark.slow
def test_what_is_restored_goes_on_as_if_never_stopped():
    config = ElementConfig(sequence_length=3, hidden=4, dropout=0.5)
    stopped, other = (learner_for("element", config, [PIECE], seed) for seed in (0, 1))
    list(stopped.epoch(0))
    other.restore({name: a.copy() for name, a in stopped.state().items()})
    (heard,), (also_heard,) = (list(learner.epoch(1)) for learner in (stopped, other))
    assert heard == also_heard
    for name, a in stopped.state().items():
        np.testing.assert_array_equal(a, other.state()[name])


@pytest.mark.slow
def test_drawn_sequences_make_a_shorter_epoch():
    for sequences, batches in ((0, 4), (10, 2)):
        config = ElementConfig(sequence_length=5, hidden=2, batch=6, sequences=sequences)
        assert learner_for("element", config, [PIECE], 0).batches_per_epoch == batches


SPREADS = {
    "element": {
        "kernel": 0.2166749,
        "recurrent": 0.1880273,
        "bias": 0.4362290,
        "out_kernel": 0.2740930,
        "out_bias": 0.0670844,
    },
    "many-to-one": {
        **{"kernel0": 0.2038931, "recurrent0": 0.1772369, "bias0": 0.4320636},
        **{"kernel1": 0.2205739, "recurrent1": 0.1758601, "bias1": 0.4322111},
        **{"kernel2": 0.2219533, "recurrent2": 0.1764739, "bias2": 0.4343653},
        **{"out_kernel": 0.2708441, "out_bias": 0.0062055},
    },
    "multihot": {
        "kernel": 0.2282600,
        "recurrent": 0.1885898,
        "bias": 0.4458934,
        "out_kernel": 0.3287245,
        "out_bias": 0.0324411,
    },
}
"""Standard deviations of the weights after the learning below, as they have been from the first."""


@pytest.mark.slow
@pytest.mark.parametrize("name", SPREADS)
def test_the_same_seed_learns_the_same_weights_as_ever(name):
    config = config_for(name, {"sequence_length": 5, "hidden": 8, "batch": 7, "dropout": 0.25})
    learner = learner_for(name, config, [PIECE, tune(1)], 3)
    for epoch in range(2):
        list(learner.epoch(epoch))
    spreads = {n: float(np.std(a, dtype=np.float64)) for n, a in learner.model().arrays().items()}
    assert spreads == pytest.approx(SPREADS[name], rel=1e-4, abs=1e-6)
