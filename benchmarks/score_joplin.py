"""Scores of the Joplin rags, engraved from bare notes, beside the edition and other writers.

    pip install music21 partitura musicxml lxml xmlschema
    python benchmarks/score_joplin.py KERN_FOLDER [COUNT] [--only Ragsmith]

Each rag is flattened: its notes without hands and names; keys, metres and sections are kept. Ours:
hands, names, voices, values and beams by Ragsmith. The others read the same notes as MIDI, with the
hands that Ragsmith gave, and write MusicXML themselves. `lost` and `added` are onsets and pitches
in their bars after reading the MusicXML back (`read_notation`), `changed` are durations. Glyphs are
what verovio draws, of the edition from its kern. `names` is the share of notes spelt as in the
edition. `valid` is by the schema of MusicXML 4.0 (in the package `musicxml`), `warnings` are
verovio's; ms are medians of processor time.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import tempfile
import time
import warnings
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import verovio

from ragsmith.errors import BadFile
from ragsmith.hands import split_hands
from ragsmith.io.readers.midi import write_midi
from ragsmith.io.readers.notation import read_notation
from ragsmith.io.score.musicxml import write_musicxml
from ragsmith.piece import Hand, Piece

GLYPHS = ("note", "rest", "tie", "accid", "beam", "flag", "clef")
GLYPH = re.compile(r'class="(note|m?[rR]est|tie|accid(?="[^>]*>\s*<use)|beam|flag|clef)[" ]')
NATURAL = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
COARSE, FINE = 4, 24

Name = tuple[str, int]
Place = tuple[int, int]
"""Onset in 24ths of a quarter note, and pitch."""


@dataclass
class Row:
    """Sums over the rags."""

    valid: int = 0
    failed: int = 0
    ms: list[float] = field(default_factory=list)
    lost: int = 0
    added: int = 0
    changed: int = 0
    warnings: int = 0
    glyphs: Counter[str] = field(default_factory=Counter)
    named: int = 0
    notes: int = 0


def flattened(path: Path) -> tuple[Piece, Piece]:
    """The rag as it is, and without hands; on the grid of sixteenths where that holds it."""
    fits = read_notation(path, COARSE).fitting_grid
    piece = read_notation(path, COARSE if fits and COARSE % fits == 0 else FINE).piece
    if len(set(piece.order)) < len(piece.sections) or path.stem == "harmony":
        # Strains that come back are written out in full: nothing to compare with the edition.
        piece = replace(piece, order=())
    bare = tuple(note._replace(hand=Hand.UNKNOWN) for note in piece.notes)
    return piece, replace(piece, notes=bare)


def by_ragsmith(piece: Piece, folder: Path) -> Path:
    return write_musicxml(piece, folder / "ragsmith.musicxml")


def by_music21(piece: Piece, folder: Path) -> Path:
    import music21

    score = music21.converter.parse(folder / "flat.mid", forceSource=True)
    return Path(score.write("musicxml", folder / "music21.musicxml"))


def by_partitura(piece: Piece, folder: Path) -> Path:
    import partitura

    score = partitura.load_score_midi(folder / "flat.mid", part_voice_assign_mode=5)
    path = folder / "partitura.musicxml"
    partitura.save_musicxml(score, path)
    return path


WRITERS: dict[str, Callable[[Piece, Path], Path]] = {
    "Ragsmith": by_ragsmith,
    "music21": by_music21,
    "partitura": by_partitura,
}


def schema() -> Any:
    """MusicXML 4.0."""
    import musicxml
    import xmlschema
    from lxml import etree

    bundled = Path(xmlschema.__file__).parent / "schemas"
    local = {"xml.xsd": bundled / "XML/xml.xsd", "xlink.xsd": bundled / "XLINK/xlink.xsd"}

    class Local(etree.Resolver):  # type: ignore[misc]
        def resolve(self, url: str, public: str, context: Any) -> Any:
            name = url.rsplit("/", 1)[-1]
            return self.resolve_filename(str(local[name]), context) if name in local else None

    parser = etree.XMLParser()
    parser.resolvers.add(Local())
    path = Path(musicxml.__file__).parent / "generate_classes" / "musicxml_4_0.xsd"
    return etree.XMLSchema(etree.parse(str(path), parser))


def complaints(load: Callable[[], object]) -> int:
    """Lines that verovio writes to standard error while it loads."""
    usual = os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        verovio.enableLog(verovio.LOG_WARNING)
        try:
            load()
        finally:
            verovio.enableLog(verovio.LOG_OFF)
            os.dup2(usual, 2)
            os.close(usual)
        caught.seek(0)
        return sum(line.startswith(b"[") for line in caught)


def drawn(text: str, form: str) -> tuple[Counter[str], dict[Place, Name], int]:
    """What verovio draws: glyphs, the names of the notes, and its warnings."""
    toolkit = verovio.toolkit()
    toolkit.setOptions({"inputFrom": form, "expandNever": True, "header": "none", "footer": "none"})
    noise = complaints(lambda: toolkit.loadData(text))
    pages = (toolkit.renderToSVG(i + 1) for i in range(toolkit.getPageCount()))
    glyphs = Counter(glyph.lower() for page in pages for glyph in GLYPH.findall(page))
    glyphs["rest"] += glyphs.pop("mrest", 0)
    letters = dict(re.findall(r'<note [^>]*?xml:id="([^"]+)"[^>]*?pname="(\w)"', toolkit.getMEI()))
    names = {}
    for moment in toolkit.renderToTimemap():
        onset = round(moment["qstamp"] * FINE)
        for identity in moment.get("on", ()):
            letter = letters.get(identity)
            if letter is not None:
                pitch = toolkit.getMIDIValuesForElement(identity)["pitch"]
                alter = (pitch - NATURAL[letter] + 6) % 12 - 6
                names[onset, pitch] = (letter, alter)
    return glyphs, names, noise


def in_bars(piece: Piece) -> dict[tuple[int, int, int], int]:
    """Durations by the number of the bar, the onset in it, and the pitch: so a writer that makes a
    bar too long loses that one only."""
    starts = [bar.start for bar in piece.bars]
    durations = {}
    for note in piece.notes:
        bar = bisect_right(starts, note.onset) - 1
        durations[bar, note.onset - starts[bar], note.pitch] = note.duration
    return durations


def compare(row: Row, path: Path, piece: Piece, grammar: Any) -> None:
    """Reads a score back, and counts what is different."""
    from lxml import etree

    row.valid += grammar.validate(etree.parse(str(path)))
    grid = piece.steps_per_quarter
    try:
        back = read_notation(path, grid).piece
    except BadFile:
        row.failed += 1
        return
    meant, drawn = in_bars(piece), in_bars(back)
    row.lost += len(meant.keys() - drawn.keys())
    row.added += len(drawn.keys() - meant.keys())
    row.changed += sum(meant[place] != drawn[place] for place in meant.keys() & drawn.keys())


def measured(path: Path, rows: dict[str, Row], edition: Row, grammar: Any) -> tuple[int, int]:
    """One rag through all writers; returns how many notes have the edition's hand, and of how
    many."""
    piece, bare = flattened(path)
    text = path.read_text("utf-8", errors="replace")
    kern = "\n".join(line for line in text.split("\n") if not line.startswith("!!"))
    glyphs, named, _ = drawn(kern, "humdrum")
    edition.glyphs += glyphs
    hands = split_hands(bare.notes, bare.steps_per_quarter)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_midi(replace(bare, notes=hands, order=(), sections=()), folder / "flat.mid")
        for system, row in rows.items():
            began = time.process_time()
            score = WRITERS[system](bare, folder)
            row.ms.append(1000 * (time.process_time() - began))
            compare(row, score, piece, grammar)
            glyphs, names, noise = drawn(score.read_text("utf-8"), "xml")
            row.glyphs += glyphs
            row.warnings += noise
            row.notes += len(named.keys() & names.keys())
            row.named += sum(names[place] == named[place] for place in named.keys() & names.keys())
    same = sum(a.hand == b.hand for a, b in zip(piece.notes, hands, strict=True))
    return same, len(hands)


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int, nargs="?")
    parser.add_argument("--only", choices=WRITERS)
    given = parser.parse_args()
    paths = sorted(given.folder.glob("*.krn"))[: given.count]
    rows = {system: Row() for system in WRITERS if given.only in (None, system)}
    edition = Row()
    grammar = schema()
    in_hand = [measured(path, rows, edition, grammar) for path in paths]
    heads = ("score of", "valid", "unread", "ms", "lost", "added", "changed", "warnings")
    print("|", " | ".join((*heads, *(f"{g}s" for g in GLYPHS), "names")), "|")
    print("|---" * (len(heads) + len(GLYPHS) + 1) + "|")
    shown = [str(edition.glyphs[glyph]) for glyph in GLYPHS]
    print("| the edition |", " | ".join([*[" "] * (len(heads) - 1), *shown, " "]), "|")
    for system, row in rows.items():
        figures = (row.failed, round(statistics.median(row.ms)), row.lost, row.added, row.changed)
        cells = [f"{row.valid} of {len(paths)}", *map(str, figures), str(row.warnings)]
        cells += [str(row.glyphs[glyph]) for glyph in GLYPHS]
        print(f"| {system} |", " | ".join(cells), f"| {row.named} of {row.notes} |")
    same, notes = map(sum, zip(*in_hand, strict=True))
    print(f"\nHands as in the edition: {same / notes:.2%} of {notes} notes.")


if __name__ == "__main__":
    main()
