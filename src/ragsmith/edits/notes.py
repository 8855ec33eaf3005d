"""Notes changed one by one: added, moved, made longer, given to the other hand, called otherwise,
taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ragsmith.edits import BadEdit
from ragsmith.markings import OF_STAVES, SPELLING, Marking
from ragsmith.note_names import names_of, read_name
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS, Note, Piece, checked_piece, normalise

__all__ = ["Edit", "Place", "edited", "edits_between"]

Place = tuple[int, int]
"""Onset and pitch: which note is meant, as a key is struck once at a time."""
GRACE = "grace"
LONGEST_NAME = 20


class Edit(NamedTuple):
    """What becomes of one note.

    Attributes:
        place: of the note as it stands; None for a new one.
        note: what it becomes; None where it goes.
        name: what the score calls it from now on, like "G#"; "" leaves that to the key and the
            notes around it, None leaves it as it is.
    """

    place: Place | None
    note: Note | None
    name: str | None = None


def edited(piece: Piece, edits: Sequence[Edit]) -> Piece:
    """The piece with notes changed, all at once.

    Steps are those of the piece as it is written: what stands in a repeat is changed in every pass,
    and signs, strains and endings stay. A note that comes to stand on another takes its place; one
    that still sounds when its key is struck again ends there. Markings go where their note goes; a
    spelling stays as long as it names the pitch.

    Args:
        piece: as it is written.
        edits: each note at most once.

    Raises:
        BadEdit: an edit names no note of the piece, leads outside its bars or off the piano, or
            calls a note what is another pitch.

    >>> piece = Piece.from_array([[0, 60, 4], [4, 64, 4]])
    >>> longer = Edit((4, 64), Note(4, 64, 8))
    >>> edited(piece, [Edit((0, 60), None), longer]).to_array().tolist()
    [[4, 64, 8, 80, 0]]
    """
    notes = {(note.onset, note.pitch): note for note in checked_piece(piece).notes}
    moves: dict[Place, Place | None] = {}
    for place, note, name in edits:
        if note is not None:
            _check(piece, note)
            _check_name(note, name)
        if place is None:
            continue
        if place not in notes or place in moves:
            rule = "is not there, or is changed twice"
            raise BadEdit(_words(*place), rule, "look at the piece again")
        moves[place] = note and (note.onset, note.pitch)
    new = [edit.note for edit in edits if edit.note is not None]
    gone = moves.keys() | {(note.onset, note.pitch) for note in new}
    rest = [note for place, note in notes.items() if place not in gone]
    changed = normalise([*rest, *new])
    markings = _called(_moved(piece.markings, moves, changed), edits)
    return replace(piece, notes=changed, markings=markings, recipe="")


def edits_between(before: Piece, after: Piece) -> list[Edit]:
    """What has to be edited in a piece so that it has the notes of another one of the same bars.

    >>> before, after = Piece.from_array([[0, 60, 4]]), Piece.from_array([[0, 62, 4]])
    >>> edited(before, edits_between(before, after)).notes == after.notes
    True
    """
    old = {(note.onset, note.pitch): note for note in before.notes}
    new = {(note.onset, note.pitch): note for note in after.notes}
    gone = [Edit(place, None) for place in old if place not in new]
    changed = (place for place in new if new[place] != old.get(place))
    return gone + [Edit(place if place in old else None, new[place]) for place in changed]


def _check(piece: Piece, note: Note) -> None:
    """Refuse a note that the piece or the piano has no place for."""
    if not (0 <= note.onset < piece.steps and note.onset + note.duration <= piece.steps):
        rule = f"does not lie inside a piece of {piece.steps} steps"
        raise BadEdit(_words(note.onset, note.pitch), rule, "let it begin and end in a bar")
    if not LOWEST_PITCH <= note.pitch < LOWEST_PITCH + PIANO_KEYS:
        rule = "is no key of the piano"
        raise BadEdit(_words(note.onset, note.pitch), rule, "choose a pitch from 21 to 108")


def _check_name(note: Note, name: str | None) -> None:
    """Refuse a name that is another pitch's."""
    if name and read_name(name, note.pitch) is None:
        names = ", ".join(map(str, names_of(note.pitch)))
        rule = f"cannot be called {name[:LONGEST_NAME]}"
        raise BadEdit(_words(note.onset, note.pitch), rule, f"choose {names}")


def _words(onset: int, pitch: int) -> str:
    return f"the note of pitch {pitch} at step {onset}"


def _moved(
    markings: Iterable[Marking], moves: Mapping[Place, Place | None], notes: Iterable[Note]
) -> tuple[Marking, ...]:
    """The markings, each where its note has come to be; those of notes that are gone are left
    out."""
    places = {(note.onset, note.pitch) for note in notes}
    onsets = {onset for onset, _ in places}
    followed = []
    for marking in markings:
        if marking.kind in OF_STAVES:
            followed.append(marking)
        elif marking.kind == GRACE:  # it has a pitch of its own, and leads to what is struck there
            followed += [marking] if marking.step in onsets else []
        elif moved := _follow(marking, moves, places):
            followed.append(moved)
    return tuple(followed)


def _called(markings: Iterable[Marking], edits: Iterable[Edit]) -> tuple[Marking, ...]:
    """The markings with the names that the edits give."""
    names = {
        (edit.note.onset, edit.note.pitch): (edit.note.hand, edit.name)
        for edit in edits
        if edit.note is not None and edit.name is not None
    }
    staying = [m for m in markings if m.kind != SPELLING or (m.step, m.pitch) not in names]
    given = [
        Marking(*(step, SPELLING, pitch, hand), text=name)
        for (step, pitch), (hand, name) in names.items()
        if name
    ]
    return (*staying, *given)


def _follow(
    marking: Marking, moves: Mapping[Place, Place | None], places: set[Place]
) -> Marking | None:
    """The marking at the new places of its notes; None where one is gone, a slur would lead
    backwards, or a spelling would name another pitch."""
    begins, ends = (marking.step, marking.pitch), (marking.end, marking.end_pitch)
    start = moves.get(begins, begins)
    if start not in places and begins in moves:
        return None
    step, pitch = start or begins
    if marking.kind == SPELLING and read_name(marking.text, pitch) is None:
        return None
    if marking.end < 0:
        return marking._replace(step=step, pitch=pitch)
    last = moves.get(ends, ends)
    if last is None or last[0] < step:
        return None
    return marking._replace(step=step, pitch=pitch, end=last[0], end_pitch=last[1])
