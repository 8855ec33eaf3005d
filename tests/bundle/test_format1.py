"""FORMAT 1: a file as version 0.1 wrote it is opened; damaged ones and zip bombs are refused."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

from ragsmith.bundle.bundle import Source, load_bundle, save_bundle
from ragsmith.bundle.format1 import LIMITS
from ragsmith.composer import Wish, compose
from ragsmith.errors import BadBundle
from ragsmith.measure.habits import Habits
from ragsmith.originality.check import check
from ragsmith.originality.search import against_indices
from ragsmith.piece import Key, Metre
from support.fakes import a_rag

WRITTEN = Path(__file__).parent / "data" / "format1.ragsmith"
"""Learnt by version 0.1 from `a_rag(n, bars=8)` as n.mid: `markov` of order 4, two held out."""
WHOLE = WRITTEN.read_bytes()


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in parts.items():
            opened.writestr(name, content)
    return data.getvalue()


def changed(name, value):
    """The file with another value for a part (a dict changes a part's keys)."""
    parts = parts_of(WHOLE)
    if isinstance(value, dict):
        value = json.loads(parts[name]) | value
    parts[name] = value if isinstance(value, bytes) else json.dumps(value).encode()
    return packed(parts)


def refused(tmp_path, data, match=None):
    """Opening gives one line."""
    path = tmp_path / "strange.ragsmith"
    path.write_bytes(data)
    with pytest.raises(BadBundle, match=match) as caught:
        load_bundle(path)
    assert str(caught.value).startswith("strange.ragsmith: ")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def test_what_version_0_1_wrote_is_opened():
    model, card, profile, passages = load_bundle(WRITTEN)
    assert (model.name, model.config.order) == ("markov", 4)
    assert [source.role for source in card.sources] == ["train", "train", "held out", "held out"]
    assert card.sources[0] == Source("1.mid", card.sources[0].sha256, "train")
    assert (card.metres, card.keys, card.seed, card.epochs) == ({"2/4": 2}, {"Eb major": 2}, 2, 1)
    assert card.nats_per_step == pytest.approx(4.826255498639853)
    assert (profile.metre, profile.tempo, profile.key) == (Metre(2, 4), 500_000, Key(0, -3))
    assert (profile.strain, profile.strain_plans) == (4, {"abcd": 4})
    assert profile.habits == Habits(12, 12, 1, 2)
    assert profile.portrait.pieces == 2
    low, high = 4.793514531435432, 4.858996465844274
    assert profile.likelihood == (low, (low + high) / 2, high)
    assert profile.dynamics is None
    assert passages[0].passages.steps_per_quarter == 4


def test_its_index_tells_copies_and_it_composes():
    bundle = load_bundle(WRITTEN)
    copy = check(a_rag(2, bars=8), bundle).longest_texture
    assert (copy.file, copy.beats > 15) == ("2.mid", True)
    assert compose(bundle, Wish(bars=2, rules=False), seed=1).keys == (Key(0, -3),)


def test_written_again_it_is_of_the_new_format_and_the_same(tmp_path):
    old = load_bundle(WRITTEN)
    new = load_bundle(save_bundle(old, tmp_path / "new.ragsmith"))
    assert (new.card, new.profile) == (old.card, old.profile)
    arrays, known = (bundle.passages[0].passages.arrays() for bundle in (new, old))
    assert all(np.array_equal(arrays[name], array) for name, array in known.items())
    rag = a_rag(9, bars=4)
    assert np.array_equal(new.model.log_likelihood(rag), old.model.log_likelihood(rag))


def test_touch_and_habits_of_an_older_card_may_be_empty(tmp_path):
    path = tmp_path / "old.ragsmith"
    path.write_bytes(changed("card.json", {"habits": {}, "portrait": {}, "keys": {}}))
    profile = load_bundle(path).profile
    assert (profile.habits, profile.portrait, profile.key) == (Habits(), None, None)


def test_a_file_cut_anywhere_is_not_whole(tmp_path):
    for size in {4, 21, 22, 41, 42, *range(50, len(WHOLE), 97), len(WHOLE) - 1}:
        refused(tmp_path, WHOLE[:size], "is not whole")


@pytest.mark.parametrize("name", sorted(LIMITS.keys() - {"passages.safetensors"}))
def test_every_part_has_to_be_there(tmp_path, name):
    parts = parts_of(WHOLE)
    if name in parts:
        del parts[name]
        refused(tmp_path, packed(parts))


@pytest.mark.parametrize("name", ["config.json", "card.json"])
@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b"null", b"[]", b"3", b'"text"', b"{}", b"[" * 50_000, b"9" * 5000],
    ids=lambda data: repr(data[:5]),
)
def test_parts_that_are_not_what_they_should_be(tmp_path, name, data):
    refused(tmp_path, changed(name, data))


@pytest.mark.parametrize("number", [2, 0, -1, "1", None, [1], 1.5, True, {}])
def test_another_format_in_a_zip_is_foreign(tmp_path, number):
    refused(tmp_path, changed("config.json", {"format": number}), "not a model")


