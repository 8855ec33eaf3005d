from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.measure.loops import (
    FEWEST_ONSETS,
    FEWEST_TIMES,
    LONGEST_PERIOD,
    SHORTEST_PERIOD,
    Loop,
    longest_loop,
    loop_share,
    loops_of,
)
from ragsmith.piece import Metre, Note, Piece, regular_bars
from ragsmith.verbs import regrid, transpose


def piece_of(*steps, grid=4):
    """A piece from the onset pitches of each of its steps."""
    notes = tuple(Note(t, p, 1) for t, pitches in enumerate(steps) for p in sorted(pitches))
    return Piece(notes, regular_bars(len(steps), [(0, Metre(1, 4 * grid))], grid), grid)


def inside_by_definition(steps, grid):
    """The steps of every stretch of exactly three equal motifs with at least two onset steps."""
    inside = set()
    for period in range(SHORTEST_PERIOD * grid, LONGEST_PERIOD * grid + 1):
        for at in range(len(steps) - FEWEST_TIMES * period + 1):
            motif = steps[at : at + period]
            whole = steps[at : at + FEWEST_TIMES * period]
            enough = sum(1 for step in motif if step) >= FEWEST_ONSETS
            if enough and whole == motif * FEWEST_TIMES:
                inside.update(range(at, at + len(whole)))
    return inside


few_steps = st.lists(st.sampled_from([(), (60,), (62,)]), max_size=30)
likely_loops = st.builds(
    lambda before, motif, times, after: before + motif * times + after,
    few_steps,
    st.lists(st.sampled_from([(), (60,), (60, 64)]), min_size=1, max_size=9),
    st.integers(1, 5),
    few_steps,
)


@given(likely_loops, st.sampled_from([2, 3, 4]))
def test_share_agrees_with_the_definition(steps, grid):
    piece = piece_of(*steps, grid=grid)
    padded = steps + [()] * (piece.steps - len(steps))
    expected = len(inside_by_definition(padded, grid)) / max(1, piece.steps)
    assert loop_share(piece) == pytest.approx(expected)


@given(likely_loops, st.sampled_from([2, 3, 4]))
def test_every_loop_repeats_and_reaches_as_far_as_it_can(steps, grid):
    piece = piece_of(*steps, grid=grid)
    padded = steps + [()] * (piece.steps - len(steps))
    for at, length, period, _ in loops_of(piece):
        repeats = [padded[t] == padded[t - period] for t in range(period, len(padded))]
        first, last = at, at + length - period
        assert all(repeats[first:last])
        assert not any(repeats[first - 1 : first])
        assert not any(repeats[last : last + 1])


@given(likely_loops, st.integers(-12, 12))
def test_transposing_changes_nothing(steps, semitones):
    piece = piece_of(*steps)
    assert loops_of(transpose(piece, semitones)) == loops_of(piece)


MOTIF = [(60,), (), (64, 67), (), (62,), ()]


def test_the_scratched_record():
    piece = piece_of((), (50,), *MOTIF * 10)
    assert longest_loop(piece) == Loop(2, 60, 6, 4)
    assert (longest_loop(piece).times, longest_loop(piece).period_beats) == (10, Fraction(3, 2))
    assert loop_share(piece) == 60 / 62


def test_a_loop_of_the_whole_piece_has_share_one_on_every_grid():
    piece = piece_of(*MOTIF * 4)
    fine = regrid(piece, 12)
    assert loop_share(piece) == 1
    assert longest_loop(fine).period_beats == Fraction(3, 2)
    assert loop_share(fine) == 1


def test_played_twice_is_form():
    assert longest_loop(piece_of(*MOTIF * 2, (50,))) is None
    assert loop_share(piece_of(*MOTIF * 2, (50,))) == 0


def test_silence_and_single_onsets_are_no_loops():
    assert loop_share(piece_of(*[()] * 64)) == 0
    assert loop_share(piece_of((60,), *[()] * 64)) == 0


def test_a_sequence_is_no_loop():
    steps = [tuple(pitch + rise for pitch in step) for rise in range(6) for step in MOTIF]
    assert loop_share(piece_of(*steps)) == 0


def test_the_longest_period():
    steps = LONGEST_PERIOD * 4
    tune = [(40 + t % 7,) if t % 3 else (40 + t * t % 31,) for t in range(steps)]
    piece = piece_of(*tune * FEWEST_TIMES)
    assert longest_loop(piece).period == steps
    assert loop_share(piece_of(*[*tune, (39,)] * FEWEST_TIMES)) < 1


def test_a_piece_without_steps():
    assert loop_share(Piece((), ())) == 0
    assert longest_loop(Piece((), ())) is None
