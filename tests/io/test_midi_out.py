"""What MIDI cannot say is told, before anything is written."""

import pytest

from ragsmith.errors import BadFile, BadPiece
from ragsmith.io import read
from ragsmith.piece import Bar, Metre, Note, Piece

NOTE = Note(0, 60, 4)


@pytest.mark.parametrize(
    "piece",
    [
        Piece((NOTE,), (Bar(0, 1028, Metre(4, 4)),)),
        Piece((NOTE,), (Bar(0, 1204, Metre(301, 4)),)),
        Piece((NOTE,), (Bar(0, 4800, Metre(7, 3)), Bar(4800, 3, Metre(4, 4)))),
    ],
)
def test_a_bar_that_midi_cannot_hold_is_told_in_a_line(tmp_path, piece):
    rule = r"has a bar of [\d,]+ quarter notes; MIDI holds bars of 255; write it as MusicXML"
    with pytest.raises(BadFile, match=rule):
        piece.save(tmp_path / "a.mid")
    assert not list(tmp_path.iterdir())


def test_the_longest_bar_that_midi_holds_is_written(tmp_path):
    piece = Piece((NOTE,), (Bar(0, 1020, Metre(4, 4)),))
    assert read(piece.save(tmp_path / "a.mid"), 4).bars[0].metre == Metre(4, 4)


@pytest.mark.parametrize("note", [Note(0, 60, 2**30), Note(15, 60, 2**22)])
def test_a_wait_of_more_ticks_than_four_bytes_hold_is_told_in_a_line(tmp_path, note):
    piece = Piece((note,), (Bar(0, 16, Metre(4, 4)),))
    with pytest.raises(BadFile, match=r"holds a note or a silence of more than 268,435,455 ticks"):
        piece.save(tmp_path / "a.mid")


@pytest.mark.parametrize("metre", [Metre(1, 2**70), Metre(2**70, 4), Metre(1025, 4)])
def test_a_metre_of_astronomical_numbers_makes_no_piece(metre):
    with pytest.raises(BadPiece, match="bar 1: has a metre with a number above 1024"):
        Piece((NOTE,), (Bar(0, 16, metre),))
