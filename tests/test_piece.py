"""What a piece is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.piece import (
    GRIDS,
    LOWEST_PITCH,
    PIANO_KEYS,
    Bar,
    Hand,
    Metre,
    Note,
    Piece,
    from_roll,
    normalise,
    place_in_bar,
    regular_bars,
    to_roll,
)
from support.strategies import METRES, covered, notes, pieces


def sounding(played):
    """(step, pitch) pairs that sound."""
    return {(t, n.pitch) for n in played for t in range(n.onset, n.onset + n.duration)}


@given(st.lists(notes(16, low=60, high=63), max_size=30))
def test_normalised_notes_can_be_played_and_lose_no_onset(played):
    normal = normalise(played)
    assert normalise(normal) == normal == tuple(sorted(normal))
    assert len(sounding(normal)) == sum(n.duration for n in normal)
    assert {n[:2] for n in normal} == {n[:2] for n in played}
    assert sounding(normal) <= sounding(played)
    for note in normal:
        same = [n for n in played if n[:2] == note[:2]]
        struck_next = [n.onset for n in played if n.pitch == note.pitch and n.onset > note.onset]
        ends = min([max(n.onset + n.duration for n in same), *struck_next])
        assert (note.onset + note.duration, note.velocity) == (ends, max(n.velocity for n in same))


def test_a_note_without_length_gets_a_step_and_the_longest_keeps_its_hand():
    assert normalise([Note(0, 60, 0)]) == (Note(0, 60, 1),)
    long, loud = Note(0, 60, 4, 50, Hand.LEFT), Note(0, 60, 2, 90, Hand.RIGHT)
    assert normalise([long, loud]) == (Note(0, 60, 4, 90, Hand.LEFT),)


@given(
    st.integers(0, 200),
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(METRES)), max_size=5),
    st.sampled_from(GRIDS),
    st.integers(0, 3),
)
def test_regular_bars_cover_and_change_where_they_should(steps, changes, grid, pickup):
    changes.sort(key=lambda change: change[0])
    bars = regular_bars(steps, changes, grid, pickup)
    assert covered(bars)
    assert bars[-1].start < max(steps, 1) <= bars[-1].start + bars[-1].length
    assert not pickup or bars[0].length == pickup
    starts = {bar.start: bar.metre for bar in bars}
    held = dict(changes)
    for step, metre in held.items():
        if pickup < step < steps:
            assert starts[step] == metre
    for bar, following in zip(bars[1:], [*bars[2:], None], strict=False):
        cut = following is None or following.start in held
        assert cut or bar.length == bar.metre.steps(grid)


def test_many_metre_changes_take_no_longer_than_they_must():
    bars = regular_bars(100_000, [(step, METRES[step % 2]) for step in range(100_000)])
    assert len(bars) == 100_000


def test_a_pickup_fills_the_end_of_its_metre():
    bars = regular_bars(18, [(0, Metre(2, 4))], 4, pickup=2)
    assert bars == (Bar(0, 2, Metre(2, 4), 6), Bar(2, 8, Metre(2, 4)), Bar(10, 8, Metre(2, 4)))
    piece = Piece((), bars)
    assert (piece.pickup, piece.steps, piece.beats) == (2, 18, 4.5)
    assert place_in_bar(piece).tolist() == [6, 7, *range(8), *range(8)]


def test_an_empty_piece_has_no_length():
    assert (Piece((), ()).steps, Piece((), ()).pickup) == (0, 0)


@given(pieces(low=LOWEST_PITCH, high=LOWEST_PITCH + PIANO_KEYS - 1))
def test_a_roll_holds_the_notes(piece):
    roll = to_roll(piece)
    assert roll.onsets.shape == roll.durations.shape == (piece.steps, PIANO_KEYS)
    assert (roll.onsets.dtype, roll.durations.dtype) == (np.bool_, np.uint8)
    again = from_roll(roll, piece.bars, piece.steps_per_quarter)
    assert [n[:3] for n in again.notes] == [n[:3] for n in piece.notes]


def test_a_roll_leaves_out_what_no_piano_has_and_bounds_durations():
    piece = Piece((Note(0, 20, 1), Note(0, 21, 300), Note(0, 109, 1)), regular_bars(300, []))
    roll = to_roll(piece)
    assert np.argwhere(roll.onsets).tolist() == [[0, 0]]
    assert roll.durations[0, 0] == 255
