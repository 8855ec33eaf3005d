"""The critic of a model, learnt when it has learnt."""

from dataclasses import replace

import pytest

from ragsmith.bundle.bundle import Card
from ragsmith.datasets import rags
from ragsmith.harmony.symbols import with_chord_symbols
from ragsmith.measure.chord_use import NO_NATS
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.shipped import shipped_model
from ragsmith.training import criticising
from ragsmith.training.criticising import (
    FEWEST,
    FEWEST_RANKED,
    is_criticised,
    with_chord_nats,
    with_critic,
    with_piece_critic,
)


def test_from_few_pieces_none_is_learnt():
    bundle = shipped_model()
    assert with_critic(bundle, rags()[: FEWEST - 1]) is bundle
    assert with_chord_nats(bundle, rags()[: FEWEST - 1]) is bundle
    assert with_piece_critic(bundle, rags()[: FEWEST_RANKED - 1]) is bundle


def test_models_that_are_told_no_chords_or_know_none_learn_no_nats():
    shipped = shipped_model()
    unknown = shipped._replace(profile=replace(shipped.profile, progressions={}))
    assert with_chord_nats(unknown, rags()) is unknown
    counted = shipped._replace(model=MarkovLearner(MarkovConfig(hands=2), rags()[:1]).model())
    assert with_chord_nats(counted, rags()) is counted


def test_what_composes_as_its_corpus_gets_no_nats(monkeypatch):
    bundle = shipped_model()
    pieces = [with_chord_symbols(piece) for piece in criticising._compared(bundle, rags())]
    monkeypatch.setattr(criticising, "_composed", lambda bundle: pieces)
    monkeypatch.setattr(criticising, "heard_marks", lambda piece: piece.chords)
    nats = with_chord_nats(bundle, pieces).profile.chord_nats
    assert nats == NO_NATS


def test_models_that_do_not_write_note_by_note_have_none():
    bundle = shipped_model()
    assert is_criticised(bundle)
    assert not is_criticised(bundle._replace(card=Card()))
    assert not is_criticised(
        bundle._replace(model=MarkovLearner(MarkovConfig(), rags()[:1]).model())
    )


@pytest.mark.slow
def test_it_tells_composed_pieces_from_the_corpus(monkeypatch):
    monkeypatch.setattr(criticising, "COMPOSED", 8)
    monkeypatch.setattr(criticising, "FORM", "A(8)B(8)")
    critic = with_critic(shipped_model(), rags()).profile.critic
    assert critic
    assert critic.weights


@pytest.mark.slow
def test_nats_are_learnt_from_pieces_that_nothing_leads(monkeypatch):
    monkeypatch.setattr(criticising, "COMPOSED", 8)
    monkeypatch.setattr(criticising, "FORM", "A(8)B(8)")
    learnt = with_chord_nats(shipped_model(), rags())
    nats = learnt.profile.chord_nats
    assert nats not in (None, NO_NATS)
    assert learnt == with_chord_nats(learnt, rags())


@pytest.mark.slow
def test_pieces_are_told_from_the_corpus_by_their_excerpts(monkeypatch):
    monkeypatch.setattr(criticising, "COMPOSED", 8)
    monkeypatch.setattr(criticising, "FORM", "A(8)B(8)")
    critic = with_piece_critic(shipped_model(), rags()).profile.piece_critic
    assert critic
    assert {"syncopation", "chord_changes"} <= critic.weights.keys()
