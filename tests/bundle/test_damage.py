"""Damaged, foreign and hostile model files: refused in one line, and nothing harmful is loaded."""

import json
import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from ragsmith.bundle import container
from ragsmith.bundle.bundle import LIMITS, Bundle, load_bundle, save_bundle
from ragsmith.bundle.container import Parts, pack
from ragsmith.errors import BadBundle
from ragsmith.measure.portrait import portrait_of
from ragsmith.originality.search import against_indices
from ragsmith.verbs import regrid
from support.bundles import CARD, EXAMPLE, NAMES, changed, example, model, parts_of, refused
from support.fakes import indexed


def test_a_bundle_cut_anywhere_is_not_whole(whole, tmp_path):
    for size in {0, 1, 7, 8, 9, 10, *range(50, len(whole), 97), len(whole) - 1}:
        refused(tmp_path, whole[:size], "is not a model" if size < 9 else "is not whole")
    refused(tmp_path, whole + b"\0", "is not whole")


def test_foreign_files_are_called_so(tmp_path):
    other = save({"a": np.zeros(3)}, {"author": "somebody"})
    foreign = [b"", b"hello\n", b"MThd\0\0\0\6", b"<html>" * 3, b"\x80\x04pickle", other]
    for data in foreign:
        refused(tmp_path, data, "is not a model that ragsmith wrote")


def test_no_file_a_folder_and_a_pipe_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe") if hasattr(os, "mkfifo") else None
    for name in ("none.ragsmith", ".", "pipe"):
        with pytest.raises(BadBundle):
            load_bundle(tmp_path / name)


def test_a_newer_format_says_what_to_do_and_a_strange_one_is_foreign(whole, tmp_path):
    for name, value in [("format", "4"), ("card", "[]")]:
        data = changed(changed(whole, "format", "4"), name, value)
        refused(tmp_path, data, r"has format 4, and this version reads formats 1 to 3; install")
    for value in ("0", "1", "-1", "2\n\x1b[31m", "", "2.5", "\u0662", "true"):
        refused(tmp_path, changed(whole, "format", value), "not a model")


@pytest.mark.parametrize("name", ["format", "model", "config", "card", "profile", "vocabulary"])
def test_every_text_has_to_be_there(whole, tmp_path, name):
    texts, groups = parts_of(whole)
    del texts[name]
    refused(tmp_path, pack(Parts(texts, groups)))


def test_the_weights_have_to_be_there(whole, tmp_path):
    texts, groups = parts_of(whole)
    refused(tmp_path, pack(Parts(texts, {"passages": groups["passages"]})), "are missing")


def test_the_index_of_its_corpus_comes_back_or_is_not_there(whole, tmp_path):
    (tmp_path / "a.ragsmith").write_bytes(whole)
    bundle = load_bundle(tmp_path / "a.ragsmith")
    kept, known = (
        b.passages[0].passages.arrays() for b in (bundle, indexed(None, corpus=[EXAMPLE]))
    )
    assert {name: array.tolist() for name, array in kept.items()} == {
        name: array.tolist() for name, array in known.items()
    }
    assert all(len(array) for array in kept.values())
    save_bundle(bundle._replace(passages=()), tmp_path / "b.ragsmith")
    assert load_bundle(tmp_path / "b.ragsmith").passages == ()


@pytest.mark.parametrize("name", ["config", "card", "profile", "vocabulary"])
@pytest.mark.parametrize(
    "data",
    ["", "{", "null", "[]", "3", '"text"', "{}", "[" * 50_000, "9" * 5000],
    ids=lambda data: repr(data[:5]),
)
def test_parts_that_are_not_what_they_should_be(whole, tmp_path, name, data):
    refused(tmp_path, changed(whole, name, data))


@pytest.mark.parametrize(
    "config",
    [
        {"hidden": 10**12},
        {"hidden": -1},
        {"hidden": "64"},
        {"hidden": True},
        {"hidden": 7},
        {"learning_rate": float("nan")},
        {"learning_rate": 10**400},
        {"steps_per_quarter": 5},
        {"os.system": "rm"},
    ],
    ids=str,
)
def test_a_config_out_of_range_is_damage(whole, tmp_path, config):
    refused(tmp_path, changed(whole, "config", config), "is damaged")


