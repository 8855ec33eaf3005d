"""The three classic networks as they compose and measure; how they learn is tested elsewhere."""

from itertools import combinations

import numpy as np
import pytest

from ragsmith.errors import BadBundle, BadPrimer
from ragsmith.models.base import Onset, steps_of
from ragsmith.models.classic.multihot import note_vocabulary
from ragsmith.models.classic.vocabulary import UNSEEN, vocabulary_of
from ragsmith.models.registry import config_for, model_from
from ragsmith.piece import Note, Piece, normalise, regular_bars
from support.fakes import a_piece, untrained

NAMES = ("element", "many-to-one", "multihot")
KNOWN = a_piece(1, bars=4)


def network(name, pieces=(KNOWN,), **settings):
    lengths = {"sequence_length": 5} if name == "many-to-one" else {}
    return untrained(name, pieces, **lengths, **settings)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_hand(arrays, rows):
    """Outputs of a one-layer network after each of the input products: (steps, outputs)."""
    a = {k: v.astype(np.float64) for k, v in arrays.items()}
    h = c = np.zeros(len(a["recurrent"]))
    for row in rows:
        i, f, g, o = np.split(row + h @ a["recurrent"] + a["bias"], 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        yield h @ a["out_kernel"] + a["out_bias"]


def seen_by(model, state):
    """The log-probabilities that a pick is shown, one array for each choice."""
    shown = []
    model.propose([state], [lambda log_p: shown.append(log_p) or 0])
    return shown


def test_element_is_the_network_that_it_says():
    model = network("element")
    arrays, indices = model.arrays(), vocabulary_of([KNOWN]).indices(KNOWN)
    inputs = [len(vocabulary_of([KNOWN])), *indices[:-1]]
    expected = [
        out[i] - np.log(np.exp(out).sum())
        for out, i in zip(by_hand(arrays, arrays["kernel"][inputs]), indices, strict=True)
    ]
    assert model.log_likelihood(KNOWN) == pytest.approx(expected, abs=1e-4)


def test_multihot_is_the_network_that_it_says():
    model = network("multihot")
    arrays, notes = model.arrays(), note_vocabulary(vocabulary_of([KNOWN]))
    bits = np.zeros((KNOWN.steps + 1, len(notes)))
    bits[0, 0] = 1
    for t, step in enumerate(steps_of(KNOWN)):
        bits[t + 1, [notes.index((onset,)) for onset in step]] = 1
    outputs = list(by_hand(arrays, bits[:-1] @ arrays["kernel"]))
    on, off = np.log(sigmoid(np.array(outputs))), np.log(sigmoid(-np.array(outputs)))
    expected = np.where(bits[1:] == 1, on, off)[:, 1:].sum(1)
    assert model.log_likelihood(KNOWN) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_likelihood_is_what_composing_holds_likely(name):
    """Step by step through `advance`, the same as `log_likelihood` all at once."""
    model = network(name)
    found, state = [], model.begin(KNOWN)
    vocabulary = vocabulary_of([KNOWN])
    for step in steps_of(KNOWN):
        shown = seen_by(model, state)
        if name == "multihot":
            on = {note_vocabulary(vocabulary_of([KNOWN])).index((onset,)) for onset in step}
            found.append(sum(p[int(bit in on)] for bit, p in enumerate(shown, 1)))
        else:
            (log_p,) = shown
            found.append(log_p[vocabulary.index(step)])
        (state,) = model.advance([state], [step])
    assert model.log_likelihood(KNOWN) == pytest.approx(found, abs=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_probabilities_sum_to_one(name):
    model = network(name)
    for log_p in seen_by(model, model.begin(KNOWN)):
        assert np.exp(log_p).sum() == pytest.approx(1)


def test_the_probabilities_of_all_combinations_of_bits_sum_to_one():
    notes = [Note(0, 60, 2), Note(1, 62, 2), Note(2, 64, 1)]
    bars = regular_bars(4, [])
    model = network("multihot", [Piece(tuple(notes), bars)])
    chances = 0.0
    for count in range(4):
        for chosen in combinations(notes, count):
            at_once = Piece(normalise(n._replace(onset=0) for n in chosen), bars)
            chances += np.exp(model.log_likelihood(at_once)[0])
    assert chances == pytest.approx(1)


@pytest.mark.parametrize("name", ["element", "many-to-one"])
def test_an_unseen_element_is_impossible_and_heard_as_its_nearest(name):
    model, vocabulary = network(name), vocabulary_of([KNOWN])
    other = a_piece(2, bars=4)
    unseen = vocabulary.indices(other) == UNSEEN
    assert 0 < unseen.sum() < other.steps
    nats = model.log_likelihood(other)
    assert (np.isneginf(nats) == unseen).all()
    nearest = [vocabulary.step(i) for i in vocabulary.read(other)]
    notes = (Note(t, *onset[:2]) for t, step in enumerate(nearest) for onset in step)
    heard = Piece(tuple(notes), other.bars)
    assert nats[~unseen] == pytest.approx(model.log_likelihood(heard)[~unseen], abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_a_primer_with_an_unseen_note_is_refused_with_the_nearest(name):
    model = network(name)
    with pytest.raises(BadPrimer, match=r"C8:7.*nearest that it knows is"):
        model.advance([model.begin(KNOWN)], [(Onset(108, 7),)])


@pytest.mark.parametrize("name", NAMES)
def test_old_states_stay_valid_and_company_changes_nothing(name):
    model, steps = network(name), steps_of(KNOWN)
    state = model.begin(KNOWN)
    before = seen_by(model, state)
    (alone,) = model.advance([state], [steps[0]])
    beside, other = model.advance([state, state], [steps[0], steps[1]])
    for a, b in zip(seen_by(model, alone), seen_by(model, beside), strict=True):
        assert a.tobytes() == b.tobytes()
    model.advance([other], [steps[2]])
    assert all((a == b).all() for a, b in zip(before, seen_by(model, state), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_its_parts(name):
    model = network(name)
    again = model_from(name, model.config, model.vocabulary(), model.arrays())
    assert again.log_likelihood(KNOWN).tobytes() == model.log_likelihood(KNOWN).tobytes()
    assert again.parameters == sum(a.size for a in model.arrays().values()) == model.parameters
    assert again.steps_per_quarter == 4


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("harm", ["missing", "unknown", "shape", "type", "nan", "inf", "huge"])
def test_parts_that_do_not_fit_are_refused(name, harm):
    model = network(name)
    arrays = model.arrays()
    if harm == "missing":
        del arrays["out_bias"]
    elif harm == "unknown":
        arrays["more"] = arrays["out_bias"]
    elif harm == "shape":
        arrays["out_bias"] = arrays["out_bias"][:-1]
    elif harm == "type":
        arrays["out_bias"] = arrays["out_bias"].astype(np.float64)
    else:
        arrays["out_bias"] = arrays["out_bias"].copy()
        arrays["out_bias"][-1] = {"nan": np.nan, "inf": -np.inf, "huge": 1e31}[harm]
    with pytest.raises(BadBundle, match=r"weights (out_bias|more)"):
        model_from(name, model.config, model.vocabulary(), arrays)


@pytest.mark.parametrize("name", NAMES)
def test_another_hidden_size_or_vocabulary_does_not_fit(name):
    model = network(name)
    with pytest.raises(BadBundle):
        model_from(name, config_for(name, {"hidden": 7}), model.vocabulary(), model.arrays())
    with pytest.raises(BadBundle):
        model_from(name, model.config, model.vocabulary()[:-1], model.arrays())


def test_the_largest_weights_do_not_overflow():
    for name in NAMES:
        model = network(name)
        arrays = {k: np.where(a > 0, 1e30, -1e30).astype("f4") for k, a in model.arrays().items()}
        loud = model_from(name, model.config, model.vocabulary(), arrays)
        assert not np.isnan(loud.log_likelihood(KNOWN)).any()


def test_bits_that_are_no_single_notes_are_refused():
    model = network("multihot")
    notes = model.vocabulary()
    for bad in ([*notes[:-1], [[60, 2], [62, 2]]], [notes[0], *notes[:0:-1]]):
        with pytest.raises(BadBundle, match="single notes"):
            model_from("multihot", model.config, bad, model.arrays())
