"""One hand composed to the other: what is given is kept to the note, and decides what is drawn."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.bundle.profile import Profile
from ragsmith.composer import Limits, Wish
from ragsmith.composer.given import BOTH, Completion, Given
from ragsmith.composer.particles import Particle, Population, effective, resampled, sample_given
from ragsmith.composer.recompose import compose_again
from ragsmith.composer.rules.playable import unplayable
from ragsmith.composer.sampling import Sampling
from ragsmith.composer.vary import bar_span, vary
from ragsmith.errors import BadOption, BadPrimer
from ragsmith.models.base import steps_of
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.models.writing import Alphabet
from ragsmith.originality.runs import index_of, longest_runs
from ragsmith.originality.search import as_played
from ragsmith.piece import Hand, Metre, Note, Piece, normalise, regular_bars
from ragsmith.verbs import clip, transpose
from support.fakes import Fake, Uniform, a_piece, a_rag, indexed

CORPUS = [a_rag(seed, bars=6) for seed in range(2)]
MODEL = MarkovLearner(MarkovConfig(hands=2), CORPUS).model()
BUNDLE = indexed(MODEL, corpus=CORPUS)
OTHER = {Hand.LEFT: Hand.RIGHT, Hand.RIGHT: Hand.LEFT}
hands = st.sampled_from([Hand.LEFT, Hand.RIGHT])


def of(piece, hand):
    return [note for note in piece.notes if note.hand is hand]


def melody(*pitches, duration=4):
    notes = [Note(i * duration, pitch, duration) for i, pitch in enumerate(pitches)]
    bars = regular_bars(len(pitches) * duration, [(0, Metre(2, 4))])
    return Piece(normalise(notes), bars)


@given(st.integers(10, 1000), hands, st.sampled_from([None, (1, 1), (2, 3)]))
@settings(max_examples=4, deadline=None)
def test_what_is_given_is_kept_to_the_note(seed, hand, bars):
    piece = a_rag(seed, bars=3)
    (varied,) = vary(BUNDLE, piece, bars, Wish(), seeds=[seed], hand=hand, particles=4)
    new, span = varied.composed.piece, bar_span(piece, *(bars or (1, 3)))
    assert of(new, OTHER[hand]) == of(piece, OTHER[hand])
    kept = [n for n in of(piece, hand) if n.onset not in span]
    assert [n for n in of(new, hand) if n.onset not in span] == kept
    assert not unplayable(new, Profile().habits)
    assert (new.bars, new.keys, new.title) == (piece.bars, piece.keys, piece.title)


@given(st.integers(0, 1000), st.sampled_from([frozenset(), *map(frozenset, ({h} for h in Hand))]))
@settings(max_examples=15)
def test_what_is_drawn_and_what_is_given_are_together_as_likely_as_the_step(seed, composed):
    piece = a_rag(seed % 7, bars=1)
    state, rng = MODEL.begin(piece), np.random.default_rng(seed)
    at = int(rng.integers(4))
    for step in steps_of(piece)[:at]:
        (state,) = MODEL.advance([state], [step])
    drawn = []

    def pick(log_p):
        p = np.exp(log_p)
        choice = int(rng.choice(len(p), p=p / p.sum()))
        drawn.append(log_p[choice])
        return choice

    given_notes = Given.of(piece, range(at, at + 1) if composed else range(0), composed)
    completion = Completion(pick, MODEL.alphabet, given_notes, at)
    (step,) = MODEL.propose([state], [completion])
    whole = replace(piece, notes=(), bars=regular_bars(8, [(0, Metre(2, 4))]))
    past = [n for n in piece.notes if n.onset < at]
    now = [Note(at, o.pitch, o.duration, hand=o.hand) for o in step]
    nats = MODEL.log_likelihood(replace(whole, notes=normalise([*past, *now])))[at]
    assert completion.nats + sum(drawn) == pytest.approx(nats)
    assert given_notes.completed(at, step) == step


class Prophet(Fake):
    """Two hands: the left strikes 36 or 38 in the first step, and after it the right strikes the
    note that belongs to it, nearly always."""

    alphabet = Alphabet(2, 8)

    def propose(self, states, picks):
        return [self.step(state, pick) for state, pick in zip(states, picks, strict=True)]

    def step(self, state, pick):
        p = np.full(177, 1e-9)
        if not state:
            p[[15, 17]] = 0.5
        else:
            first = state[0][0].pitch if state[0] else 0
            p[88 + 39 : 88 + 60] = 0.001
            p[88 + 39 + first % 12] = 0.9
        number = pick(np.log(p / p.sum()))
        if number == 176:
            return ()
        assert pick(np.log(np.full(8, 1 / 8))) in range(8)
        end = np.log(np.where(np.arange(177) == 176, 1.0, 1e-9))
        assert pick(end) == 176
        hand = Hand.LEFT if number < 88 else Hand.RIGHT
        return (steps_of(Piece.from_array([[0, number % 88 + 21, 1]]))[0][0]._replace(hand=hand),)

    def advance(self, states, steps):
        return [(*state, step) for state, step in zip(states, steps, strict=True)]


@pytest.mark.parametrize(("bass", "above"), [(36, 60), (38, 62)])
def test_what_comes_decides_what_is_composed(bass, above):
    """The right hand's second note says which of two basses stands before it."""
    piece = replace(melody(above, duration=1), bars=regular_bars(2, [(0, Metre(1, 8))]))
    piece = replace(piece, notes=(Note(1, above, 1, hand=Hand.RIGHT),))
    given_notes = Given.of(piece, range(2), frozenset({Hand.LEFT}))
    drafts = sample_given(
        Prophet(()), Prophet.alphabet, [piece] * 8, given_notes, range(2),
        sampling=Sampling(min_p=0), seeds=range(8), particles=16,
    )  # fmt: skip
    assert [[o.pitch for o in draft.steps[0]] for draft in drafts] == [[bass]] * 8


