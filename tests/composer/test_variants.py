"""Variants: as far from the piece as was asked, and what is kept stays."""

from dataclasses import replace

import pytest

from ragsmith.composer import Limits, Wish
from ragsmith.composer.recompose import compose_again
from ragsmith.composer.variants import DISTANCES, variants
from ragsmith.errors import BadOption
from ragsmith.measure.distance import distance, same_bars, same_harmony
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.originality.gate import Guarantee, NotOriginal, check_originality
from ragsmith.piece import Hand, Piece
from ragsmith.verbs import clip
from support.fakes import a_rag, indexed

PIECE = a_rag(1, bars=16)
BUNDLE = indexed(MarkovLearner(MarkovConfig(order=2, hands=2), [a_rag(2), a_rag(3)]).model())
FREE = Wish(rules=False)


@pytest.fixture(autouse=True)
def few_ways(monkeypatch):
    monkeypatch.setattr("ragsmith.composer.variants.PARTICLES", 2)


def bars_of(piece):
    return [[n[:2] for n in piece.notes if n.onset // 8 == bar] for bar in range(16)]


@pytest.mark.slow
@pytest.mark.parametrize("name", DISTANCES)
def test_variants_are_laid_out_by_their_distance(name):
    low, high = DISTANCES[name]
    made = variants(BUNDLE, PIECE, FREE, seeds=[1, 2], distance=name)
    figures = [variant.distance for variant in made]
    assert figures == sorted(figures)
    assert all(low - 0.1 <= figure <= high + 0.1 for figure in figures)
    for variant in made:
        piece = variant.composed.piece
        assert variant.distance == distance(PIECE, piece)
        same = [a == b for a, b in zip(bars_of(piece), bars_of(PIECE), strict=True)]
        assert variant.bars_kept == same_bars(PIECE, piece) == sum(same) / 16
        assert (piece.bars, piece.keys, piece.chords) == (PIECE.bars, PIECE.keys, PIECE.chords)


def test_bars_and_hands_that_may_not_change_stay():
    (variant,) = variants(
        BUNDLE, PIECE, FREE, seeds=[1], distance="large", bars=(5, 8), hand="right"
    )
    piece = variant.composed.piece
    for before, after in ((0, 32), (64, 128)):
        assert clip(piece, before, after).notes == clip(PIECE, before, after).notes
    left, kept = ([n for n in p.notes if n.hand is Hand.LEFT] for p in (piece, PIECE))
    assert left == kept
    assert variant.distance > 0


def test_a_variant_is_made_again_from_its_recipe():
    made = variants(BUNDLE, PIECE, FREE, seeds=[4], distance="small", bars=(1, 3))[0]
    piece = made.composed.piece
    assert compose_again(BUNDLE, piece.recipe, "a.mid", PIECE).piece == piece
    with pytest.raises(BadOption, match="give that one with --of"):
        compose_again(BUNDLE, piece.recipe, "a.mid")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"distance": "huge"}, "distance huge: does not exist; choose small, middle, large"),
        ({"harmony": "lost"}, "harmony lost: does not exist; choose kept, free"),
        ({"hand": "third"}, "hand third: does not exist; choose left or right"),
        ({"bars": (9, 99)}, "bars 99-99: are not bars of a piece that has 16"),
    ],
)
def test_what_cannot_be_asked_is_one_line(asked, words):
    with pytest.raises(BadOption, match=words):
        variants(BUNDLE, PIECE, FREE, seeds=[1], **asked)


def test_passages_that_follow_one_another_are_checked_as_one():
    guarantee = Guarantee(indexed(BUNDLE.model, corpus=[PIECE]).passages, Limits(4, 16))
    check_originality(PIECE, range(8), guarantee)
    check_originality(PIECE, range(8), guarantee, others=[range(32, 40)])
    with pytest.raises(NotOriginal):
        check_originality(PIECE, range(8, 24), guarantee, others=[range(8)])


def test_distance_and_harmony_of_a_piece_and_itself():
    assert (distance(PIECE, PIECE), same_bars(PIECE, PIECE), same_harmony(PIECE, PIECE)) == (
        0,
        1,
        1,
    )
    silent = replace(PIECE, notes=())
    assert (distance(PIECE, silent), same_bars(PIECE, silent)) == (1, 0)
    assert distance(silent, silent) == 0
    other = Piece.from_array([[0, 72, 4]])
    assert distance(other, Piece.from_array([[0, 60, 4]])) == 1
