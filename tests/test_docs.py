"""The documents name files that are there, and tables of contents that are whole."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "ragsmith"
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_of_the_package_that_a_document_names_are_there(document):
    named = re.findall(r"`([a-z_0-9/]+/[a-z_0-9]*\.py|[a-z_]+/)`", document.read_text("utf-8"))
    roots = (ROOT, PACKAGE)
    missing = {name for name in named if not any((root / name).exists() for root in roots)}
    assert not missing


def test_the_contents_of_the_decisions_are_their_headings():
    contents, _, text = (ROOT / "docs/decisions.md").read_text("utf-8").partition("\n## ")
    titles = re.findall(r"^#{2,3} (.+)$", f"## {text}", re.MULTILINE)
    assert re.findall(r"^ *- \[(.+)\]\(#.+\)$", contents, re.MULTILINE) == titles


def test_every_decision_has_a_date():
    text = (ROOT / "docs/decisions.md").read_text("utf-8")
    bodies = re.split(r"^### .+$", text, flags=re.MULTILINE)[1:]
    assert all(re.match(r"\n+\*\d{4}-\d\d-\d\d\.\*", body) for body in bodies)


def test_the_python_of_the_guide_runs_as_it_stands(tmp_path):
    section = (ROOT / "docs/guide.md").read_text("utf-8").split("## In Python")[1]
    snippet = re.search("```python\n(.*?)```", section, re.DOTALL)[1]
    done = subprocess.run(
        [sys.executable, "-c", snippet], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "within the limits" in done.stdout
    assert (tmp_path / "in_f.mid").is_file()
