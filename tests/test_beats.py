"""Beats tracked in performances: regular pulses, stretched and shifted ones, waltzes and jigs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.beats import LEAST_CLEAR, Performance, checked, track
from ragsmith.errors import BadOption

RAG = ((0.0, 36), (0.0, 72), (0.5, 60), (0.5, 64), (0.75, 76), (1.0, 43), (1.5, 60), (1.5, 64))
WALTZ = ((0.0, 36), (0.0, 72), (1.0, 60), (1.0, 64), (2.0, 60), (2.0, 64), (2.5, 74))
JIG = (
    (0.0, 36),
    (0.0, 72),
    (1 / 3, 74),
    (2 / 3, 76),
    (1.0, 60),
    (1.0, 64),
    (4 / 3, 77),
    (5 / 3, 74),
)


def performance(pattern, beats, bars=16, beat=0.6, stray=0.0, swing=0.0):
    """A pattern of bars, with a tempo that rises and falls by `swing`."""
    places = np.array([bar * beats + place for bar in range(bars) for place, _ in pattern])
    pitches = np.array([pitch for _ in range(bars) for _, pitch in pattern])
    fine = np.arange(0, bars * beats + 1, 0.05)
    speed = 1 + swing * np.sin(fine / 5)
    times = np.concatenate([[0.0], np.cumsum(0.05 * beat / speed)[:-1]])
    onsets = np.interp(places, fine, times)
    onsets = onsets + np.random.default_rng(1).normal(0, stray, len(onsets)) if stray else onsets
    order = np.argsort(onsets, kind="stable")
    truth = np.interp(np.arange(bars * beats), fine, times)
    return Performance(onsets[order], pitches[order], np.full(len(onsets), 80)), truth


def share_right(beats, truth):
    """Share of the true beats that have one within 70 ms."""
    return float((np.abs(beats.times[:, None] - truth).min(0) < 0.07).mean())


@pytest.mark.parametrize(
    ("pattern", "metre", "division"), [(RAG, 2, 2), (WALTZ, 3, 2), (JIG, 2, 3)]
)
@pytest.mark.parametrize(("stray", "swing"), [(0.0, 0.0), (0.012, 0.0), (0.012, 0.12)])
def test_beats_and_bars_of_known_patterns(pattern, metre, division, stray, swing):
    played, truth = performance(pattern, metre, stray=stray, swing=swing)
    beats = track(played)
    assert share_right(beats, truth) > 0.95
    assert abs(len(beats.times) - len(truth)) <= 2
    assert (beats.metre, beats.division) == (metre, division)
    assert (
        share_right(beats._replace(times=beats.times[beats.downbeat :: metre]), truth[::metre])
        > 0.9
    )


EVEN = ((0.0, 60), (0.5, 60)), ((0.0, 48), (0.0, 60), (0.5, 60)), ((0.0, 60), (0.25, 62), (0.5, 64))


@pytest.mark.parametrize("pattern", EVEN)
def test_where_beats_are_all_alike_no_bar_is_clear(pattern):
    beats = track(performance(pattern, 1, bars=40, stray=0.012)[0])
    assert beats.clearness < LEAST_CLEAR


@pytest.mark.parametrize(("pattern", "metre"), [(RAG, 2), (WALTZ, 3), (JIG, 2)])
def test_where_the_bass_falls_on_downbeats_bars_are_clear(pattern, metre):
    assert track(performance(pattern, metre, stray=0.012)[0]).clearness >= LEAST_CLEAR


@settings(max_examples=12, deadline=None)
@given(beat=st.floats(0.45, 0.85), stray=st.floats(0, 0.015))
def test_a_regular_pulse_is_found_at_its_tempo(beat, stray):
    played, truth = performance(RAG, 2, bars=8, beat=beat, stray=stray)
    beats = track(played)
    assert beats.per_minute == pytest.approx(60 / beat, rel=0.04)
    assert share_right(beats, truth) > 0.9


@pytest.mark.parametrize("shift", [0.333, 5.0, 61.7])
def test_what_begins_later_has_its_beats_later(shift):
    played, _ = performance(RAG, 2, stray=0.01, swing=0.1)
    later = track(played._replace(onsets=played.onsets + shift))
    assert later.times == pytest.approx(track(played).times + shift, abs=0.02)


@pytest.mark.parametrize("stretch", [0.8, 1.2])
def test_what_is_slower_has_slower_beats(stretch):
    played, truth = performance(RAG, 2, stray=0.01, swing=0.1)
    slower = track(played._replace(onsets=played.onsets * stretch))
    assert share_right(slower, truth * stretch) > 0.95
    assert slower.per_minute == pytest.approx(track(played).per_minute / stretch, rel=0.05)


@pytest.mark.parametrize("notes", [1, 2, 5])
def test_few_notes_lie_between_the_first_beat_and_the_last(notes):
    onsets = np.arange(notes) * 0.3
    beats = track(Performance(onsets, np.full(notes, 60), np.full(notes, 80)))
    assert len(beats.times) >= 2
    assert beats.times[0] <= onsets[0] + 0.04
    assert beats.times[-1] >= onsets[-1] - 0.04


def test_only_auto_can_be_asked_for():
    assert checked(None) is None
    assert checked("auto") == "auto"
    with pytest.raises(BadOption, match="write auto"):
        checked("x")
