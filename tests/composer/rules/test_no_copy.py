"""The first lock against the definition, and both locks against models that copy."""

from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.bundle.profile import Profile
from ragsmith.composer import Composed, DeadEnd, Limits, Sampling, Wish, compose_all
from ragsmith.composer.outline import outline_of
from ragsmith.composer.rules.no_copy import NoCopy
from ragsmith.composer.sampler import sample
from ragsmith.models.base import Onset, notes_of, steps_of
from ragsmith.originality.corpora import CorpusIndex
from ragsmith.originality.index import passages_of
from ragsmith.originality.runs import index_of, longest_runs
from ragsmith.originality.search import LONGEST_LIMIT, as_played
from ragsmith.piece import Hand, Metre, Piece, Section, regular_bars
from ragsmith.playing_order import PlayingOrder, unfold
from ragsmith.verbs import clip, transpose
from support.fakes import Parrot, Splicing, a_rag, indexed

LEFT, RIGHT = (Onset(48, 1, Hand.LEFT),), (Onset(60, 1, Hand.RIGHT),)
STEPS = ((), RIGHT, (Onset(62, 1, Hand.RIGHT),), LEFT, LEFT + RIGHT)
ORDERS = ("", "A B A", "A C A D B", "A C A D B C B D A D", "B A A B", "A D C")
LIMITS = Limits(1.25, 1.75)
CORPUS = [a_rag(seed, bars=24) for seed in range(3)]
INDEX = index_of(CORPUS)
DRAWN = Sampling(min_p=0)

sequences = st.lists(st.sampled_from(STEPS), min_size=6, max_size=24)


def piece_of(steps):
    return Piece(notes_of(steps), regular_bars(len(steps), [(0, Metre(1, 16))]))


@st.composite
def outlines(draw):
    """Written steps in up to four sections, in some playing order."""
    lengths = draw(st.lists(st.integers(1, 8), min_size=4, max_size=4))
    starts = [sum(lengths[:n]) for n in range(5)]
    sections = tuple(map(Section, "ABCD", starts, starts[1:]))
    order = tuple(draw(st.sampled_from(ORDERS)).split())
    bars = regular_bars(starts[-1], [(0, Metre(1, 16))])
    return Piece((), bars, sections=sections, order=order)


def stretches(outline, free, now):
    """The composed steps up to `now`, in the rows in which they are played."""
    spans = {section.name: range(section.start, section.end) for section in outline.sections}
    order = [step for name in outline.order for step in spans[name]] or range(outline.steps)
    for known, run in groupby(order, lambda step: step <= now and step in free):
        if known:
            yield list(run)


def within(steps, outline, free, index):
    """By the definition, stretch for stretch."""
    for stretch in stretches(outline, free, len(steps) - 1):
        runs = longest_runs(piece_of([steps[at] for at in stretch]), index)
        if any(run and run.beats > most for run, most in zip(runs, LIMITS, strict=True)):
            return False
    return True


def test_a_section_that_follows_itself_is_no_copy_across_the_seam():
    piece = piece_of([RIGHT, (), RIGHT] * 2)
    bars = regular_bars(3, [(0, Metre(1, 16))])
    outline = Piece((), bars, sections=(Section("A", 0, 3),), order=("A", "A"))
    rule = NoCopy([CorpusIndex(passages_of([piece], 4))], LIMITS, PlayingOrder.of(outline))
    assert rule.allows([RIGHT], ())
    assert not rule.allows([RIGHT, ()], RIGHT)