@pytest.mark.parametrize(
    "card",
    [
        {"sources": None},
        {"sources": [["a.mid"]]},
        {"sources": [["a.mid", 5, "train"]]},
        {"sources": [[["a.mid"], "00", "train"]]},
        {"metres": []},
        {"metres": {"2/4": "many"}},
        {"keys": {"C major": None}},
        {"metres": {"2/4": 0}},
        {"keys": {"C major": -1}},
        {"keys": {"H major": 1}},
        {"metre": [2, 4]},
        {"licence": 5},
        {"seed": "x"},
        {"epochs": 1.5},
        {"seconds": None},
        {"nats_per_step": "low"},
        {"bits_per_beat": []},
        {"more": 1},
    ],
    ids=str,
)
def test_a_card_that_is_none_is_damage(whole, tmp_path, card):
    refused(tmp_path, changed(whole, "card", card), r"is damaged \(the card")


def test_a_profile_that_is_none_is_damage(whole, tmp_path):
    for damage in ({"tempo": 0}, {"metre": [0, 4]}, {"more": 1}):
        refused(tmp_path, changed(whole, "profile", damage), r"is damaged \(the profile")


def test_a_portrait_on_another_grid_is_damage(whole, tmp_path):
    portrait = portrait_of([regrid(EXAMPLE, 8)]).to_json()
    data = changed(whole, "profile", {"portrait": portrait})
    refused(tmp_path, data, r"has a portrait on another grid")


@pytest.mark.parametrize("name", ["hal\n9000", "", "Element", "element/../markov"])
def test_a_model_that_does_not_exist_is_damage(whole, tmp_path, name):
    refused(tmp_path, changed(whole, "model", name), r"is damaged \(model")


def test_a_vocabulary_that_is_none_is_damage(whole, tmp_path):
    elements = json.loads(parts_of(whole).texts["vocabulary"])
    for bad in ([[-5, 2]], [[10**9, 2]], [[60, 0]], [[60, -1]], [[60, 10**9]], ["60"]):
        data = changed(whole, "vocabulary", json.dumps([*elements[:-1], bad]))
        refused(tmp_path, data, r"is damaged \(vocabulary.json")
    for other in (elements[:-1], [*elements, [[127, 9999]]]):
        refused(tmp_path, changed(whole, "vocabulary", json.dumps(other)), r"is damaged \(weights")


def with_weights(data, **weights):
    return changed(data, "weights", weights)


def test_weights_that_do_not_fit_are_damage(whole, tmp_path):
    bias = parts_of(whole).groups["weights"]["out_bias"]
    harmed = [
        bias[:-1],
        bias[None],
        bias.astype(np.float64),
        bias.astype(np.int32),
        np.full_like(bias, np.nan),
        np.full_like(bias, np.inf),
        np.zeros(0, np.float32),
    ]
    for array in harmed:
        refused(tmp_path, with_weights(whole, out_bias=array), r"is damaged \(weights out_bias")
    refused(tmp_path, with_weights(whole, more=bias), r"is damaged \(weights more")


def test_an_index_that_is_none_is_damage(whole, tmp_path):
    hashes = parts_of(whole).groups["passages"]["0.melody.hashes"]
    for array in (hashes[::-1], hashes[1:], hashes.astype(np.int64), hashes[None]):
        refused(tmp_path, changed(whole, "passages", {"0.melody.hashes": array}), "do not fit")
    texts, groups = parts_of(whole)
    del groups["passages"]["0.melody.sealed"]
    refused(tmp_path, pack(Parts(texts, groups)), "do not fit")


def test_an_index_that_stays_in_its_file_is_held_to_the_same(whole, tmp_path, monkeypatch):
    path = tmp_path / "whole.ragsmith"
    path.write_bytes(whole)
    loaded = load_bundle(path).passages[0].passages
    monkeypatch.setattr(container, "MOST_LOADED", 0)
    index = load_bundle(path).passages[0].passages
    assert not index.texture.sealed.flags.writeable
    for lane, other in zip(index[1:], loaded[1:], strict=True):
        assert all(map(np.array_equal, lane, other))
    assert save_bundle(load_bundle(path), tmp_path / "again.ragsmith").read_bytes() == whole
    test_an_index_that_is_none_is_damage(whole, tmp_path)


# Lengths are checked before anything is loaded.


def test_a_declared_length_of_the_header_is_not_believed(whole, tmp_path):
    for length in (0, 1, len(whole), 2**31, 2**62, 2**64 - 1):
        refused(tmp_path, length.to_bytes(8, "little") + whole[8:], "is not whole")


