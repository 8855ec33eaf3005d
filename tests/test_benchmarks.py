"""The scripts that measure are run by hand; what they take from the package must still be there."""

import ast
import importlib
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[1] / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_takes_only_what_the_package_has(script):
    imports = [
        (node.module, alias.name)
        for node in ast.walk(ast.parse(script.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ragsmith")
        for alias in node.names
    ]
    for module, name in imports:
        try:
            room = importlib.import_module(module)
        except ModuleNotFoundError as missing:
            if (missing.name or "").startswith("ragsmith"):
                raise
            pytest.skip(f"wants {missing.name}")
        if not hasattr(room, name):
            importlib.import_module(f"{module}.{name}")