@pytest.mark.parametrize(("is_composed", "weights"), [(True, [0] * 4), (False, [-9, -9, 0, -9])])
def test_only_ways_that_are_composed_on_give_way_to_copies(is_composed, weights):
    ways = [Particle(None, ((),), weight) for weight in (-9.0, -9.0, 0.0, -9.0)]
    population = Population(1, ways, [np.random.default_rng(i) for i in range(5)])
    population.go_on(ways, is_composed)
    assert [way.weight for way in population.particles] == weights


def test_a_melody_without_hands_is_the_right_ones_or_the_left_ones():
    piece = melody(67, 69, 71, 72)
    new = vary(BUNDLE, piece, None, Wish(), seeds=[1], hand="left", particles=4)[0].composed.piece
    assert [n[:3] for n in of(new, Hand.RIGHT)] == [n[:3] for n in piece.notes]
    low = transpose(piece, -24)
    new = vary(BUNDLE, low, None, Wish(), seeds=[1], hand="right", particles=4)[0].composed.piece
    assert [n[:3] for n in of(new, Hand.LEFT)] == [n[:3] for n in low.notes]


def test_a_melody_of_the_corpus_is_not_counted_and_its_left_hand_is_not_copied():
    piece = CORPUS[0]
    (varied,) = vary(BUNDLE, piece, (1, 2), Wish(), seeds=[2], hand="left", particles=4)
    assert varied.composed.originality.melody is None
    assert varied.composed.originality.within(Limits())
    texture, _ = longest_runs(clip(as_played(varied.composed.piece), 0, 16), index_of(CORPUS))
    assert texture is None or texture.beats <= Limits().texture


def test_the_recipe_makes_the_same_again():
    piece = a_rag(5, bars=1)
    for varied in vary(BUNDLE, piece, None, Wish(), seeds=[3, 4], hand="left", particles=4):
        made = varied.composed.piece
        assert compose_again(BUNDLE, made.recipe, "rag.mid", piece).piece == made


@pytest.mark.parametrize(
    ("hand", "piece", "model", "words"),
    [
        ("middle", a_rag(1), MODEL, "hand middle: does not exist; choose left or right"),
        ("left", a_rag(1), Uniform([()]), "hand left: cannot be composed alone by a model"),
        ("left", Piece((), regular_bars(8, [(0, Metre(2, 4))])), MODEL, "plays nothing there"),
    ],
)
def test_what_cannot_be_is_one_line(hand, piece, model, words):
    with pytest.raises(BadOption, match=words):
        vary(indexed(model), piece, None, Wish(rules=False), seeds=[1], hand=hand)


def test_notes_off_the_keyboard_are_refused():
    with pytest.raises(BadPrimer, match="88 keys"):
        vary(BUNDLE, melody(67, 120), None, Wish(), seeds=[1], hand="left", particles=4)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=9), st.integers(1, 40), st.integers(0, 99))
def test_resampling_takes_each_about_as_often_as_its_weight_says(weights, count, seed):
    nats = np.array(weights)
    chosen = resampled(nats, count, np.random.default_rng(seed))
    shares = np.exp(nats - nats.max()) / np.exp(nats - nats.max()).sum()
    times = np.bincount(chosen, minlength=len(weights))
    assert times.sum() == count
    assert (np.abs(times - count * shares) < 1 + 1e-6).all()
    assert 1 - 1e-9 <= effective(nats) <= len(weights) + 1e-9


def test_nothing_is_kept_of_what_is_composed():
    piece = a_piece(3)
    whole = Given.of(piece, range(piece.steps))
    assert not any(whole.steps)
    assert not any(map(whole.is_whole, range(piece.steps)))
    assert whole.hands == [BOTH - BOTH] * piece.steps


@pytest.mark.parametrize("hand", [None, "right"])
def test_beats_that_are_not_named_are_kept_to_the_note(hand):
    piece, free_wish = a_rag(7, bars=4), Wish(rules=False)
    (varied,) = vary(BUNDLE, piece, (2, 3), free_wish, seeds=[1], hand=hand, beats=[2], particles=2)
    made = varied.composed.piece
    free = {step for step in range(8, 24) if step % 8 >= 4}

    def kept(whole):
        notes = [n for n in whole.notes if n.onset not in free or (hand and n.hand is Hand.LEFT)]
        return [(n.onset, n.pitch) for n in notes]

    assert kept(made) == kept(piece)
    assert made.notes != piece.notes
    assert compose_again(BUNDLE, made.recipe, "a.mid", piece).piece == made
    with pytest.raises(BadOption, match="beats 3: are none of these bars"):
        vary(BUNDLE, piece, (2, 3), free_wish, seeds=[1], beats=[3])
