"""Left and right hand when the file does not say."""

import pytest
from hypothesis import given

from ragsmith.hands import split_hands
from ragsmith.io.readers.midi import read_midi
from ragsmith.piece import Hand, Note
from ragsmith.verbs import regrid
from support.strategies import pieces

OOM_PAH = [
    *(Note(0, p, 2) for p in (36, 48, 72)),
    *(Note(2, p, 2) for p in (55, 60, 64)),
    *(Note(4, p, 2) for p in (43, 74, 79)),
    *(Note(6, p, 2) for p in (55, 59, 65)),
    Note(7, 76, 1),
]


def hands_of(notes):
    return [note.hand for note in notes]


def test_stride_is_divided_at_the_left_hands_chord():
    left, right = Hand.LEFT, Hand.RIGHT
    expected = [left, left, right, left, left, left, left, right, right, left, left, left, right]
    assert hands_of(split_hands(OOM_PAH)) == expected


def test_nothing_gives_nothing():
    assert split_hands(()) == ()


@given(pieces())
def test_known_hands_stay_and_every_note_gets_one(piece):
    split = split_hands(piece.notes, piece.steps_per_quarter)
    assert [n._replace(hand=Hand.UNKNOWN) for n in split] == [
        n._replace(hand=Hand.UNKNOWN) for n in piece.notes
    ]
    for before, after in zip(piece.notes, split, strict=True):
        assert after.hand == before.hand or not before.hand
        assert after.hand


@given(pieces(grids=(2, 4)))
def test_the_grid_makes_no_difference(piece):
    finer = regrid(piece, piece.steps_per_quarter * 3)
    assert hands_of(split_hands(piece.notes, piece.steps_per_quarter)) == hands_of(
        split_hands(finer.notes, finer.steps_per_quarter)
    )


def test_hands_do_not_cross_within_a_chord_even_in_a_cluster():
    cluster = split_hands([Note(0, pitch, 1) for pitch in range(128)])
    assert hands_of(cluster) == sorted(hands_of(cluster))


@pytest.mark.corpus
def test_the_hands_of_rags_are_found(shared):
    right = total = 0
    for path in sorted((shared / "corpora/joplin/midi").glob("*.mid")):
        notes = read_midi(path).piece.notes
        split = split_hands([n._replace(hand=Hand.UNKNOWN) for n in notes])
        right += sum(a.hand == b.hand for a, b in zip(notes, split, strict=True))
        total += len(notes)
    assert total > 60_000
    assert right / total >= 0.96
