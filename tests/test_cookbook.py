"""The cookbook of the guide: twelve wishes, each with a command that can be typed and a picture."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from PIL import Image

from ragsmith.cli.commands import app
from ragsmith.composer.dials import parse_dials
from ragsmith.datasets import rags
from ragsmith.io import write
from ragsmith.verbs import clip

ROOT = Path(__file__).parents[1]
SECTION = (ROOT / "docs/guide.md").read_text("utf-8").split("## Twelve wishes")[1].split("\n## ")[0]
WISHES = re.findall(r"^### (\d+)\. .+?```sh\nragsmith (.+?)\n```", SECTION, re.M | re.DOTALL)
LARGEST = 60_000
"""Bytes of a picture."""


def test_there_are_twelve_each_with_a_small_picture():
    assert [int(number) for number, _ in WISHES] == list(range(1, 13))
    pictures = re.findall(r"!\[[^]]+\]\((cookbook/\d+\.png)\)", SECTION)
    assert pictures == [f"cookbook/{number}.png" for number, _ in WISHES]
    for name in pictures:
        assert (ROOT / "docs" / name).stat().st_size < LARGEST
        with Image.open(ROOT / "docs" / name) as picture:
            assert picture.width > 500


@pytest.mark.parametrize(("number", "command"), WISHES)
def test_every_command_can_be_typed(number, command):
    name, *arguments = shlex.split(command)
    group = typer.main.get_command(app)
    context = group.commands[name].make_context(name, arguments)
    if dials := context.params.get("dials"):
        assert parse_dials(dials)


QUICK = {"1", "6", "10"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "command"), [(number, command) for number, command in WISHES if number in QUICK]
)
def test_quick_ones_run(number, command, ragsmith, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(clip(rags()[4], 0, 64), "rag.mid")
    code, out, err = ragsmith(*shlex.split(command))
    assert code == 0, err
    assert len([path for path in tmp_path.iterdir() if path.name in out]) >= 1
