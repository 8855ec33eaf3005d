"""What a piece is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.errors import BadOption, BadPiece
from ragsmith.piece import (
    GRIDS,
    LOWEST_PITCH,
    PIANO_KEYS,
    Bar,
    Hand,
    Key,
    Metre,
    Note,
    Piece,
    Section,
    Tempo,
    as_metre,
    from_roll,
    normalise,
    place_in_bar,
    regular_bars,
    to_roll,
)
from support.fakes import a_piece
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


@given(pieces())
def test_a_piece_comes_back_from_its_array(piece):
    array = piece.to_array()
    assert (array.shape, array.dtype) == ((len(piece.notes), 5), np.int64)
    again = Piece.from_array(array, bars=piece.bars, steps_per_quarter=piece.steps_per_quarter)
    assert (again.notes, again.bars) == (piece.notes, piece.bars)
    sounding_steps = {(t, p - LOWEST_PITCH) for t, p in sounding(piece.notes) if t < piece.steps}
    on_keys = {(t, k) for t, k in sounding_steps if 0 <= k < PIANO_KEYS}
    assert set(map(tuple, np.argwhere(piece.to_roll().sounding).tolist())) == on_keys


def test_an_array_without_bars_gets_regular_ones():
    piece = Piece.from_array([[9, 60, 4], [0, 62, 4]], metre="3/8", steps_per_quarter=2)
    assert piece.bars == regular_bars(13, [(0, Metre(3, 8))], 2)
    assert [n[:4] for n in piece.notes] == [(0, 62, 4, 80), (9, 60, 4, 80)]
    assert Piece.from_array(np.zeros((0, 5), int)).notes == ()
    with pytest.raises(BadPiece, match="holds no notes"):
        Piece.from_array([[0, 60, 4], [0, 60]])


def test_notes_are_put_in_order_and_lists_become_tuples():
    bars = list(regular_bars(8, []))
    piece = Piece([Note(4, 60, 8), Note(0, 60, 8)], bars, keys=[Key(0, 1)], order=[])
    assert piece.notes == (Note(0, 60, 4), Note(4, 60, 8))
    assert (piece.bars, piece.keys, piece.order) == (tuple(bars), (Key(0, 1),), ())
    assert hash(piece) == hash(replace(piece))


BARS = regular_bars(16, [(0, Metre(2, 4))])
WRONG = {
    "the last note: begins at step 16, and the bars end at step 16": {"notes": (Note(16, 60, 1),)},
    "note 1: has pitch 128": {"notes": (Note(0, 128, 1),)},
    "bar 2: begins at step 9, and the bar before it ends at step 8": {
        "bars": (BARS[0], BARS[1]._replace(start=9))
    },
    "bar 1: begins at step 1, and the bar before it ends at step 0": {
        "bars": (Bar(1, 8, Metre(2, 4)),)
    },
    "bar 1: has a length or a metre below 1": {"bars": (Bar(0, 0, Metre(2, 4)),)},
    "bar 1: is not a bar of whole numbers": {"bars": (Bar(0, 8.0, Metre(2, 4)),)},
    "bar 1: is not a bar of whole numbers; give Bar": {"bars": (Bar(0, 8, (2, 4)),)},
    "5 steps a quarter: is not a grid; choose one of 2, 3, 4, 6": {"steps_per_quarter": 5},
    "key signature at step 0: has the value 8, and that must be -7 to 7": {"keys": (Key(0, 8),)},
    "key signature at step 2: stands before": {"keys": (Key(4, 1), Key(2, 2))},
    "tempo at step 0: has the value 0, and that must be 1 to": {"tempos": (Tempo(0, 0),)},
    "tempo at step -1: stands before the beginning": {"tempos": (Tempo(-1, 500_000),)},
    "section A: is steps 8 to 17 of a piece of 16": {"sections": (Section("A", 8, 17),)},
    "section A: is steps 8 to 8 of": {"sections": (Section("A", 8, 8),)},
    "order B: names no section of the piece; name one of A": {
        "sections": (Section("A", 0, 8),),
        "order": ("A", "B"),
    },
    "order B: names no section of the piece; leave the order out": {"order": ("B",)},
}


@pytest.mark.parametrize("message", WRONG)
def test_what_does_not_fit_together_is_told_at_once(message):
    with pytest.raises(BadPiece, match=message):
        Piece(**{"notes": (Note(0, 60, 1),), "bars": BARS} | WRONG[message])


@pytest.mark.parametrize("value", ["2/4", (2, 4), [2, 4], Metre(2, 4), " 2 / 4 "])
def test_a_metre_is_written_as_people_write_it(value):
    assert as_metre(value) == Metre(2, 4)
    assert type(as_metre(value)) is Metre


@pytest.mark.parametrize("value", ["2", "2/3", "0/4", "33/4", "a/4", (2, 4, 8), (2, 0.5), 3, None])
def test_what_is_no_metre_is_refused(value):
    with pytest.raises(BadOption, match="is not a time signature; write it like 2/4"):
        as_metre(value)


def test_a_piece_is_shown_in_a_line():
    piece = a_piece(bars=3)
    assert repr(replace(piece, title="A Rag")).startswith("<Piece 'A Rag': ")
    assert len(repr(piece)) < 80
    metres = [(0, Metre(2, 4)), (8, Metre(3, 4)), (20, Metre(6, 8))]
    assert repr(Piece((), regular_bars(30, metres))) == (
        "<Piece: 0 notes in 3 bars of 2/4, 3/4, ..., 4 steps a quarter>"
    )
