"""One numbering of bars: the one that the score prints."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given

from ragsmith.io.roll import roll_svg
from ragsmith.io.score.bar_numbers import numbers_as_played, numbers_as_stored, printed_bars
from ragsmith.io.score.musicxml import musicxml
from ragsmith.piece import Metre, Note, Piece, Section, regular_bars
from ragsmith.playing_order import unfold
from support import strategies

BAR = 8


def piece_of(names, order):
    """A piece with a bar for each section."""
    names = names.split()
    sections = tuple(Section(name, BAR * i, BAR * (i + 1)) for i, name in enumerate(names))
    bars = regular_bars(BAR * len(names), [(0, Metre(2, 4))])
    return Piece((Note(0, 60, 4),), bars, sections=sections, order=tuple(order.split()))


@pytest.mark.parametrize(
    ("names", "order", "played", "stored"),
    [
        ("A B", "", [1, 2], [1, 2]),
        ("A A1 A2 B", "A A1 A A2 B", [1, 2, 1, 3, 4], [1, 2, 3, 4]),
        ("I A B", "I A A B B A", [1, 2, 2, 3, 3, 4], [1, 2, 3]),
        ("A B", "A B A", [1, 2, 1], [1, 2]),
        ("A B", "B A", [1, 2], [2, 1]),
        ("A B C", "A C", [1, 3], [1, 2, 3]),
    ],
)
def test_numbers_are_those_of_the_score(names, order, played, stored):
    piece = piece_of(names, order)
    assert numbers_as_played(piece) == played
    assert numbers_as_stored(piece) == stored


@given(strategies.pieces(grids=(4,), low=12))
def test_every_printed_number_has_its_bar(piece):
    bars = printed_bars(piece)
    measures = ElementTree.fromstring(musicxml(replace(piece, tempos=()))).iter("measure")
    shown = [number for m in measures if (number := m.get("number")).isdecimal()]
    assert shown == [str(number) for number in range(1, len(bars) + 1)]
    played, stored = numbers_as_played(piece), numbers_as_stored(piece)
    assert len(played) == len(unfold(piece).bars)
    for number, bar in zip(stored, piece.bars, strict=True):
        assert not number or bar.start >= bars[number - 1].start
    assert max([*played, *stored]) <= len(bars)


def test_a_roll_shows_the_numbers_of_the_score():
    piece = piece_of("A B", "A A B B")
    roll = roll_svg(unfold(piece), numbers=numbers_as_played(piece))
    texts = [e.text for e in ElementTree.fromstring(roll).iter() if e.get("font-size") == "9"]
    assert [text for text in texts if text and text.isdecimal()] == ["1", "1", "2", "2"]
