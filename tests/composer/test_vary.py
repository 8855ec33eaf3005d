"""Some bars composed again: the rest is kept to the note."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.composer import DeadEnd, Limits, Sampling, Wish, draft, recompose
from ragsmith.composer.recompose import compose_again
from ragsmith.composer.vary import JOINED_BARS, bar_span, vary
from ragsmith.errors import BadOption, BadPrimer
from ragsmith.io.score.repeat_signs import fold
from ragsmith.models.base import Onset
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.originality.runs import index_of, longest_runs
from ragsmith.piece import Bar, Hand, Key, Metre, Note, Piece, Section, regular_bars
from ragsmith.playing_order import played_steps, unfold
from ragsmith.verbs import clip
from support.fakes import Parrot, Splicing, Uniform, a_piece, a_rag, indexed
from support.strategies import pieces

PIECE = a_rag(1)
DRAWN = Wish(sampling=Sampling(min_p=0))
FREE = replace(DRAWN, rules=False)
CHOICES = ((), *((Onset(pitch, 3, Hand.RIGHT),) for pitch in (61, 64, 90)))


class Anything(Uniform):
    """Takes any piece."""

    def advance(self, states, steps):
        return states

    def probabilities(self, history):
        return self.p


def outside(piece, span):
    return [n for n in piece.notes if n.onset not in span]


@given(pieces(grids=(4,)), st.data())
@settings(max_examples=40)
def test_the_rest_is_kept_to_the_note(piece, data):
    piece = unfold(replace(piece, order=()))
    count = sum(not bar.offset for bar in piece.bars)
    first = data.draw(st.integers(1, count))
    bars = first, data.draw(st.integers(first, count))
    span = bar_span(piece, *bars)
    (varied,) = vary(indexed(Anything(CHOICES)), piece, bars, FREE, seeds=[1])
    found = varied.composed.piece
    kept = [n[:4] for n in outside(found, span)]
    expected = [n[:4] for n in outside(piece, span)]
    assert [n[:2] for n in kept] == [n[:2] for n in expected]
    for note, before in zip(kept, expected, strict=True):
        # A note that is held on into the new bars ends where its key is struck there.
        reaches_in = before[0] + before[2] > span.start > before[0]
        assert note == before or (reaches_in and note[2] < before[2])
    assert (found.bars, found.keys, found.sections) == (piece.bars, piece.keys, piece.sections)
    assert (found.title, found.composer, found.tempos) == (
        piece.title,
        piece.composer,
        piece.tempos,
    )
    new = [n for n in found.notes if n.onset in span]
    assert {n.pitch for n in new} <= {61, 64, 90}
    assert all(n.onset + n.duration <= span.stop for n in new)


def test_bars_are_counted_from_one_and_a_pickup_is_none():
    piece = Piece((Note(0, 60, 2),), regular_bars(18, [(0, Metre(2, 4))], pickup=2))
    assert bar_span(piece, 1, 1) == range(2, 10)
    assert bar_span(piece, 1, 2) == range(2, 18)
    assert bar_span(piece, 2, 2) == range(10, 18)
    split = replace(
        piece, bars=(*piece.bars[:2], Bar(10, 4, Metre(2, 4)), Bar(14, 4, Metre(2, 4), 4))
    )
    assert bar_span(split, 2, 2) == range(10, 18)


@pytest.mark.parametrize("bars", [(0, 1), (9, 9), (8, 9), (3, 2), (-1, 2)])
def test_bars_that_are_not_there_are_told(bars):
    with pytest.raises(
        BadOption, match=rf"bars {bars[0]}-{bars[1]}: are not bars of .* has 8; name"
    ):
        vary(indexed(Anything(CHOICES)), PIECE, bars, FREE, seeds=[1])


def test_another_grid_is_told():
    with pytest.raises(BadPrimer, match="read it with steps_per_quarter=4"):
        vary(
            indexed(Uniform(CHOICES)), replace(PIECE, steps_per_quarter=6), (1, 2), FREE, seeds=[1]
        )


FORM = Piece(
    PIECE.notes,
    PIECE.bars,
    sections=(
        *(Section("A", 0, 24), Section("A1", 24, 32), Section("A2", 32, 40)),
        Section("B", 40, 64),
    ),
    order=("A", "A1", "A", "A2", "B", "A", "A2", "B"),
)
"""Printed |: A 1. A1 :| 2. A2 B A A2 B: bars 1 to 3, 4, 5, 6 to 8, 9 to 11, 12, 13 to 15."""


@pytest.mark.parametrize(
    ("bars", "written"), [((2, 3), (2, 3)), ((10, 11), (2, 3)), ((5, 5), (5, 5))]
)
def test_new_bars_are_new_in_every_pass_and_the_form_stays(bars, written):
    (varied,) = vary(indexed(Anything(CHOICES)), FORM, bars, FREE, seeds=[1])
    made = varied.composed.piece
    assert (made.sections, made.order, made.bars) == (FORM.sections, FORM.order, FORM.bars)
    assert fold(made).closes == fold(FORM).closes
    span = range(8 * (written[0] - 1), 8 * written[1])
    assert [n[:4] for n in outside(made, span)] == [n[:4] for n in outside(FORM, span)]
    heard, before = (notes_by_bar(unfold(piece)) for piece in (made, FORM))
    changed = [n for n, (a, b) in enumerate(zip(heard, before, strict=True)) if a != b]
    written_bars = [bar // 8 for bar in played_steps(FORM)[::8]]
    new = range(written[0] - 1, written[1])
    assert changed == [n for n, bar in enumerate(written_bars) if bar in new]


def notes_by_bar(piece):
    return [[n[:2] for n in piece.notes if n.onset // 8 == bar] for bar in range(piece.steps // 8)]


def test_bars_of_two_strains_that_are_printed_side_by_side_alone_are_told():
    with pytest.raises(BadOption, match="bars 8-9: reach into a strain that comes back"):
        bar_span(FORM, 8, 9)


def test_what_follows_the_likeliest_comes_first():
    corpus = [a_piece(seed) for seed in range(3)]
    model = MarkovLearner(MarkovConfig(order=2), corpus).model()
    found = vary(indexed(model), corpus[0], (3, 4), FREE, seeds=range(6))
    joins = [each.join for each in found]
    assert joins == sorted(joins)
    assert len(set(joins)) > 1
    assert {each.composed.seed for each in found} == set(range(6))
    for each in found:
        until = clip(each.composed.piece, 0, 32 + 8 * JOINED_BARS)
        nats = model.log_likelihood(until)[32:]
        assert each.join == pytest.approx(-nats.mean())


def test_where_nothing_follows_there_is_no_join():
    (varied,) = vary(indexed(Anything(CHOICES)), PIECE, (7, 8), FREE, seeds=[1])
    assert varied.join == 0


def test_rules_hold_for_the_new_bars_alone():
    """All that is kept is stolen; the new bars are not."""
    corpus = [a_rag(seed) for seed in range(3)]
    bundle = indexed(Splicing(corpus), corpus=corpus)
    found = vary(bundle, PIECE, (3, 6), DRAWN, seeds=range(4))
    index = index_of(corpus)
    for each in found:
        new = clip(each.composed.piece, 16, 48)
        texture, melody = longest_runs(new, index)
        assert texture.beats <= 2.5
        assert melody.beats <= 4
        assert each.composed.originality.within(Limits())
        assert each.composed.turned_down
        assert clip(each.composed.piece, 0, 16).notes == clip(PIECE, 0, 16).notes
        assert clip(each.composed.piece, 48, 64).notes == clip(PIECE, 48, 64).notes


def test_a_strain_that_ends_in_the_new_bars_closes():
    strain = replace(PIECE, sections=(Section("A", 0, 64),), keys=(Key(0, 0),))
    tune = [(Onset(48, 2, Hand.LEFT),), (Onset(59, 1, Hand.RIGHT), Onset(65, 1, Hand.RIGHT))]
    found = vary(indexed(Anything([(), *tune])), strain, (6, 8), DRAWN, seeds=range(3))
    for each in found:
        struck = [n.pitch for n in each.composed.piece.notes if n.onset == 56]
        assert struck == [48]


def test_no_way_forward_is_told(monkeypatch):
    monkeypatch.setattr(draft, "BACKTRACKS", 5)
    bundle = indexed(Parrot(PIECE), corpus=[PIECE])
    with pytest.raises(DeadEnd, match="NoCopy"):
        vary(bundle, PIECE, (2, 8), DRAWN, seeds=[1])


def test_seeds_give_the_same_and_others_differ():
    bundle = indexed(Anything(CHOICES))
    one, other = (vary(bundle, PIECE, (2, 3), FREE, seeds=[seed])[0] for seed in (1, 2))
    assert one == vary(bundle, PIECE, (2, 3), FREE, seeds=[1])[0]
    assert one.composed.piece.notes != other.composed.piece.notes


def test_new_bars_are_composed_again_from_their_recipe(monkeypatch):
    bundle = indexed(MarkovLearner(MarkovConfig(order=2), [a_rag(2)]).model())
    (first, *_) = vary(bundle, PIECE, (3, 4), FREE, seeds=[5, 6, 7])
    made = first.composed.piece
    assert compose_again(bundle, made.recipe, "a.mid", PIECE).piece == made
    monkeypatch.setattr(recompose, "vary", lambda *args, **options: [])
    with pytest.raises(BadOption, match=r"seed \d found no way through"):
        compose_again(bundle, made.recipe, "a.mid", PIECE)
    with pytest.raises(BadOption, match="give that one with --vary"):
        compose_again(bundle, made.recipe, "a.mid")
