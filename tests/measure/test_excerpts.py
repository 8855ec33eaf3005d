"""Figures of excerpts: which bars they are, and what they hold."""

from ragsmith.measure.excerpts import BARS, excerpt_figures
from ragsmith.measure.harmony import harmony_of
from ragsmith.measure.portrait import figures_of, portrait_of
from ragsmith.piece import Piece
from support.fakes import a_rag

PORTRAIT = portrait_of([a_rag(seed) for seed in range(3)])


def test_a_piece_has_as_many_excerpts_as_fit():
    numbers = [len([*excerpt_figures(a_rag(1, bars=bars), PORTRAIT)]) for bars in (8, BARS, 70)]
    assert numbers == [1, 1, 2]


def test_a_short_piece_is_its_own_excerpt():
    piece = a_rag(2, bars=8)
    (figures,) = excerpt_figures(piece, PORTRAIT)
    assert figures.items() >= figures_of(piece, PORTRAIT).items()
    assert figures["chord_kinds"] == harmony_of(piece).chord_kinds


def test_without_bars_there_is_none():
    assert [*excerpt_figures(Piece((), ()), PORTRAIT)] == []
