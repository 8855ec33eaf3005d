"""Pieces that are easier than was wished are made harder, as far as two hands can play it."""

from dataclasses import replace

from ragsmith.composer import Composed, Wish
from ragsmith.composer.hardening import in_octaves, made_harder
from ragsmith.composer.rules.playable import unplayable
from ragsmith.hands import in_hands
from ragsmith.measure.difficulty import difficulty, level_of
from ragsmith.measure.habits import Habits
from ragsmith.originality.corpora import indices_of
from ragsmith.originality.gate import Guarantee
from ragsmith.originality.search import Limits
from ragsmith.piece import Hand, Key
from support.fakes import Uniform, a_rag, indexed

HABITS = Habits(16, 16)
RAG = replace(in_hands(a_rag(1)), keys=(Key(0, 0),))
COMPOSED = Composed(RAG, 1, 2.0, {}, None)
LEVEL = level_of(difficulty(RAG))


def outer(piece, hand):
    """The melody's or the bass's pitch at each onset."""
    pick = max if hand is Hand.RIGHT else min
    at = {}
    for note in piece.notes:
        if note.hand is hand:
            at.setdefault(note.onset, []).append(note.pitch)
    return {onset: pick(pitches) for onset, pitches in at.items()}


def test_a_piece_is_made_as_hard_as_was_wished():
    harder = made_harder(COMPOSED, Wish(difficulty=LEVEL + 1), None, HABITS).piece
    assert level_of(difficulty(harder)) == LEVEL + 1
    assert harder.bars == RAG.bars
    assert len(unplayable(harder, HABITS)) <= len(unplayable(RAG, HABITS))
    hardest = made_harder(COMPOSED, Wish(difficulty=9), None, HABITS).piece
    assert difficulty(harder) < difficulty(hardest)
    assert abs(hardest.keys[0].fifths) == 6


def test_what_is_hard_enough_stays():
    for wish in (Wish(), Wish(difficulty=LEVEL), Wish(difficulty=1)):
        assert made_harder(COMPOSED, wish, None, HABITS) is COMPOSED
    primed = Wish(difficulty=9, primer=a_rag(2, bars=2))
    assert made_harder(COMPOSED, primed, None, HABITS) is COMPOSED


def test_the_key_that_was_wished_stays():
    harder = made_harder(COMPOSED, Wish(difficulty=9, key="C"), None, HABITS).piece
    assert harder.keys == RAG.keys
    assert outer(harder, Hand.RIGHT) == outer(RAG, Hand.RIGHT)


def test_octaves_are_struck_where_the_hand_reaches_them_alone():
    doubled = in_octaves(RAG, Hand.RIGHT, HABITS)
    assert len(doubled.notes) > len(RAG.notes)
    assert outer(doubled, Hand.RIGHT) == outer(RAG, Hand.RIGHT)
    assert outer(doubled, Hand.LEFT) == outer(RAG, Hand.LEFT)
    assert in_octaves(RAG, Hand.RIGHT, Habits(11, 11)).notes == RAG.notes
    low = in_octaves(RAG, Hand.LEFT, HABITS)
    assert not unplayable(low, HABITS)


def test_no_piece_is_made_so_hard_that_it_is_a_copy():
    harder = made_harder(COMPOSED, Wish(difficulty=9), None, HABITS).piece
    guarantee = Guarantee(indices_of(indexed(Uniform([()]), corpus=[harder])), Limits())
    assert made_harder(COMPOSED, Wish(difficulty=9), guarantee, HABITS) is COMPOSED
