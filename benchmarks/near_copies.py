"""Which pieces of one folder are copies, excerpts or settings of pieces of others.

    python benchmarks/near_copies.py FOLDER OTHER... [--most-moved 0.02]

Every piece of the first folder is compared with every one of the others by
`ragsmith.corpus.duplicates`, in any key and at any speed; files with more onsets moved than that
are left out of the first folder, as a base leaves them. What the folders' `sources.json` declares
to be one work (`same_work_as`) counts as well. Printed: the pairs, and below them the pairs that
come nearest without being taken for one work. The exit status is 1 where there is a pair.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ragsmith.corpus import read_corpus
from ragsmith.corpus.duplicates import (
    Fingerprint,
    are_duplicates,
    are_related,
    compare,
    fingerprint,
)

NEAREST = 5


class Known(NamedTuple):
    """A piece by its name and what it is compared by."""

    name: str
    print: Fingerprint


def pieces_of(folder: Path, most_moved: float = 1.0) -> list[Known]:
    """The usable pieces of a folder, copies of one another among them."""
    corpus = read_corpus(folder)
    return [
        Known(f"{folder.name}/{entry.path}", fingerprint(corpus.piece(entry).notes))
        for entry in corpus.usable
        if entry.moved is None or entry.moved.share <= most_moved
    ]


def declared(folder: Path) -> Iterator[tuple[str, str]]:
    """The pairs that a collection declares to be one work."""
    sources = folder / "sources.json"
    for row in json.loads(sources.read_text("utf-8")) if sources.is_file() else ():
        if "same_work_as" in row:
            others = row["same_work_as"]
            for other in [others] if isinstance(others, str) else others:
                inside = f"{folder.name}/{other}" if (folder / other).exists() else other
                yield f"{folder.name}/{row['file']}", inside


def likeness(first: Fingerprint, second: Fingerprint) -> tuple[float, float, int, float]:
    """Resemblance and containment of the melodies, hashes in common, resemblance of textures."""
    melody = compare(first.melody, second.melody)
    texture = compare(first.texture, second.texture)
    return melody.resemblance, melody.containment, melody.common, texture.resemblance


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("others", type=Path, nargs="+")
    parser.add_argument("--most-moved", type=float, default=1.0)
    chosen = parser.parse_args()
    own = pieces_of(chosen.folder, chosen.most_moved)
    others = [known for folder in chosen.others for known in pieces_of(folder)]
    pairs = []
    near: list[tuple[tuple[float, float, int, float], str, str]] = []
    for one in own:
        for other in others:
            figures = likeness(one.print, other.print)
            if are_duplicates(one.print, other.print):
                pairs.append((figures, one.name, other.name, "a copy"))
            elif are_related(one.print, other.print):
                pairs.append((figures, one.name, other.name, "one work"))
            else:
                near = sorted([*near, (figures, one.name, other.name)], reverse=True)[:NEAREST]
    own_name = f"{chosen.folder.name}/"
    declarations = [pair for folder in (chosen.folder, *chosen.others) for pair in declared(folder)]
    across = [pair for pair in declarations if sum(name.startswith(own_name) for name in pair) == 1]
    print("| piece | in the others | melody | contained | common | texture | taken for |")
    print("|---|---|---|---|---|---|---|")
    for figures, first, second, verdict in sorted(pairs, reverse=True):
        print(row(first, second, figures, verdict))
    for first, second in across:
        print(f"| {first} | {second} | | | | | declared one work |")
    for figures, first, second in near:
        print(row(first, second, figures, "-"))
    print(f"\n{len(own)} pieces against {len(others)}: {len(pairs) + len(across)} pairs.")
    sys.exit(bool(pairs or across))


def row(first: str, second: str, figures: tuple[float, float, int, float], verdict: str) -> str:
    """A row of the table."""
    melody, contained, common, texture = figures
    numbers = f"{melody:.2f} | {contained:.2f} | {common} | {texture:.2f}"
    return f"| {first} | {second} | {numbers} | {verdict} |"


if __name__ == "__main__":
    main()
