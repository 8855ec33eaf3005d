"""Two styles in one piece: which model writes which strain."""

from pathlib import Path

import numpy as np
import pytest

from ragsmith.bundle.bundle import save_bundle
from ragsmith.bundle.mix import mix
from ragsmith.cli.models import opened
from ragsmith.composer import Wish, compose_all
from ragsmith.composer.recompose import compose_again
from ragsmith.composer.strain_mix import mixed_over_strains, parse_mix, weights_text
from ragsmith.errors import BadOption
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.models.mixture.memory import network_of
from ragsmith.piece import Piece, Section
from support.fakes import a_rag, indexed

ONE, OTHER = (MarkovLearner(MarkovConfig(hands=2), [a_rag(n)]).model() for n in (1, 2))
BUNDLE = mix([indexed(ONE), indexed(OTHER)])
RAG = a_rag(3)
OUTLINE = Piece(
    RAG.notes, RAG.bars, sections=(Section("A", 0, 24), Section("B", 24, 48), Section("C", 48, 64))
)


def test_every_strain_is_written_by_its_own_model():
    mixed = mixed_over_strains(BUNDLE.model, "A: 1 0; B: 0 1", OUTLINE)
    nats = mixed.log_likelihood(RAG)
    for model, steps in (
        (ONE, slice(0, 24)),
        (OTHER, slice(24, 48)),
        (BUNDLE.model, slice(48, 64)),
    ):
        assert np.allclose(nats[steps], model.log_likelihood(RAG)[steps])
    assert network_of(mixed).log_likelihood(RAG) == pytest.approx(nats)
    assert mixed_over_strains(BUNDLE.model, None, OUTLINE) is BUNDLE.model


def test_a_piece_of_two_styles_is_composed_and_composed_again():
    wish = Wish(form="A(1)B(1)", rules=False, mix="A: 1 0; B: 0.25 0.75")
    made = compose_all(BUNDLE, wish, seeds=[1, 2])[1].piece
    assert compose_again(BUNDLE, made.recipe, "a.mid").piece == made
    alone = compose_all(BUNDLE, Wish(form="A(1)B(1)", rules=False), seeds=[1, 2])[1].piece
    assert alone.notes != made.notes


def test_models_are_named_as_on_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, model in (("joplin", ONE), ("chopin", OTHER)):
        save_bundle(indexed(model), f"{name}.ragsmith")
    text = "A: joplin, B: chopin, C: chopin 0.3 joplin 0.7"
    weights = "A: 1 0; B: 0 1; C: 0.7 0.3"
    assert opened([], None, text)[1] == weights
    assert opened([Path("joplin.ragsmith"), Path("./chopin.ragsmith")], None, text)[1] == weights
    assert opened([Path("joplin.ragsmith")], None, None)[1] is None
    with pytest.raises(BadOption, match="--mix: needs several models"):
        opened([Path("joplin.ragsmith")], None, "A: joplin")


@pytest.mark.parametrize(
    "text", ["", "A", "A:", ": joplin", "A: joplin, A: chopin", "A: joplin 1 chopin"]
)
def test_what_cannot_be_read_is_one_line(text):
    with pytest.raises(BadOption, match="cannot be read"):
        weights_text(text, ["joplin", "chopin"])
    with pytest.raises(BadOption, match="cannot be read"):
        parse_mix(text)


def test_what_does_not_fit_is_one_line():
    with pytest.raises(BadOption, match="is no model here; choose joplin, chopin"):
        weights_text("A: bach", ["joplin", "chopin"])
    with pytest.raises(BadOption, match=r"sum to 1\.4, not to 1"):
        weights_text("A: joplin 0.7 chopin 0.7", ["joplin", "chopin"])
    with pytest.raises(BadOption, match="mix for D: has no strain in a form of A, B, C"):
        mixed_over_strains(BUNDLE.model, "D: 1 0", OUTLINE)
    for model, text in ((BUNDLE.model, "A: 1 0 0"), (ONE, "A: 1 0")):
        with pytest.raises(BadOption, match="is for other models than these"):
            mixed_over_strains(model, text, OUTLINE)