@pytest.mark.parametrize(
    "card",
    [
        {"metre": [0, 4]},
        {"metre": None},
        {"tempo": "fast"},
        {"sources": [["a.mid"]]},
        {"keys": {"H major": 1}},
        {"keys": []},
        {"plans": {"abac": 0}},
        {"habits": {"fingers": 6}},
        {"portrait": {"pieces": 3}},
        {"touch": {"level": 3}},
        {"likely": [1.0]},
        {"likely": ["a", "b"]},
        {"likely": [2.0, 1.0]},
        {"more": 1},
    ],
    ids=str,
)
def test_a_card_that_is_none_is_damage(tmp_path, card):
    refused(tmp_path, changed("card.json", card), "is damaged")


def test_an_index_that_is_none_is_damage(tmp_path):
    arrays = load(parts_of(WHOLE)["passages.safetensors"])
    for lane in (arrays["melody.hashes"][::-1].copy(), arrays["melody.hashes"][1:]):
        refused(tmp_path, changed("passages.safetensors", save(arrays | {"melody.hashes": lane})))
    del arrays["melody.hashes"]
    refused(tmp_path, changed("passages.safetensors", save(arrays)))


# Zip bombs: every one is refused before it takes more memory than the file is large.


def bomb(name, size):
    """A sound file in which a part unpacks to `size` zero bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as opened:
        for other, content in parts_of(WHOLE).items():
            if other != name:
                opened.writestr(other, content)
        with opened.open(name, "w") as part:
            for _ in range(size >> 20):
                part.write(bytes(1 << 20))
    return data.getvalue()


def declared(data, name, *, size):
    """A file that lies about the unpacked size of a part, in both its directories."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        info = opened.getinfo(name)
        central = data.index(b"PK\1\2", opened.start_dir)
    while data[central + 46 :][: len(name)] != name.encode():
        central = data.index(b"PK\1\2", central + 1)
    lying = bytearray(data)
    for place in (info.header_offset + 22, central + 24):
        lying[place : place + 4] = size.to_bytes(4, "little")
    return bytes(lying)


def test_a_part_that_unpacks_to_far_more_than_the_file_is_a_bomb(tmp_path):
    for name, size in [("weights.safetensors", 40 << 20), ("card.json", 17 << 20)]:
        data = bomb(name, size)
        assert len(data) < 200_000
        refused(tmp_path, data, rf"unpacks {name} to {size:,} bytes, beyond")


def test_a_declared_size_is_not_believed(tmp_path):
    for name in parts_of(WHOLE):
        refused(tmp_path, declared(WHOLE, name, size=0xFFFFFFF0), "unpacks")
        for size in (0, 1, len(parts_of(WHOLE)[name]) - 1):
            refused(tmp_path, declared(WHOLE, name, size=size))
    hidden = declared(bomb("config.json", 64 << 20), "config.json", size=100)
    refused(tmp_path, hidden, "is not whole")


def test_a_directory_of_very_many_parts_is_not_read(tmp_path, monkeypatch):
    data = io.BytesIO(WHOLE)
    with zipfile.ZipFile(data, "a") as opened:
        for number in range(200):
            opened.writestr(f"{number}", b"")
    monkeypatch.setattr(zipfile, "ZipFile", None)  # it would read the directory
    refused(tmp_path, data.getvalue(), "is not whole")


def test_other_ways_to_pack_are_not_unpacked(tmp_path):
    for way in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", way) as opened:
            for name, content in parts_of(WHOLE).items():
                opened.writestr(name, content)
        refused(tmp_path, data.getvalue(), "not a model")


def check_harmless(path):
    """Opening gives BadBundle, or a model that works on the same notes."""
    rag = a_rag(1, bars=2)
    try:
        opened = load_bundle(path)
    except BadBundle:
        return
    if opened.passages and opened.passages[0].passages.steps_per_quarter == 4:
        against_indices(rag, opened.passages)
    if opened.model.steps_per_quarter == 4:
        assert opened.model.log_likelihood(rag).shape == (rag.steps,)


flips = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1)


@given(flips)
@settings(max_examples=60)
def test_flipped_bytes_never_do_harm(tmp_path_factory, flips):
    data = bytearray(WHOLE)
    for place, change in flips:
        data[int(place * len(data))] ^= change
    path = tmp_path_factory.getbasetemp() / "flipped.ragsmith"
    path.write_bytes(data)
    check_harmless(path)


@given(st.sampled_from(sorted(parts_of(WHOLE))), flips)
@settings(max_examples=60)
def test_flipped_bytes_under_a_right_checksum_never_do_harm(tmp_path_factory, part, flips):
    parts = parts_of(WHOLE)
    data = bytearray(parts[part])
    for place, change in flips:
        data[int(place * len(data))] ^= change
    path = tmp_path_factory.getbasetemp() / "packed.ragsmith"
    path.write_bytes(packed(parts | {part: bytes(data)}))
    check_harmless(path)
