"""Composing has a time limit, and ends with what there is."""

from dataclasses import replace

import pytest

from ragsmith.bundle.profile import Profile
from ragsmith.composer import Composed, Sampling, Wish, compose_all, sampler
from ragsmith.composer.draft import OutOfTime
from ragsmith.composer.recompose import compose_again
from ragsmith.composer.vary import vary
from ragsmith.models.base import Onset
from ragsmith.piece import Hand
from support.fakes import Uniform, a_rag, indexed

CHOICES = ((), *((Onset(pitch, 3, Hand.RIGHT),) for pitch in (61, 64, 90)))
WISH = Wish(form="A(4)A(4)B(4)", metre="2/4", sampling=Sampling(min_p=0), rules=False)
BUNDLE = indexed(Uniform(CHOICES), Profile())


class Clock:
    """A clock on which every look takes a second."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        self.now += 1
        return self.now

    def thread_time(self):
        return 0.0


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(sampler, "time", Clock())


@pytest.mark.usefixtures("clock")
def test_what_there_is_ends_with_its_last_full_bar_and_says_so():
    (made,) = compose_all(BUNDLE, WISH, seeds=[5], seconds=21)
    assert isinstance(made, Composed)
    assert [bar.length for bar in made.piece.bars] == [8, 8]
    assert made.piece.recipe == ""
    assert isinstance(made.broken_off, OutOfTime)
    assert str(made.broken_off).startswith("seed 5: came to step 21 of 72 when its time was up; ")
    whole = compose_all(BUNDLE, WISH, seeds=[5])[0]
    cut = [n[:2] for n in whole.piece.notes if n.onset < 16]
    assert [n[:2] for n in made.piece.notes] == cut
    assert whole.broken_off is None


@pytest.mark.usefixtures("clock")
def test_before_the_first_bar_there_is_nothing():
    (outcome,) = compose_all(BUNDLE, WISH, seeds=[5], seconds=4)
    assert isinstance(outcome, OutOfTime)


@pytest.mark.usefixtures("clock")
def test_a_piece_made_again_is_whole_or_is_not_made():
    (whole,) = compose_all(BUNDLE, WISH, seeds=[5])
    with pytest.raises(OutOfTime, match="seed 5: came to step 21 of 72 when its time was up"):
        compose_again(BUNDLE, whole.piece.recipe, "a.mid", seconds=21)
    assert compose_again(BUNDLE, whole.piece.recipe, "a.mid").piece == whole.piece


@pytest.mark.usefixtures("clock")
def test_bars_that_others_follow_are_given_up():
    piece = a_rag(1)

    class Anything(Uniform):
        def advance(self, states, steps):
            return states

        def probabilities(self, history):
            return self.p

    with pytest.raises(OutOfTime, match="allow more time"):
        vary(
            indexed(Anything(CHOICES)),
            piece,
            (2, 6),
            replace(WISH, form=None),
            seeds=[1],
            seconds=9,
        )


def test_progress_never_goes_back():
    steps = []
    bundle = indexed(Uniform(CHOICES), Profile(), [a_rag(1)])
    wish = replace(WISH, form=None, bars=4)
    compose_all(bundle, wish, seeds=[1, 2, 3], on_step=lambda done, of: steps.append(done))
    assert steps == sorted(steps)
