import io
import json
import os
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

import ragsmith
from ragsmith.bundle import archive
from ragsmith.bundle.bundle import LIMITS, Bundle, Card, Source, load_bundle, save_bundle
from ragsmith.errors import BadBundle, BadFile
from ragsmith.models.markov.model import MarkovConfig, MarkovLearner
from ragsmith.originality.search import against_passages
from support.fakes import a_piece, indexed, untrained

EXAMPLE = a_piece(1, bars=4)
CARD = Card(
    (Source("a.mid", "00ff", "train"), Source("b/c.mid", "11aa", "held out")),
    licence="CC BY 4.0\nby name",
    metre=(3, 4),
    tempo=500_000,
    metres={"3/4": 2},
    keys={"Eb major": 1, "C minor": 1},
    seed=3,
    epochs=7,
    seconds=1.5,
    nats_per_step=4.25,
    bits_per_beat=24.5,
    impossible_share=0.25,
)
NAMES = ("element", "many-to-one", "multihot", "markov")


def model(name):
    if name == "markov":
        return MarkovLearner(MarkovConfig(order=3), [EXAMPLE]).model()
    return untrained(name, [EXAMPLE], **({"sequence_length": 4} if name == "many-to-one" else {}))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a sound bundle of an `element` model."""
    path = tmp_path_factory.mktemp("bundle") / "whole.ragsmith"
    return save_bundle(indexed(model("element"), CARD, [EXAMPLE]), path).read_bytes()


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def refused(tmp_path, data, match=None):
    """The one line that a file of these bytes gets."""
    path = tmp_path / "strange.ragsmith"
    path.write_bytes(data)
    with pytest.raises(BadBundle, match=match) as caught:
        load_bundle(path)
    assert str(caught.value).startswith("strange.ragsmith: ")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400
    return caught.value


def changed(data, name, value):
    """The bundle with another value for a part (a dict changes a part's keys)."""
    parts = parts_of(data)
    if isinstance(value, dict):
        value = json.loads(parts[name]) | value
    parts[name] = value if isinstance(value, bytes) else json.dumps(value).encode()
    return archive.pack(parts)


@pytest.mark.parametrize("name", NAMES)
def test_a_bundle_comes_back_as_it_was(name, tmp_path):
    bundle = Bundle(model(name), CARD)
    again = load_bundle(save_bundle(bundle, str(tmp_path / "a.ragsmith")))
    assert again.card == CARD
    assert again.model.name == name
    assert again.model.config == bundle.model.config
    assert again.model.parameters == bundle.model.parameters
    old, new = bundle.model.log_likelihood(EXAMPLE), again.model.log_likelihood(EXAMPLE)
    assert old.tobytes() == new.tobytes()


def test_what_was_not_measured_stays_unknown(tmp_path):
    card = replace(CARD, nats_per_step=None, bits_per_beat=None)
    path = save_bundle(Bundle(model("element"), card), tmp_path / "a.ragsmith")
    assert load_bundle(path).card == card
    assert load_bundle(save_bundle(load_bundle(path), path)).card == card


def test_the_same_model_gives_the_same_bytes(whole, tmp_path):
    again = save_bundle(indexed(model("element"), CARD, [EXAMPLE]), tmp_path / "again.ragsmith")
    assert again.read_bytes() == whole


def test_nothing_in_a_bundle_is_a_pickle(whole):
    assert set(parts_of(whole)) == set(LIMITS)
    assert json.loads(parts_of(whole)["config.json"])["ragsmith"] == ragsmith.__version__


def test_a_bundle_too_large_to_be_read_again_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setitem(LIMITS, "vocabulary.json", 10)
    with pytest.raises(BadFile, match=r"vocabulary.json, more than 10"):
        save_bundle(Bundle(model("element"), CARD), tmp_path / "a.ragsmith")
    assert not list(tmp_path.iterdir())


def test_a_bundle_cut_anywhere_is_not_whole(whole, tmp_path):
    for size in {0, 1, 3, 4, 21, 22, 41, 42, *range(50, len(whole), 97), len(whole) - 1}:
        refused(tmp_path, whole[:size])


def test_foreign_files_are_called_so(tmp_path):
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as foreign:
        foreign.writestr("word/document.xml", "<w/>")
    foreign = [b"", b"hello\n", b"MThd\0\0\0\6", b"<html>", b"\x80\x04pickle", other.getvalue()]
    for data in foreign:
        refused(tmp_path, data, "is not a model that ragsmith wrote")


def test_no_file_a_folder_and_a_pipe_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe") if hasattr(os, "mkfifo") else None
    for name in ("none.ragsmith", ".", "pipe"):
        with pytest.raises(BadBundle):
            load_bundle(tmp_path / name)


def test_a_newer_format_says_what_to_do_and_a_strange_one_is_foreign(whole, tmp_path):
    for name, value in [("config.json", {"format": 2}), ("card.json", {"new": 1})]:
        data = changed(changed(whole, "config.json", {"format": 2}), name, value)
        refused(tmp_path, data, r"has format 2, and this version reads format 1; install")
    for value in (0, -1, "2\n\x1b[31m", None, [2], 1.5, True, {}):
        refused(tmp_path, changed(whole, "config.json", {"format": value}), "not a model")


@pytest.mark.parametrize("name", sorted(LIMITS.keys() - {"passages.safetensors"}))
def test_every_part_has_to_be_there(whole, tmp_path, name):
    parts = parts_of(whole)
    del parts[name]
    refused(tmp_path, archive.pack(parts))


def test_the_index_of_its_corpus_comes_back_or_is_not_there(whole, tmp_path):
    (tmp_path / "a.ragsmith").write_bytes(whole)
    bundle = load_bundle(tmp_path / "a.ragsmith")
    kept, known = bundle.passages.arrays(), indexed(None, corpus=[EXAMPLE]).passages.arrays()
    assert {name: array.tolist() for name, array in kept.items()} == {
        name: array.tolist() for name, array in known.items()
    }
    assert all(len(array) for array in kept.values())
    save_bundle(bundle._replace(passages=None), tmp_path / "b.ragsmith")
    assert load_bundle(tmp_path / "b.ragsmith").passages is None


@pytest.mark.parametrize("name", ["config.json", "card.json", "vocabulary.json"])
@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b"null", b"[]", b"3", b'"text"', b"{}", b"[" * 50_000, b"9" * 5000],
    ids=lambda data: repr(data[:5]),
)
def test_parts_that_are_not_what_they_should_be(whole, tmp_path, name, data):
    refused(tmp_path, changed(whole, name, data))


