"""Free time to grid."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.piece import GRIDS
from ragsmith.quantise import (
    TOLERANCE,
    Moved,
    fitting_grid,
    moved,
    to_durations,
    to_steps,
)

ticks = st.lists(st.integers(0, 10**8), max_size=20).map(np.array)
resolutions = st.sampled_from([24, 96, 120, 192, 480, 1024, 32767])


@given(ticks, resolutions, st.sampled_from(GRIDS))
def test_a_step_is_never_further_than_half_a_step(onsets, per_quarter, grid):
    steps = to_steps(onsets.astype(np.int32), per_quarter, grid)
    assert steps.dtype == np.int64
    assert (np.abs(steps * per_quarter - onsets * grid) * 2 <= per_quarter).all()


def test_half_way_goes_to_the_later_step():
    assert to_steps(np.array([60, 180, 59, 61]), 480, 4).tolist() == [1, 2, 0, 1]


def test_durations_are_at_least_a_step():
    assert to_durations(np.array([0, 1, 119, 200, 480]), 480, 4).tolist() == [1, 1, 1, 2, 4]


@given(st.lists(st.integers(0, 1000), max_size=20), resolutions, st.sampled_from(GRIDS))
def test_what_lies_on_the_grid_is_not_moved(steps, quarter, grid):
    onsets = np.array(steps, np.int64) * quarter
    assert moved(onsets, quarter * grid, grid) == Moved(0.0, 0.0, 0.0)


def test_what_moved_and_how_far():
    share, mean, largest = moved(np.array([0, 120, 160, 320, 481]), 480, 4)
    assert share == pytest.approx(2 / 5)
    assert (mean, largest) == (pytest.approx(1 / 12), pytest.approx(1 / 12))


@pytest.mark.parametrize("grid", GRIDS)
def test_the_coarsest_grid_that_fits_is_found(grid):
    onsets = np.arange(100) * (480 // grid)
    assert fitting_grid(onsets, 480) == grid


def test_a_grid_may_miss_one_onset_in_a_hundred_and_rounded_triplets_fit():
    onsets = np.arange(200) * 480
    onsets[:2] += 50
    assert fitting_grid(onsets, 480) == 2
    onsets[2] += 50
    assert fitting_grid(onsets, 480) is None
    assert fitting_grid(np.array([0, 341, 683, 1024]), 1024) == 3


def test_a_free_performance_fits_no_grid():
    onsets = np.sort(np.random.default_rng(1).integers(0, 10**6, 500))
    assert fitting_grid(onsets, 480) is None
    assert 48 * TOLERANCE < 0.5
