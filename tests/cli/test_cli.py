"""The commands as they are typed: what is printed and what is written."""

import json
import shutil
import subprocess
import sys
from inspect import signature
from pathlib import Path

import pytest

from golden.regenerate import differences
from ragsmith.bundle.bundle import Bundle, Profile, save_bundle
from ragsmith.chords import chord_name
from ragsmith.cli import commands
from ragsmith.composer import draft
from ragsmith.io import read
from ragsmith.io.readers.recipe import recipe_in
from ragsmith.measure.harmony import agreement
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.piece import Metre, Note, Piece, regular_bars
from ragsmith.playing_order import unfold
from ragsmith.shipped.rags import rags_folder
from ragsmith.training import DEFAULT_MODEL
from ragsmith.verbs import clip
from support import shell
from support.fakes import indexed, untrained
from support.shell import EXAMPLE, ONE, some_music

store, element, markov = shell.store, shell.element, shell.markov
here, refused = shell.here, shell.refused
pytestmark = pytest.mark.usefixtures("here")

SCORES = {"nats_per_step", "closes", "strain_ends", "penalty", "reasons", "turned_down"}
NOTHING_SHARED = {"longest_texture_beats": 0, "longest_melody_beats": 0}
TWO = ("--count", 2, "--keep", 2)


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
        piece = read(here / path)
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


def test_two_reasons_stand_whole_in_the_table(ragsmith, here):
    reasons = ragsmith("compose", "--bars", 8, *ONE, "--json")[1]
    expected = "; ".join(only_json(reasons)["pieces"][0]["scores"]["reasons"][:2])
    assert len(expected) > 120
    assert ragsmith("compose", "--bars", 8, *ONE)[1].rstrip().endswith(f"\t{expected}")


def test_a_seed_gives_the_same_file_alone_or_beside_others(ragsmith, here, element):
    for folder, *options in (
        ("a", "--seed", 5, "--count", 3, "--keep", 3),
        ("b", "--seed", 6, "--count", 1),
    ):
        (here / folder).mkdir()
        assert ragsmith("compose", element, "--bars", 4, "--out", folder, *options)[0] == 0
    beside, alone = (read(here / folder / "rag-6.mid") for folder in "ab")
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
    primer = read(here / "opening.mid")
    assert ragsmith("compose", markov, "--primer", "opening.mid", "--bars", 4, *ONE)[0] == 0
    piece = read(here / "rag-1.mid")
    assert [n[:4] for n in piece.notes if n.onset < 16] == [n[:4] for n in primer.notes]
    assert len(piece.bars) == 4


def test_metre_and_tempo_are_taken(ragsmith, here, element):
    command = ("compose", element, "--bars", 2, *ONE, "--metre", "6/8", "--tempo", "90")
    assert ragsmith(*command)[0] == 0
    piece = read(here / "rag-1.mid")
    assert {bar.metre for bar in piece.bars} == {Metre(6, 8)}
    assert round(60e6 / piece.tempos[0].microseconds) == 90


def test_compose_keeps_the_best_of_what_it_tried(ragsmith, here, element):
    command = ("compose", element, "--bars", 3, "--seed", 7, "--count", 4, "--keep", 2, "--json")
    rows = only_json(ragsmith(*command)[1])["pieces"]
    assert len(rows) == 2
    assert {row["seed"] for row in rows} <= {7, 8, 9, 10}
    assert {p.name for p in here.iterdir()} == {f"rag-{row['seed']}.mid" for row in rows}


def test_a_form_a_key_and_endings(ragsmith, here, store):
    bundle = indexed(untrained("element", [EXAMPLE]), Profile(strain=3))
    model = save_bundle(bundle, store / "formed.ragsmith")
    words = ("--form", "A(2)AB(2)C(2)", "--key", "Eb", "--no-rules", "--to", "mid,roll.svg")
    code, out, _ = ragsmith("compose", model, *words, *ONE, "--json")
    assert code == 0
    (row,) = only_json(out)["pieces"]
    assert row["originality"] is None
    assert (row["bars"], row["scores"]["strain_ends"]) == (7, 4)
    assert [Path(path).suffix for path in row["paths"]] == [".mid", ".svg"]
    heard = unfold(read(here / "rag-1.mid"))
    assert len(heard.bars) == 8
    assert [key[:2] for key in heard.keys] == [(0, -3), (48, -4)]
    assert clip(heard, 0, 8).notes == clip(heard, 16, 24).notes


def test_chords_stand_above_what_is_composed_under_them(ragsmith, here):
    (here / "tune.abc").write_text('X:1\nM:2/4\nL:1/8\nK:F\n"F"F4|"C7"C4|"F"F4|\n')
    words = ("--chords", "tune.abc", "--form", "A(3)", *ONE, "--to", "mid,musicxml")
    code, _, err = ragsmith("compose", *words, "--json")
    assert (code, err) == (0, "")
    score = read(here / "rag-1.musicxml")
    assert [chord_name(mark.chord) for mark in score.chords] == ["F", "C7", "F"]
    assert score.keys[0].fifths == -1
    assert agreement(score) == 1
    assert json.loads(recipe_in(here / "rag-1.mid"))["progression"] == "F | C7 | F"
    first = (here / "rag-1.mid").read_bytes()
    assert ragsmith("compose", "--like", "rag-1.mid", "--out", "again")[0] == 0
    assert (here / "again" / "rag-1.mid").read_bytes() == first


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
    before = read(here / "rag.mid")
    command = ("compose", markov, "--vary", "rag.mid", "--bars", "3-4", "--no-rules", *ONE)
    assert ragsmith(*command)[0] == 0
    after = read(here / "rag-1.mid")
    for span in ((0, 16), (32, 64)):
        assert [n[:3] for n in clip(after, *span).notes] == [
            n[:3] for n in clip(before, *span).notes
        ]
    assert clip(after, 16, 32).notes != clip(before, 16, 32).notes


def test_no_way_forward_is_one_line_that_names_the_rule(refused, store, monkeypatch):
    """It can only say what its corpus says."""
    monkeypatch.setattr(draft, "BACKTRACKS", 5)
    model = MarkovLearner(MarkovConfig(order=16, transpositions=False), [EXAMPLE]).model()
    parrot = save_bundle(indexed(model, corpus=[EXAMPLE]), store / "parrot.ragsmith")
    way = ("--sampling", "sample", "--temperature", 0.01)
    for count in (1, 2):
        line = refused("compose", parrot, "--bars", 8, "--seed", 1, "--count", count, *way)
        assert ": the rule No" in line


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
    keys = {"model", "bundle", "epochs", "seconds", "held_out", "parameters", "files"}
    assert set(found) == keys | {"quality"}
    assert found["quality"] == "fair"
    assert found["files"] == {"learnt": 2, "held_out": 1, "rejected": 0, "reasons": {}}
    baselines = {"counting_nats", "drawn_nats"}
    assert found["held_out"].keys() == {"nats_per_step", "bits_per_beat"} | baselines
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
    bundle = Bundle(untrained("multihot", [other]))
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


def test_the_doctor_accepts_the_built_in_rags(ragsmith, here):
    shutil.copytree(rags_folder(), here / "copy")
    code, out, _ = ragsmith("doctor", "copy", "--json")
    assert code == 0
    assert only_json(out)["accepted"] == 24


def test_the_package_is_the_command(here):
    said = subprocess.run([sys.executable, "-m", "ragsmith", "--version"], capture_output=True)
    assert said.stdout.startswith(b"ragsmith ")