@pytest.mark.parametrize(
    "config",
    [
        {"model": "hal\n9000"},
        {"model": ["element"]},
        {"model": None},
        {"config": None},
        {"config": []},
        {"config": {"hidden": 10**12}},
        {"config": {"hidden": -1}},
        {"config": {"hidden": "64"}},
        {"config": {"hidden": True}},
        {"config": {"hidden": 7}},
        {"config": {"learning_rate": float("nan")}},
        {"config": {"learning_rate": 10**400}},
        {"config": {"steps_per_quarter": 5}},
        {"config": {"os.system": "rm"}},
    ],
    ids=str,
)
def test_a_config_out_of_range_is_damage(whole, tmp_path, config):
    refused(tmp_path, changed(whole, "config.json", config), "is damaged")


@pytest.mark.parametrize(
    "card",
    [
        {"metre": [10**9, 4]},
        {"metre": [0, 4]},
        {"metre": [2, 4, 4]},
        {"metre": ["2", 4]},
        {"metre": [2.0, 4]},
        {"metre": None},
        {"tempo": 0},
        {"tempo": -1},
        {"tempo": 10**30},
        {"tempo": "fast"},
        {"tempo": 0.5},
        {"tempo": None},
        {"sources": None},
        {"sources": [["a.mid"]]},
        {"sources": [["a.mid", 5, "train"]]},
        {"sources": [[["a.mid"], "00", "train"]]},
        {"metres": []},
        {"metres": {"2/4": "many"}},
        {"keys": {"C major": None}},
        {"metres": {"2/4": 0}},
        {"keys": {"C major": -1}},
        {"plans": {"abac": 10**400}},
        {"habits": {"soonest": 0}},
        {"likely": [float("-inf"), 1.0]},
        {"likely": [1.0]},
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
    refused(tmp_path, changed(whole, "card.json", card), r"is damaged \(card.json")


def test_a_vocabulary_that_is_none_is_damage(whole, tmp_path):
    elements = json.loads(parts_of(whole)["vocabulary.json"])
    for bad in ([[-5, 2]], [[10**9, 2]], [[60, 0]], [[60, -1]], [[60, 10**9]], ["60"]):
        data = changed(whole, "vocabulary.json", [*elements[:-1], bad])
        refused(tmp_path, data, r"is damaged \(vocabulary.json")
    for other in (elements[:-1], [*elements, [[127, 9999]]]):
        refused(tmp_path, changed(whole, "vocabulary.json", other), r"is damaged \(weights")


def with_weights(data, **weights):
    arrays = load(parts_of(data)["weights.safetensors"])
    return changed(data, "weights.safetensors", save(arrays | weights))


def test_weights_that_do_not_fit_are_damage(whole, tmp_path):
    bias = load(parts_of(whole)["weights.safetensors"])["out_bias"]
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
    for data in (b"", b"\xff" * 100, b"\x08\0\0\0\0\0\0\0{}      ", (2**62).to_bytes(8, "little")):
        refused(tmp_path, changed(whole, "weights.safetensors", data), "is damaged")


def test_a_markov_model_whose_arrays_do_not_fit_is_damage(tmp_path):
    path = save_bundle(Bundle(model("markov"), CARD), tmp_path / "a.ragsmith")
    data = path.read_bytes()
    tokens = load(parts_of(data)["weights.safetensors"])["tokens"]
    for array in (tokens[:-1], tokens.astype(np.int64), tokens[None], np.zeros(0, np.uint8)):
        refused(tmp_path, with_weights(data, tokens=array), "is damaged")
    for lengths in ([-1, 33], [2**31 - 1, 1], [0.5], [], [[32]]):
        refused(tmp_path, with_weights(data, lengths=np.array(lengths)), "is damaged")

    many = np.zeros(1_500_000, np.uint8)
    refused(tmp_path, with_weights(data, tokens=np.append(many, tokens)), "holds in memory")


# Zip bombs: every one is refused before it takes more memory than the file is large.


def bomb(data, name, size):
    """A sound bundle in which a part unpacks to `size` zero bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for other, content in parts_of(data).items():
            if other != name:
                opened.writestr(other, content)
        with opened.open(name, "w") as part:
            for _ in range(size >> 20):
                part.write(bytes(1 << 20))
    return packed.getvalue()


def declared(data, name, *, size):
    """A bundle that lies about the unpacked size of a part, in both its directories."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        info = opened.getinfo(name)
        central = data.index(b"PK\1\2", opened.start_dir)
    while data[central + 46 :][: len(name)] != name.encode():
        central = data.index(b"PK\1\2", central + 1)
    lying = bytearray(data)
    for place in (info.header_offset + 22, central + 24):
        lying[place : place + 4] = size.to_bytes(4, "little")
    return bytes(lying)


def test_a_part_that_unpacks_to_far_more_than_the_file_is_a_bomb(whole, tmp_path):
    for name, size in [("weights.safetensors", 40 << 20), ("card.json", 17 << 20)]:
        data = bomb(whole, name, size)
        assert len(data) < 200_000
        refused(tmp_path, data, rf"unpacks {name} to {size:,} bytes, beyond")


def test_a_declared_size_is_not_believed(whole, tmp_path):
    for name in parts_of(whole):
        refused(tmp_path, declared(whole, name, size=0xFFFFFFF0), "unpacks")
        for size in (0, 1, len(parts_of(whole)[name]) - 1):
            refused(tmp_path, declared(whole, name, size=size))
    hidden = declared(bomb(whole, "config.json", 64 << 20), "config.json", size=100)
    refused(tmp_path, hidden, "is not whole")


def test_a_directory_of_very_many_parts_is_not_read(whole, tmp_path, monkeypatch):
    packed = io.BytesIO(whole)
    with zipfile.ZipFile(packed, "a") as opened:
        for number in range(200):
            opened.writestr(f"{number}", b"")
    monkeypatch.setattr(zipfile, "ZipFile", None)  # it would read the directory
    refused(tmp_path, packed.getvalue(), "is not whole")


def test_other_ways_to_pack_are_not_unpacked(whole, tmp_path):
    for way in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", way) as opened:
            for name, data in parts_of(whole).items():
                opened.writestr(name, data)
        refused(tmp_path, packed.getvalue(), "not a model")


def test_a_bundle_packed_anew_without_compression_is_as_good(whole, tmp_path):
    path = tmp_path / "plain.ragsmith"
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in parts_of(whole).items():
            opened.writestr(name, data)
    assert load_bundle(path).card == CARD


def check_harmless(path, like):
    """Opening gives BadBundle, or a model that works on the same notes."""
    try:
        opened = load_bundle(path)
    except BadBundle:
        return
    assert opened.model.parameters == like.parameters
    if opened.passages:
        against_passages(EXAMPLE, opened.passages)
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
        path = save_bundle(indexed(like, CARD, [EXAMPLE]), Path(folder) / "sound.ragsmith")
        return like, parts_of(path.read_bytes())


@given(st.sampled_from(NAMES), st.sampled_from(sorted(LIMITS)), flips)
@settings(max_examples=120)
def test_flipped_bytes_under_a_right_checksum_never_do_harm(tmp_path_factory, name, part, flips):
    path = tmp_path_factory.getbasetemp() / "packed.ragsmith"
    like, parts = sound(name)
    data = bytearray(parts.get(part, b"[]"))
    for place, change in flips:
        data[int(place * len(data))] ^= change
    path.write_bytes(archive.pack(parts | {part: bytes(data)}))
    check_harmless(path, like)
