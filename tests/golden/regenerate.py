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
from ragsmith.io.score.musicxml import write_musicxml
from ragsmith.piece import Hand, Key, Metre, Note, Piece, Section, Tempo, regular_bars

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


def write_score(folder: Path) -> None:
    """A pickup, a strain with two endings, a trio in another key; ties, voices, triplets."""
    left, right = Hand.LEFT, Hand.RIGHT
    notes = [Note(0, 63, 12, hand=right), Note(12, 36, 6, hand=left), Note(18, 55, 6, hand=left)]
    notes += [
        Note(12, 72, 24, hand=right),
        Note(15, 75, 6, hand=right),
        Note(33, 66, 9, hand=right),
    ]
    notes += [Note(60 + 4 * i, 67 + i, 4, hand=right) for i in range(6)]
    notes += [Note(84 + 3 * i, 48 + i, 3, hand=left) for i in range(8)]
    notes += [Note(84, 72, 24, hand=right), Note(84, 79, 12, hand=right)]
    edges = {"A": (0, 36), "A1": (36, 60), "A2": (60, 84), "B": (84, 108)}
    piece = Piece(
        tuple(sorted(notes)),
        regular_bars(108, [(0, Metre(2, 4))], 12, pickup=12),
        12,
        keys=(Key(0, -3), Key(84, -4)),
        tempos=(Tempo(0, 600_000),),
        sections=tuple(Section(name, *edge) for name, edge in edges.items()),
        order=("A", "A1", "A", "A2", "B", "B"),
        title="A golden rag",
        composer="Nobody",
    )
    write_musicxml(piece, folder / "small.musicxml")


GOLDEN = {
    "help": Golden(ROOT / "tests/golden/help", write_help),
    "score": Golden(ROOT / "tests/golden/score", write_score),
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
