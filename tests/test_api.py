"""The public API as a user meets it: names, types, and values as people write them."""

import doctest
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
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


@pytest.mark.slow
def test_checkers_see_types(tmp_path):
    code = tmp_path / "snippet.py"
    code.write_text(
        "import ragsmith\n"
        "reveal_type(ragsmith.read('a.mid'))\n"
        "reveal_type(ragsmith.compose(ragsmith.load_model('ragtime')))\n"
        "wish = ragsmith.Wish(metre='2/4', key=ragsmith.Key(0, -3), limits=(2, 3))\n"
        "ragsmith.Wish(metre=(2, 4), limits=ragsmith.Limits(2, 3), sampling='argmax')\n"
        "metre: ragsmith.Metre | None = wish.metre\n"
        "ragsmith.check(ragsmith.read('a.mid'), [ragsmith.read('b.mid')], (2, 3))\n"
        "ragsmith.learn([ragsmith.read('a.mid')], 'markov')\n"
        "reveal_type(ragsmith.datasets.joplin().train[0])\n"
    )
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, code],
        capture_output=True,
        text=True,
    )
    assert checked.stdout.count('"ragsmith.piece.Piece"') == 3, checked.stdout
    assert checked.returncode == 0, checked.stdout


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
    model = ragsmith.load_model("ragtime")
    assert len(repr(model)) < 80
    path = ragsmith.save_bundle(model, str(tmp_path / "a.ragsmith"))
    assert ragsmith.load_model(str(path)).model.name == model.model.name
    assert ragsmith.load_model(Path("piano")).model.config.harmony is False
    with pytest.raises(BadBundle, match=r"neither a model file nor a built-in model; .*ragtime"):
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
    assert {file.name for file in tmp_path.iterdir()} == {"rag.mid", "rag.pdf", "played.mid"}
    assert re.search(r"\(\d+, 5\)", done.stdout)


RAGS = datasets.rags()[:2]
RAGTIME = ragsmith.load_model("ragtime")
WRONG = {
    "bars": lambda: ragsmith.Wish(bars=2.5),
    "form": lambda: ragsmith.Wish(form=5),
    "key": lambda: ragsmith.Wish(key=5),
    "metre": lambda: ragsmith.Wish(metre=5),
    "limits": lambda: ragsmith.Wish(limits=2),
    "limit": lambda: ragsmith.Wish(limits=(2, None)),
    "sampling": lambda: ragsmith.Wish(sampling="dice"),
    "'a.mid': is no piece": lambda: ragsmith.Wish(primer="a.mid"),
    "'AABB': is no wish": lambda: ragsmith.compose(RAGTIME, "AABB"),
    "'ragtime': is no model": lambda: ragsmith.compose("ragtime"),
    "5: is no model": lambda: ragsmith.save_bundle(5, "a.ragsmith"),
    "seed x": lambda: ragsmith.compose(RAGTIME, seed="x"),
    "seed None": lambda: ragsmith.compose(RAGTIME, seed=None),
    "seed 1.5": lambda: ragsmith.compose_many(RAGTIME, ragsmith.Wish(), seeds=[1.5]),
    "seeds 5: are no list": lambda: ragsmith.compose_all(RAGTIME, ragsmith.Wish(), seeds=5),
    "plan 10": lambda: ragsmith.learn(RAGS, "markov", plan=10),
    "epochs 1.5": lambda: ragsmith.Plan(epochs=1.5),
    "held-out x": lambda: ragsmith.learn(RAGS, "markov", held_out="x"),
    "model 5": lambda: ragsmith.learn(RAGS, 5),
    "semitones 'x'": lambda: ragsmith.transpose(RAGS[0], "x"),
    "5: is no piece": lambda: ragsmith.write(5, "a.mid"),
    "x steps a quarter": lambda: datasets.rags("x"),
    "bar 1": lambda: ragsmith.Piece([], [5]),
    "key signature 5": lambda: ragsmith.Piece([], [], keys=[5]),
}


@pytest.mark.parametrize("told", WRONG)
def test_what_is_of_the_wrong_kind_is_told_at_once(told):
    with pytest.raises(ragsmith.UserError, match=f"^{re.escape(told)}"):
        WRONG[told]()


def test_whole_numbers_of_any_kind_are_taken_where_they_are_exact():
    eight, two = np.int64(8), Fraction(2)
    wish = ragsmith.Wish(bars=eight, metre=(two, np.int8(4)), limits=[2, 3])
    assert wish == ragsmith.Wish(bars=8, metre="2/4", limits=(2, 3))
    assert type(wish.bars) is type(wish.metre.beats) is int
    assert ragsmith.Plan(epochs=Fraction(3), seed=eight) == ragsmith.Plan(epochs=3, seed=8)
    bars = [ragsmith.Bar(np.int64(0), eight, Metre(2, 4))]
    piece = ragsmith.Piece([(0, 60, two)], bars, np.int64(4), keys=[ragsmith.Key(two, -3)])
    same = ragsmith.Piece(
        [(0, 60, 2)], [ragsmith.Bar(0, 8, Metre(2, 4))], 4, keys=[ragsmith.Key(2, -3)]
    )
    assert repr((piece, piece.bars, piece.keys)) == repr((same, same.bars, same.keys))
    first, second = (ragsmith.compose(RAGTIME, wish, seed=seed) for seed in (eight, 8))
    assert (first.notes, first.recipe) == (second.notes, second.recipe)


def test_a_key_can_be_given_as_one():
    assert ragsmith.Wish(key=ragsmith.Key(0, -3)).key == "Eb major"
    assert repr(ragsmith.Wish(key="Eb")) == "Wish(key='Eb')"
