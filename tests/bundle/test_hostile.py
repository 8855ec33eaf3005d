"""Numbers of a model file that are legal one by one, and together ask for too much."""

from dataclasses import asdict

import numpy as np
import pytest

from ragsmith.bundle.bundle import load_bundle, save_bundle
from ragsmith.bundle.profile import Profile, longest_strain
from ragsmith.composer import DeadEnd, Wish, compose
from ragsmith.errors import BadBundle, BadOption
from ragsmith.measure.habits import Habits
from ragsmith.models.markov import model as markov
from ragsmith.models.registry import config_for, model_from
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.shapes import first_weights
from ragsmith.piece import Metre, Piece, regular_bars
from ragsmith.training.profiling import Facts
from support.fakes import a_rag, indexed, untrained


def small_stride(change):
    config = StrideConfig(size="small")
    weights = {name: change(array) for name, array in first_weights(config, 0).items()}
    return model_from("stride", config, None, weights)


@pytest.mark.parametrize("metre", [(256, 1), (32, 1), (13, 4), (4, 3), (32, 8)])
def test_a_metre_whose_bars_no_piano_music_has_is_refused(metre):
    with pytest.raises(ValueError, match=r"the metre.* must"):
        Profile(metre=Metre(*metre))


@pytest.mark.parametrize("metre", [(2, 4), (12, 8), (4, 2), (2, 1), (32, 32), (1, 32)])
def test_metres_of_piano_music_are_not(metre):
    metre = Metre(*metre)
    most = longest_strain(metre)
    assert Profile(metre=metre, strain=most).strain * metre.beats * 4 <= 1024 * metre.unit
    with pytest.raises(ValueError, match="the strain must be a whole number from 0 to"):
        Profile(metre=metre, strain=most + 1)


@pytest.mark.parametrize("name", Habits._fields)
def test_habits_that_no_hand_has_are_refused(name):
    with pytest.raises(ValueError, match=f"{name.replace('_', ' ')} must be a whole number"):
        Profile(habits=Habits(**{name: 10**9}))


def test_a_corpus_in_strange_metres_can_be_learnt_all_the_same():
    """What is no metre to compose in unasked is passed over; the commonest other one is taken."""
    facts = Facts()
    for metre in (Metre(32, 1), Metre(32, 1), Metre(3, 4)):
        facts.add(Piece((), regular_bars(metre.steps(4), [(0, metre)])))
    assert facts.profile(None).metre == Metre(3, 4)
    only = Facts()
    only.add(Piece((), regular_bars(Metre(32, 1).steps(4), [(0, Metre(32, 1))])))
    assert only.profile(None).metre == Profile().metre


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_weights_that_are_all_the_same_are_refused(value):
    with pytest.raises(BadBundle, match="all the same number: nothing was learnt"):
        small_stride(lambda array: np.full_like(array, value))


def test_a_network_that_holds_all_notes_to_be_equally_likely_ends_with_one_line():
    """Zeros but for one number: a step has a hundred notes, which no two hands can play."""

    def nearly_nothing(array):
        changed = np.zeros_like(array)
        changed.flat[0] = 1
        return changed

    with pytest.raises(DeadEnd, match=r"no further than step \d+ after much work: the rule "):
        compose(indexed(small_stride(nearly_nothing)), Wish(bars=8), seed=1)


@pytest.mark.parametrize(
    ("length", "hidden"), [(4096, 8192), (100, 8192), (4096, 512), (4096, 1), (200, 760)]
)
def test_a_sequence_that_is_read_again_for_every_step_is_bounded(length, hidden):
    with pytest.raises(BadOption, match="would take too long for every step"):
        config_for("many-to-one", {"sequence_length": length, "hidden": hidden})


def test_the_longest_sequences_of_the_study_are_not_refused():
    for length, hidden in ((100, 512), (100, 760), (400, 256)):
        config_for("many-to-one", {"sequence_length": length, "hidden": hidden})


def test_counts_that_memory_does_not_hold_are_refused_before_they_are_unfolded(monkeypatch):
    steps = markov.MOST_CONTEXTS // 12 + 1
    arrays = {
        "tokens": np.full(steps, 89, np.uint8),
        "lengths": np.array([steps], np.int32),
        "places": np.zeros(steps, np.uint8),
        "bar_lengths": np.full(steps, 8, np.uint8),
    }
    monkeypatch.setattr(markov, "_tables", lambda *_: pytest.fail("unfolded"))
    with pytest.raises(BadOption, match="more than markov holds in memory"):
        model_from("markov", config_for("markov", {}), None, arrays)


def test_counts_that_take_long_to_read_are_refused_too():
    steps = markov.MOST_TOKENS + 1
    config = config_for("markov", {"transpositions": False})
    ends, zeros = np.full(steps, 89, np.uint8), np.zeros(steps, np.uint8)
    arrays = {"tokens": ends, "places": zeros, "bar_lengths": zeros + np.uint8(8)}
    with pytest.raises(BadOption, match="tokens in 1 keys: are more than markov holds"):
        model_from("markov", config, None, arrays | {"lengths": np.array([steps], np.int32)})


def test_such_files_are_told_in_one_line_when_they_are_opened(tmp_path, monkeypatch):
    bundle = indexed(untrained("element", [a_rag()]))
    path = save_bundle(bundle, tmp_path / "a.ragsmith")
    assert asdict(load_bundle(path).profile) == asdict(bundle.profile)
    with monkeypatch.context() as stranger:
        stranger.setattr("ragsmith.bundle.profile.LONGEST_BAR", 10**6)
        long_bars = bundle._replace(profile=Profile(metre=Metre(32, 1)))
        save_bundle(long_bars, path)
    with pytest.raises(BadBundle, match=r"is damaged \(.*the metre must have a bar of at most 8"):
        load_bundle(path)
