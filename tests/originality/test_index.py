"""The sealed index: which rows it keeps, that it tells copies exactly, and what it hides."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.originality.index import (
    LANES,
    Passages,
    Place,
    lanes_of,
    passages_of,
    places,
    row_text,
    rows,
)
from ragsmith.originality.runs import LONGEST_SILENCE, index_of
from ragsmith.originality.search import against_corpus, against_passages, as_played
from ragsmith.piece import Hand, Metre, Note, Piece, Section, normalise, regular_bars
from ragsmith.playing_order import unfold
from ragsmith.verbs import join, regrid, transpose
from support.fakes import a_rag
from support.strategies import tunes

BEAT = 4
PARTS = ("hashes", "counts", "sealed")
LINE = regular_bars(64, [(0, Metre(2, 4))])


def arrays_of(passages):
    return {name: array.tolist() for name, array in passages.arrays().items()}


# Rows


@given(tunes(40), st.sampled_from([1, 3, 4]))
def test_rows_are_the_shortest_longer_than_a_beat_from_and_up_to_every_onset(piece, beat):
    onsets = lanes_of(piece)[0]
    long = [
        (i, j)
        for i in range(len(onsets))
        for j in range(i, len(onsets))
        if onsets[j].step - onsets[i].step + 1 > beat
        and all(b.step - a.step <= LONGEST_SILENCE * beat for a, b in pairwise(onsets[i : j + 1]))
    ]
    from_each = {i: min(j for a, j in long if a == i) for i, _ in long}
    up_to_each = {j: max(i for i, b in long if b == j) for _, j in long}
    expected = {*from_each.items(), *((i, j) for j, i in up_to_each.items())}
    found = list(rows(onsets, beat))
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_three_lanes_texture_melody_and_the_right_hands_melody():
    notes = (Note(0, 40, 1, hand=Hand.LEFT), Note(0, 64, 1, hand=Hand.RIGHT))
    texture, melody, right = lanes_of(Piece((*notes, Note(3, 72, 2, hand=Hand.LEFT)), LINE))
    assert texture == [(0, 40, (0, 24)), (3, 72, (0,))]
    assert melody == [(0, 64, (0,)), (3, 72, (0,))]
    assert right == [(0, 64, (0,))]


def test_a_row_is_written_down_without_its_key():
    notes = [Note(0, 60, 1), Note(0, 64, 1), Note(0, 67, 1), Note(2, 72, 1)]
    onsets, moved = (
        lanes_of(Piece(tuple(n._replace(pitch=n.pitch + by) for n in notes), LINE))[0]
        for by in (0, -7)
    )
    assert row_text(onsets) == row_text(moved) == "0:0.4.7 2:12"


# What is told


def runs_by(piece, corpus):
    """(By the corpus itself, by the index of it)."""
    played = [as_played(each) for each in corpus]
    return (
        against_corpus(as_played(piece), index_of(played)),
        against_passages(as_played(piece), passages_of(played, piece.steps_per_quarter)),
    )


def stands_there(run, piece, corpus, melody):
    """Whether the corpus has the run where it says, as one of the lanes tells it."""
    grid = piece.steps_per_quarter
    first, steps = int(run.at * grid), int(run.beats * grid)
    shift = int(run.in_at * grid) - first
    lanes = slice(1, 3) if melody else slice(0, 1)
    here, there = (
        lanes_of(as_played(piece))[lanes],
        lanes_of(as_played(corpus[run.in_piece]))[lanes],
    )
    for ours, theirs in zip(here, there, strict=True):
        mine = [o for o in ours if first <= o.step < first + steps]
        moved = [
            o._replace(step=o.step - shift, base=o.base + run.transposition)
            for o in theirs
            if first <= o.step - shift < first + steps
        ]
        if mine == moved and mine[0].step == first and mine[-1].step == first + steps - 1:
            return True
    return False


def check_agreement(piece, corpus):
    exact, sealed = runs_by(piece, corpus)
    for melody, truth, found in zip((False, True), exact, sealed, strict=True):
        if truth and truth.beats > 1:
            assert found is not None
            assert found.beats == truth.beats
            assert stands_there(found, piece, corpus, melody)
        else:
            assert found is None
    return exact


@given(tunes(), st.lists(tunes(), max_size=3))
@settings(max_examples=200)
def test_finds_what_an_unrelated_algorithm_finds_in_the_corpus_itself(piece, corpus):
    check_agreement(piece, corpus)


@given(
    st.integers(0, 10**6),
    st.integers(0, 50),
    st.integers(6, 14),
    st.integers(0, 49),
    st.integers(-4, 7),  # lower, the right hand would strike keys of the left
    st.booleans(),
)
@settings(max_examples=60)
def test_a_planted_passage_is_found_in_any_key_at_any_place(seed, at, steps, to, by, hidden):
    """Under another left hand the melody is found all the same."""
    corpus, piece = [a_rag(seed), a_rag(seed + 1)], a_rag(seed + 2)
    planted = [
        n._replace(onset=n.onset - at + to, pitch=n.pitch + by)
        for n in corpus[1].notes
        if at <= n.onset < at + steps and not (hidden and n.hand is Hand.LEFT)
    ]
    kept = [
        n for n in piece.notes if not to <= n.onset < to + steps or (hidden and n.hand is Hand.LEFT)
    ]
    piece = Piece(normalise(kept + planted), piece.bars)
    texture, melody = check_agreement(piece, corpus)
    right = [n.onset for n in planted if n.hand is Hand.RIGHT]
    if len(set(right)) > 1:
        assert melody.beats >= Fraction(max(right) - min(right) + 1, 4)
    onsets = [n.onset for n in planted]
    if not hidden and len(set(onsets)) > 1:
        assert texture.beats >= Fraction(max(onsets) - min(onsets) + 1, 4)


def test_a_passage_is_found_across_a_repeat():
    """It stands at the end of A and goes on at its beginning, once A is repeated."""
    stolen = a_rag(3, bars=2)
    halves = [
        tuple(n._replace(onset=n.onset - start + to) for n in stolen.notes if n.onset // 8 == bar)
        for bar, start, to in ((1, 8, 0), (0, 0, 24))
    ]
    strain = Piece(normalise(sum(halves, ())), regular_bars(32, [(0, Metre(2, 4))]))
    sections = (Section("A", 0, 32),)
    folded = Piece(strain.notes, strain.bars, sections=sections, order=("A", "A"))
    once, _ = check_agreement(strain, [stolen])
    twice, _ = check_agreement(folded, [stolen])
    assert once.beats <= 2
    assert twice.beats == Fraction(max(n.onset for n in stolen.notes) + 1, 4)
    assert unfold(folded).steps == 64


def test_nothing_is_found_across_two_files():
    first, second = a_rag(1, bars=2), a_rag(2, bars=2)
    exact, sealed = runs_by(join(first, second), [first, second])
    assert exact.texture.beats == sealed.texture.beats <= 4


def test_runs_of_a_beat_or_less_are_common_property():
    four = [Note(t, p, 1) for t, p in enumerate((60, 67, 61, 70))]
    fifth = Note(4, 62, 1)
    corpus = [Piece((*four, fifth), LINE)]
    assert runs_by(Piece(tuple(four), LINE), corpus)[1] == (None, None)
    assert runs_by(Piece((*four, fifth), LINE), corpus)[1].texture.beats == Fraction(5, 4)


@given(tunes(), st.lists(tunes(), min_size=1, max_size=2), st.sampled_from([8, 12, 24]))
@settings(max_examples=50)
def test_on_a_finer_grid_the_same_runs_are_found(piece, corpus, grid):
    passages = passages_of(map(as_played, corpus), piece.steps_per_quarter)
    coarse = against_passages(as_played(piece), passages)
    fine = against_passages(as_played(regrid(piece, grid)), passages)
    for before, after in zip(coarse, fine, strict=True):
        assert (before is None) == (after is None)
        if before and after:
            assert before.beats - after.beats == Fraction(1, 4) - Fraction(1, grid)
            assert before[1:] == after[1:]


@pytest.mark.parametrize("between", [1, 5, 9])
def test_a_note_between_the_steps_of_the_corpus_ends_a_run(between):
    rag = a_rag(1)
    passages = passages_of([as_played(rag)], 4)
    fine = regrid(rag, 12)
    more = Note(96 + 12 + between, 100, 1, hand=Hand.RIGHT)
    changed = Piece(normalise((*fine.notes, more)), fine.bars, 12)
    texture, _ = against_passages(as_played(changed), passages)
    whole, _ = against_passages(as_played(fine), passages)
    assert 1 < texture.beats < whole.beats


@pytest.mark.parametrize("grid", [3, 6, 12])
def test_triplets_are_not_taken_for_sixteenths(grid):
    """Three notes a quarter, rounded to the grid of 4, would be a passage of the corpus."""
    rows = [(q, t, 60 + 3 * q + t) for q in range(6) for t in range(3)]
    pressed = tuple(Note(4 * q + (0, 1, 3)[t], pitch, 1) for q, t, pitch in rows)
    swung = tuple(Note(grid * q + grid // 3 * t, pitch, 1) for q, t, pitch in rows)
    passages = passages_of([as_played(Piece(pressed, LINE))], 4)
    bars = regular_bars(8 * grid, [(0, Metre(2, 4))], grid)
    assert against_passages(as_played(Piece(swung, bars, grid)), passages) == (None, None)


# What is not told


def test_the_same_music_in_another_key_has_the_same_hashes():
    one, other = (passages_of([transpose(a_rag(), by)], BEAT) for by in (0, 5))
    for lane, moved in zip(one[1:], other[1:], strict=True):
        assert lane.hashes.tolist() == moved.hashes.tolist()
        assert lane.sealed.tolist() != moved.sealed.tolist()


def test_rows_lie_in_the_order_of_their_digests_not_of_the_music():
    lane = passages_of([a_rag()], BEAT).texture
    onsets = lanes_of(a_rag())[0]
    steps = {}
    for first, last in rows(onsets, BEAT):
        (place,) = places(lane, onsets[first : last + 1])
        assert place == Place(0, onsets[first].step, onsets[first].base)
        key = int.from_bytes(_digest(onsets[first : last + 1]), "little")
        steps[key] = place.step
    in_order = [steps[key] for key in lane.hashes.tolist()]
    assert len(in_order) > 40
    climbs = sum(a < b for a, b in pairwise(in_order))
    assert 0.3 < climbs / len(in_order) < 0.7


def _digest(onsets):
    from hashlib import blake2b

    return blake2b(row_text(onsets).encode(), digest_size=16).digest()[:8]


def test_who_does_not_have_the_passage_cannot_open_where_it_stands():
    lane = passages_of([a_rag()], BEAT).texture
    stranger = lanes_of(a_rag(9))[0]
    assert not [
        place
        for first, last in rows(stranger, BEAT)
        for place in places(lane, stranger[first : last + 1])
    ]
    wrong = lane._replace(sealed=lane.sealed ^ np.uint64(1))
    onsets = lanes_of(a_rag())[0]
    first, last = next(rows(onsets, BEAT))
    assert places(lane, onsets[first : last + 1])
    assert not places(wrong, onsets[first : last + 1])


# Arrays


@given(st.lists(tunes(), max_size=3))
def test_arrays_come_back(corpus):
    passages = passages_of(corpus, BEAT)
    arrays = passages.arrays()
    assert arrays.keys() == {f"{lane}.{part}" for lane in LANES for part in PARTS}
    again = Passages.from_arrays(BEAT, arrays)
    assert again.steps_per_quarter == BEAT
    assert arrays_of(again) == arrays_of(passages)


@pytest.mark.parametrize(
    "damage",
    [
        lambda array: array[::-1],
        lambda array: array[1:],
        lambda array: array[:0],
        lambda array: array.astype(np.int64),
        lambda array: array.astype(np.float64),
        lambda array: array[None],
        lambda array: array.repeat(2),
        lambda array: array[0],
    ],
)
@pytest.mark.parametrize("part", ["hashes", "counts", "sealed"])
def test_damaged_arrays_are_refused(part, damage):
    arrays = passages_of([a_rag()], BEAT).arrays()
    array = damage(arrays[f"melody.{part}"])
    if part != "hashes" and sorted(array.flat) == sorted(arrays[f"melody.{part}"]):
        array = array[None]  # another order is possible, another shape is not
    with pytest.raises(ValueError, match=r"rows are|hash has|hashes are|places as"):
        Passages.from_arrays(BEAT, arrays | {f"melody.{part}": array})


def test_counts_of_more_places_than_there_are_take_no_memory():
    arrays = passages_of([a_rag()], BEAT).arrays()
    arrays["melody.counts"] = np.full_like(arrays["melody.counts"], 2**32 - 1)
    with pytest.raises(ValueError, match="as many places"):
        Passages.from_arrays(BEAT, arrays)


def test_a_lane_that_is_missing_is_an_error():
    arrays = passages_of([a_rag()], BEAT).arrays()
    del arrays["melody.sealed"]
    with pytest.raises(KeyError):
        Passages.from_arrays(BEAT, arrays)
