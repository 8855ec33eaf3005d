"""Does verovio read the same notes as our reader of kern? How many of each have no match.

    python benchmarks/third_reader.py FILE ...

Where music21 and we differ (`second_reader.py`), verovio says who is right: its MIDI rendering, in
written order, has every note that we read, of the same pitch, from a sixteenth of a quarter note
before to 0.8 quarters after: verovio gives time to grace notes, trills and broken chords. Printed:
the file, our notes and verovio's, those of each without a match, and whether the file abbreviates
(*rep, *tremolo), which verovio plays in its own way.
"""

from __future__ import annotations

import base64
import io
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import mido
import verovio

from ragsmith.io.readers.exact_score import TICKS
from ragsmith.io.readers.notation import read_written

EARLY, LATE = 0.06, 0.8
"""Quarter notes."""


class Struck(NamedTuple):
    """A note: its onset in quarter notes, and its pitch."""

    onset: float
    pitch: int


def of_verovio(path: Path) -> list[Struck]:
    """What sounds in verovio's rendering, each bar once."""
    toolkit = verovio.toolkit()
    toolkit.setOptions({"breaks": "none", "expandNever": True})
    toolkit.loadData(path.read_text(errors="replace"))
    rendered = mido.MidiFile(file=io.BytesIO(base64.b64decode(toolkit.renderToMIDI())))
    notes = []
    for track in rendered.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                notes.append(Struck(now / rendered.ticks_per_beat, message.note))
    return notes


def unmatched(ours: Iterable[Struck], theirs: Iterable[Struck]) -> tuple[int, int]:
    """How many of ours have no note of theirs, and the other way round."""
    free: dict[int, list[float]] = defaultdict(list)
    for note in theirs:
        free[note.pitch].append(note.onset)
    alone = 0
    for onset, pitch in sorted(ours):
        near = [time for time in free[pitch] if -EARLY <= time - onset <= LATE]
        if near:
            free[pitch].remove(min(near, key=lambda time: abs(time - onset)))
        else:
            alone += 1
    return alone, sum(map(len, free.values()))


def main(paths: list[Path]) -> None:
    """Print a row for each file."""
    verovio.enableLog(verovio.LOG_OFF)
    print("| file | ours | verovio's | ours alone | verovio's alone | abbreviates |")
    print("|---|---|---|---|---|---|")
    for path in paths:
        ours = [Struck(s.onset / TICKS, s.pitch) for s in read_written(path).sounds]
        theirs = of_verovio(path)
        text = path.read_text(errors="replace")
        short = "yes" if "*rep" in text or "*tremolo" in text else ""
        cells = (path.name, len(ours), len(theirs), *unmatched(ours, theirs), short)
        print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main([Path(name) for name in sys.argv[1:]])
