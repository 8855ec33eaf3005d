"""The commands as they are typed: what is printed, what is written, and what bad input gets."""

import errno
import json
import os
import shutil
import sys
from inspect import signature
from pathlib import Path

import pytest

from fakes import a_piece, a_rag, indexed, untrained
from golden.regenerate import differences
from ragsmith.cli import commands
from ragsmith.compose import sampler
from ragsmith.io import read
from ragsmith.learn import DEFAULT_MODEL
from ragsmith.models.bundle import Bundle, Card, save_bundle
from ragsmith.models.markov import MarkovConfig, MarkovLearner
from ragsmith.piece import Metre, Note, Piece, regular_bars
from ragsmith.rags import rags_folder
from ragsmith.verbs import clip, unfold

EXAMPLE = a_rag(1)
ONE = ("--count", 1, "--seed", 1)
TWO = ("--count", 2, "--keep", 2)
SCORES = {"nats_per_step", "closes", "strain_ends", "penalty", "reasons", "turned_down"}
NOTHING_SHARED = {"longest_texture_beats": 0, "longest_melody_beats": 0}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A cache, and a place for models, shared by the tests of this file."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def element(store):
    """A model that has learnt nothing, of one short piece."""
    bundle = indexed(untrained("element", [EXAMPLE, clip(EXAMPLE, 0, 16)]))
    return str(save_bundle(bundle, store / "element.ragsmith"))


@pytest.fixture(scope="module")
def markov(store):
    model = MarkovLearner(MarkovConfig(transpositions=False), [EXAMPLE]).model()
    return str(save_bundle(indexed(model), store / "markov.ragsmith"))


