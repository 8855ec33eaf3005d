"""Names say what they hold: no variable is called after the moment at which it got its value."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = [
    *sorted((ROOT / "src" / "ragsmith").rglob("*.py")),
    *sorted((ROOT / "benchmarks").glob("*.py")),
    *sorted((ROOT / "tests" / "support").glob("*.py")),
]
VAGUE = {"found", "each", "said", "told", "kept", "asked", "heard"}
NO_NOUN = re.compile(r"(Of|As|The same)\b")


def vague_names(tree: ast.Module) -> Iterator[str]:
    """Variables, arguments and attributes that do not say what they hold, with their lines."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                pass
            case ast.Attribute(attr=name, ctx=ast.Store()):
                pass
            case _:
                continue
        if name in VAGUE:
            yield f"line {node.lineno}: {name}"


def docstrings_without_noun(tree: ast.Module) -> Iterator[str]:
    """The first lines of docstrings that do not say what a thing is."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = (ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, kinds))
    yield from (text.partition("\n")[0] for text in texts if NO_NOUN.match(text))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_and_docstrings_say_what_a_thing_is(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert [*vague_names(tree), *docstrings_without_noun(tree)] == []


def test_what_is_vague_is_noticed() -> None:
    tree = ast.parse('"""Of a piece."""\nfor each in range(3):\n    x.kept = [lambda found: each]')
    assert sorted(vague_names(tree)) == ["line 2: each", "line 3: found", "line 3: kept"]
    assert [*docstrings_without_noun(tree)] == ["Of a piece."]
