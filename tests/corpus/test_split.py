"""No work lies on both sides of a split, whoever made it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.corpus import Corpus, Entry, split_works
from ragsmith.corpus.cache import Cache
from ragsmith.corpus.record import Manner
from ragsmith.corpus.split import MOST_HELD_OUT
from ragsmith.errors import BadFolder, BadOption


def corpus_of(folder, works):
    """A corpus with one entry for each name; entries with the same value are one work."""
    firsts = {work: name for name, work in reversed(works.items())}
    entries = tuple(
        Entry(f"{name}.mid", "accept", digest=name, work=f"{firsts[work]}.mid")
        for name, work in works.items()
    )
    return Corpus(folder, entries, 0, Cache(folder, Manner(4)))


def names(entries):
    return {Path(entry.path).stem for entry in entries}


WORKS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.integers(0, 9), min_size=1, max_size=20
)


@given(WORKS, st.floats(0, 0.99), st.integers(0, 5))
def test_a_split_is_a_partition_of_works(works, share, seed):
    corpus = corpus_of(Path("nowhere/at/all"), works)
    split = split_works(corpus, share, seed)
    assert {e.work for e in split.train}.isdisjoint(e.work for e in split.held_out)
    assert sorted(split.train + split.held_out, key=lambda e: e.path) == sorted(
        corpus.entries, key=lambda e: e.path
    )
    assert split.train
    assert bool(split.held_out) == (share > 0 and len(corpus.works) > 1)
    assert split == split_works(corpus, share, seed)


def test_another_seed_draws_otherwise():
    corpus = corpus_of(Path("nowhere"), {f"rag{i}": i for i in range(30)})
    assert len({split_works(corpus, 0.1, seed).held_out for seed in range(5)}) == 5
    assert len(split_works(corpus, 0.1).held_out) == 3


def test_of_very_many_works_a_hundred_measure_well_enough():
    corpus = corpus_of(Path("nowhere"), {f"rag{i}": i for i in range(1500)})
    assert len(split_works(corpus, 0.1).held_out) == MOST_HELD_OUT


def test_a_new_file_changes_little():
    works = {f"rag{i}": i for i in range(30)}
    before = names(split_works(corpus_of(Path("nowhere"), works)).held_out)
    after = names(split_works(corpus_of(Path("nowhere"), works | {"new": 30})).held_out)
    assert len(before - after) <= 1


def write_split(folder, **parts):
    (folder / "split.json").write_text(json.dumps(parts))


@pytest.mark.parametrize("beside", [False, True])
def test_a_split_that_is_given_is_kept(tmp_path, beside):
    folder = tmp_path / "midi"
    folder.mkdir()
    write_split(tmp_path if beside else folder, train=["a"], valid=["b", "gone"], test=["c"])
    corpus = corpus_of(folder, {"a": 1, "b": 2, "c": 3, "unnamed": 4})
    split = split_works(corpus)
    assert names(split.train) == {"a", "unnamed"}
    assert names(split.held_out) == {"b"}
    assert names(split.test) == {"c"}
    nothing_held_out = split_works(corpus, 0)
    assert names(nothing_held_out.train) == {"a", "b", "unnamed"}
    assert names(nothing_held_out.test) == {"c"}


def test_a_copy_of_a_test_piece_is_not_learnt_from(tmp_path):
    write_split(tmp_path, train=["a"], valid=["b"], test=["c"])
    corpus = corpus_of(tmp_path, {"a": 1, "b": 2, "a copy of c": 3, "c": 3})
    rejected = replace(corpus.entries[-1], verdict="reject")
    corpus = replace(corpus, entries=(*corpus.entries[:-1], rejected))
    split = split_works(corpus)
    assert names(split.train) == {"a"}
    assert names(split.test) == {"a copy of c"}


def test_a_split_for_other_files_is_passed_over(tmp_path):
    write_split(tmp_path, train=["x"], valid=["y"])
    corpus = corpus_of(tmp_path, {"a": 1, "b": 2})
    assert len(split_works(corpus).held_out) == 1


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"valid": 3}', '{"train": ["a"], "valid": null}', "\ud800"]
)
def test_a_broken_split_is_said_to_be(tmp_path, text):
    (tmp_path / "split.json").write_bytes(text.encode(errors="surrogatepass"))
    with pytest.raises(BadFolder, match="is not a split"):
        split_works(corpus_of(tmp_path, {"a": 1, "b": 2}))


def test_a_split_that_leaves_nothing_is_refused(tmp_path):
    write_split(tmp_path, valid=["a"], test=["b"])
    with pytest.raises(BadFolder, match="leaves nothing to learn from"):
        split_works(corpus_of(tmp_path, {"a": 1, "b": 2}))


@pytest.mark.parametrize("share", [-0.1, 1, 2])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(BadOption, match="held-out"):
        split_works(corpus_of(Path("nowhere"), {"a": 1}), share)