def test_lengths_beyond_the_limits_are_not_loaded(whole, tmp_path, monkeypatch):
    for name in ("card", "weights", "passages"):
        monkeypatch.setitem(LIMITS, name, 20)
        refused(tmp_path, whole, rf"holds [\d,]+ bytes of {name}, beyond 20")
        monkeypatch.undo()
    monkeypatch.setattr(container, "MOST_ARRAYS", 3)
    refused(tmp_path, whole, "not a model")
    monkeypatch.setattr(container, "LONGEST_HEADER", 100)
    refused(tmp_path, whole, "is not whole")


def test_arrays_that_overlap_leave_gaps_or_lie_outside_are_not_loaded(whole, tmp_path):
    start = 8 + int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8:start])
    begin, end = header["weights.out_bias"]["data_offsets"]
    for offsets in ([begin - 4, end - 4], [begin, end + 4], [0, 0], [begin + 10**9, end + 10**9]):
        entry = header["weights.out_bias"] | {"data_offsets": offsets}
        text = json.dumps(header | {"weights.out_bias": entry}).encode()
        data = len(text).to_bytes(8, "little") + text + whole[start:]
        refused(tmp_path, data, "is not whole")


def test_a_type_that_numpy_does_not_have_is_damage(whole, tmp_path):
    start = 8 + int.from_bytes(whole[:8], "little")
    for other in (b'"BF16"', b'"F8_E4M3"', b'"F99"'):
        data = whole[8:start].replace(b'"F32"', other)
        refused(tmp_path, len(data).to_bytes(8, "little") + data + whole[start:])


def test_a_markov_model_whose_arrays_do_not_fit_is_damage(tmp_path):
    path = save_bundle(Bundle(model("markov"), CARD), tmp_path / "a.ragsmith")
    data = path.read_bytes()
    tokens = parts_of(data).groups["weights"]["tokens"]
    for array in (tokens[:-1], tokens.astype(np.int64), tokens[None], np.zeros(0, np.uint8)):
        refused(tmp_path, with_weights(data, tokens=array), "is damaged")
    for lengths in ([-1, 33], [2**31 - 1, 1], [0.5], [], [[32]]):
        refused(tmp_path, with_weights(data, lengths=np.array(lengths)), "is damaged")

    many = np.zeros(1_500_000, np.uint8)
    refused(tmp_path, with_weights(data, tokens=np.append(many, tokens)), "holds in memory")


def check_harmless(path, like):
    """Opening gives BadBundle, or a model that works on the same notes."""
    try:
        opened = load_bundle(path)
    except BadBundle:
        return
    assert opened.model.parameters == like.parameters
    if opened.passages:
        against_indices(EXAMPLE, opened.passages)
    assert opened.model.log_likelihood(EXAMPLE).shape == (EXAMPLE.steps,)


flips = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1)


@given(flips)
@settings(max_examples=120)
def test_flipped_bytes_never_do_harm(tmp_path_factory, whole, flips):
    data = bytearray(whole)
    for place, change in flips:
        data[int(place * len(data))] ^= change
    path = tmp_path_factory.getbasetemp() / "flipped.ragsmith"
    path.write_bytes(data)
    check_harmless(path, model("element"))


@cache
def sound(name):
    """A model, and the parts of its bundle."""
    like = model(name)
    with TemporaryDirectory() as folder:
        path = save_bundle(example(name), Path(folder) / "sound.ragsmith")
        return like, parts_of(path.read_bytes())


@given(st.sampled_from(NAMES), st.sampled_from(sorted(LIMITS)), flips)
@settings(max_examples=120)
def test_a_flipped_part_never_does_harm(tmp_path_factory, name, part, flips):
    path = tmp_path_factory.getbasetemp() / "packed.ragsmith"
    like, (texts, groups) = sound(name)
    if part in groups:
        arrays = {key: flipped(array.tobytes(), flips) for key, array in groups[part].items()}
        groups = groups | {
            part: {
                key: np.frombuffer(arrays[key], array.dtype).reshape(array.shape)
                for key, array in groups[part].items()
            }
        }
    else:
        text = flipped(texts.get(part, "[]").encode(), flips)
        texts = texts | {part: text.decode("latin-1")}
    path.write_bytes(pack(Parts(texts, groups)))
    check_harmless(path, like)


def flipped(data, flips):
    data = bytearray(data)
    for place, change in flips:
        if data:
            data[int(place * len(data))] ^= change
    return bytes(data)
