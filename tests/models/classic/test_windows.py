"""Training sequences as places in a stream."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.errors import BadOption
from ragsmith.models.classic.windows import cut

START = 99
indices = st.lists(st.integers(0, 98), max_size=12).map(lambda xs: np.array(xs, np.int32))


def sequences(windows):
    """Every sequence, in the order of `starts`."""
    return [tuple(windows.stream[s : s + windows.length].tolist()) for s in windows.starts]


def plain(pieces, length, lead):
    """The same by the definition: each piece by itself, after its START."""
    led = [[START] * lead + p.tolist() for p in pieces]
    return [tuple(p[i : i + length]) for p in led for i in range(len(p) - length + 1)]


@given(st.lists(indices, min_size=1, max_size=4), st.integers(2, 8), st.integers(1, 6))
def test_all_overlapping_sequences_and_none_across_pieces(pieces, length, lead):
    if max(map(len, pieces)) < length - 1:
        with pytest.raises(BadOption, match="longer than every piece"):
            cut(pieces, START, length, lead=lead)
        return
    windows = cut(pieces, START, length, lead=lead)
    assert sequences(windows) == plain(pieces, length, lead)
    assert windows.stream.dtype == windows.starts.dtype == np.int32


def test_every_step_is_the_last_target_once_with_a_full_lead():
    piece = np.arange(10, dtype=np.int32)
    found = sequences(cut([piece], START, 5, lead=4))
    assert [s[-1] for s in found] == piece.tolist()
    assert found[0] == (START,) * 4 + (0,)


def test_a_piece_that_is_too_short_is_left_out():
    long, short = np.arange(5, dtype=np.int32), np.arange(2, dtype=np.int32)
    assert sequences(cut([short, long], START, 6)) == [(START, 0, 1, 2, 3, 4)]


@given(st.integers(1, 50), st.integers(0, 5))
def test_drawn_sequences_are_among_all_and_the_seed_decides_which(draw, seed):
    pieces = [np.arange(20, dtype=np.int32)]
    drawn = cut(pieces, START, 4, draw=draw, seed=seed)
    assert len(drawn.starts) == draw
    assert set(sequences(drawn)) <= set(sequences(cut(pieces, START, 4)))
    np.testing.assert_array_equal(drawn.starts, cut(pieces, START, 4, draw=draw, seed=seed).starts)


def test_no_piece_at_all():
    with pytest.raises(BadOption, match="longest has 0 steps"):
        cut([], START, 17)
