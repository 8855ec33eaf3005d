"""What a piece is, and its verbs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    from_roll,
    normalise,
    place_in_bar,
    regular_bars,
    to_roll,
)
from ragsmith.verbs import clip, join, merge_split_bars, regrid, repeat, transpose, unfold
from support.strategies import METRES, notes, pieces

middle = pieces(low=40, high=80)


def covered(bars):
    """Bars follow one another from step 0."""
    ends = [bar.start + bar.length for bar in bars]
    return [bar.start for bar in bars] == [0, *ends[:-1]] and all(bar.length > 0 for bar in bars)


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


@given(middle, st.integers(-20, 20), st.integers(-20, 20))
def test_transposing_twice_is_transposing_once(piece, first, second):
    twice, once = transpose(transpose(piece, first), second), transpose(piece, first + second)
    assert twice.notes == once.notes
    assert replace(twice, keys=()) == replace(once, keys=())
    assert [k.fifths % 12 for k in twice.keys] == [k.fifths % 12 for k in once.keys]
    assert all(-7 <= key.fifths <= 7 for key in once.keys)


@given(pieces())
def test_not_transposing_changes_nothing(piece):
    assert transpose(piece, 0) == piece


def test_transposing_moves_keys_and_stays_in_range():
    bars = regular_bars(4, [])
    piece = Piece((Note(0, 60, 1),), bars, keys=(Key(0, -4), Key(2, 0, True)))
    assert transpose(piece, 2).keys == (Key(0, -2), Key(2, 2, True))
    assert transpose(piece, 12).keys == piece.keys
    with pytest.raises(ValueError, match="0-127"):
        transpose(piece, 68)


@given(pieces(), st.data())
def test_clipping_and_joining_gives_the_piece_again(piece, data):
    place = data.draw(st.integers(1, piece.steps - 1))
    uncut = tuple(
        n._replace(duration=min(n.duration, place - n.onset)) if n.onset < place else n
        for n in piece.notes
    )
    whole = replace(piece, notes=uncut, sections=(), order=())
    assert join(clip(whole, 0, place), clip(whole, place, piece.steps)) == whole


@given(pieces())
def test_clipping_everything_changes_only_the_order(piece):
    assert clip(piece, 0, piece.steps) == replace(
        piece, order=(), keys=clip(piece, 0, piece.steps).keys
    )


@given(pieces(), st.data())
def test_a_clip_has_its_length_and_its_places(piece, data):
    start = data.draw(st.integers(0, piece.steps - 1))
    end = data.draw(st.integers(start + 1, piece.steps))
    part = clip(piece, start, end)
    assert part.steps == end - start
    assert covered(part.bars)
    assert (place_in_bar(part) == place_in_bar(piece)[start:end]).all()
    assert all(n.onset + n.duration <= part.steps for n in part.notes)
    assert len(part.notes) == sum(start <= n.onset < end for n in piece.notes)
    assert all(0 <= s.start < s.end <= part.steps for s in part.sections)
    assert all(0 <= mark.step < part.steps for mark in (*part.keys, *part.tempos))


def test_a_clip_must_lie_inside():
    piece = Piece((), regular_bars(4, []))
    for start, end in ((-1, 3), (3, 3), (0, 17)):
        with pytest.raises(ValueError, match="not inside"):
            clip(piece, start, end)


@given(pieces(grids=(4,)), pieces(grids=(4,)))
def test_joining_adds_up(first, second):
    whole = join(first, second)
    assert whole.steps == first.steps + second.steps
    assert len(whole.notes) == len(first.notes) + len(second.notes)
    assert covered(whole.bars)


def test_joining_wants_one_grid():
    with pytest.raises(ValueError, match="4 and 6"):
        join(Piece((), ()), Piece((), (), 6))


@given(pieces(), st.integers(1, 4))
def test_a_repeated_piece_is_so_much_longer(piece, times):
    whole = repeat(piece, times)
    assert whole.steps == times * piece.steps
    assert len(whole.notes) == times * len(piece.notes)


def test_repeating_wants_at_least_once():
    with pytest.raises(ValueError, match="0 times"):
        repeat(Piece((), ()), 0)


def test_a_bar_cut_by_a_repeat_is_one_bar_again():
    metre = Metre(2, 4)
    halves = [Bar(0, 8, metre), Bar(8, 6, metre), Bar(14, 2, metre, 6), Bar(16, 8, metre)]
    assert merge_split_bars(halves, 4) == (Bar(0, 8, metre), Bar(8, 8, metre), Bar(16, 8, metre))


@given(pieces())
def test_unfolding_plays_the_sections_in_order(piece):
    lengths = {s.name: s.end - s.start for s in piece.sections}
    played = unfold(piece)
    expected = sum(lengths[name] for name in piece.order) if piece.order else piece.steps
    assert played.steps == expected
    assert unfold(played) == played
    assert [s.name for s in played.sections] == list(piece.order or lengths)


def test_unfolding_writes_repeats_out():
    played = (Note(0, 60, 2), Note(8, 62, 2), Note(16, 64, 2))
    sections = (Section("A", 0, 8), Section("A1", 8, 16), Section("A2", 16, 24))
    bars = regular_bars(24, [(0, Metre(2, 4))])
    piece = Piece(played, bars, sections=sections, order=("A", "A1", "A", "A2", "missing"))
    assert [(n.onset, n.pitch) for n in unfold(piece).notes] == [
        (0, 60),
        (8, 62),
        (16, 60),
        (24, 64),
    ]
    assert unfold(replace(piece, order=("missing",))) == replace(piece, order=("missing",))


@given(pieces(), st.integers(1, 4))
def test_a_finer_grid_and_back(piece, factor):
    finer = regrid(piece, piece.steps_per_quarter * factor)
    assert finer.beats == piece.beats
    assert regrid(finer, piece.steps_per_quarter) == piece


def test_a_grid_that_cannot_hold_the_music_is_refused():
    piece = Piece((Note(1, 60, 1),), regular_bars(4, []))
    with pytest.raises(ValueError, match="step 1 of 4"):
        regrid(piece, 6)


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


def test_marks_in_force_move_to_the_beginning_of_a_clip():
    piece = Piece(
        (),
        regular_bars(32, []),
        keys=(Key(0, 1), Key(20, 2)),
        tempos=(Tempo(4, 500_000), Tempo(8, 600_000)),
    )
    part = clip(piece, 10, 24)
    assert part.keys == (Key(0, 1), Key(10, 2))
    assert part.tempos == (Tempo(0, 600_000),)
