"""Free rags with their strains: copies of MIDI files, a marker where each strain begins, a split.

    python benchmarks/ragtime_strains.py RAGTIME OUT
    ragsmith learn OUT --out ragtime.ragsmith

RAGTIME holds public-domain MIDI files of rags, each bar once, and `sources.json`, which says of
each file whether it is to "learn" from or to "hold out". The files do not say where strains and
endings begin; `ragtime_strains.json` beside this script does: the name of each and the bar that it
begins with, counted from 1 as the bars follow one another. Files of "hold out" that stand in it
choose the best epoch; the others are not copied. The built-in model `ragtime` is learnt from OUT.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from ragsmith.io import read, write
from ragsmith.piece import Section

STRAINS = Path(__file__).with_suffix(".json")
LICENCE = "Public domain; typeset for the Mutopia Project, www.MutopiaProject.org"


def write_marked(ragtime: Path, out: Path) -> dict[str, list[str]]:
    """Copy the files with markers; the split, by stem."""
    strains = json.loads(STRAINS.read_text())
    split: dict[str, list[str]] = {"train": [], "valid": [], "test": []}
    for source in json.loads((ragtime / "sources.json").read_text()):
        if source["file"] in strains:
            write_one(ragtime / source["file"], strains[source["file"]], out / source["file"])
            part = "train" if source["use"] == "learn" else "valid"
            split[part].append(Path(source["file"]).stem)
    return split


def write_one(path: Path, beginnings: dict[str, int], copy: Path) -> None:
    """One piece, with a section from each beginning to the next."""
    piece = read(path)
    starts = [piece.bars[number - 1].start for number in beginnings.values()]
    ends = [*starts[1:], piece.steps]
    sections = tuple(map(Section, beginnings, starts, ends))
    write(replace(piece, sections=sections), copy)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ragtime", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True)
    split = write_marked(arguments.ragtime, arguments.out)
    (arguments.out / "split.json").write_text(json.dumps(split, indent=1) + "\n")
    (arguments.out / "LICENSE.txt").write_text(LICENCE + "\n")
    print(f"{len(split['train'])} to learn from, {len(split['valid'])} to choose by")


if __name__ == "__main__":
    main()
