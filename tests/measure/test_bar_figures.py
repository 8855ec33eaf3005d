"""Figures of single bars."""

from dataclasses import replace

import pytest

from ragsmith.datasets import rags
from ragsmith.measure.bar_figures import figures_after, new_bars_of, notes_of_bar
from ragsmith.models.base import steps_of
from ragsmith.piece import Hand, Note, Piece
from ragsmith.verbs import join, transpose

BAR = (
    *(Note(0, 43, 2, hand=Hand.LEFT), Note(2, 55, 2, hand=Hand.LEFT)),
    *(Note(2, 59, 2, hand=Hand.LEFT), Note(0, 74, 1, hand=Hand.RIGHT)),
    *(Note(1, 76, 2, hand=Hand.RIGHT), Note(4, 74, 1, hand=Hand.RIGHT)),
)


@pytest.fixture
def bar():
    whole = Piece.from_array([[0, 60, 8]], metre="2/4")
    return replace(whole, notes=tuple(sorted(BAR)))


def bars_of(piece):
    return [notes_of_bar(piece, bar, steps_of(piece)) for bar in piece.full_bars]


def test_figures_of_a_first_bar(bar):
    (now,) = bars_of(bar)
    figures = figures_after([], now)
    assert figures["left_onsets"] == pytest.approx(2 / 8)
    assert figures["left_chord"] == pytest.approx(3 / 2)
    assert figures["right_on_beat"] == pytest.approx(2 / 3)
    assert figures["melody_moves"] == pytest.approx(2)
    assert "alike_1" not in figures
    assert "new_sets" not in figures


def test_a_bar_that_is_said_again_has_nothing_new(bar):
    bars = bars_of(join(join(bar, bar), bar))
    figures = figures_after(bars[:2], bars[2])
    names = ("alike_1", "rhythm_2", "left_said", "figures_said", "right_returns")
    assert [figures[name] for name in names] == [1] * 5
    assert figures["new_sets"] == 0


def test_a_figure_is_the_same_at_any_height_but_its_notes_are_not(bar):
    one, _, other = bars_of(join(join(bar, bar), transpose(bar, 5)))
    assert one.melody_figures == other.melody_figures
    assert one.left_halves != other.left_halves


def test_literal_repeats_of_a_strain_are_left_out():
    rag = rags()[0]
    distinct = len(list(new_bars_of(rag)))
    assert 0 < distinct < len(rag.full_bars)
