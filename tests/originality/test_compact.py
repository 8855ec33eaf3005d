"""The compact index: what it holds, that it tells copies exactly, and which arrays are refused."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.errors import BadFolder
from ragsmith.originality import compact
from ragsmith.originality.compact import NO_HAND, CompactPassages, passages_of
from ragsmith.originality.index import lanes_of
from ragsmith.originality.runs import index_of, longest_runs
from ragsmith.originality.search import against_passages, as_played
from ragsmith.piece import Hand, Metre, Note, Piece, regular_bars
from ragsmith.verbs import regrid
from support.fakes import a_piece, a_rag
from support.strategies import tunes

BEAT = 4
RAG = passages_of([a_rag(), a_rag(1)], BEAT)


def line(notes):
    return Piece(tuple(notes), regular_bars(512, [(0, Metre(2, 4))]))


# What it holds


@given(st.lists(tunes(), max_size=3))
def test_it_holds_the_lanes_of_its_files_as_they_are(corpus):
    passages = passages_of(corpus, BEAT)
    masks = passages.chord_masks()
    for number, (onsets, melody) in enumerate(
        zip(passages.lines(), (False, True, True), strict=True)
    ):
        for piece, (start, end) in zip(corpus, pairwise(onsets.starts), strict=True):
            part = slice(start, end)
            there = zip(onsets.steps[part], onsets.bases[part], onsets.chords[part], strict=True)
            shapes = [
                (
                    step,
                    base,
                    (0,) if melody else tuple(i for i in range(128) if masks[chord] >> i & 1),
                )
                for step, base, chord in there
            ]
            assert shapes == lanes_of(piece)[number]


def test_a_large_corpus_takes_six_bytes_an_onset():
    pieces = [a_rag(seed, bars=64) for seed in range(20)]
    passages = passages_of(pieces, BEAT)
    onsets = sum(len({note.onset for note in piece.notes}) for piece in pieces)
    assert int(passages.lengths.sum()) == len(passages.gaps) == onsets
    size = sum(array.nbytes for array in passages.arrays().values())
    assert size < 6 * onsets + 16 * len(passages.masks) + 100


def test_numbers_take_as_many_bytes_as_the_largest_needs():
    far = line([Note(0, 60, 1), Note(500, 60, 1, hand=Hand.RIGHT)])
    assert passages_of([far], BEAT).gaps.dtype == np.uint16
    near = passages_of([a_rag()], BEAT)
    assert (near.gaps.dtype, near.chords.dtype) == (np.uint8, np.uint8)
    assert passages_of([far], BEAT).right.tolist() == [NO_HAND, 60]


def test_pieces_on_a_coarser_grid_are_moved_to_the_finer_one():
    fine = passages_of([regrid(a_rag(), 12)], 12)
    for name, array in passages_of([a_rag()], 12).arrays().items():
        assert array.tolist() == fine.arrays()[name].tolist()


def test_more_chords_than_an_index_holds_are_told(monkeypatch):
    monkeypatch.setattr(compact, "CHORD_BITS", 1)
    with pytest.raises(
        BadFolder, match="different chords: are more than the 2 that can be told apart"
    ):
        passages_of([a_piece()], BEAT)


# What is told


@given(tunes(), st.lists(tunes(), max_size=3))
@settings(max_examples=200)
def test_it_finds_what_the_pieces_themselves_have_where_it_is_longer_than_a_beat(piece, corpus):
    played = [as_played(each) for each in corpus]
    exact = longest_runs(as_played(piece), index_of(played))
    by_index = against_passages(as_played(piece), passages_of(played, BEAT))
    assert by_index == tuple(run if run and run.beats > 1 else None for run in exact)


def test_a_whole_piece_is_found_at_its_place_after_a_long_silence():
    """A gap of more than 255 steps, and one as long as a run may hold, stay what they are."""
    notes = [Note(t, 60 + t % 7, 1) for t in (0, 1, 3, 300, 301, 365, 429, 430)]
    texture, melody = against_passages(
        line(n._replace(onset=n.onset - 300, pitch=n.pitch + 5) for n in notes[3:]),
        passages_of([a_rag(), line(notes)], BEAT),
    )
    assert texture == melody
    assert (texture.in_piece, texture.in_at, texture.beats) == (1, 75, Fraction(131, 4))
    assert texture.transposition == 5


# Arrays


@given(st.lists(tunes(), max_size=3))
def test_arrays_come_back(corpus):
    passages = passages_of(corpus, BEAT)
    again = CompactPassages.from_arrays(BEAT, passages.arrays())
    assert again.steps_per_quarter == BEAT
    for name, array in passages.arrays().items():
        assert again.arrays()[name].tolist() == array.tolist()


@pytest.mark.parametrize(
    "damage",
    [
        lambda array: array[1:],
        lambda array: array[:0],
        lambda array: array.astype(np.int64),
        lambda array: array.astype(np.float32),
        lambda array: array[None],
        lambda array: array.repeat(2, 0),
        lambda array: array.flat[0],
        lambda array: np.full_like(array, np.iinfo(array.dtype).max - 1),
    ],
)
@pytest.mark.parametrize("name", sorted(RAG.arrays()))
def test_arrays_that_are_no_onsets_are_refused(name, damage):
    arrays = RAG.arrays()
    if name == "gaps" and damage(np.array([1], np.uint8)).tolist() == [254]:
        return  # long gaps are gaps
    with pytest.raises(ValueError, match=r"have|are|has|is|comes"):
        CompactPassages.from_arrays(BEAT, arrays | {name: damage(arrays[name])})


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("gaps", 0, "an onset comes after"),
        ("masks", 2, "stands on its lowest note"),
        ("masks", (3, 0), "is there once"),
        ("chords", 250, "a chord that is there"),
        ("lowest", 128, "pitches are those of notes"),
        ("right", 128, "the right hand has pitches"),
    ],
)
def test_a_number_that_is_none_of_an_onset_is_refused(name, value, rule):
    array = RAG.arrays()[name].copy()
    array[2:4] = value
    with pytest.raises(ValueError, match=rule):
        CompactPassages.from_arrays(BEAT, RAG.arrays() | {name: array})


def test_more_onsets_or_chords_than_memory_should_hold_are_refused(monkeypatch):
    for name in ("MOST_ONSETS", "MOST_CHORDS"):
        with monkeypatch.context() as small:
            small.setattr(compact, name, 4)
            with pytest.raises(ValueError, match="at most"):
                CompactPassages.from_arrays(BEAT, RAG.arrays())
