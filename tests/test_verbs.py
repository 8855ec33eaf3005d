"""Verbs that make new pieces of pieces: transposing, clipping, joining, repeating, other grids."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith import verbs
from ragsmith.errors import UserError
from ragsmith.io import read
from ragsmith.piece import (
    GRIDS,
    Bar,
    Key,
    Metre,
    Note,
    Piece,
    Section,
    Tempo,
    place_in_bar,
    regular_bars,
)
from ragsmith.playing_order import refold, unfold
from ragsmith.shipped.rags import rag_files
from ragsmith.verbs import (
    at_tempo,
    augment,
    clip,
    join,
    join_all,
    merge_split_bars,
    regrid,
    repeat,
    transpose,
)
from support.strategies import covered, pieces

middle = pieces(low=40, high=80)


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
    with pytest.raises(UserError, match="semitones 68: must be -60 to 67"):
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
        with pytest.raises(UserError, match="not inside"):
            clip(piece, start, end)


@given(pieces(grids=(4,)), pieces(grids=(4,)))
def test_joining_adds_up(first, second):
    whole = join(first, second)
    assert whole.steps == first.steps + second.steps
    assert len(whole.notes) == len(first.notes) + len(second.notes)
    assert covered(whole.bars)


def test_joining_wants_one_grid():
    with pytest.raises(UserError, match="4 and 6"):
        join(Piece((), ()), Piece((), (), 6))


@given(pieces(), st.integers(1, 4))
def test_a_repeated_piece_is_so_much_longer(piece, times):
    whole = repeat(piece, times)
    assert whole.steps == times * piece.steps
    assert len(whole.notes) == times * len(piece.notes)


def test_repeating_wants_at_least_once():
    with pytest.raises(UserError, match="times 0: must be 1"):
        repeat(Piece((), ()), 0)


def test_a_bar_cut_by_a_repeat_is_one_bar_again():
    metre = Metre(2, 4)
    halves = [Bar(0, 8, metre), Bar(8, 6, metre), Bar(14, 2, metre, 6), Bar(16, 8, metre)]
    assert merge_split_bars(halves, 4) == (Bar(0, 8, metre), Bar(8, 8, metre), Bar(16, 8, metre))


@given(pieces(), st.data())
def test_a_finer_grid_and_back(piece, data):
    grid = piece.steps_per_quarter
    finer = regrid(piece, data.draw(st.sampled_from([g for g in GRIDS if not g % grid])))
    assert finer.beats == piece.beats
    assert regrid(finer, piece.steps_per_quarter) == piece


def test_a_grid_that_cannot_hold_the_music_is_refused():
    piece = Piece((Note(1, 60, 1),), regular_bars(4, []))
    with pytest.raises(UserError, match="step 1 of 4"):
        regrid(piece, 6)


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


def test_augmenting_doubles_all_times_and_keeps_the_bars() -> None:
    piece = clip(read(rag_files()[0]), 0, 64)
    longer = augment(piece)
    assert [n.onset for n in longer.notes] == [2 * n.onset for n in piece.notes]
    assert [n.duration for n in longer.notes] == [2 * n.duration for n in piece.notes]
    assert len(longer.bars) == len(piece.bars)
    assert {b.metre for b in longer.bars} == {Metre(4, 4)}
    fine = regrid(piece, 8)
    assert longer == replace(fine, bars=longer.bars, steps_per_quarter=4)
    assert [bar[:2] for bar in longer.bars] == [bar[:2] for bar in fine.bars]


COMPOSED = replace(
    Piece.from_array([[0, 60, 4], [16, 64, 4]], metre="4/4"),
    sections=(Section("A", 0, 16), Section("B", 16, 32)),
    order=("A", "A", "B"),
    recipe="{}",
)
CHANGING = {
    "transpose": lambda piece: transpose(piece, 1),
    "clip": lambda piece: clip(piece, 0, 16),
    "join": lambda piece: join(piece, piece),
    "join_all": lambda piece: join_all([piece, piece, piece]),
    "repeat": lambda piece: repeat(piece, 2),
    "regrid": lambda piece: regrid(piece, 8),
    "augment": augment,
    "at_tempo": lambda piece: at_tempo(piece, 60),
}
KEEPING = {
    "transpose": lambda piece: transpose(piece, 0),
    "repeat": lambda piece: repeat(piece, 1),
    "regrid": lambda piece: regrid(piece, 4),
    "unfold": unfold,
    "refold": lambda piece: refold(unfold(piece)),
}


def test_every_verb_is_known_here():
    assert set(CHANGING) | {"merge_split_bars", "without_repeated_marks"} == set(verbs.__all__)


@pytest.mark.parametrize("verb", CHANGING)
def test_a_verb_that_changes_notes_drops_the_recipe(verb):
    assert COMPOSED.recipe
    assert CHANGING[verb](COMPOSED).recipe == ""


@pytest.mark.parametrize("verb", KEEPING)
def test_what_sounds_the_same_keeps_the_recipe(verb):
    assert KEEPING[verb](COMPOSED).recipe == COMPOSED.recipe
