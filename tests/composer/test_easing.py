"""Pieces that are harder than was wished are made easier, and say so where they cannot be."""

from dataclasses import replace

from ragsmith.composer import Composed, Wish
from ragsmith.composer.easing import made_easier, missed_difficulty
from ragsmith.measure.difficulty import difficulty, level_of
from ragsmith.originality.corpora import indices_of
from ragsmith.originality.gate import Guarantee
from ragsmith.originality.search import Limits
from ragsmith.piece import Key
from support.fakes import Uniform, a_rag, indexed

RAG = replace(a_rag(1), keys=(Key(0, -5),))
COMPOSED = Composed(RAG, 1, 2.0, {}, None)


def test_a_piece_is_made_as_easy_as_was_wished():
    easier = made_easier(COMPOSED, Wish(difficulty=3), None)
    assert level_of(difficulty(easier.piece)) == 3
    assert len(easier.piece.notes) < len(RAG.notes)
    assert easier.piece.bars == RAG.bars
    assert made_easier(COMPOSED, Wish(), None) is COMPOSED
    assert made_easier(COMPOSED, Wish(difficulty=9), None) is COMPOSED
    assert made_easier(COMPOSED, Wish(difficulty=3, primer=a_rag(2, bars=2)), None) is COMPOSED


def test_the_key_that_was_wished_stays():
    easier = made_easier(COMPOSED, Wish(difficulty=1, key="Db"), None)
    assert easier.piece.keys == RAG.keys
    moved = made_easier(COMPOSED, Wish(difficulty=1), None)
    assert abs(moved.piece.keys[0].fifths) <= 1


def test_no_piece_is_made_so_easy_that_it_is_a_copy():
    easier = made_easier(COMPOSED, Wish(difficulty=3), None)
    guarantee = Guarantee(indices_of(indexed(Uniform([()]), corpus=[easier.piece])), Limits())
    harder = made_easier(COMPOSED, Wish(difficulty=3), guarantee)
    assert harder is COMPOSED or harder.originality.within(Limits())
    assert difficulty(harder.piece) > difficulty(easier.piece)
    all_easy = [made_easier(COMPOSED, Wish(difficulty=level), None).piece for level in range(1, 9)]
    guarantee = Guarantee(indices_of(indexed(Uniform([()]), corpus=all_easy)), Limits())
    assert made_easier(COMPOSED, Wish(difficulty=1), guarantee) is COMPOSED


def test_what_is_missed_is_one_line():
    assert missed_difficulty(RAG, Wish()) == ""
    assert missed_difficulty(RAG, Wish(difficulty=level_of(difficulty(RAG)))) == ""
    line = missed_difficulty(RAG, Wish(difficulty=9))
    assert line == f"difficulty 9: the nearest piece has {difficulty(RAG):.1f}; none came harder"
