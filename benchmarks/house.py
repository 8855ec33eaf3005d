"""The shape of the source: rooms, import circles, arrows that run up the ladder, sizes.

    python benchmarks/house.py [CHECKOUT]

A room is a folder of the package, or a file at its top. An import counts wherever it stands in a
file, inside functions too. A circle is a strongly connected set of files (Tarjan 1972). The ladder
is the one that `tests/test_ladder.py` of the checkout names; an arrow runs up when a file imports a
room that does not stand above its own there. A function's length is its lines from `def` to its
end, docstring included.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

PACKAGE = "ragsmith"


class Source(NamedTuple):
    """A file of the package: its folder, its dotted name, its lines, its syntax tree."""

    folder: str
    module: str
    lines: int
    tree: ast.Module


def read_sources(package: Path) -> list[Source]:
    """All files of the package, in the order of their names."""
    sources = []
    for path in sorted(package.rglob("*.py")):
        text = path.read_text("utf-8")
        parts = path.relative_to(package).with_suffix("").parts
        module = ".".join(part for part in parts if part != "__init__")
        folder = ".".join(parts[:-1]) or "(top)"
        sources.append(Source(folder, module, text.count("\n"), ast.parse(text)))
    return sources


def imports(source: Source, modules: set[str]) -> set[str]:
    """The modules of the package that a file imports."""
    names: list[str] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    inside = [name.removeprefix(f"{PACKAGE}.") for name in names if name.startswith(f"{PACKAGE}.")]
    nearest = (name if name in modules else name.rpartition(".")[0] for name in inside)
    return {module for module in nearest if module in modules and module != source.module}


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Sets of two or more files, each of which reaches all others."""
    reach = {start: reached(graph, start) for start in graph}
    components = {frozenset(b for b in reach[a] if a in reach[b]) for a in graph}
    return [set(component) for component in components if len(component) > 1]


def reached(graph: dict[str, set[str]], start: str) -> set[str]:
    """The files that a file imports, and those that they import."""
    seen, waiting = set[str](), [start]
    while waiting:
        for module in graph[waiting.pop()] - seen:
            seen.add(module)
            waiting.append(module)
    return seen


def ladder(checkout: Path) -> dict[str, int]:
    """The rung of every room."""
    tree = ast.parse((checkout / "tests" / "test_ladder.py").read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LADDER":
            rungs = node.value.elts if isinstance(node.value, ast.Tuple) else []
            return {room: rung for rung, rooms in enumerate(rungs) for room in words_in(rooms)}
    raise SystemExit(f"{checkout}: tests/test_ladder.py names no LADDER")


def words_in(node: ast.AST) -> list[str]:
    """The words that are written in an expression."""
    constants = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
    return [word for word in constants if isinstance(word, str)]


def arrows_up(graph: dict[str, set[str]], rungs: dict[str, int]) -> list[str]:
    """The imports that do not go to a room above, by name."""
    room = {module: module.split(".")[0] for module in graph}
    return [
        f"{here} -> {there}"
        for here, imported in graph.items()
        for there in sorted(imported)
        if here and there and room[here] != room[there] and rungs[room[there]] >= rungs[room[here]]
    ]


def function_lengths(sources: list[Source]) -> Iterator[int]:
    """Lines of every function and method."""
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or node.lineno) - node.lineno + 1


def main() -> None:
    checkout = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]
    sources = read_sources(checkout / "src" / PACKAGE)
    modules = {source.module for source in sources}
    graph = {source.module: imports(source, modules) for source in sources}
    folders = Counter(source.folder for source in sources)
    lengths = np.array(list(function_lengths(sources)))
    largest = sorted(sources, key=lambda source: -source.lines)[:3]
    rows = [
        ("files", len(sources)),
        ("rooms", len({module.split(".")[0] for module in modules if module})),
        ("most files in one folder", "{1} ({0})".format(*folders.most_common(1)[0])),
        ("import circles", len(circles(graph))),
        ("arrows that run up", len(arrows_up(graph, ladder(checkout)))),
        ("largest files, lines", ", ".join(f"{s.module} {s.lines}" for s in largest)),
        ("function length, median", int(np.median(lengths))),
        ("function length, 95th percentile", int(np.percentile(lengths, 95))),
        ("functions over 50 lines", int((lengths > 50).sum())),
    ]
    print("| | |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")
    for component in circles(graph):
        print("circle:", ", ".join(sorted(component)))
    for arrow in arrows_up(graph, ladder(checkout)):
        print("up:", arrow)


if __name__ == "__main__":
    main()
