"""What the package says to a user of the studio's pages when something cannot be done: the texts of
its errors, read from the source, with {} where a value stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import ragsmith
from ragsmith.options import COMPOSE, LEARN

SOURCE = Path(ragsmith.__file__).parent
ROOMS = (
    *(
        "bundle/bundle",
        "bundle/container",
        "bundle/format1",
        "bundle/indices",
        "composer/fill",
        "composer/form",
        "composer/draft",
    ),
    *("chords", "composer/__init__", "composer/harmony_plan", "composer/harmonic_rhythm"),
    *("composer/dials", "composer/strain_mix", "composer/variants", "models/mixture/model"),
    *("easier/simplify", "edits/notes", "edits/strains"),
    *("harmony/progression", "harmony/roman"),
    *("composer/sampling", "composer/vary", "composer/wish", "corpus/folder", "corpus/record"),
    *("corpus/scan", "files", "io/readers/exact_score", "marks", "io/readers/midi"),
    *(
        "io/readers/midi_file",
        "io/readers/midi_repair",
        "io/readers/midi_tracks",
        "io/readers/notation",
        "io/readers/xml_file",
        "io/score/engrave",
        "keys",
    ),
    *(
        "originality/corpora",
        "originality/gate",
        "originality/search",
        "processes/child",
        "studio/app",
    ),
    "studio/composing",
    *("studio/jobs", "studio/library", "studio/routes_corpora", "studio/routes_models"),
    *(
        "studio/routes_pieces",
        "studio/uploads",
        "studio/versions",
        "studio/workers",
        "training/checkpoint",
    ),
    "training/loop",
)
"""Where errors come from that a user of the pages can meet."""
SAYING = {
    *("BadBundle", "BadFile", "BadFolder", "BadOption", "BadPrimer", "Busy", "DeadEnd", "Missing"),
    *(
        "BadEdit",
        "NothingThere",
        "NotNow",
        "NotOriginal",
        "OutOfTime",
        "TaskFailed",
        "TooHard",
        "TooMuch",
        "UserError",
        "__init__",
    ),
    *("_bad", "damaged", "OtherBase", "Record"),
}


def phrases() -> set[str]:
    """All of them, each part of an error by itself."""
    trees = [ast.parse((SOURCE / f"{room}.py").read_text("utf-8")) for room in ROOMS]
    constants = {
        target.id: node.value.value
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }
    written = {text for tree in trees for text in said_in(tree, constants)}
    return {
        text for text in written | set(of_options()) if any(letter.isalpha() for letter in text)
    }


def of_options() -> Iterator[str]:
    """What is said of a number that is out of range."""
    for option in (*COMPOSE.values(), *LEARN.values()):
        if option.low is not None or option.above is not None:
            yield re.sub(r"\d[\d.]*", "{}", option.rule)
            yield re.sub(r"^try [\d.]+$", "try {}", option.remedy)


def said_in(tree: ast.Module, constants: dict[str, str]) -> Iterator[str]:
    """The phrases in the errors of one file."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for function in (node for node in ast.walk(tree) if isinstance(node, functions)):
        local: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                local.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(function):
            for argument in arguments(node):
                yield from texts(argument, local, constants)


def arguments(node: ast.AST) -> list[ast.expr]:
    """What an error is made of, where a node makes one."""
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        return node.args if name in SAYING else []
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "error"]
    return []


def texts(
    node: ast.expr, local: dict[str, list[ast.expr]], constants: dict[str, str], deep: int = 0
) -> Iterator[str]:
    """The texts that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
        yield "".join(map(str, parts))
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body, local, constants, deep)
        yield from texts(node.orelse, local, constants, deep)
    elif isinstance(node, ast.Name) and node.id in constants:
        yield constants[node.id]
    elif isinstance(node, ast.Name) and node.id in local and deep < 3:
        for value in local[node.id]:
            yield from texts(value, local, constants, deep + 1)
