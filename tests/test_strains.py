"""Strains and their endings, by the names of sections."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ragsmith.io import read
from ragsmith.measure.cadence import arrivals
from ragsmith.piece import Metre, Piece, Section, regular_bars
from ragsmith.strains import (
    ending_name,
    ending_number,
    is_introduction,
    strain_bars,
    strain_lengths,
    strains_of,
)
from support.fakes import a_piece

BAR = 8
PIECE = Piece(
    (),
    regular_bars(12 * BAR, [(0, Metre(2, 4))]),
    sections=(
        Section("I", 0, 2 * BAR),
        Section("A", 2 * BAR, 5 * BAR),
        Section("A1", 5 * BAR, 6 * BAR),
        Section("A2", 6 * BAR, 8 * BAR),
        Section("B", 8 * BAR, 12 * BAR),
    ),
)


def test_endings_belong_to_their_strain() -> None:
    assert [s.name for s in strains_of(PIECE)] == ["I", "A", "B"]
    strain = strains_of(PIECE)[1]
    assert (strain.start, strain.end) == (2 * BAR, 8 * BAR)
    assert [section.name for section in strain.endings] == ["A1", "A2"]


def test_a_strain_is_as_long_as_it_is_played() -> None:
    assert strain_lengths(PIECE) == (2, 3 + 2, 4)
    assert strain_lengths(replace(PIECE, sections=())) == ()


def in_sections(names: str) -> Piece:
    """A bar for each section."""
    sections = tuple(Section(name, BAR * i, BAR * i + BAR) for i, name in enumerate(names.split()))
    return replace(
        PIECE, bars=regular_bars(BAR * len(sections), [(0, Metre(2, 4))]), sections=sections
    )


@pytest.mark.parametrize(
    ("name", "strain", "number"),
    [
        ("A1", "A", 1),
        ("A12", "A", 12),
        ("A1b", "A", 1),
        ("Ab", "A", None),
        ("Verse2", "Verse", 2),
        ("A", "A", None),
        ("B1", "A", None),
        ("1", "", None),
        ("12", "1", None),
        ("A12", "A1", None),
        ("Verse 2", "Verse 1", None),
        ("Verse 12", "Verse 1", None),
        ("Verse 2", "Verse", None),
        ("A\u00b2", "A", None),
    ],
)
def test_an_ending_has_the_name_of_its_strain_and_a_number(
    name: str, strain: str, number: int | None
) -> None:
    assert ending_number(name, strain) == number
    part = name.endswith("b")
    assert number is None or ending_name(strain, number, part) == name


@pytest.mark.parametrize(
    ("names", "strains"),
    [
        ("A A1 A2 B B1 B2", ["A A1 A2", "B B1 B2"]),
        ("A A1 A A2 B", ["A A1", "A A2", "B"]),
        ("Verse_1 Verse_2 Verse_3", ["Verse_1", "Verse_2", "Verse_3"]),
        ("A1 A2 B1 B2", ["A1", "A2", "B1", "B2"]),
        ("1 2 3", ["1", "2", "3"]),
        ("A B1 A1", ["A", "B1", "A1"]),
        ("A A1 A1b A2 B", ["A A1 A1b A2", "B"]),
    ],
)
def test_a_number_makes_an_ending_only_behind_its_strain(names: str, strains: list[str]) -> None:
    found = strains_of(in_sections(names))
    assert [" ".join(s.name for s in strain.sections) for strain in found] == strains


def test_numbered_verses_of_a_midi_file_are_strains_each(tmp_path) -> None:
    names = ("Verse 1", "Verse 2", "Chorus", "Verse 3")
    sections = tuple(
        Section(name, 4 * BAR * i, 4 * BAR * i + 4 * BAR) for i, name in enumerate(names)
    )
    piece = read(replace(a_piece(1, bars=16), sections=sections).save(tmp_path / "song.mid"))
    assert [strain.name for strain in strains_of(piece)] == list(names)
    assert strain_lengths(piece) == (4, 4, 4, 4)
    assert [name for name, _ in arrivals(piece)] == list(names)


def test_of_three_endings_the_first_is_in_the_plan_and_the_last_is_played() -> None:
    piece = in_sections("A A1 A2 A3 B")
    assert [[bar.start for bar in bars] for bars in strain_bars(piece)] == [[0, 8], [32]]
    assert strain_lengths(piece) == (2, 1)


def test_an_ending_that_a_jump_cuts_is_one_ending() -> None:
    piece = in_sections("A A1 A1b A2 A2b B")
    assert [[bar.start for bar in bars] for bars in strain_bars(piece)] == [[0, 8, 16], [40]]
    assert strain_lengths(piece) == (3, 1)
    assert [name for name, _ in arrivals(piece)] == ["A1b", "A2b", "B"]


@pytest.mark.parametrize(
    ("names", "introductions"),
    [
        ("I A B", ["I"]),
        ("Pickup I A B", ["Pickup", "I"]),
        ("start I A B", ["I"]),
        ("Pickup A Intro B", ["Pickup", "Intro"]),
        ("A B C D E F G H I", []),
        ("A I", []),
        ("I", []),
        ("I A B I A", ["I", "I"]),
    ],
)
def test_i_is_an_introduction_where_it_comes_first(names: str, introductions: list[str]) -> None:
    strains = strains_of(in_sections(names))
    assert [s.name for s in strains if is_introduction(s, strains)] == introductions


def test_the_ninth_strain_has_a_cadence_of_its_own() -> None:
    assert [name for name, _ in arrivals(in_sections("A B C D E F G H I J"))] == list("ABCDEFGHIJ")
    assert [name for name, _ in arrivals(PIECE)] == ["A1", "A2", "B"]
