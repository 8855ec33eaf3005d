"""The best of many, by what a bundle knows of its corpus."""

from dataclasses import replace
from fractions import Fraction

import pytest

from ragsmith.bundle.profile import Profile
from ragsmith.composer import Composed, Limits
from ragsmith.composer.ranking import CLOSENESS, rank_composed
from ragsmith.measure.critic import Critic, Weight
from ragsmith.measure.portrait import portrait_of
from ragsmith.measure.style import Band
from ragsmith.originality.runs import Run
from ragsmith.originality.search import Originality
from ragsmith.piece import Hand
from ragsmith.verbs import transpose
from support.fakes import a_rag

CORPUS = [a_rag(seed, bars=16) for seed in range(10)]
PROFILE = Profile(portrait=portrait_of(CORPUS), likelihood=Band(2.0, 2.5, 3.0))


def candidate(piece, nats=2.5, texture=None, melody=None):
    runs = (
        beats and Run(Fraction(beats), Fraction(0), 0, Fraction(0), 0)
        for beats in (texture, melody)
    )
    return Composed(piece, 1, nats, {}, Originality(*runs))


def best(*candidates, profile=PROFILE, limits=None):
    return rank_composed(profile, candidates, limits)


def test_what_stands_out_least_comes_first():
    own, high = candidate(CORPUS[0]), candidate(transpose(CORPUS[0], 24))
    assert [each.number for each in best(high, own)] == [1, 0]


def test_likelihood_counts_where_its_band_is_known():
    likely, unlikely = candidate(CORPUS[0]), candidate(CORPUS[0], 9.0)
    assert [each.number for each in best(unlikely, likely)] == [1, 0]
    without = best(unlikely, likely, profile=replace(PROFILE, likelihood=None))
    assert [each.number for each in without] == [0, 1]


def test_closeness_to_the_limits_counts():
    close, free = candidate(CORPUS[0], texture=2, melody=3), candidate(CORPUS[0])
    first, second = best(close, free)
    assert (first.number, second.number) == (1, 0)
    assert second.penalty - first.penalty == pytest.approx(CLOSENESS * (2 / 2.5 + 3 / 4))
    wide = best(close, free, limits=Limits(16, 16))
    assert wide[1].penalty - wide[0].penalty == pytest.approx(CLOSENESS * (2 / 16 + 3 / 16))
    unchecked = replace(close, originality=None)
    assert best(unchecked)[0].penalty == first.penalty


def test_without_a_portrait_the_order_is_kept():
    found = best(candidate(transpose(CORPUS[0], 24)), candidate(CORPUS[0]), profile=Profile())
    assert found == [(0, 0.0, ()), (1, 0.0, ())]
    assert best(profile=Profile()) == best() == []


def test_what_dials_miss_counts(monkeypatch):
    monkeypatch.setattr("ragsmith.composer.ranking.MISSED", 100.0)  # these rags are all alike
    few, many = candidate(CORPUS[0]), candidate(CORPUS[0])
    thin = tuple(note for note in few.piece.notes if note.hand is Hand.RIGHT or note.onset % 4 == 0)
    few = replace(few, piece=replace(few.piece, notes=thin))
    for value, first in (("0.1", 0), ("0.9", 1)):
        ranks = rank_composed(PROFILE, [few, many], dials=f"left-notes={value}")
        assert ranks[0].number == first
    assert rank_composed(PROFILE, [few, many], dials="A: left-notes=0.1; chord-changes=low")


def test_a_critic_of_pieces_stands_in_place_of_the_bands():
    higher = Critic(-9.0, {"right_pitch": Weight(60.0, 12.0, 2.0, 0.0)})
    own, high = candidate(CORPUS[0]), candidate(transpose(CORPUS[0], 12))
    first, second = best(own, high, profile=replace(PROFILE, piece_critic=higher))
    assert (first.number, second.number) == (1, 0)
    assert second.penalty - first.penalty == pytest.approx(2.0)
    pleased = replace(higher, bias=9.0)
    assert [
        one.penalty for one in best(own, high, profile=replace(PROFILE, piece_critic=pleased))
    ] == [0, 0]
    close = candidate(transpose(CORPUS[0], 12), texture=2)
    free, near = best(close, high, profile=replace(PROFILE, piece_critic=higher))
    assert near.penalty - free.penalty == pytest.approx(CLOSENESS * 2 / 2.5)