@given(outlines(), st.lists(sequences, min_size=1, max_size=2), st.data())
@settings(max_examples=150)
def test_a_step_passes_if_and_only_if_no_run_is_too_long_wherever_it_is_played(
    outline, corpus, data
):
    pieces = [piece_of(steps) for steps in corpus]
    index = index_of(pieces)
    first = data.draw(st.integers(0, outline.steps // 2))
    free = range(first, data.draw(st.integers(first, outline.steps)))
    rule = NoCopy([CorpusIndex(passages_of(pieces, 4))], LIMITS, PlayingOrder.of(outline, free))
    parrot = data.draw(st.integers(0, len(corpus[0]) - 1))
    steps = [corpus[0][at % len(corpus[0])] for at in range(parrot, parrot + first)]
    for now in free:
        copied = corpus[0][(parrot + now) % len(corpus[0])]
        for step in (copied, *data.draw(st.permutations(STEPS))):
            allowed = rule.allows(steps, step)
            assert allowed == within([*steps, step], outline, free, index)
            if allowed:
                steps.append(step)
                break
        else:
            return


def test_what_is_given_is_not_counted():
    stolen = steps_of(CORPUS[0])[:32]
    outline = replace(CORPUS[0], notes=())
    passages = [CorpusIndex(passages_of(CORPUS, 4))]
    every, rest = (
        NoCopy(passages, Limits(), PlayingOrder.of(outline, f)) for f in (None, range(32, 64))
    )
    following = steps_of(CORPUS[0])[32]
    assert not every.allows(stolen, following)
    assert rest.allows(stolen, following)


def test_a_join_is_looked_at_from_both_sides():
    """A repeated strain copies only from its end into its own beginning."""
    tail, head = steps_of(CORPUS[0])[4:8], steps_of(CORPUS[0])[8:16]
    other = steps_of(transpose(CORPUS[1], 1))[:4]
    bars = regular_bars(16, [(0, Metre(2, 4))])
    once = Piece((), bars, sections=(Section("A", 0, 16),))
    passages = [CorpusIndex(passages_of(CORPUS, 4))]
    steps = [*head, *other, *tail]
    for order, allowed in (((), True), (("A",), True), (("A", "A"), False)):
        rule = NoCopy(passages, Limits(2.5, 100), PlayingOrder.of(replace(once, order=order)))
        assert rule.allows(steps[:-1], steps[-1]) == allowed


def beyond(piece, limits, free=0):
    """Runs of the composed part, by the independent measure, that are longer than their limit."""
    played = as_played(piece)
    runs = longest_runs(clip(played, free, played.steps), INDEX)
    return [run for run, most in zip(runs, limits, strict=True) if run and run.beats > most]


def test_a_parrot_finds_every_door_closed_or_stays_within_the_limits():
    bundle = indexed(Parrot(CORPUS[0]), corpus=CORPUS)
    (short,) = compose_all(bundle, Wish(bars=1, limits=Limits(2, 2)), seeds=[1])
    assert isinstance(short, Composed)
    assert not beyond(short.piece, Limits(2, 2))
    (closed,) = compose_all(bundle, Wish(bars=8), seeds=[1])
    assert isinstance(closed, DeadEnd)
    assert "NoCopy" in closed.rule


@pytest.mark.parametrize("limits", [Limits(), Limits(1, 1), Limits(1.5, 6), Limits(4, 2)], ids=str)
def test_a_parrot_that_jumps_never_says_more_than_it_may(limits):
    bundle = indexed(Splicing(CORPUS), corpus=CORPUS)
    wish = Wish(bars=16, sampling=DRAWN, limits=limits)
    outcomes = compose_all(bundle, wish, seeds=range(8))
    found = [each for each in outcomes if isinstance(each, Composed)]
    assert found
    for each in found:
        assert beyond(each.piece, limits) == []
        texture, melody = longest_runs(as_played(each.piece), INDEX)
        told = [run.beats if run else 0 for run in each.originality]
        assert told == [run.beats if run and run.beats > 1 else 0 for run in (texture, melody)]
        assert each.turned_down["NoCopy"] > 0
    free = compose_all(bundle, replace(wish, rules=False), seeds=range(4))
    assert all(beyond(each.piece, limits) for each in free)
    assert all(each.originality is None for each in free)


@pytest.mark.parametrize("form", ["A(3)A", "AABB", "A(1)ABA", "Intro A(3)A(3)B(2)B DC"])
def test_a_parrot_that_jumps_never_says_more_across_repeats(form):
    outline = outline_of(Wish(form=form), Profile(strain=4), 4)
    rule = NoCopy([CorpusIndex(passages_of(CORPUS, 4))], Limits(), PlayingOrder.of(outline))
    drafts = sample(
        Splicing(CORPUS), outline, outline.steps, sampling=DRAWN, seeds=range(8), rules=[rule]
    )
    found = [replace(outline, notes=notes_of(d.steps)) for d in drafts if not d.failure]
    assert len(found) > 4
    for piece in found:
        assert unfold(piece).steps > piece.steps
        assert beyond(piece, Limits()) == []


def test_after_a_stolen_primer_only_what_is_new_is_looked_at():
    bundle = indexed(Splicing(CORPUS), corpus=CORPUS)
    primer = clip(CORPUS[1], 0, 32)
    wish = Wish(bars=12, sampling=DRAWN, primer=primer)
    found = [c for c in compose_all(bundle, wish, seeds=range(6)) if isinstance(c, Composed)]
    assert found
    for each in found:
        assert clip(each.piece, 0, 32).notes == primer.notes
        assert beyond(each.piece, Limits(), free=32) == []
        assert each.originality.within(Limits())


@pytest.mark.slow
def test_a_parrot_that_jumps_never_says_more_than_it_may_in_very_many_pieces():
    bundle = indexed(Splicing(CORPUS, 0.97), corpus=CORPUS)
    wish = Wish(bars=64, sampling=DRAWN)
    count = 0
    for first in range(0, 200, 50):
        for each in compose_all(bundle, wish, seeds=range(first, first + 50)):
            if isinstance(each, Composed):
                assert not beyond(each.piece, Limits())
                count += 1
    assert count > 180


@pytest.mark.slow
def test_very_long_limits_are_kept_too():
    bundle = indexed(Splicing(CORPUS, 0.99), corpus=CORPUS)
    limits = Limits(LONGEST_LIMIT, LONGEST_LIMIT)
    wish = Wish(bars=24, sampling=DRAWN, limits=limits)
    found = [c for c in compose_all(bundle, wish, seeds=range(8)) if isinstance(c, Composed)]
    assert any(each.turned_down.get("NoCopy") for each in found)
    assert not any(beyond(each.piece, limits) for each in found)
