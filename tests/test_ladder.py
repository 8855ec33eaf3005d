import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ragsmith
from ragsmith.bundle.bundle import save_bundle
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from support.fakes import a_piece, indexed, untrained

HOUSE = Path(ragsmith.__file__).parent
ROOT = Path(__file__).parents[1]
LADDER = (
    ("errors",),
    ("option", "chord_qualities"),
    (
        *("files", "mapped", "options", "processes", "notes", "note_names"),
        *("marks", "chords", "outlets", "chart"),
    ),
    ("markings", "played"),
    ("piece",),
    ("strains", "verbs", "quantise", "beats", "hands", "keys", "spelling"),
    ("playing_order", "harmony", "edits", "fingering"),
    ("performance",),
    ("io",),
    ("corpus",),
    ("cluster",),
    ("models",),
    ("measure", "dynamics"),
    ("easier",),
    ("originality",),
    ("bundle",),
    ("shipped",),
    ("composer",),
    ("training",),
    ("datasets", "experiments", "report"),
    ("studio",),
    ("assistant",),
    ("cli",),
    ("__main__",),
)
RUNG = {room: rung for rung, rooms in enumerate(LADDER) for room in rooms}
HEAVY = {"keras", "jax", "jaxlib", "tensorflow", "torch"}

files = sorted(p.relative_to(HOUSE).as_posix() for p in HOUSE.rglob("*.py"))


def room_of(name):
    return name.split("/")[0].removesuffix(".py")


def rooms_used(tree):
    """Rooms of the package that a file imports anywhere, lazily or by name too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from re.findall(r"^ragsmith\.(\w+)", alias.name)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            if node.module == "ragsmith":
                yield from (alias.name for alias in node.names)
            yield from re.findall(r"^ragsmith\.(\w+)", node.module or "")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"^ragsmith\.(\w+)\.", node.value)  # for import_module


@pytest.mark.parametrize("name", [f for f in files if f != "__init__.py"])
def test_a_file_imports_only_from_rooms_above_it(name):
    here = room_of(name)
    tree = ast.parse((HOUSE / name).read_text("utf-8"))
    for room in rooms_used(tree):
        if room != here:
            assert RUNG[room] < RUNG[here], f"{name} must not import {room}"
    own = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and is_package(n.value)}
    assert own <= {"__version__", "__file__"}, "the package itself is for its users"


def is_package(node):
    return isinstance(node, ast.Name) and node.id == "ragsmith"


def test_contributing_says_the_same_ladder():
    section = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("## The ladder")[1].split("##")[0]
    rungs = [re.findall(r"`(\w+)`", said) for said in re.split(r"\b\d+\. ", section)[1:-1]]
    named = {room for rooms in rungs for room in rooms}
    ours = [[room for room in rooms if room in named] for rooms in LADDER]
    assert [sorted(rooms) for rooms in ours if rooms] == [sorted(rooms) for rooms in rungs]


def heavy_after(code, *arguments):
    """Which heavy packages a fresh interpreter has loaded after running the code."""
    ask = f"\nimport sys\nprint(sorted({HEAVY!r} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", code + ask, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


def test_importing_the_package_loads_nothing_heavy():
    assert heavy_after("import ragsmith") == "[]"
    lazily = "import ragsmith; ragsmith.Wish, ragsmith.compose, ragsmith.learn, ragsmith.read"
    assert heavy_after(lazily) == "[]"


def test_commands_that_learn_no_network_load_nothing_heavy(tmp_path, monkeypatch):
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    pieces = [a_piece()]
    markov = MarkovLearner(MarkovConfig(), pieces).model()
    models = [untrained(n, pieces) for n in ("element", "multihot")]
    models.append(untrained("many-to-one", pieces, sequence_length=4))
    (tmp_path / "music").mkdir()
    for seed in range(2):
        a_piece(seed).save(tmp_path / "music" / f"{seed}.mid")
    commands = [["--help"], ["compose", "--bars", "1", "--count", "1"], ["doctor", "music"]]
    for model in [markov, *models]:
        bundle = f"{model.name}.ragsmith"
        save_bundle(indexed(model, corpus=pieces), tmp_path / bundle)
        commands.append(["compose", bundle, "--bars", "1", "--no-rules"])
    commands.append(["check", "music/0.mid", "--against", "markov.ragsmith"])
    commands.append(["evaluate", "element.ragsmith", "music"])
    commands.append(["learn", "music", "--model", "markov", "--out", "new.ragsmith"])
    code = """
import json, sys
from ragsmith.cli import main
for command in json.loads(sys.argv[1]):
    sys.argv[1:] = command
    try:
        main()
    except SystemExit as end:
        assert not end.code, command
"""
    assert heavy_after(code, json.dumps(commands)) == "[]"


def test_functions_are_found_by_name_whatever_was_loaded_before():
    code = (
        "import ragsmith, ragsmith.composer.sampler as s; assert s.sample; "
        "from ragsmith.composer import Wish; assert ragsmith.Wish is Wish; "
        "print(*(type(getattr(ragsmith, n)).__name__ for n in ('compose', 'learn', 'check')))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["function"] * 3
