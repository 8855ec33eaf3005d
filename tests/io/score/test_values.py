"""Values of notes that a MIDI file has detached."""

from ragsmith.io.score.values import with_written_values
from ragsmith.piece import Metre, Note, Piece, regular_bars


def a_piece(*notes):
    return Piece(tuple(notes), regular_bars(32, [(0, Metre(4, 4))]))


def values(piece):
    return [note.duration for note in with_written_values(piece).notes]


def test_detached_notes_last_up_to_the_next_one():
    """Quarters of which three sixteenths sound; the last one ends with its beat."""
    assert values(a_piece(*(Note(4 * i, 60 + i, 3) for i in range(8)))) == [4] * 8


def test_they_end_with_their_beat_where_a_rest_follows():
    notes = Note(0, 60, 3), Note(8, 62, 3), Note(16, 64, 7), Note(28, 65, 4)
    assert values(a_piece(*notes)) == [4, 4, 8, 4]


def test_a_held_note_ends_with_a_beat_over_the_others():
    """A whole note but a sixteenth under quarters."""
    quarters = [Note(4 * i, 72 + i, 4) for i in range(4)]
    assert values(a_piece(Note(0, 60, 15), *quarters)) == [16, 4, 4, 4, 4]


def test_short_notes_and_long_rests_stay():
    """Staccato quarters beside a detached one, and a note long before its beat ends."""
    notes = Note(0, 60, 3), Note(4, 62, 1), Note(8, 64, 2), Note(12, 65, 9)
    assert values(a_piece(*notes)) == [4, 1, 2, 9]


def test_a_piece_with_few_detached_notes_stays_to_the_step():
    notes = [Note(2 * i, 60 + i % 5, 2) for i in range(12)]
    piece = a_piece(*notes, Note(24, 60, 3), Note(28, 62, 4))
    assert with_written_values(piece) is piece
