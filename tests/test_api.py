"""The public API as a user meets it: names, types, and values as people write them."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ragsmith
from ragsmith import datasets
from ragsmith.corpus import get
from ragsmith.errors import BadBundle, BadOption
from ragsmith.piece import Metre
from support.fakes import a_piece


def test_dir_shows_exactly_the_public_names_and_all_are_there():
    assert dir(ragsmith) == sorted(ragsmith.__all__) == list(ragsmith.__all__)
    assert {"datasets", *ragsmith._HOMES} == set(ragsmith.__all__)
    for name in ragsmith.__all__:
        assert getattr(ragsmith, name) is not None
    assert ragsmith.datasets is datasets


def test_checkers_see_types(tmp_path):
    code = tmp_path / "snippet.py"
    code.write_text(
        "import ragsmith\n"
        "reveal_type(ragsmith.read('a.mid'))\n"
        "reveal_type(ragsmith.compose(ragsmith.load_model('joplin')))\n"
        "reveal_type(ragsmith.datasets.joplin().train[0])\n"
    )
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, code],
        capture_output=True,
        text=True,
    )
    assert checked.stdout.count('"ragsmith.piece.Piece"') == 3, checked.stdout


def test_the_examples_of_the_package_run():
    assert doctest.testmod(ragsmith).failed == 0


@pytest.mark.parametrize("metre", ["2/4", (2, 4), Metre(2, 4)])
def test_a_wish_takes_what_people_write(metre):
    wish = ragsmith.Wish(metre=metre, key="Eb", limits=(2, 3))
    assert (wish.metre, wish.limits) == (Metre(2, 4), ragsmith.Limits(2, 3))
    assert type(wish.limits) is ragsmith.Limits
    with pytest.raises(BadOption, match="metre 2/5: is not a time signature"):
        ragsmith.Wish(metre="2/5")


@pytest.mark.parametrize("wrong", [{"bars": "many"}, {"tempo": "fast"}, {"bars": 0}])
def test_a_wrong_value_of_a_wish_is_told_at_once(wrong):
    with pytest.raises(BadOption, match="must be"):
        ragsmith.Wish(**wrong)


def test_models_by_name_and_by_file(tmp_path):
    model = ragsmith.load_model("joplin")
    assert len(repr(model)) < 80
    path = ragsmith.save_bundle(model, str(tmp_path / "a.ragsmith"))
    assert ragsmith.load_model(str(path)).model.name == model.model.name
    with pytest.raises(BadBundle, match=r"neither a model file nor a built-in model; .*joplin"):
        ragsmith.load_model("bach")


def test_a_corpus_is_a_sequence_of_pieces(tmp_path, monkeypatch):
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))
    (tmp_path / "music").mkdir()
    for seed in range(3):
        ragsmith.write(a_piece(seed), str(tmp_path / "music" / f"{seed}.mid"))
    corpus = ragsmith.read_corpus(str(tmp_path / "music"))
    assert len(repr(corpus)) < 300
    assert list(corpus) == list(corpus.pieces()) == list(corpus[:])
    assert (corpus[0], corpus[-1]) == (next(iter(corpus)), list(corpus)[2])


def test_a_data_set_that_cannot_be_fetched_is_told_in_one_line(tmp_path, monkeypatch):
    def offline(url, digest):
        raise get.NotFetched(url, "cannot be downloaded", "check the network and repeat")

    monkeypatch.setattr(get, "_download", offline)
    with pytest.raises(get.NotFetched, match="check the network"):
        datasets.joplin(tmp_path)


@pytest.mark.corpus
def test_joplins_pieces_come_in_three_parts(shared, monkeypatch, tmp_path):
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))
    kern = shared / "corpora" / "joplin"
    remote = get.SOURCES["joplin"].url
    monkeypatch.setattr(get, "_download", lambda url, _: (kern / url[len(remote) :]).read_bytes())
    train, valid, test = datasets.joplin()
    assert min(len(train), len(valid), len(test)) > 3
    assert all(isinstance(part[0], ragsmith.Piece) for part in (train, valid, test))


def test_the_readmes_first_snippet_runs_as_it_stands(tmp_path):
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    snippet = re.search("```python\n(.*?)```", readme, re.DOTALL)[1]
    done = subprocess.run(
        [sys.executable, "-c", snippet], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert {file.name for file in tmp_path.iterdir()} == {"rag.mid", "rag.pdf"}
    assert re.search(r"\(\d+, 5\)", done.stdout)
