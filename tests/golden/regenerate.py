"""Golden files; `python tests/golden/regenerate.py [NAME ...]` writes them anew.

Look at the difference (`git diff --stat`) before you commit it. A test takes an entry of `GOLDEN`,
writes it into a folder of its own and compares (see `differences`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import typer

from ragsmith.cli.commands import app
from ragsmith.etudes import write_etudes

ROOT = Path(__file__).resolve().parents[2]


class Golden(NamedTuple):
    """A folder of golden files, and what writes all of them into a given folder."""

    folder: Path
    write: Callable[[Path], object]


def write_help(folder: Path) -> None:
    """What --help says of every command, laid out by us: typer's layout is not ours to hold."""
    group: Any = typer.main.get_command(app)
    commands = {"ragsmith": group, **group.commands}
    for name, command in group.commands.items():
        below = getattr(command, "commands", {})
        commands |= {f"{name} {each}": command for each, command in below.items()}
    for name, command in commands.items():
        lines = [name, "", command.help, ""]
        for param in command.params:
            said = [", ".join(param.opts), param.help, f"[{param.default}]"]
            lines.append("  ".join(filter(None, said)))
        text = "\n".join(lines) + "\n"
        (folder / f"{name.replace(' ', '-')}.txt").write_text(text, "utf-8", newline="\n")


GOLDEN = {
    "etudes": Golden(ROOT / "src/ragsmith/etudes/midi", write_etudes),
    "help": Golden(ROOT / "tests/golden/help", write_help),
}


def differences(name: str, scratch: Path) -> list[str]:
    """Names of the files of a golden entry that are not what is written now, or not there."""
    golden = GOLDEN[name]
    golden.write(scratch)
    kept, made = ({f.name: f.read_bytes() for f in d.iterdir()} for d in (golden.folder, scratch))
    return sorted(file for file in kept | made if kept.get(file) != made.get(file))


def regenerate(names: list[str]) -> None:
    """Write these entries anew, all of them when none is named; files no longer made go."""
    for name in names or GOLDEN:
        folder, write = GOLDEN[name]
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.iterdir():
            file.unlink()
        write(folder)


if __name__ == "__main__":
    regenerate(sys.argv[1:])
