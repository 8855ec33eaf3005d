"""A model's file carries the index of its corpus, and knows that of its base."""

import json

import numpy as np
import pytest

from ragsmith.bundle import indices
from ragsmith.bundle.bundle import Bundle, load_bundle, save_bundle
from ragsmith.bundle.container import Parts, pack
from ragsmith.errors import BadBundle
from ragsmith.originality import compact
from ragsmith.originality import index as sealed
from ragsmith.originality.check import check
from ragsmith.originality.corpora import CorpusIndex, as_base, digest, together
from ragsmith.verbs import transpose
from support.bundles import CARD, PROFILE, model, parts_of, refused
from support.fakes import a_rag

LEARNT, BEFORE = a_rag(1), a_rag(2)
CORPUS = CorpusIndex(sealed.passages_of([LEARNT], 4), ("learnt.mid",))
OWN = CorpusIndex(compact.passages_of([a_rag(3), BEFORE], 4), ("songs/1.mid", "songs/2.mid"))
BASE = Bundle(model("element"), CARD, PROFILE, (OWN,))
LEARNER = Bundle(model("element"), CARD, PROFILE, (CORPUS, *as_base(BASE.passages)))


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """The base comes with ragsmith."""
    path = save_bundle(BASE, tmp_path / "base.ragsmith")
    monkeypatch.setattr(indices, "SHIPPED_BASE", path)
    return path


def kinds(path):
    return [entry["kind"] for entry in json.loads(parts_of(path.read_bytes()).texts["indices"])]


def told(bundle):
    """What it says of copies from its corpus and from its base."""
    return [
        (run.file, run.of, run.in_file_at_beat, run.transposition)
        for run in (
            check(transpose(piece, 2), bundle).longest_texture for piece in (LEARNT, BEFORE)
        )
    ]


COPIES = [("learnt.mid", "corpus", 0.0, 2), ("songs/2.mid", "base", 0.0, 2)]


def test_a_foreign_base_is_carried_along(tmp_path):
    path = save_bundle(LEARNER, tmp_path / "a.ragsmith")
    assert kinds(path) == ["sealed", "compact"]
    assert told(load_bundle(path)) == told(LEARNER) == COPIES
    assert list(map(digest, load_bundle(path).passages)) == list(map(digest, LEARNER.passages))


def test_the_base_that_comes_with_ragsmith_is_named_by_its_digest(shipped, tmp_path):
    path = save_bundle(LEARNER, tmp_path / "a.ragsmith")
    assert kinds(path) == ["sealed", "shipped"]
    assert not [n for n in parts_of(path.read_bytes()).groups["passages"] if n.startswith("1.")]
    learner = load_bundle(path)
    assert told(learner) == COPIES
    assert learner.passages[1].passages is load_bundle(path).passages[1].passages
    again = save_bundle(learner, tmp_path / "b.ragsmith")
    assert again.read_bytes() == path.read_bytes()


def test_the_base_itself_carries_its_index_wherever_it_lies(shipped):
    assert kinds(shipped) == ["compact"]
    assert kinds(save_bundle(load_bundle(shipped), shipped)) == ["compact"]
    assert check(BEFORE, load_bundle(shipped)).longest_texture.of == "corpus"


def test_a_model_on_a_base_of_another_version_says_so(shipped, tmp_path, monkeypatch):
    path = save_bundle(LEARNER, tmp_path / "a.ragsmith")
    line = "a.ragsmith: was learnt on a base that does not come with this version of ragsmith"
    other = save_bundle(BASE._replace(passages=(CORPUS,)), tmp_path / "other.ragsmith")
    for elsewhere in (tmp_path / "none.ragsmith", other):
        monkeypatch.setattr(indices, "SHIPPED_BASE", elsewhere)
        with pytest.raises(BadBundle, match=line):
            load_bundle(path)


def test_models_that_are_mixed_carry_the_indices_of_both_and_a_common_base_once(tmp_path):
    other = (CORPUS._replace(files=("other.mid",)), *as_base(BASE.passages))
    mixed = together(LEARNER.passages, other)
    assert [(index.of, index.files[-1]) for index in mixed] == [
        ("corpus", "learnt.mid"), ("base", "songs/2.mid"), ("corpus", "other.mid")
    ]  # fmt: skip
    path = save_bundle(LEARNER._replace(passages=mixed), tmp_path / "mixed.ragsmith")
    assert told(load_bundle(path)) == COPIES


# Damage


@pytest.fixture
def whole(tmp_path):
    """The bytes of a model with two indices."""
    return save_bundle(LEARNER, tmp_path / "whole.ragsmith").read_bytes()


@pytest.mark.parametrize(
    "changes",
    [
        {"of": "all"},
        {"kind": "open"},
        {"kind": "sealed"},
        {"kind": "shipped", "digest": ["a"]},
        {"files": 3},
        {"files": [1]},
        {"files": None},
        {"steps_per_quarter": 3},
        {"steps_per_quarter": "4"},
        {"steps_per_quarter": 0},
    ],
    ids=str,
)
def test_an_entry_that_is_none_is_damage(whole, tmp_path, changes):
    texts, groups = parts_of(whole)
    first, second = json.loads(texts["indices"])
    texts["indices"] = json.dumps([first, second | changes])
    refused(tmp_path, pack(Parts(texts, groups)))


@pytest.mark.parametrize("text", ["", "{}", "null", "3", "[3]", "[{}]", "[" * 10_000])
def test_a_list_of_indices_that_is_none_is_damage(whole, tmp_path, text):
    texts, groups = parts_of(whole)
    refused(tmp_path, pack(Parts(texts | {"indices": text}, groups)))


def test_more_indices_than_two_models_have_are_not_opened(whole, tmp_path):
    texts, groups = parts_of(whole)
    entries = json.loads(texts["indices"])[:1] * 17
    refused(tmp_path, pack(Parts(texts | {"indices": json.dumps(entries)}, groups)), "do not fit")


def test_arrays_that_are_none_of_an_index_are_damage(whole, tmp_path):
    texts, groups = parts_of(whole)
    for name, array in groups["passages"].items():
        for other in (array[:-1], array.astype(np.float32), array[None]):
            named = groups["passages"] | {name: other}
            refused(tmp_path, pack(Parts(texts, groups | {"passages": named})), "do not fit")
        named = {n: a for n, a in groups["passages"].items() if n != name}
        refused(tmp_path, pack(Parts(texts, groups | {"passages": named})), "do not fit")
