"""Notes one by one and as arrays."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.errors import BadPiece
from ragsmith.notes import Hand, Note, Notes, checked_notes, columns_of, normal_notes, normalise
from support.strategies import any_hand, notes


def by_hand(played):
    """`normalise` as it reads: note by note."""
    merged = {}
    for note in played:
        other = merged.get(note[:2], note)
        longest = max(note, other, key=lambda n: n.duration)
        merged[note[:2]] = longest._replace(velocity=max(note.velocity, other.velocity))
    struck_next, playable = {}, []
    for note in sorted(merged.values(), reverse=True):
        until = struck_next.get(note.pitch, note.onset + note.duration)
        struck_next[note.pitch] = note.onset
        playable.append(note._replace(duration=min(note.duration, until - note.onset)))
    return tuple(reversed(playable))


@given(st.lists(notes(16, any_hand, 60, 63), max_size=40))
def test_arrays_say_what_the_definition_says(played):
    result = normalise(played)
    assert result == by_hand(played)
    assert all(list(map(type, note)) == [int, int, int, int, Hand] for note in result)
    if played:
        assert normal_notes(*np.array(played, np.int64).T) == result


@given(st.lists(notes(16, any_hand), max_size=9))
def test_what_is_playable_is_left_alone_and_survives_pickling(played):
    once = normalise(played)
    assert normalise(once) is once
    assert checked_notes(once) is once
    for again in (pickle.loads(pickle.dumps(once)), copy.deepcopy(once)):
        assert (type(again), again) == (Notes, once)


def test_numbers_of_any_whole_kind_and_plain_tuples_are_notes():
    given_notes = [(np.int64(4), np.uint8(60), True), Note(0, 62, 4, hand=2)]
    assert checked_notes(given_notes) == (Note(0, 62, 4, 80, Hand.RIGHT), Note(4, 60, 1))
    assert type(checked_notes(given_notes)[0].hand) is Hand


WRONG = {
    "note 2: has pitch 128, and that must be 0 to 127": (0, 128, 1),
    "note 2: has pitch -1, and": (0, -1, 1),
    "note 2: has onset -1, and that must be 0 to": (-1, 60, 1),
    "note 2: has duration 0, and that must be 1 to": (0, 60, 0),
    "note 2: has velocity 0, and that must be 1 to 127": (0, 60, 1, 0),
    "note 2: has velocity 128, and": (0, 60, 1, 128),
    "note 2: has hand 3, and that must be 0 to 2": (0, 60, 1, 80, 3),
    "notes: cannot be read .*float": (0.5, 60, 1),
    "notes: cannot be read .*str": (0, "C4", 1),
    "notes: cannot be read .*None": (0, 60, None),
    "notes: cannot be read .*argument": (0, 60),
    "notes: cannot be read .*int": (0, 60, 2**70),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_value_is_told_at_once(message):
    with pytest.raises(BadPiece, match=message):
        checked_notes([Note(0, 64, 1), WRONG[message]])


@pytest.mark.parametrize(
    "array", [np.zeros(5, int), np.zeros((2, 6), int), np.zeros((2, 2), int), np.zeros((2, 5))]
)
def test_an_array_of_another_shape_or_type_holds_no_notes(array):
    with pytest.raises(BadPiece, match="is not an array of notes; give integers of shape"):
        columns_of(array)
