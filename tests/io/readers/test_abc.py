"""ABC: lengths, accidentals, keys, and what is refused."""

from __future__ import annotations

import pytest

from ragsmith.io.readers.abc import BadAbc, read_abc
from ragsmith.io.readers.exact_score import to_reading
from ragsmith.piece import Key, Piece


def plain(piece: Piece) -> list[tuple[int, int, int]]:
    return [(n.onset, n.pitch, n.duration) for n in piece.notes]


def abc(music: str, fields: str = "M:4/4\nL:1/4\nK:C") -> Piece:
    return to_reading(read_abc(f"X:1\n{fields}\n{music}\n"), "test", 4).piece


def test_abc_lengths_and_accidentals() -> None:
    tune = abc("^C/2C/2 C2 =F|FB,, [CE]2 (3ABc|c>d e<<f z/|", "M:4/4\nL:1/4\nK:G")
    assert plain(tune)[:3] == [(0, 61, 2), (2, 61, 2), (4, 61, 8)]
    assert (12, 65, 4) in plain(tune)
    assert (16, 66, 4) in plain(tune)
    assert (20, 47, 4) in plain(tune)
    assert {(24, 60, 8), (24, 64, 8)} <= set(plain(tune))
    last = [n for n in plain(tune) if n[0] >= 40]
    assert last == [(40, 72, 6), (46, 74, 2), (48, 76, 1), (49, 78, 7)]


@pytest.mark.parametrize(
    ("key", "fifths", "minor"),
    [
        ("C", 0, False),
        ("Bb", -2, False),
        ("F#m", 3, True),
        ("Ddor", 0, False),
        ("E minor", 1, True),
        ("A mixolydian clef=bass", 2, False),
        ("none", 0, False),
    ],
)
def test_abc_keys(key: str, fifths: int, minor: bool) -> None:
    assert abc("CDEF|", f"K:{key}").keys == (Key(0, fifths, minor),)


def test_abc_unit_follows_the_metre_and_rests_fill_bars() -> None:
    tune = abc("C4 Z2 D4|", "M:2/4\nK:C")
    assert plain(tune) == [(0, 60, 4), (20, 62, 4)]
    assert abc("C|", "M:6/8\nK:C").notes[0].duration == 2


def test_abc_refuses_what_it_would_misread() -> None:
    with pytest.raises(BadAbc, match="no K: field"):
        read_abc("A poem.\nIt rhymes.\n")
    with pytest.raises(BadAbc, match="over one another"):
        abc("C4 & E4|")
