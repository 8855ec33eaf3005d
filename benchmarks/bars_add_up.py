"""Is a score refused that two other readers read, or read with bars that do not add up, unsaid?

    python benchmarks/bars_add_up.py FOLDER ... [--music21]

Every score of the folders (of music21's own corpus with --music21) is read. What we refuse is given
to verovio and music21. Of what we read each bar that is longer or shorter than its metre is put
where the first of these explains it:

    told                      a repair of the file says that bars, or voices in them, differ
    the file's own word       a free metre, or a bar that the file says is not full
    pickup, last bar          at the edges of the piece, shorter than the metre
    at a repeat sign          before or after one, or a jump or an ending, shorter than the metre
    halves                    two bars in a row that make one full bar
    without a word            anything else
"""

from __future__ import annotations

import argparse
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import music21
import verovio

from ragsmith.errors import UserError
from ragsmith.io import NOTATION_SUFFIXES
from ragsmith.io.readers.exact_score import TICKS, Written, to_reading
from ragsmith.io.readers.notation import read_written
from ragsmith.io.readers.repeats import Measure

NEAR = TICKS // 64
"""Ticks that rounded durations may cost a bar."""


def full(measure: Measure) -> int:
    """Ticks of a bar that fills its metre."""
    return measure.metre.beats * 4 * TICKS // measure.metre.unit


def is_off(measure: Measure) -> bool:
    """Whether a bar does not fill its metre, or overfills it."""
    return abs(measure.length - full(measure)) > NEAR


def explanations(written: Written, repairs: Sequence[str]) -> Iterator[str]:
    """For each bar that does not fill its metre, what explains it."""
    is_said = any("metre" in text or "differ in length" in text for text in repairs)
    measures = written.measures
    for place, measure in enumerate(measures):
        if not is_off(measure):
            continue
        short = measure.length < full(measure)
        before, after = measures[max(place - 1, 0)], measures[min(place + 1, len(measures) - 1)]
        signs = measure.opens or measure.closes or before.closes or after.opens
        ends = measure.passes != after.passes or measure.passes != before.passes
        halves = any(
            abs(measure.length + other.length - full(measure)) <= NEAR
            for other in (before, after)
            if other is not measure
        )
        if measure.is_free:
            yield "the file's own word"
        elif short and place in (0, len(measures) - 1):
            yield "pickup, last bar"
        elif short and (signs or ends or measure.signs):
            yield "at a repeat sign"
        elif short and halves:
            yield "halves"
        else:
            yield "told" if is_said else "without a word"


def others_read(path: Path) -> list[str]:
    """Which of two other readers read notes from a file."""
    readers = []
    toolkit = verovio.toolkit()
    if toolkit.loadFile(str(path)) and "<note" in toolkit.getMEI():
        readers.append("verovio")
    try:
        if music21.converter.parse(path, forceSource=True).recurse().notes:
            readers.append("music21")
    except Exception:  # whatever it raises, it does not read the file
        return readers
    return readers


def main(options: argparse.Namespace) -> None:
    """Read all, print what is refused or unsaid, and the counts."""
    warnings.simplefilter("ignore")
    verovio.enableLog(verovio.LOG_OFF)
    paths = [path for folder in options.folders for path in sorted(folder.rglob("*"))]
    paths += map(Path, music21.corpus.getCorePaths()) if options.music21 else []
    paths = [path for path in paths if path.suffix in NOTATION_SUFFIXES]
    bars: Counter[str] = Counter()
    pieces: Counter[str] = Counter()
    for path in paths:
        try:
            written = read_written(path)
            reading = to_reading(written, path.name)
        except UserError as error:
            readers = others_read(path)
            pieces[f"refused, read by {len(readers)} others"] += 1
            print(f"{error}; read by: {' '.join(readers) or 'none'}", flush=True)
            continue
        kinds = list(explanations(written, reading.repairs))
        bars.update(kinds)
        bars["all"] += len(written.measures)
        worst = "without a word" if "without a word" in kinds else "told" if "told" in kinds else ""
        pieces[f"read; bars that do not add up {worst}" if worst else "read; all bars add up"] += 1
        if worst == "without a word":
            print(f"{path.name}: {kinds.count('without a word')} bars", flush=True)
    for table in (pieces, bars):
        print(", ".join(f"{kind}: {count:,}" for kind, count in table.most_common()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--music21", action="store_true", help="the scores that come with it")
    main(parser.parse_args())
