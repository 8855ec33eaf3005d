"""Strains with their endings, and note values twice as long."""

from __future__ import annotations

from dataclasses import replace

from ragsmith.io import read
from ragsmith.piece import Metre, Piece, Section, regular_bars
from ragsmith.shipped.rags import rag_files
from ragsmith.verbs import augment, clip, regrid, strain_lengths, strains_of

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
    assert strains_of(PIECE)[1] == Section("A", 2 * BAR, 8 * BAR)


def test_a_strain_is_as_long_as_it_is_played() -> None:
    assert strain_lengths(PIECE) == (2, 3 + 2, 4)
    assert strain_lengths(replace(PIECE, sections=())) == ()


def test_augmenting_doubles_all_times_and_keeps_the_bars() -> None:
    piece = clip(read(rag_files()[0]), 0, 64)
    longer = augment(piece)
    assert [n.onset for n in longer.notes] == [2 * n.onset for n in piece.notes]
    assert [n.duration for n in longer.notes] == [2 * n.duration for n in piece.notes]
    assert len(longer.bars) == len(piece.bars)
    assert {b.metre for b in longer.bars} == {Metre(4, 4)}
    assert replace(longer, bars=piece.bars) == replace(
        regrid(piece, 8), bars=piece.bars, steps_per_quarter=4
    )
