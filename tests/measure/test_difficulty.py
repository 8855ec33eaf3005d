"""Difficulty: its demands by hand, what makes it rise, and what others say of the same pieces."""

from dataclasses import asdict, replace

import pytest
from hypothesis import given

from ragsmith.measure.difficulty import (
    EASIEST,
    HARDEST,
    SCALES,
    Demands,
    demands_of,
    difficulty,
    difficulty_of,
    level_of,
    shares_of,
)
from ragsmith.piece import Hand, Key, Metre, Note, Piece, Tempo, regular_bars
from ragsmith.verbs import transpose
from support.strategies import pieces

BARS = regular_bars(16, [(0, Metre(2, 4))])
LEFT, RIGHT = Hand.LEFT, Hand.RIGHT
SMALL = Piece(
    (
        Note(0, 36, 2, hand=LEFT),
        Note(2, 48, 2, hand=LEFT),
        Note(2, 52, 2, hand=LEFT),
        Note(4, 36, 2, hand=LEFT),
        Note(0, 72, 1, hand=RIGHT),
        Note(1, 76, 2, hand=RIGHT),
        Note(3, 73, 3, hand=RIGHT),
        Note(6, 72, 2, hand=RIGHT),
    ),
    BARS,
    tempos=(Tempo(0, 500_000),),
)


def test_two_beats_counted_by_hand():
    demands = demands_of(SMALL)
    assert demands.speed == 4 / 1.0  # the right hand: four strikes in two beats of half a second
    assert demands.stretch == pytest.approx((4**2 / 7) ** 0.5)
    assert demands.leaps == pytest.approx((2 * 9**2 / 5) ** 0.5)  # 36 to 52, twice
    assert demands.chords == (4 / 3 + 1) / 2
    assert demands.independence == 2 / 4  # at steps 2 and 4, in a piece of four quarters
    assert demands.syncopation == 2 / 4  # at steps 3 and 6: nothing at 4, nothing at 8
    assert demands.signature == 0
    assert demands.altered == 1 / 8  # C sharp
    assert demands.variety == pytest.approx(4 / 8 * 2 + 4 / 8 * 3)


def test_the_scale_has_two_ends_and_weights_that_sum_to_one():
    easy = Demands(**{name: scale.easy for name, scale in SCALES.items()})
    hard = Demands(**{name: 2 * scale.hard for name, scale in SCALES.items()})
    assert (difficulty_of(easy), difficulty_of(hard)) == (EASIEST, HARDEST)
    assert sum(scale.weight for scale in SCALES.values()) == pytest.approx(1)
    assert asdict(easy).keys() == SCALES.keys()


@pytest.mark.parametrize("name", SCALES)
def test_the_figure_rises_with_every_demand(name):
    middle = {n: (scale.easy + scale.hard) / 4 for n, scale in SCALES.items()}
    more = middle | {name: SCALES[name].hard}
    assert difficulty_of(Demands(**middle)) < difficulty_of(Demands(**more))


def octaves(piece):
    doubled = [n._replace(pitch=n.pitch + 12) for n in piece.notes if n.hand is RIGHT]
    return replace(piece, notes=(*piece.notes, *doubled))


@pytest.mark.parametrize(
    "harder",
    [
        octaves,
        lambda piece: replace(piece, tempos=(Tempo(0, 300_000),)),
        lambda piece: replace(piece, keys=(Key(0, 6),)),
        lambda piece: replace(piece, notes=(Note(0, 24, 2, hand=LEFT), *piece.notes[1:])),
    ],
    ids=["octaves", "faster", "six sharps", "a leap"],
)
def test_what_makes_a_piece_harder(harder):
    assert difficulty(harder(SMALL)) > difficulty(SMALL)


def test_an_octave_higher_is_as_hard():
    assert difficulty(transpose(SMALL, 12)) == difficulty(SMALL)


@given(pieces())
def test_every_piece_has_a_figure_on_the_scale(piece):
    figure = difficulty(piece)
    assert EASIEST <= figure <= HARDEST
    shares = shares_of(demands_of(piece))
    assert figure == pytest.approx(min(HARDEST, EASIEST + sum(shares.values())))
    assert EASIEST <= level_of(figure) <= HARDEST


def test_a_piece_without_notes_is_the_easiest():
    assert difficulty(Piece((), BARS)) == EASIEST