@pytest.fixture(autouse=True)
def here(tmp_path, store, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.setenv("RAGSMITH_CACHE", str(store / "cache"))
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def refused(ragsmith, here):
    """Runs a command that has to end in one line; gives the line."""

    def run(*words, kept=(), table=0):
        code, out, err = ragsmith(*words)
        lines = err.splitlines()
        assert code == 1
        assert out == ""
        assert len(lines) == 1 + table, err
        assert lines[-1].startswith("ragsmith: ")
        assert sorted(path.name for path in here.iterdir()) == sorted(kept)
        value, rule, remedy = lines[-1].replace("; ", ": ").split(": ", 3)[1:]
        assert value
        assert rule
        assert remedy
        return lines[-1]

    return run


def some_music(folder, count=1):
    folder.mkdir(exist_ok=True)
    for number in range(count):
        a_piece(number + 5).save(folder / f"{number}.mid")
    return folder


# What is printed


def only_json(out):
    assert out.endswith("\n")
    assert out.count("\n") == 1
    return json.loads(out, parse_constant=pytest.fail)


def test_compose_prints_what_it_wrote(ragsmith, here, element):
    code, out, err = ragsmith("compose", element, *TWO, "--bars", 3, "--seed", 7, "--json")
    assert (code, err) == (0, "")
    rows = only_json(out)["pieces"]
    assert [row["seed"] for row in rows] == [7, 8]
    for row in rows:
        assert set(row) == {"paths", "seed", "bars", "notes", "originality", "scores"}
        (path,) = row["paths"]
        piece = read(here / path).piece
        assert row["bars"] == 3 == len(piece.bars)
        assert row["notes"] == len(piece.notes)
        assert row["scores"].keys() == SCORES
        assert row["originality"] == NOTHING_SHARED
    assert sorted(p.name for p in here.iterdir()) == ["rag-7.mid", "rag-8.mid"]


def test_compose_without_json_prints_a_table(ragsmith, element):
    code, out, err = ragsmith("compose", element, "--bars", 2, *ONE)
    assert (code, err) == (0, "")
    head, row = (line.split("\t") for line in out.splitlines())
    assert len(head) == len(row)
    assert row[:2] == ["rag-1.mid", "2"]


def test_a_seed_gives_the_same_file_alone_or_beside_others(ragsmith, here, element):
    for folder, *options in (
        ("a", "--seed", 5, "--count", 3, "--keep", 3),
        ("b", "--seed", 6, "--count", 1),
    ):
        (here / folder).mkdir()
        assert ragsmith("compose", element, "--bars", 4, "--out", folder, *options)[0] == 0
    beside, alone = (read(here / folder / "rag-6.mid").piece for folder in "ab")
    assert beside.notes == alone.notes


def test_without_a_seed_every_run_differs(ragsmith, element):
    seeds = {
        only_json(ragsmith("compose", element, "--bars", 1, "--count", 1, "--json")[1])["pieces"][
            0
        ]["seed"]
        for _ in range(3)
    }
    assert len(seeds) > 1


def test_compose_without_a_model_uses_the_built_in_one(ragsmith):
    code, out, _ = ragsmith("compose", "--bars", 1, *ONE, "--json")
    assert code == 0
    assert only_json(out)["pieces"][0]["notes"] > 0


def test_a_primer_opens_the_piece(ragsmith, here, markov):
    clip(EXAMPLE, 0, 16).save(here / "opening.mid")
    primer = read(here / "opening.mid").piece
    assert ragsmith("compose", markov, "--primer", "opening.mid", "--bars", 4, *ONE)[0] == 0
    piece = read(here / "rag-1.mid").piece
    assert [n[:4] for n in piece.notes if n.onset < 16] == [n[:4] for n in primer.notes]
    assert len(piece.bars) == 4


def test_metre_and_tempo_are_taken(ragsmith, here, element):
    command = ("compose", element, "--bars", 2, *ONE, "--metre", "6/8", "--tempo", "90")
    assert ragsmith(*command)[0] == 0
    piece = read(here / "rag-1.mid").piece
    assert {bar.metre for bar in piece.bars} == {Metre(6, 8)}
    assert round(60e6 / piece.tempos[0].microseconds) == 90


def test_compose_keeps_the_best_of_what_it_tried(ragsmith, here, element):
    command = ("compose", element, "--bars", 3, "--seed", 7, "--count", 4, "--keep", 2, "--json")
    rows = only_json(ragsmith(*command)[1])["pieces"]
    assert len(rows) == 2
    assert {row["seed"] for row in rows} <= {7, 8, 9, 10}
    assert {p.name for p in here.iterdir()} == {f"rag-{row['seed']}.mid" for row in rows}


def test_a_form_a_key_and_endings(ragsmith, here, store):
    bundle = indexed(untrained("element", [EXAMPLE]), Card(strain=3))
    model = save_bundle(bundle, store / "formed.ragsmith")
    words = ("--form", "A(2)AB(2)C(2)", "--key", "Eb", "--no-rules", "--to", "mid,roll.svg")
    code, out, _ = ragsmith("compose", model, *words, *ONE, "--json")
    assert code == 0
    (row,) = only_json(out)["pieces"]
    assert row["originality"] is None
    assert (row["bars"], row["scores"]["strain_ends"]) == (7, 4)
    assert [Path(path).suffix for path in row["paths"]] == [".mid", ".svg"]
    heard = unfold(read(here / "rag-1.mid").piece)
    assert len(heard.bars) == 8
    assert [key[:2] for key in heard.keys] == [(0, -3), (48, -4)]
    assert clip(heard, 0, 8).notes == clip(heard, 16, 24).notes


def test_like_writes_the_same_bytes_again(ragsmith, here, element):
    (here / "again").mkdir()
    command = ("compose", element, "--bars", 4, "--seed", 5, "--count", 3, "--keep", 3)
    assert ragsmith(*command)[0] == 0
    for seed in (5, 6, 7):
        like = ("--like", f"rag-{seed}.mid", "--out", "again")
        assert ragsmith("compose", element, *like)[0] == 0
        name = f"rag-{seed}.mid"
        assert (here / "again" / name).read_bytes() == (here / name).read_bytes()


def test_vary_keeps_the_rest(ragsmith, here, markov):
    EXAMPLE.save(here / "rag.mid")
    before = read(here / "rag.mid").piece
    command = ("compose", markov, "--vary", "rag.mid", "--bars", "3-4", "--no-rules", *ONE)
    assert ragsmith(*command)[0] == 0
    after = read(here / "rag-1.mid").piece
    for span in ((0, 16), (32, 64)):
        assert [n[:3] for n in clip(after, *span).notes] == [
            n[:3] for n in clip(before, *span).notes
        ]
    assert clip(after, 16, 32).notes != clip(before, 16, 32).notes


def test_no_way_forward_is_one_line_that_names_the_rule(refused, store, monkeypatch):
    """It can only say what its corpus says."""
    monkeypatch.setattr(sampler, "GOINGS_BACK", 5)
    model = MarkovLearner(MarkovConfig(order=16, transpositions=False), [EXAMPLE]).model()
    parrot = save_bundle(indexed(model, Card(), [EXAMPLE]), store / "parrot.ragsmith")
    way = ("--sampling", "sample", "--temperature", 0.01)
    for count in (1, 2):
        line = refused("compose", parrot, "--bars", 8, "--seed", 1, "--count", count, *way)
        assert "is shut by the rule No" in line


def test_doctor_prints_a_verdict_for_every_file(ragsmith, here):
    folder = some_music(here / "music", 2)
    (folder / "bad.mid").write_bytes(b"<html>")
    code, out, err = ragsmith("doctor", folder, "--json")
    assert (code, err) == (0, "")
    found = only_json(out)
    assert set(found) == {"files", "accepted", "repaired", "rejected"}
    keys = {"path", "verdict", "reason", "notes", "steps_per_quarter"}
    assert all(set(file) == keys for file in found["files"])
    assert [found[k] for k in ("accepted", "repaired", "rejected")] == [2, 0, 1]
    code, out, err = ragsmith("doctor", folder)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "2 accepted, 0 repaired, 1 rejected"


def test_learn_prints_what_it_learnt_and_progress_on_standard_error(ragsmith, here):
    folder = some_music(here / "music", 3)
    code, out, err = ragsmith("learn", folder, "--model", "markov", "--out", "m.ragsmith", "--json")
    assert code == 0
    found = only_json(out)
    assert set(found) == {"model", "bundle", "epochs", "seconds", "held_out", "parameters"}
    assert found["held_out"].keys() == {"nats_per_step", "bits_per_beat"}
    assert (found["model"], found["bundle"]) == ("markov", "m.ragsmith")
    assert "epoch 1" in err
    assert "\x1b" not in err
    assert "\r" not in err
    assert {p.name for p in here.iterdir()} == {"music", "m.ragsmith", "m.svg"}


def test_evaluate_prints_every_piece(ragsmith, here, element):
    folder = some_music(here / "music", 2)
    code, out, err = ragsmith("evaluate", element, folder, "--json")
    assert (code, err) == (0, "")
    found = only_json(out)
    assert {"nats_per_step", "bits_per_beat", "steps", "pieces"} <= set(found)
    assert len(found["pieces"]) == 2
    assert ragsmith("evaluate", element, folder)[1].count("\n") == 4


def test_what_is_infinite_is_null_in_json(ragsmith, here):
    """No step of this music has been seen."""
    bars = regular_bars(64, [])
    other = Piece(tuple(Note(t, 100, 1) for t in range(64)), bars)
    some_music(here / "music")
    bundle = Bundle(untrained("multihot", [other]), Card())
    model = save_bundle(bundle, here / "m.ragsmith")
    every = Piece(tuple(Note(t, 30, 1) for t in range(64)), bars)
    every.save(here / "music" / "0.mid")
    code, out, _ = ragsmith("evaluate", model, here / "music", "--json")
    assert code == 0
    assert only_json(out)["nats_per_step"] is None


def test_names_that_the_terminal_cannot_show_are_escaped(ragsmith, here, monkeypatch):
    folder = some_music(here / "music")
    (folder / "0.mid").rename(folder / "音楽.mid")
    monkeypatch.setattr(sys.stdout, "reconfigure", lambda **kw: asked.append(kw), raising=False)
    asked = []
    assert ragsmith("doctor", folder)[0] == 0
    assert asked == [{"errors": "backslashreplace"}]


@pytest.mark.parametrize("words", [["--help"], *([c, "--help"] for c in ("compose", "learn"))])
def test_help_is_no_error(ragsmith, words):
    code, out, err = ragsmith(*words)
    assert (code, err) == (0, "")
    assert "--help" in out


def test_help_says_what_it_said(tmp_path):
    (tmp_path / "help").mkdir()
    assert differences("help", tmp_path / "help") == []


def test_the_version_is_told(ragsmith):
    code, out, _ = ragsmith("--version")
    assert (code, out.split()[0]) == (0, "ragsmith")


@pytest.mark.parametrize(
    "words",
    [
        ["--nonsense"],
        ["nonsense"],
        ["compose", "--nonsense"],
        ["compose", "--count", "many"],
        ["doctor"],
        ["evaluate", "one.ragsmith"],
        ["learn", "--epochs", "1.5"],
    ],
    ids=str,
)
def test_wrong_usage_exits_with_two(ragsmith, here, words):
    code, out, err = ragsmith(*words)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert not list(here.iterdir())


def test_learn_has_the_default_model_of_the_library():
    assert signature(commands.learn).parameters["model"].default == DEFAULT_MODEL


# What bad input gets


def test_an_empty_folder(refused, here):
    (here / "empty").mkdir()
    for command in (["doctor"], ["learn"]):
        assert "holds no music files" in refused(*command, "empty", kept=["empty"])
    (here / "empty" / "notes.txt").write_text("no music")
    assert "no music files among its 1 file" in refused("doctor", "empty", kept=["empty"])


def test_a_missing_folder_and_a_file_for_a_folder(refused, here, element):
    for command in (["doctor"], ["learn"], ["evaluate", element]):
        assert "none: is no folder" in refused(*command, "none")
    (here / "file").write_text("no folder")
    for command in (["doctor"], ["learn"], ["evaluate", element]):
        assert "file: is a file, not a folder" in refused(*command, "file", kept=["file"])


def test_a_folder_in_which_every_file_is_rejected_gets_the_reasons(refused, here, element):
    (here / "bad").mkdir()
    (here / "bad" / "a.mid").write_bytes(b"")
    (here / "bad" / "b.mid").write_bytes(b"<html><body>404")
    for command in (["learn"], ["evaluate", element]):
        line = refused(*command, "bad", kept=["bad"], table=3)
        assert "none can be learnt from" in line


def test_models_that_are_none(refused, here, element):
    whole = Path(element).read_bytes()
    a_piece().save(here / "a.mid")
    (here / "text.ragsmith").write_text("hello")
    (here / "cut.ragsmith").write_bytes(whole[: len(whole) // 2])
    kept = ["a.mid", "cut.ragsmith", "text.ragsmith"]
    for name, rule in [
        ("a.mid", "is not a model"),
        ("text.ragsmith", "is not a model"),
        ("cut.ragsmith", "is not whole"),
        ("none.ragsmith", "does not exist"),
        (".", "is not a file"),
    ]:
        for command in (["compose", name], ["evaluate", name, str(rags_folder())]):
            assert rule in refused(*command, kept=kept)


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("--bars", 0, "must be 1 to"),
        ("--bars", -4, "is not a number of bars"),
        ("--bars", 10**9, "must be 1 to"),
        ("--temperature", -1, "must be above 0"),
        ("--temperature", 0, "must be above 0"),
        ("--temperature", "nan", "must be above 0"),
        ("--min-p", 2, "must be at least 0 and below 1"),
        ("--count", 0, "must be 1 to"),
        ("--count", 1001, "must be 1 to"),
        ("--sampling", "nonsense", "does not exist"),
        ("--metre", "5/7", "is not a time signature"),
        ("--metre", "x", "is not a time signature"),
        ("--metre", "2/4/4", "is not a time signature"),
        ("--metre", "9999999999999999999/4", "is not a time signature"),
        ("--metre", "²/4", "is not a time signature"),
        ("--tempo", 0, "must be 10 to 400"),
        ("--tempo", "inf", "must be 10 to 400"),
        ("--seed", -1, "must be 0 to"),
        ("--seed", 2**32, "must be 0 to"),
        ("--out", "none", "is not a folder"),
        ("--keep", 5, "must be 1 to the count"),
        ("--copy-limit", 0.25, "must be 1 to 16 beats"),
        ("--melody-limit", 0.25, "must be 1 to 16 beats"),
        ("--form", "A(0)", "gives A 0 bars"),
        ("--form", "nonsense", "cannot be read"),
        ("--key", "H", "does not exist"),
        ("--to", "doc", "is not a format that can be written"),
        ("--like", "none.mid", "none.mid: "),
        ("--primer", "none.mid", "none.mid: "),
    ],
)
def test_an_option_out_of_range(refused, element, option, value, rule):
    line = refused("compose", element, option, value)
    assert rule in line
    assert str(value) in line or option == "--bars"


def test_vary_wants_bars_that_are_there(refused, here, markov):
    EXAMPLE.save(here / "rag.mid")
    command = ("compose", markov, "--vary", "rag.mid")
    assert "--vary: does not say which bars" in refused(*command, kept=["rag.mid"])
    line = refused(*command, "--bars", "8-9", kept=["rag.mid"])
    assert "bars 8-9: are not bars of a piece that has 8" in line
    line = refused("compose", markov, "--bars", "3-4", kept=["rag.mid"])
    assert "bars 3-4: are two numbers" in line
    line = refused("compose", markov, "--bars", "3", "--form", "AA", kept=["rag.mid"])
    assert "--form and --bars: say two lengths" in line
    line = refused("compose", markov, "--like", "rag.mid", kept=["rag.mid"])
    assert "rag.mid: carries no recipe" in line


def test_primers_that_cannot_be_continued(refused, here, element, markov):
    known, other = EXAMPLE, a_rag(9)
    known.save(here / "eight-bars.mid")
    other.save(here / "other.mid")
    (here / "text.mid").write_text("no music")
    (here / "text.txt").write_text("no music")
    kept = ["eight-bars.mid", "other.mid", "text.mid", "text.txt"]

    def primed(name, *options, model=markov):
        return refused("compose", model, "--primer", name, *options, kept=kept)

    assert "the nearest that it knows is" in primed("other.mid", model=element)
    line = primed("eight-bars.mid", "--bars", 8)
    assert "primer of 8 bars: leaves nothing to compose in a piece of 8 written bars" in line
    assert "ask for more than 8 bars" in line
    for name in ("none.mid", "text.mid", "text.txt", "."):
        primed(name)


def test_a_folder_that_cannot_be_written(refused, here, element, monkeypatch):
    (here / "closed").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may do anything
    line = refused("compose", element, "--out", "closed", kept=["closed"])
    assert "closed: cannot be written to" in line


@pytest.mark.parametrize("where", ["replace", "write"])
def test_a_full_disk_leaves_nothing_behind(refused, element, monkeypatch, where):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    if where == "replace":
        monkeypatch.setattr("ragsmith.files.os.replace", full)
    else:
        opened = open
        monkeypatch.setattr(
            "ragsmith.files.open",
            lambda path, mode: _Full(opened(path, mode), full),
            raising=False,
        )
    line = refused("compose", element, "--bars", 1, *ONE)
    assert "rag-1.mid: cannot be written (no space left on device)" in line


class _Full:
    """A file on a full disk."""

    def __init__(self, file, write):
        self.file, self.write = file, write

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.file.close()


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["--model", "hal"], "model hal: does not exist"),
        (["--set", "hiden=3"], "setting hiden: is not one of element"),
        (["--set", "hidden"], "--set hidden: is not FIELD=VALUE"),
        (["--set", "hidden=many"], "hidden 'many': is not a whole number"),
        (["--set", "hidden=1.5"], "hidden 1.5: is not a whole number"),
        (["--set", "hidden=true"], "hidden True: is not a whole number"),
        (["--set", "hidden=0"], "hidden 0: must lie between"),
        (["--set", "dropout=nan"], "dropout nan: must lie between"),
        (["--set", "dropout=x"], "dropout 'x': is not a number"),
        (["--set", "steps_per_quarter=5"], "steps_per_quarter 5: is not one of"),
        (["--model", "markov", "--set", "memory=1"], "memory 1: is not true or false"),
        (["--epochs", "0"], "epochs 0: must be at least 1"),
        (["--minutes", "0"], "minutes 0: must be above 0"),
        (["--minutes", "-1"], "minutes -1: must be above 0"),
        (["--patience", "-1"], "patience -1: must be at least 0"),
        (["--seed", "-1"], "seed -1: must be 0 to"),
        (["--held-out", "1"], "held-out 1: must be at least 0 and below 1"),
        (["--held-out", "nan"], "held-out nan: must be at least 0 and below 1"),
        (["--model", "markov", "--out", "none/m.ragsmith"], "lies in a folder that does not exist"),
        (["--model", "markov", "--out", "."], "cannot be a model's name"),
        (["--model", "markov", "--resume"], "nothing to resume"),
        (["--set", "sequence_length=4000"], "is longer than every piece"),
        (["--model", "stride", "--set", "size=huge"], "size huge: does not exist"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_learning_that_cannot_be(refused, words, rule):
    assert rule in refused("learn", "--model", "element", *words)


def test_stopping_is_no_crash(ragsmith, element, monkeypatch):
    def stop(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("ragsmith.models.bundle.load_bundle", stop)
    code, out, err = ragsmith("compose", element)
    assert code
    assert "Traceback" not in out + err


def test_the_doctor_accepts_the_built_in_rags(ragsmith, here):
    shutil.copytree(rags_folder(), here / "copy")
    code, out, _ = ragsmith("doctor", "copy", "--json")
    assert code == 0
    assert only_json(out)["accepted"] == 24
