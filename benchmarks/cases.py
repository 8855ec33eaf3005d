"""Is every case of a folder of small inputs right? One line for each, with what was seen.

    python benchmarks/cases.py CASES

CASES holds a folder for each kind of fault with `expect.txt`: the command, and what is right. That
is said here once more, for a machine to look at: of reading notes, bars and words; of
commands their exit code and a word of what they print. Files are read in a copy of the folder.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from doors import command
from ragsmith.io import read_report
from ragsmith.playing_order import unfold


class Read(NamedTuple):
    """What reading a file gives: how many notes, quarter notes of a bar, notes as (onset, pitch),
    a word of the repairs ("" where there are none), the title, and how long it plays."""

    file: str
    notes: int
    bar: float = 2
    strikes: Sequence[tuple[float, int]] = ()
    repair: str = ""
    title: str | None = None
    plays: float = 0


class Run(NamedTuple):
    """A command, its exit code, and a word that it prints."""

    words: str
    code: int
    says: str = ""


THREE = ((1, 76), (2, 79), (3, 71))
"""Of the study in 3/4 that most cases of MusicXML and MEI were made from."""
MODEL = "learn . --model markov --out m.ragsmith"
CASES: dict[str, Sequence[Read | Run]] = {
    "abc-key-accidentals": (
        Read("mode-and-sharp.abc", 27, 2, [(1, 68), (4, 80)]),
        Read("explicit.abc", 27, 2, [(1, 70), (0.5, 66)]),
        Read("two-sharps.abc", 27, 2, [(0, 61), (2, 66)]),
    ),
    "abc-octave-and-transpose": (
        Read("octave.abc", 27, 2, [(0, 48)]),
        Read("transpose.abc", 27, 2, [(0, 58)]),
        Read("clef-8.abc", 27, 2, [(0, 48)]),
        Read("two-hands.abc", 54, 2, [(0, 36), (0, 60)]),
    ),
    "abc-tunebook": (Run("doctor .", 0, "book.abc#3"),),
    "copy-over-a-long-rest": (
        Run(MODEL, 0),
        Run("compose m.ragsmith --count 1 --bars 64 --min-p 0 --seed 3", 0),
        Run("compose m.ragsmith --count 1 --bars 64 --min-p 0 --seed 5", 0),
        Run("compose m.ragsmith --count 6 --bars 64 --min-p 0 --seed 1", 0),
    ),
    "doctor-band-accepted": (Run("doctor .", 1, "5 instruments, no piano"),),
    "doctor-free-performance": (Run("doctor .", 1, "played freely"),),
    "export-coarse-grid": (
        Read("triplets.krn", 54, 2, [(1 / 3, 64), (2 / 3, 67)]),
        Read("thirtyseconds.mid", 128, 2, [(0.125, 61)]),
        Run("export triplets.krn out.musicxml", 0),
        Read("out.musicxml", 54, 2, [(1 / 3, 64), (2 / 3, 67)]),
    ),
    "export-glob-overwrites": (
        Run("export a.mid b.mid c.mid out.pdf", 1, "one piece is taken at a time"),
        Read("b.mid", 96, title="Swing"),
    ),
    "learn-silent-discards": (Run(MODEL, 0, "2 of 6 files learnt from, 4 rejected"),),
    "mei-chord-dur-on-notes": (Read("chords.mei", 56, 3, [(1, 76), (2, 79)]),),
    "mei-incipit": (Read("incipit.mei", 32, 3, THREE),),
    "mei-tupletspan": (Read("tupletspan.mei", 80, 3, [(1 / 3, 76), (3, 76)]),),
    # 90 note-ons, two of them on keys that the other hand strikes then
    "midi-chord-never-let-go": (
        Read("last-chord.mid", 88, 2, [(15.5, 67), (15.5, 84)], "4 notes without an end"),
        Read("no-ends.mid", 87, 2, (), "without an end"),
    ),
    "midi-title-not-latin": (
        Read("shift-jis.mid", 87, title="\u5922\u306e\u30ef\u30eb\u30c4"),
        Read("utf-16.mid", 87, title="Valse"),
    ),
    "primer-coarsened": (Run("compose --primer swing.mid --count 1 --seed 1", 1, "a grid of 3"),),
    "vary-coarsens-the-rest": (
        Run("compose --vary thirtyseconds.mid --bars 2-3 --count 1 --seed 1", 1, "a grid of 8"),
    ),
    "verovio-clef": tuple(
        Run(words.replace("FILE", "clef-without-staff.musicxml"), 1, "holds no notes")
        for words in ("export FILE out.mid", "check FILE", "report FILE", "compose --primer FILE")
    ),
    "xml-accidental-above": (Read("above.musicxml", 24, 3, [(1, 77), (4, 77)]),),
    "xml-measure-repeat": (Read("percent.musicxml", 32, 3, [(3, 72), (4, 76), (8, 81)]),),
    "xml-multiple-rest": (
        Read("both-hands.musicxml", 24, 3, [(9, 79)], plays=24),
        Read("left-hand-only.musicxml", 30, 3, THREE),
    ),
    "xml-ottava-two-voices": (Read("ottava.musicxml", 40, 3, [(0, 81), (0, 84)]),),
    "xml-repeat-times": (Read("four-times.musicxml", 32, 3, THREE, plays=60),),
    "xml-staff-layout": (
        Read("staff-details.musicxml", 32, 3, THREE),
        Read("staff-layout.musicxml", 32, 3, THREE),
    ),
    "xml-triplets-no-bracket": (Read("triplets.musicxml", 80, 3, [(1 / 3, 76), (3, 76)]),),
    "xml-triplets-under-one-beam": (
        Read("triplets.musicxml", 96, 3, [(1 / 2, 76), (2 / 3, 77), (5 / 6, 79)]),
    ),
    "xml-type-not-duration": (Read("hidden-rest.musicxml", 24, 3, [(3, 72)]),),
    "xml-voice-as-right-hand": (Read("song.musicxml", 32, 3, THREE),),
    "xml-voice-in-two-passes": (Read("two-passes.musicxml", 36, 3, [(1, 52), (2, 55)]),),
    "xml-zero-duration": (
        Read("backup.musicxml", 32, 3, THREE),
        Read("forward.musicxml", 32, 3, THREE),
        Read("note.musicxml", 32, 3, THREE, "without a length"),
    ),
}


def fault_of_reading(right: Read) -> str:
    """What of a file is read otherwise than is right; "" where nothing is."""
    reading = read_report(Path(right.file))
    piece = reading.piece
    quarter = piece.steps_per_quarter
    strikes = {(note.onset, note.pitch) for note in piece.notes}
    if len(piece.notes) != right.notes:
        return f"{len(piece.notes)} notes"
    if missing := [s for s in right.strikes if (round(s[0] * quarter), s[1]) not in strikes]:
        return f"not struck: {missing}"
    if piece.bars[0].length != right.bar * quarter:
        return f"a bar of {piece.bars[0].length / quarter} quarter notes"
    repairs = "; ".join(reading.repairs)
    if right.repair not in repairs or bool(repairs) != bool(right.repair):
        return f"repairs: {repairs}"
    if right.title is not None and piece.title != right.title:
        return f"title: {piece.title}"
    played = unfold(piece).steps / quarter
    return f"plays {played:g} quarter notes" if right.plays and played != right.plays else ""


def fault_of_running(right: Run) -> str:
    """What a command does otherwise than is right; "" where nothing is."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = command(right.words.split())
    if code != right.code:
        return f"exit code {code}: {out.getvalue()[-200:]}"
    return "" if right.says in out.getvalue() else out.getvalue()[-300:]


def main(folder: Path) -> None:
    """Look at every case, and print a line for each that is not right, and the count."""
    wrong = checks = 0
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(folder, f"{place}/cases")
        for case, rights in CASES.items():
            with contextlib.chdir(f"{place}/cases/{case}"):
                for right in rights:
                    read = isinstance(right, Read)
                    fault = fault_of_reading(right) if read else fault_of_running(right)
                    checks, wrong = checks + 1, wrong + bool(fault)
                    print(f"{case}: {right[0]}: {fault or 'right'}", flush=True)
    unknown = sorted({path.name for path in folder.iterdir()} - set(CASES))
    print(f"{len(CASES)} cases, {checks} checks, {wrong} wrong; cases not looked at: {unknown}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
