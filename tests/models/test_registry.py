"""Models by name: what can be registered, what a name gives, and what is refused in one line."""

from __future__ import annotations

import doctest
from dataclasses import dataclass

import pytest

from ragsmith.bundle.bundle import Bundle, Card, load_bundle, save_bundle
from ragsmith.errors import BadBundle, BadOption
from ragsmith.models import registry
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.models.markov.model import Markov
from ragsmith.models.registry import config_for, learner_for, model_names, register_model
from support.fakes import a_piece


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(registry, "_MODELS", dict(registry._MODELS))
    return


class Mine(Markov):
    """A model that is not built in."""

    name = "mine"


class MineLearner(MarkovLearner):
    """It counts the pieces, too."""

    def model(self) -> Mine:
        counted = super().model()
        return Mine.from_parts(counted.config, None, counted.arrays())


def test_examples() -> None:
    assert not doctest.testmod(registry).failed


def test_a_registered_model_learns_is_saved_and_opened(tmp_path) -> None:
    register_model("mine", MarkovConfig, Mine, MineLearner)
    assert model_names()[-1] == "mine"
    model = learner_for("mine", config_for("mine", {"order": 2}), [a_piece()], 0).model()
    opened = load_bundle(save_bundle(Bundle(model, Card()), tmp_path / "mine.ragsmith")).model
    assert isinstance(opened, Mine)
    assert opened.config == MarkovConfig(order=2)


def test_the_same_class_again_replaces_it_and_another_does_not() -> None:
    register_model("mine", MarkovConfig, Mine, MineLearner)
    register_model("mine", MarkovConfig, Mine, MarkovLearner)
    other = type("Other", (Mine,), {})
    with pytest.raises(BadOption, match=r"^model name mine: is taken; choose another name$"):
        register_model("mine", MarkovConfig, other, MineLearner)


@pytest.mark.parametrize("name", ["stride", "markov", "element"])
def test_the_names_of_built_in_models_are_taken(name: str) -> None:
    with pytest.raises(BadOption, match=rf"^model name {name}: is taken; choose another name$"):
        register_model(name, MarkovConfig, type("Other", (Markov,), {"name": name}), MarkovLearner)


@pytest.mark.parametrize("name", ["", "My Model", "../mine", "-mine", "m" * 41, "mine\n"])
def test_a_name_is_letters_digits_and_hyphens(name: str) -> None:
    with pytest.raises(BadOption, match="small letters, digits and hyphens") as caught:
        register_model(name, MarkovConfig, Mine, MineLearner)
    assert str(caught.value).isprintable()


@dataclass
class Thawed:
    """A config that can be changed."""

    steps_per_quarter: int = 4


@dataclass(frozen=True)
class Gridless:
    """A config without a grid."""

    order: int = 4


@dataclass(frozen=True)
class Listing:
    """A config with a field that a bundle cannot hold."""

    steps_per_quarter: int = 4
    orders: tuple[int, ...] = (1, 2)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (dict, "^config dict: is not a frozen dataclass; put @dataclass"),
        (MarkovConfig(), "is not a frozen dataclass"),
        (Thawed, "^config Thawed: is not a frozen dataclass; put @dataclass"),
        (Gridless, "^config Gridless: has no field steps_per_quarter; add "),
        (Listing, "^field orders of Listing: has no default that is an int, float, bool or str; "),
    ],
)
def test_a_config_is_a_frozen_dataclass_of_plain_values(config: type, message: str) -> None:
    with pytest.raises(BadOption, match=message):
        register_model("mine", config, Mine, MineLearner)


@pytest.mark.parametrize("method", registry.MODEL_METHODS)
def test_a_model_has_every_method_of_the_protocol(method: str) -> None:
    lacking = type("Lacking", (Mine,), {method: None})
    with pytest.raises(BadOption, match=rf"^model Lacking: has no method {method}; add it"):
        register_model("mine", MarkovConfig, lacking, MineLearner)


def test_a_model_is_called_as_it_is_registered() -> None:
    with pytest.raises(BadOption, match=r'^model Mine: .*; write name = "yours" in the class$'):
        register_model("yours", MarkovConfig, Mine, MineLearner)


def test_a_learner_without_a_part_of_the_protocol_is_told_when_it_is_made() -> None:
    register_model("mine", MarkovConfig, Mine, lambda config, pieces, seed: object())
    with pytest.raises(BadOption, match=r"^the learner of mine: has no batches_per_epoch, epochs"):
        learner_for("mine", MarkovConfig(), [a_piece()], 0)


def test_a_model_that_is_not_registered_is_neither_saved_nor_called_damaged(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = MineLearner(MarkovConfig(order=2), [a_piece()]).model()
    path = tmp_path / "mine.ragsmith"
    with pytest.raises(BadBundle, match=r"^model mine: is not registered, .*register_model"):
        save_bundle(Bundle(model, Card()), path)
    assert not path.exists()
    with monkeypatch.context() as patch:
        patch.setattr(registry, "_MODELS", dict(registry._MODELS))
        register_model("mine", MarkovConfig, Mine, MineLearner)
        save_bundle(Bundle(model, Card()), path)
    with pytest.raises(BadBundle, match=r"a model called mine, which is not registered here; "):
        load_bundle(path)
