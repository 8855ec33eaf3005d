"""Do we read the same notes from MEI as from the score that it was made of? And music21?

    python benchmarks/mei_by_verovio.py FOLDER ... [--sample N] [--music21] [--cache FOLDER]

Scores of the folders (MusicXML, kern, ABC; drawn with seed 1) are made into MEI by verovio, and
both are read, every part of them: onset, pitch and duration of every note, in written order. With
--music21 the MEI is read by music21, too, and compared with our reading of the MEI; the
classes of difference are those of `second_reader.py`. One line for each piece that differs.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import verovio

from ragsmith.errors import UserError
from ragsmith.io.readers.exact_score import Written
from ragsmith.io.readers.notation import read_written
from second_reader import (
    choices,
    difference,
    first_difference,
    normal,
    our_events,
    same,
    their_parts,
)

LYRICS = re.compile(r"<verse\b.*?</verse>", re.DOTALL)
"""music21 refuses files whose lyrics have `con="s"`, and bars with numbers like X1."""
SUFFIXES = (".mxl", ".musicxml", ".xml", ".krn", ".abc")


def mei_of(path: Path, folder: Path) -> Path | None:
    """The score as verovio writes it in MEI; None where verovio does not read it."""
    toolkit: Any = verovio.toolkit()
    toolkit.setOptions({"breaks": "none", "xmlIdSeed": 1})
    if not toolkit.loadFile(str(path)):
        return None
    made = folder / f"{path.stem}.mei"
    plain = LYRICS.sub("", toolkit.getMEI({"removeIds": False}))
    made.write_text(re.sub(r'(<measure [^>]*\bn=")X(\d)', r"\1\2", plain))
    return made


def between(source: Written, mei: Written) -> str:
    """How our two readings differ; "" where they do not."""
    ours, theirs = normal(our_events(source)), normal(our_events(mei))
    if same(ours, theirs, "pitch", "onset", "duration"):
        return ""
    words = f"{len(ours)} notes, {len(theirs)} of the MEI: {first_difference(source, theirs)}"
    return ("lengths: " if same(ours, theirs, "pitch", "onset") else "notes: ") + words


def by_music21(mei: Path, written: Written, cache: Path) -> str:
    """How music21 and we differ on the MEI; "" where we do not."""
    parts = their_parts(mei, cache)
    if isinstance(parts, str):
        return f"music21 refuses: {parts}"
    kinds = [(difference(written, heads), heads) for heads in choices(parts, written)]
    if any(not kind for kind, _ in kinds):
        return ""
    return min((f"{k}: {first_difference(written, h)}" for k, h in kinds), default="no such part")


def main(options: argparse.Namespace) -> None:
    """Compare, and print the pieces that differ and the count of each class."""
    warnings.simplefilter("ignore")
    verovio.enableLog(verovio.LOG_OFF)
    options.cache.mkdir(parents=True, exist_ok=True)
    paths = [path for folder in options.folders for path in sorted(folder.rglob("*"))]
    paths = [path for path in paths if path.suffix in SUFFIXES]
    paths = random.Random(1).sample(paths, min(options.sample or len(paths), len(paths)))
    table: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as place:
        for path in paths:
            made = mei_of(path, Path(place))
            try:
                source = read_written(path, "all")
                mei = read_written(made, "all") if made else None
            except UserError as error:
                table["of its source", "refused"] += 1
                print(f"{path.name}\trefused\t{error}", flush=True)
                continue
            if made is None or mei is None:
                table["of its source", "not read by verovio"] += 1
                continue
            faults = {"of its source": between(source, mei)}
            if options.music21:
                faults["of music21's"] = by_music21(made, mei, options.cache)
            for reading, fault in faults.items():
                table[reading, fault.split(":")[0] or "identical"] += 1
                if fault:
                    print(f"{path.name}\t{reading}\t{fault}", flush=True)
    for (reading, kind), count in sorted(table.items()):
        print(f"our reading of the MEI beside that {reading}: {kind}: {count}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, help="so many files, drawn with seed 1")
    parser.add_argument("--music21", action="store_true", help="read the MEI by music21, too")
    cache = Path(tempfile.gettempdir()) / "second-reader"
    parser.add_argument(
        "--cache", type=Path, default=cache, help="where music21's readings are kept"
    )
    main(parser.parse_args())
