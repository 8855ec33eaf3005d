"""The commands as they are typed: what bad input gets."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from ragsmith.bundle.bundle import save_bundle
from ragsmith.shipped import shipped_model
from ragsmith.shipped.rags import rags_folder
from support import shell
from support.fakes import a_piece, a_rag
from support.shell import EXAMPLE, ONE

store, element, markov = shell.store, shell.element, shell.markov
here, refused = shell.here, shell.refused
pytestmark = pytest.mark.usefixtures("here")
TWO = ("--count", 2, "--keep", 2)


def test_an_empty_folder(refused, here):
    (here / "empty").mkdir()
    for command in (["doctor"], ["learn"]):
        assert "holds no music files" in refused(*command, "empty", left=["empty"])
    (here / "empty" / "notes.txt").write_text("no music")
    assert "no music files among its 1 file" in refused("doctor", "empty", left=["empty"])


def test_a_missing_folder_and_a_file_for_a_folder(refused, here, element):
    for command in (["doctor"], ["learn"], ["evaluate", element]):
        assert "none: is no folder" in refused(*command, "none")
    (here / "file").write_text("no folder")
    for command in (["doctor"], ["learn"], ["evaluate", element]):
        assert "file: is no music file, and no folder" in refused(*command, "file", left=["file"])


def test_a_folder_in_which_every_file_is_rejected_gets_the_reasons(refused, here, element):
    (here / "bad").mkdir()
    (here / "bad" / "a.mid").write_bytes(b"")
    (here / "bad" / "b.mid").write_bytes(b"<html><body>404")
    for command in (["learn"], ["evaluate", element]):
        line = refused(*command, "bad", left=["bad"], table=3)
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
            assert rule in refused(*command, left=kept)


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
    assert "--vary: does not say which bars" in refused(*command, left=["rag.mid"])
    line = refused(*command, "--bars", "8-9", left=["rag.mid"])
    assert "bars 8-9: are not bars of a piece that has 8" in line
    line = refused("compose", markov, "--bars", "3-4", left=["rag.mid"])
    assert "bars 3-4: are two numbers" in line
    line = refused("compose", markov, "--bars", "3", "--form", "AA", left=["rag.mid"])
    assert "--form and --bars: say two lengths" in line
    line = refused("compose", markov, "--like", "rag.mid", left=["rag.mid"])
    assert "rag.mid: carries no recipe" in line


def test_models_are_mixed_by_weights_that_can_be(refused, markov, element):
    for weights, line in (
        ("1", "weights 1: are 1 numbers for 2 models; give each model a share of 1, like 0.7,0.3"),
        (
            "0.7,x",
            "weights 0.7,x: are not numbers with commas between them; write them like 0.7,0.3",
        ),
        ("0.7,0.4", "weights 0.7,0.4: sum to 1.1, not to 1"),
        ("0.5,0.5", "model element: writes whole sets of notes"),
    ):
        assert line in refused("compose", markov, element, "--weights", weights)
    assert "--weights: needs several models" in refused("compose", markov, "--weights", "1")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["--like", "rag.mid", "--key", "Eb"], "--key with --like"),
        (["--like", "rag.mid", "--form", "AA", "--count", "2"], "--form --count with --like"),
        (["--like", "rag.mid", "--no-rules", "--seed", "1"], "--seed --no-rules with --like"),
        (["--like", "rag.mid", "--min-p", "0.02"], "--min-p with --like"),
        (["--vary", "rag.mid", "--bars", "3", "--key", "Eb"], "--key with --vary"),
        (["--vary", "rag.mid", "--form", "AA", "--tempo", "9"], "--form --tempo with --vary"),
        (["--vary", "rag.mid", "--primer", "a.mid"], "--primer with --vary"),
        (["--accompany", "rag.mid", "--key", "Eb"], "--key with --accompany"),
        (["--hand", "left"], "--hand"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_options_that_would_be_ignored_are_refused(refused, here, markov, words, value):
    EXAMPLE.save(here / "rag.mid")
    line = refused("compose", markov, *words, left=["rag.mid"])
    assert line.startswith(f"ragsmith: {value}: cannot be asked for: ")


@pytest.mark.parametrize(
    ("chords", "options", "line"),
    [
        ("C | Hm7 | C", [], "chord 'Hm7' in bar 2: cannot be read from character 1"),
        ("C | F", ["--form", "AABB"], "chords of 2 bars: do not fit strain A, which has 16"),
        ("C | F C G7", ["--metre", "2/4"], "3 chords in bar 2 of A: do not fit a bar of 2/4"),
        ("bare.abc", [], "bare.abc: has no chords; give a lead sheet with chord symbols"),
        ("empty.txt", [], "empty.txt: has no chords"),
        ("silent.abc", [], "silent.abc: has no chords; give a lead sheet with chord symbols"),
        ("marked.txt", [], "chord 'Hm7' in bar 1: cannot be read from character 1"),
        ("latin.txt", [], "latin.txt: cannot be read as text (it is not in UTF-8); name a text"),
        ("none.txt", [], "none.txt: cannot be read as text (No such file or directory); name a"),
        ("none.txt", [], "none.txt: cannot be read as text"),
        ("none.abc", [], "none.abc: "),
        ("C", ["--vary", "rag.mid"], "--chords with --vary: cannot be asked for"),
    ],
)
def test_chords_that_nothing_comes_of(refused, here, chords, options, line):
    (here / "bare.abc").write_text("X:1\nK:C\nCDEF|\n")
    (here / "silent.abc").write_text('X:1\nK:C\n"N.C."CDEF|\n')
    (here / "empty.txt").write_text("\n")
    (here / "marked.txt").write_text("\ufeffHm7 | C\n", encoding="utf-8")
    (here / "latin.txt").write_text("C | Aº", encoding="latin-1")
    files = ["bare.abc", "empty.txt", "latin.txt", "marked.txt", "silent.abc"]
    assert line in refused("compose", "--chords", chords, *options, left=files)


def test_chords_are_not_drawn_by_a_model_that_learnt_no_progressions(refused, here):
    model = shipped_model()
    bare = model._replace(profile=replace(model.profile, progressions={}))
    save_bundle(bare, here / "bare.ragsmith", half=True)
    line = refused(
        "compose", "bare.ragsmith", "--chords", "auto", "--form", "A", left=["bare.ragsmith"]
    )
    assert "chords auto: cannot be drawn: the model knows no progressions" in line


def test_chords_do_not_lead_a_model_without_single_notes(refused, markov):
    line = refused("compose", markov, "--chords", "C | G7")
    assert "chords: cannot be asked of a model of the kind markov" in line


def test_primers_that_cannot_be_continued(refused, here, element, markov):
    known, other = EXAMPLE, a_rag(9)
    known.save(here / "eight-bars.mid")
    other.save(here / "other.mid")
    (here / "text.mid").write_text("no music")
    (here / "text.txt").write_text("no music")
    kept = ["eight-bars.mid", "other.mid", "text.mid", "text.txt"]

    def primed(name, *options, model=markov):
        return refused("compose", model, "--primer", name, *options, left=kept)

    assert "the nearest that it knows is" in primed("other.mid", model=element)
    line = primed("eight-bars.mid", "--bars", 8)
    assert "primer of 8 bars: leaves nothing to compose in a piece of 8 written bars" in line
    assert "ask for more than 8 bars" in line
    for name in ("none.mid", "text.mid", "text.txt", "."):
        primed(name)


def test_a_folder_that_cannot_be_written(refused, here, element, monkeypatch):
    (here / "closed").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may do anything
    line = refused("compose", element, "--out", "closed", left=["closed"])
    assert "closed: cannot be written to" in line
    line = refused("compose", element, "--out", "closed/deeper", left=["closed"])
    assert "closed: cannot be written to" in line


def test_a_file_where_a_folder_should_be_made(refused, here, element):
    (here / "file").write_text("no folder")
    line = refused("compose", element, "--out", "file/deeper", left=["file"])
    assert "file: is not a folder" in line


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

    monkeypatch.setattr("ragsmith.shipped.load_model", stop)
    code, out, err = ragsmith("compose", element)
    assert code
    assert "Traceback" not in out + err
