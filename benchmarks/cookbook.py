"""The cookbook of docs/guide.md: runs its twelve commands, and draws what came out.

    python benchmarks/cookbook.py FOLDER [--only 4 12]
    python benchmarks/cookbook.py FOLDER --inputs

Runs in FOLDER, which is made, and writes docs/cookbook/1.png to 12.png: the first systems of the
last file of each command. With --inputs it only writes the files that the commands read.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageOps

import ragsmith
from ragsmith.datasets import rags
from ragsmith.verbs import clip

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "guide.md"
WISH = re.compile(
    r"^### (\d+)\. (.+?)\n.*?```sh\nragsmith (.+?)\n```.*?\(cookbook/\1\.png\)", re.M | re.S
)
RAG, BARS, OPENING = 4, 8, 4
"""Which of our own rags the commands read, and how many bars of it."""
WIDTH, HEIGHT, GREYS = 1000, 1000, 8
"""Pixels of a picture at most, and its shades."""
INK, MARGIN = 200, 12
"""Greys below the first are ink; rows that are left below it."""
MELODY = """X:1
T:My melody
M:2/4
L:1/8
K:F
"F" c2 A c | "F" f2 c2 | "Bb" d2 B d | "F" c4 | "C7" B2 G B | "F" A2 F A | "C7" G2 E G | "F" F4 |]
"""


class Wish(NamedTuple):
    """A wish of the guide: its number, its title, and what follows `ragsmith`."""

    number: int
    title: str
    arguments: list[str]


def wishes() -> Iterator[Wish]:
    """The wishes of the guide, in order."""
    for number, title, command in WISH.findall(GUIDE.read_text("utf-8")):
        yield Wish(int(number), title, shlex.split(command))


def write_inputs(folder: Path) -> None:
    """Write what the commands read."""
    rag = rags()[RAG]
    strain = next(section for section in rag.sections if section.name == "A")
    bars = [bar for bar in rag.full_bars if bar.start >= strain.start]
    for name, count in (("rag.mid", BARS), ("opening.mid", OPENING)):
        piece = clip(rag, strain.start, bars[count].start)
        ragsmith.write(replace(piece, sections=(), title="A rag"), folder / name)
    (folder / "melody.abc").write_text(MELODY, "utf-8")


def draw(folder: Path, wish: Wish) -> None:
    """Run a command, and draw the last file that it names."""
    before = {path: path.stat().st_mtime_ns for path in music(folder)}
    run(folder, wish.arguments)
    new = [p for p in music(folder) if before.get(p) != p.stat().st_mtime_ns]
    newest = max(new, key=lambda path: path.stat().st_mtime_ns)
    run(folder, ["export", newest.name, "page.png", "--force", "--title", wish.title])
    picture(folder / "page.png").save(ROOT / "docs/cookbook" / f"{wish.number}.png", optimize=True)


def music(folder: Path) -> list[Path]:
    """The pieces in a folder."""
    return [*folder.glob("*.mid"), *folder.glob("*.musicxml")]


def run(folder: Path, arguments: list[str]) -> None:
    """Run ragsmith in a folder."""
    command = [sys.executable, "-m", "ragsmith", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run(command, cwd=folder, env=environment, check=True, stderr=subprocess.DEVNULL)


def picture(page: Path) -> Image.Image:
    """The inked part of a page, its first systems, whole, small and in few greys."""
    grey = Image.open(page).convert("L")
    box = ImageOps.invert(grey).getbbox() or (0, 0, *grey.size)
    inked = ImageOps.expand(grey.crop(box), 20, 255)
    small = inked.resize((WIDTH, inked.height * WIDTH // inked.width), Image.Resampling.LANCZOS)
    return small.crop((0, 0, WIDTH, end_of_systems(small))).quantize(GREYS)


def end_of_systems(page: Image.Image) -> int:
    """The row below the last system that ends above `HEIGHT`: barlines join what is one system."""
    inked = [min(page.crop((0, y, page.width, y + 1)).tobytes()) < INK for y in range(page.height)]
    ends = [y for y in range(1, min(page.height, HEIGHT)) if inked[y - 1] and not inked[y]]
    return min(ends[-1] + MARGIN, page.height)


def main() -> None:
    """Draw all pictures, or some."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", type=int, nargs="+")
    parser.add_argument("--inputs", action="store_true")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    write_inputs(chosen.folder)
    if chosen.inputs:
        return
    (ROOT / "docs/cookbook").mkdir(exist_ok=True)
    for wish in wishes():
        if not chosen.only or wish.number in chosen.only:
            draw(chosen.folder, wish)
            print(wish.number, wish.title, flush=True)


if __name__ == "__main__":
    main()
