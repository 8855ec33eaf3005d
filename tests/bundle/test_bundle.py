import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors import safe_open

import ragsmith
from ragsmith.bundle.bundle import LIMITS, Bundle, load_bundle, save_bundle
from ragsmith.errors import BadBundle, BadFile
from support.bundles import CARD, EXAMPLE, NAMES, PROFILE, example, model
from support.fakes import Uniform, indexed


@pytest.mark.parametrize("name", NAMES)
def test_a_bundle_comes_back_as_it_was(name, tmp_path):
    bundle = Bundle(model(name), CARD, PROFILE)
    again = load_bundle(save_bundle(bundle, str(tmp_path / "a.ragsmith")))
    assert (again.card, again.profile, again.passages) == (CARD, PROFILE, ())
    assert again.model.name == name
    assert again.model.config == bundle.model.config
    assert again.model.parameters == bundle.model.parameters
    old, new = bundle.model.log_likelihood(EXAMPLE), again.model.log_likelihood(EXAMPLE)
    assert old.tobytes() == new.tobytes()


def test_half_the_place_is_nearly_as_good(tmp_path):
    bundle = Bundle(model("element"), CARD, PROFILE)
    whole = save_bundle(bundle, tmp_path / "a.ragsmith")
    half = load_bundle(save_bundle(bundle, tmp_path / "b.ragsmith", half=True))
    weights = sum(array.nbytes for array in bundle.model.arrays().values())
    saved = whole.stat().st_size - (tmp_path / "b.ragsmith").stat().st_size
    assert abs(saved - weights // 2) < 16
    assert all(array.dtype == np.float32 for array in half.model.arrays().values())
    before, after = (each.model.log_likelihood(EXAMPLE) for each in (bundle, half))
    assert np.allclose(before, after, atol=0.02)
    again = load_bundle(save_bundle(half, tmp_path / "c.ragsmith", half=True))
    assert np.array_equal(again.model.log_likelihood(EXAMPLE), after)


def test_what_was_not_measured_stays_unknown(tmp_path):
    card = replace(CARD, nats_per_step=None, bits_per_beat=None)
    path = save_bundle(Bundle(model("element"), card), tmp_path / "a.ragsmith")
    assert load_bundle(path).card == card
    assert load_bundle(save_bundle(load_bundle(path), path)).card == card


def test_the_same_model_gives_the_same_bytes(whole, tmp_path):
    again = save_bundle(example("element"), tmp_path / "again.ragsmith")
    assert again.read_bytes() == whole


def test_a_bundle_is_a_plain_safetensors_file(whole, tmp_path):
    (tmp_path / "a.safetensors").write_bytes(whole)
    with safe_open(tmp_path / "a.safetensors", framework="np") as file:
        texts, names = file.metadata(), list(file.keys())
        assert "weights.out_bias" in names
        assert "passages.0.melody.hashes" in names
    assert (texts["format"], texts["model"], texts["version"]) == (
        "3", "element", ragsmith.__version__
    )  # fmt: skip
    assert json.loads(texts["config"])["hidden"] == 6
    assert set(texts) | {"weights", "passages"} == set(LIMITS)


def test_a_bundle_too_large_to_be_read_again_is_not_written(tmp_path, monkeypatch):
    for name in ("vocabulary", "weights", "passages"):
        monkeypatch.setitem(LIMITS, name, 10)
        with pytest.raises(BadFile, match=rf"bytes of {name}, more than 10"):
            save_bundle(example("element"), tmp_path / "a.ragsmith")
        monkeypatch.undo()
    assert not list(tmp_path.iterdir())


def test_a_model_that_could_not_be_opened_again_is_not_written(tmp_path):
    path = tmp_path / "a.ragsmith"
    with pytest.raises(BadBundle, match=r"model fake: is not registered"):
        save_bundle(indexed(Uniform([()])), path)
    harmed = model("element")
    harmed.arrays = lambda: model("element").arrays() | {"out_bias": np.full(3, np.nan)}
    with pytest.raises(BadFile, match=r"could not be opened again \(weights out_bias"):
        save_bundle(Bundle(harmed), path)
    assert not path.exists()
