"""Notes changed by hand: what is changed is new in every pass, all else stays."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.datasets import rags
from ragsmith.edits import BadEdit
from ragsmith.edits.notes import Edit, edited, edits_between
from ragsmith.markings import Marking
from ragsmith.piece import Hand, Note, Piece
from ragsmith.playing_order import unfold

TWO = Piece.from_array([[0, 60, 4, 70, 2], [4, 64, 4, 80, 1]])
RAG = rags()[0]


def test_a_note_is_added_moved_lengthened_and_taken_out():
    new = Note(8, 67, 2, 90, Hand.RIGHT)
    assert edited(TWO, [Edit(None, new)]).notes == (*TWO.notes, new)
    moved = Note(2, 61, 6, 70, Hand.LEFT)
    assert edited(TWO, [Edit((0, 60), moved)]).notes == (moved, TWO.notes[1])
    assert edited(TWO, [Edit((0, 60), None)]).notes == TWO.notes[1:]
    assert edited(TWO, [Edit((0, 60), None), Edit((4, 64), None)]).notes == ()


def test_what_comes_to_stand_on_another_takes_its_place():
    short = Note(4, 64, 1, 60, Hand.RIGHT)
    assert edited(TWO, [Edit((0, 60), short)]).notes == (short,)


def test_notes_change_places():
    swapped = edited(TWO, [Edit((0, 60), Note(4, 64, 2)), Edit((4, 64), Note(0, 60, 2))])
    assert [note.duration for note in swapped.notes] == [2, 2]


def test_a_key_that_is_struck_again_was_let_go():
    before, after = edited(TWO, [Edit(None, Note(2, 60, 4))]).notes[:2]
    assert (before.duration, after.onset) == (2, 2)


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (Edit((1, 60), None), "is not there"),
        (Edit(None, Note(16, 60, 1)), "does not lie inside a piece of 16 steps"),
        (Edit(None, Note(12, 60, 5)), "does not lie inside a piece of 16 steps"),
        (Edit(None, Note(0, 20, 1)), "is no key of the piano"),
        (Edit(None, Note(0, 109, 1)), "is no key of the piano"),
    ],
)
def test_what_has_no_place_is_refused(edit, rule):
    with pytest.raises(BadEdit, match=rule):
        edited(TWO, [edit])
    with pytest.raises(BadEdit, match="changed twice"):
        edited(TWO, [Edit((0, 60), None), Edit((0, 60), None)])


def test_markings_go_where_their_notes_go():
    marks = (
        Marking(0, "accent", 60),
        Marking(0, "slur", 60, end=4, end_pitch=64),
        Marking(0, "dynamic", text="p"),
        Marking(4, "grace", 63, text="eighth"),
        Marking(4, "accent", 64),
    )
    piece = replace(TWO, markings=marks)
    accent, slur, dynamic, grace, other = piece.markings
    moved = edited(piece, [Edit((0, 60), Note(1, 62, 3))]).markings
    assert moved == (
        *(dynamic, accent._replace(step=1, pitch=62)),
        *(slur._replace(step=1, pitch=62), grace, other),
    )
    assert edited(piece, [Edit((4, 64), None)]).markings == (accent, dynamic)
    backwards = [Edit((0, 60), Note(8, 60, 1))]
    assert slur.kind not in {mark.kind for mark in edited(piece, backwards).markings}


edit_lists = st.lists(
    st.tuples(
        st.sampled_from(RAG.notes),
        st.booleans(),
        st.integers(-8, 8),
        st.integers(-5, 5),
        st.integers(1, 8),
    ),
    max_size=6,
    unique_by=lambda choice: choice[0][:2],
)


@given(edit_lists)
def test_form_and_all_other_notes_stay_and_every_pass_changes(choices):
    edits = []
    for note, goes, later, higher, length in choices:
        onset = min(max(0, note.onset + later), RAG.steps - length)
        moved = note._replace(onset=onset, pitch=note.pitch + higher, duration=length)
        edits.append(Edit(note[:2], None if goes else moved))
    after = edited(RAG, edits)
    parts = ("bars", "sections", "order", "keys", "tempos", "steps_per_quarter")
    assert all(getattr(after, part) == getattr(RAG, part) for part in parts)
    touched = {place for note, *_ in choices for place in [note[:2]]}
    keys = {edit.note.pitch for edit in edits if edit.note} | {pitch for _, pitch in touched}
    alike = [note for note in after.notes if note.pitch not in keys]
    assert alike == [note for note in RAG.notes if note.pitch not in keys]
    assert len(unfold(after).bars) == len(unfold(RAG).bars)
    assert edited(after, []) == after


def test_a_note_is_called_otherwise_and_keeps_that_name_as_long_as_it_sounds_so():
    sharp = Note(4, 68, 4, 80, Hand.RIGHT)
    piece = edited(TWO, [Edit((4, 64), sharp, "G#")])
    name = Marking(4, "spelling", 68, Hand.RIGHT, "G#")
    assert piece.markings == (name,)
    later = edited(piece, [Edit((4, 68), sharp._replace(onset=8, pitch=80))])
    assert later.markings == (name._replace(step=8, pitch=80),)
    assert edited(piece, [Edit((4, 68), sharp._replace(pitch=69))]).markings == ()
    assert edited(piece, [Edit((4, 68), None)]).markings == ()
    assert edited(piece, [Edit((4, 68), sharp, "")]).markings == ()
    assert edited(piece, [Edit((4, 68), sharp, "Ab")]).markings == (name._replace(text="Ab"),)
    with pytest.raises(BadEdit, match="cannot be called A; choose Ab, G#"):
        edited(piece, [Edit((4, 68), sharp, "A")])


def test_new_bars_keep_the_names_of_what_stays():
    sharp = Marking(4, "spelling", 68, Hand.RIGHT, "G#")
    before = replace(TWO, notes=(*TWO.notes, Note(4, 68, 4, 80, Hand.RIGHT)), markings=(sharp,))
    other = replace(before, notes=(Note(0, 61, 4), before.notes[2]))
    assert edited(before, edits_between(before, other)).markings == (sharp,)
    assert edited(before, edits_between(before, TWO)).markings == ()
