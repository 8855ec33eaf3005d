import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.composer.sampling import LONGEST_MOTIF, SHORTEST_MOTIF, WAYS, Sampling, repetition
from ragsmith.errors import BadOption

LIKELY = np.log([0.1, 0.6, 0.0001, 0.2999])
PLAYED = ["note"]

histories = st.lists(st.integers(0, 2), max_size=40)


def shares(choosing, log_p, draws=4000, history=PLAYED):
    """How often each choice is taken."""
    pick = choosing.picker(history, np.random.default_rng(5), must_draw=False)
    return np.bincount([pick(log_p) for _ in range(draws)], minlength=len(log_p)) / draws


def by_definition(history):
    """The least period whose motif has just been said twice."""
    n = len(history)
    for p in range(SHORTEST_MOTIF, LONGEST_MOTIF + 1):
        if 2 * p <= n and list(history[n - p :]) == list(history[n - 2 * p : n - p]):
            return p
    return 0


@given(histories)
def test_a_repetition_is_found_as_defined(history):
    assert repetition(history) == by_definition(history)


@given(histories, st.lists(st.integers(0, 2), min_size=1, max_size=LONGEST_MOTIF))
def test_a_motif_said_twice_is_a_repetition_whatever_came_before(before, motif):
    found = repetition(before + motif + motif)
    assert found == by_definition(before + motif + motif)
    if len(motif) >= SHORTEST_MOTIF:
        assert 0 < found <= len(motif)


def test_a_motif_shorter_than_a_beat_counts_when_it_has_filled_beats():
    assert repetition([1, 2] * 3) == 0
    assert repetition([1, 2] * 4) == 4
    assert repetition([0] * 8) == 4


def test_a_motif_of_more_than_eight_bars_is_no_loop():
    assert repetition(list(range(LONGEST_MOTIF)) * 2) == LONGEST_MOTIF
    assert repetition(list(range(LONGEST_MOTIF + 1)) * 2) == 0


def test_draws_follow_the_distribution():
    assert shares(Sampling(min_p=0), LIKELY) == pytest.approx(np.exp(LIKELY), abs=0.03)


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_temperature_divides_log_probabilities(temperature):
    expected = np.exp(LIKELY / temperature)
    found = shares(Sampling(temperature=temperature, min_p=0), LIKELY)
    assert found == pytest.approx(expected / expected.sum(), abs=0.03)


def test_the_coldest_draws_are_the_likeliest():
    assert shares(Sampling(temperature=1e-6, min_p=0), LIKELY, 50)[1] == 1


def test_min_p_leaves_out_what_is_less_likely_than_its_share_of_the_likeliest():
    found = shares(Sampling(min_p=0.2), LIKELY)
    assert found[[0, 2]].tolist() == [0, 0]
    assert found[[1, 3]] == pytest.approx(np.array([0.6, 0.2999]) / 0.8999, abs=0.03)


def test_min_p_looks_at_what_temperature_has_left():
    assert shares(Sampling(temperature=4, min_p=0.5), LIKELY)[0] > 0


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=20).filter(any),
    st.floats(0.05, 10),
    st.floats(0, 0.99),
    st.sampled_from(WAYS),
    st.integers(0, 99),
)
def test_the_impossible_is_never_chosen(p, temperature, min_p, way, seed):
    with np.errstate(divide="ignore"):
        log_p = np.log(np.array(p) / sum(p))
    choosing = Sampling(way, temperature, min_p)
    pick = choosing.picker(PLAYED, np.random.default_rng(seed), must_draw=False)
    assert p[pick(log_p)] > 0


def test_argmax_takes_the_likeliest_unless_it_must_draw():
    argmax = Sampling("argmax")
    assert shares(argmax, LIKELY, 50)[1] == 1
    pick = argmax.picker(PLAYED, np.random.default_rng(0), must_draw=True)
    assert len({pick(LIKELY) for _ in range(200)}) > 1


def test_unloop_draws_only_while_a_motif_repeats_itself():
    unloop = Sampling("unloop")
    assert shares(unloop, LIKELY, 50, history=[1, 2, 3, 4, 1, 2, 3])[1] == 1
    assert shares(unloop, LIKELY, 200, history=[1, 2, 3, 4, 1, 2, 3, 4])[1] < 1


@pytest.mark.parametrize("way", ["argmax", "unloop"])
def test_the_first_note_is_drawn(way):
    assert shares(Sampling(way), LIKELY, 200, history=[(), ()])[1] < 1
    assert shares(Sampling(way), LIKELY, 200, history=[(), "note", ()])[1] == 1


@pytest.mark.parametrize(
    ("settings", "value"),
    [
        ({"way": "nonsense"}, "nonsense"),
        ({"temperature": 0}, "0"),
        ({"temperature": -1}, "-1"),
        ({"temperature": float("nan")}, "nan"),
        ({"temperature": float("inf")}, "inf"),
        ({"min_p": -0.1}, "-0.1"),
        ({"min_p": 1}, "1"),
        ({"min_p": 2}, "2"),
        ({"min_p": float("nan")}, "nan"),
    ],
)
def test_settings_out_of_range_are_refused_by_value(settings, value):
    with pytest.raises(BadOption, match=value):
        Sampling(**settings)
