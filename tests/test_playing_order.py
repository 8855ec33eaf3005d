"""Repeats written out, folded again, and which steps stand next to one another when played."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.errors import BadPiece
from ragsmith.io import read
from ragsmith.piece import Metre, Note, Piece, Section, pitches_by_onset, regular_bars
from ragsmith.playing_order import (
    Neighbours,
    PlayingOrder,
    played_ranges,
    played_steps,
    refold,
    unfold,
)
from ragsmith.verbs import clip
from support.fakes import a_piece
from support.strategies import pieces


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
    piece = Piece(played, bars, sections=sections, order=("A", "A1", "A", "A2"))
    assert [(n.onset, n.pitch) for n in unfold(piece).notes] == [
        (0, 60),
        (8, 62),
        (16, 60),
        (24, 64),
    ]
    with pytest.raises(BadPiece, match="order missing: names no section of the piece; name one of"):
        replace(piece, order=("A", "missing"))


@given(pieces())
def test_the_steps_played_are_those_of_the_unfolded_piece(piece):
    steps, played = played_steps(piece), unfold(piece)
    assert len(steps) == played.steps
    written, heard = pitches_by_onset(piece.notes), pitches_by_onset(played.notes)
    for at, step in enumerate(steps):
        tied = [n.pitch for n in played.notes if n.onset < at < n.onset + n.duration]
        assert set(heard.get(at, [])) <= set(written.get(step, []))
        assert set(written.get(step, [])) <= {*heard.get(at, []), *tied}


@given(pieces(), st.data())
def test_ranges_are_where_their_steps_are_played(piece, data):
    start = data.draw(st.integers(0, piece.steps))
    written = range(start, data.draw(st.integers(start, piece.steps)))
    steps = played_steps(piece)
    ranges = played_ranges(piece, written)
    inside = [at for stretch in ranges for at in stretch]
    assert inside == [at for at, step in enumerate(steps) if step in written]
    assert all(first.stop < second.start for first, second in pairwise(ranges))


ORDERS = st.lists(st.sampled_from(["A", "A1", "A2", "B"]), min_size=1, max_size=7)


def in_sections(seed, order):
    """Eight bars in sections of one, of those names that the order plays."""
    names = [name for name in ("A", "A1", "A2", "B") if name in order]
    piece = clip(a_piece(seed), 0, 8 * len(names))
    sections = tuple(Section(name, 8 * i, 8 * i + 8) for i, name in enumerate(names))
    kept = tuple(
        note._replace(duration=min(note.duration, 8 - note.onset % 8)) for note in piece.notes
    )
    return type(piece)(kept, piece.bars, sections=sections, order=tuple(order))


@given(st.integers(0, 50), ORDERS)
def test_what_was_unfolded_is_folded_again(seed, order):
    piece = in_sections(seed, order)
    again = refold(unfold(piece))
    assert unfold(again).notes == unfold(piece).notes
    if len(set(order)) < len(order):
        assert again.order == tuple(order)
        assert again.steps == piece.steps


def test_one_name_for_different_music_stays_as_it_is():
    piece = a_piece(1, bars=4)
    named = type(piece)(
        piece.notes, piece.bars, sections=(Section("A", 0, 16), Section("A", 16, 32))
    )
    assert refold(named) is named


def test_a_rag_comes_back_folded_from_its_midi_file(tmp_path):
    piece = in_sections(3, ["A", "A1", "A", "A2", "B", "B", "A", "A2"])
    path = piece.save(tmp_path / "a.mid")
    found = read(path)
    assert found.order == piece.order
    assert found.sections == piece.sections
    assert [n[:3] for n in found.notes] == [n[:3] for n in piece.notes]


FAR = 64
SECTIONS = (Section("A", 0, 3), Section("A1", 3, 4), Section("A2", 4, 5), Section("B", 5, 7))


def outline(order="", steps=7):
    bars = regular_bars(steps, [(0, Metre(1, 16))])
    return Piece((), bars, sections=SECTIONS if order else (), order=tuple(order.split()))


def test_without_an_order_steps_are_played_as_written():
    played = PlayingOrder.of(outline())
    assert played.around(0, FAR) == {((), ())}
    assert played.around(3, FAR) == {Neighbours((2, 1, 0), ())}
    assert played.preceding(5, 2) == (3, 4)
    assert played.preceding(1, 4) == (0,)


def test_the_end_of_a_repeat_has_its_beginning_after_it():
    played = PlayingOrder.of(outline("A A1 A A2 B"))
    assert played.around(0, FAR) == {((), ())}
    assert played.around(2, FAR) == {((1, 0), ())}
    assert played.around(3, FAR) == {((2, 1, 0), (0, 1, 2))}
    assert played.around(4, FAR) == {((2, 1, 0, 3, 2, 1, 0), ())}
    assert played.around(5, FAR) == {((4, 2, 1, 0, 3, 2, 1, 0), ())}
    assert played.preceding(4, 2) == (1, 2)


def test_what_is_played_twice_has_two_neighbourhoods_where_they_differ():
    played = PlayingOrder.of(outline("A B A"))
    assert played.around(2, FAR) == {((1, 0), ())}
    assert played.around(5, FAR) == {((2, 1, 0), ())}
    assert played.around(6, FAR) == {((5, 2, 1, 0), (0, 1, 2))}


def test_a_step_that_is_known_is_a_neighbour_of_itself():
    played = PlayingOrder.of(outline("A A"))
    assert played.around(2, FAR) == {((1, 0), (0, 1)), ((1, 0), ())}
    both = {((1, 0), (0, 1, 2)), ((1, 0, 2, 1, 0), ())}
    assert played.around(2, FAR, itself=True) == both


def test_given_steps_are_nobodys_neighbours():
    played = PlayingOrder.of(outline("A A1 A A2 B"), range(2, 6))
    assert played.around(3, FAR) == {((2,), ())}
    assert played.around(4, FAR) == {((2,), ())}
    assert played.around(5, FAR) == {((4, 2), ())}


def test_neighbours_reach_as_far_as_asked():
    order = PlayingOrder.of(outline(steps=100))
    assert order.around(99, 8) == {(tuple(range(98, 90, -1)), ())}
    twice = PlayingOrder.of(outline("A B A1 A B"))
    assert twice.around(5, 3) == {((2, 1, 0), ())}
    assert twice.around(5, 4) == {((2, 1, 0), ()), ((2, 1, 0, 3), ())}


@given(st.lists(st.sampled_from(["A", "A1", "A2", "B"]), min_size=1, max_size=8))
def test_neighbours_are_those_of_the_playing_order(names):
    spans = {section.name: range(section.start, section.end) for section in SECTIONS}
    order = [step for name in names for step in spans[name]]
    played = PlayingOrder.of(outline(" ".join(names)))
    for step in set(order):
        expected = set()
        for place in (place for place, other in enumerate(order) if other == step):
            before, after = [], []
            for near, rest in ((before, order[:place][::-1]), (after, order[place + 1 :])):
                later = [place for place, other in enumerate(rest) if other >= step]
                near += rest[: later[0]] if later else rest
            expected.add((tuple(before), tuple(after)))
        assert played.around(step, FAR) == expected
