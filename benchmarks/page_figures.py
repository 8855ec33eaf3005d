"""The written page in figures: how pitches are spelt, clefs and ledger lines, beside the edition.

    python benchmarks/page_figures.py FOLDER_OR_FILE ...

For each folder of music files: chords that hold one key under two names (in any octaves), bars in
which one key has two names, changes of clef, note heads with more than four ledger lines, and the
notes under an octave line, and the lines before or after which a hand is free for a beat, so that a
page could be turned there. Files with sections are folded as they are written. For kern files the
edition's own clefs and octave lines are counted too (`*clef` after the first, `*8va` and `*8ba`),
and the bars whose signature is the edition's if only its first one is known (`keys_of_strains`), as
they are written and as they are played. Of files without sections the rests and ties are counted as
keys are held, and as `with_written_values` has them.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

from ragsmith.io import read
from ragsmith.io.score.clefs import ledger_lines
from ragsmith.io.score.engrave import LINE_ROOM
from ragsmith.io.score.lines import line_starts
from ragsmith.io.score.repeat_signs import fold
from ragsmith.io.score.signatures import keys_of_strains
from ragsmith.io.score.staves import Staff, lay_out, measures_of
from ragsmith.io.score.turns import free_turns
from ragsmith.io.score.values import with_written_values
from ragsmith.keys import key_at
from ragsmith.piece import Piece
from ragsmith.playing_order import refold, unfold
from ragsmith.spelling import Name, fitting_key, spell

MOST_LEDGERS = 4


def music_files(path: Path) -> list[Path]:
    kinds = ("*.krn", "*.mid", "*.musicxml", "*.mxl")
    return sorted(f for kind in kinds for f in path.glob(kind)) if path.is_dir() else [path]


def two_names(piece: Piece) -> Counter[str]:
    """Chords and bars in which one key of the keyboard, or its octave, has two names."""
    starts = [bar.start for bar in piece.bars]
    chords: dict[tuple[int, int], set[tuple[str, int]]] = defaultdict(set)
    bars: dict[tuple[int, int], set[tuple[str, int]]] = defaultdict(set)
    for note, name in zip(piece.notes, names_of(piece), strict=True):
        chords[note.onset, note.pitch % 12].add((name.letter, name.alter))
        bars[bisect_right(starts, note.onset), note.pitch].add((name.letter, name.alter))
    return Counter(
        {
            "chords with two names": len({k for k, v in chords.items() if len(v) > 1}),
            "bars with two names": len({k[0] for k, v in bars.items() if len(v) > 1}),
            "bars": len(piece.bars),
        }
    )


def names_of(piece: Piece) -> tuple[Name, ...]:
    return spell(piece.notes, piece.keys, piece.bars)


def staves(piece: Piece) -> Counter[str]:
    """Clefs, ledger lines and octave lines as Ragsmith writes them."""
    measures = measures_of(piece.bars, (), piece.keys, piece.steps_per_quarter)
    counts: Counter[str] = Counter()
    before: tuple[Staff, ...] | None = None
    for pair in lay_out(piece, measures):
        for number, staff in enumerate(pair):
            last = before[number].clefs.last.sign if before else staff.clefs.first.sign
            counts["changes of clef"] += last != staff.clefs.first.sign
            kinds = Counter(sign.kind for sign in staff.clefs.signs)
            counts["changes of clef"] += kinds["clef"]
            counts["octave lines"] += kinds["line"]
            for event in (event for voice in staff.voices for event in voice):
                clef = staff.clefs.at(event.value.start)
                for head in event.heads:
                    height = "CDEFGAB".index(head.name.letter) + 7 * head.name.octave
                    beyond = ledger_lines(height, clef) > MOST_LEDGERS
                    counts["heads over four ledger lines"] += beyond
                    counts["heads"] += 1
        before = pair
    return counts


def short_rests(piece: Piece) -> Counter[str]:
    """Rests of a sixteenth or less, and ties: of the lengths that keys are held, and as values."""
    engraved = with_written_values(piece)
    counts = Counter({"pieces with detached notes": engraved is not piece})
    for how, music in (("held", piece), ("written", engraved)):
        measures = measures_of(music.bars, (), music.keys, music.steps_per_quarter)
        for event in (
            event
            for pair in lay_out(music, measures)
            for staff in pair
            for voice in staff.voices
            for event in voice
        ):
            is_rest = not event.heads and event.is_drawn
            is_short = 4 * event.value.steps <= music.steps_per_quarter
            counts[f"rests of a sixteenth or less, as {how}"] += is_rest and is_short
            counts[f"ties, as {how}"] += sum(head.tied_to for head in event.heads)
    return counts


def edition(path: Path) -> Counter[str]:
    """The clefs and octave lines of a kern file."""
    counts: Counter[str] = Counter()
    if path.suffix != ".krn":
        return counts
    text = path.read_text("utf-8", errors="replace")
    clefs = sum(len(re.findall(r"\*clef", row)) for row in text.split("\n"))
    counts["edition's changes of clef"] = clefs - 2
    counts["edition's octave lines"] = len(re.findall(r"\*8[vb]a", text))
    return counts


def signatures(piece: Piece, how: str) -> Counter[str]:
    """Bars with the edition's signature: found from the first one, and where that one stays."""
    if not piece.keys:
        return Counter()
    first = piece.keys[0].fifths
    keys = keys_of_strains(piece, first)
    own = [key_at(piece.keys, bar.start).fifths for bar in piece.bars]
    ours = [key_at(keys, bar.start).fifths for bar in piece.bars]
    return Counter(
        {
            f"bars {how} with the right signature": sum(map(int.__eq__, own, ours)),
            f"bars {how} with the first signature": own.count(first),
            f"bars {how}": len(own),
        }
    )


def main() -> None:
    for folder in map(Path, sys.argv[1:]):
        counts: Counter[str] = Counter()
        files = music_files(folder)
        for path in files:
            whole = read(path)
            whole = whole if whole.keys else replace(whole, keys=(fitting_key(whole.notes),))
            piece = fold(refold(whole)).piece
            starts = line_starts(piece, LINE_ROOM)
            free = sum(free_turns(piece, starts))
            lines = Counter({"lines on A4": len(starts) + 1, "lines begun with a free hand": free})
            for figures in (
                two_names(piece),
                staves(piece),
                edition(path),
                signatures(piece, "written"),
                signatures(unfold(whole), "played"),
                lines,
                Counter() if whole.order else short_rests(piece),
            ):
                counts.update(figures)
        print(f"{folder.name}, {len(files)} pieces:")
        for name, count in sorted(counts.items()):
            print(f"  {name}: {count}")


if __name__ == "__main__":
    main()
