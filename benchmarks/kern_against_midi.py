"""Do the kern files say the same notes as their MIDI renderings? Each difference with its cause.

    python benchmarks/kern_against_midi.py KERN_FOLDER MIDI_FOLDER

The renderings are verovio's. A cause is proved, not guessed: what is held to be the cause is taken
out of the kern file, verovio renders the rest, and the differences that are gone were its doing.
A tie is missed when the rendering strikes a key again that, by the kern file, is tied over: into
a chord of several voices, into a second ending, or by a tie that is not drawn.
"""

from __future__ import annotations

import base64
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import verovio

from ragsmith.io.readers.midi import read_midi
from ragsmith.io.readers.notation import read_notation
from ragsmith.piece import Note, Piece
from ragsmith.playing_order import unfold

GRID = 24
MISSED_TIES = "missed ties"


class Row(NamedTuple):
    """What one piece comes to."""

    name: str
    kern: int
    midi: int
    played: bool
    seconds: float
    differences: int
    causes: Counter[str]
    unexplained: int


def without_global_comments(text: str) -> str:
    """They say nothing that sounds, and cost verovio nine tenths of its time."""
    return "\n".join(line for line in text.split("\n") if not line.startswith("!!"))


def edited(text: str, edit: Callable[[str], str]) -> str:
    """The file with every field of its rows of notes edited; rows left empty are dropped."""
    rows = []
    for row in text.split("\n"):
        if row and row[0] not in "!*=":
            row = "\t".join(edit(field) for field in row.split("\t"))
            if not any(sign.isdigit() for sign in row):
                continue
        rows.append(row)
    return "\n".join(rows)


def without_graces(text: str) -> str:
    return edited(text, lambda field: "." if "q" in field else field)


def without_rolls(text: str) -> str:
    return edited(text, lambda field: field.replace(":", ""))


def without_tremolos(text: str) -> str:
    return re.sub(r"\*X?tremolo", "*", text)


CAUSES = {
    "grace notes": without_graces,
    "rolled chords": without_rolls,
    "tremolos": without_tremolos,
}


def rendered(text: str) -> Piece:
    """The kern as verovio's MIDI."""
    toolkit = verovio.toolkit()
    toolkit.setOptions({"breaks": "none"})
    if not toolkit.loadData(text):
        raise ValueError("verovio cannot read it")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rendered.mid"
        path.write_bytes(base64.b64decode(toolkit.renderToMIDI()))
        return read_midi(path, GRID).piece


def notes(piece: Piece) -> Counter[tuple[int, int, int, int]]:
    return Counter((n.onset, n.pitch, n.duration, int(n.hand)) for n in piece.notes)


def differences(one: Piece, other: Piece) -> int:
    """Notes that only one of them has, counted on both sides."""
    return ((notes(one) - notes(other)) + (notes(other) - notes(one))).total()


def with_ties_struck(piece: Piece, rendering: Piece) -> Piece:
    """The piece with its notes cut where the rendering strikes their keys again, for as long."""
    lengths = {(n.onset, n.pitch, n.hand): n.duration for n in rendering.notes}
    struck: list[Note] = []
    for note in piece.notes:
        inside = range(note.onset + 1, note.onset + note.duration)
        cuts = [step for step in inside if (step, note.pitch, note.hand) in lengths]
        end = cuts[0] if cuts else note.onset + note.duration
        struck.append(note._replace(duration=end - note.onset))
        again = ((step, lengths[step, note.pitch, note.hand]) for step in cuts)
        struck += [note._replace(onset=step, duration=length) for step, length in again]
    return replace(piece, notes=tuple(struck))


def compare(kern: Path, midi: Path) -> Row:
    start = time.perf_counter()
    written = read_notation(kern, GRID).piece
    seconds = time.perf_counter() - start
    rendering = read_midi(midi, GRID).piece
    pieces = {False: written, True: unfold(written)}
    played = min(pieces, key=lambda p: differences(pieces[p], rendering))
    piece = pieces[played]
    causes: Counter[str] = Counter()
    text = without_global_comments(kern.read_text(encoding="utf-8"))
    all_of_them = left = differences(piece, rendering)
    for cause, without in CAUSES.items():
        text = without(text)
        rendering = rendered(text)
        causes[cause] = left - differences(piece, rendering)
        left -= causes[cause]
    causes[MISSED_TIES] = left - differences(with_ties_struck(piece, rendering), rendering)
    left -= causes[MISSED_TIES]
    counts = len(piece.notes), len(read_midi(midi, GRID).piece.notes)
    return Row(kern.stem, *counts, played, seconds, all_of_them, causes, left)


def main() -> None:
    kern_folder, midi_folder = (Path(argument) for argument in sys.argv[1:3])
    verovio.enableLog(verovio.LOG_OFF)
    rows = [
        compare(kern, midi)
        for kern in sorted(kern_folder.glob("*.krn"))
        if (midi := midi_folder / f"{kern.stem}.mid").exists()
    ]
    causes = [*CAUSES, MISSED_TIES]
    print(f"| piece | notes in kern | in MIDI | order | differ | {' | '.join(causes)} | ? |")
    print("|---" * (len(causes) + 6) + "|")
    for row in rows:
        order = "played" if row.played else "written"
        explained = " | ".join(str(row.causes[cause] or "") for cause in causes)
        counts = f"{row.kern} | {row.midi} | {order} | {row.differences or ''}"
        print(f"| {row.name} | {counts} | {explained} | {row.unexplained or ''} |")
    sums = " | ".join(str(sum(row.causes[cause] for row in rows)) for cause in causes)
    differ, unexplained = sum(r.differences for r in rows), sum(r.unexplained for r in rows)
    counts = f"{sum(r.kern for r in rows)} | {sum(r.midi for r in rows)}"
    print(f"| all {len(rows)} | {counts} | | {differ} | {sums} | {unexplained} |")
    equal = sum(not row.differences for row in rows)
    print(
        f"\n{equal} of {len(rows)} are the same note for note: onset, pitch, duration and hand. "
        f"{sum(r.played for r in rows)} renderings have their repeats played, the others each "
        f"bar once; our reading is compared in that order. A note that differs counts on both "
        f"sides. Reading a kern file takes {statistics.median(r.seconds for r in rows):.3f} s "
        f"(median; longest {max(r.seconds for r in rows):.3f} s)."
    )


if __name__ == "__main__":
    main()
