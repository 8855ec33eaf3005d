"""Markings of scores (dynamics, slurs, accents, ...): read, and written back, counted by kind.

    python benchmarks/markings.py FOLDER [COUNT]

FOLDER holds MusicXML or kern. `file` are the elements of the part that is read as the file has
them, counted in its XML without Ragsmith's reader (slurs, hairpins and pedals by their beginnings;
a kern file is counted by what is read). `read` are the markings of the piece; `back` are those that
are the same, by step, pitch, text and end, after writing MusicXML and reading it again. Last comes
what a model would learn as the conventions of these scores.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

from ragsmith.io import read_report
from ragsmith.io.readers.file_bytes import file_bytes
from ragsmith.io.readers.notation import read_notation
from ragsmith.io.readers.repeats import signs_in
from ragsmith.io.readers.xml_file import parsed, unpacked
from ragsmith.io.score.musicxml import write_musicxml
from ragsmith.markings import KINDS, Marking
from ragsmith.measure.conventions import conventions_of, marks_of
from ragsmith.piece import Hand

ELEMENTS = {
    **{"accent": "accent", "strong-accent": "marcato", "staccato": "staccato"},
    **{"staccatissimo": "staccatissimo", "spiccato": "staccatissimo", "tenuto": "tenuto"},
    **{"fermata": "fermata", "arpeggiate": "arpeggio", "fingering": "fingering"},
    **{"trill-mark": "trill", "mordent": "mordent", "inverted-mordent": "mordent"},
    **{"turn": "turn", "inverted-turn": "turn"},
}


def in_file(path: Path, places: tuple[int, ...]) -> Counter[str]:
    """The elements of the parts at these places."""
    data = file_bytes(path)
    root = parsed(unpacked(data, path.name) if data.startswith(b"PK") else data, path.name)
    counts: Counter[str] = Counter()
    for place, part in enumerate(root.iterfind("part")):
        if place in places:
            counts.update(kind for element in part.iter() if (kind := kind_of(element)))
            for note in part.iter("note"):
                counts["grace"] += note.find("grace") is not None and note.find("pitch") is not None
    return counts


def kind_of(element: Element) -> str:
    """The kind of marking that an element is or begins; "" for others."""
    tag, kind = element.tag, element.get("type", "")
    if tag in ELEMENTS:
        return ELEMENTS[tag]
    if tag == "dynamics":
        return "dynamic" if len(element) else ""
    if tag == "words":
        text = " ".join((element.text or "").split())
        return "words" if any(map(str.isalnum, text)) and not signs_in(text) else ""
    if tag == "wedge":
        return kind if kind in ("crescendo", "diminuendo") else ""
    if tag == "pedal":
        return "pedal" if kind in ("start", "change") else ""
    return "slur" if tag == "slur" and kind == "start" else ""


def plain(marking: Marking) -> Marking:
    """A marking whose hand does not count: where both are meant, a staff is written."""
    return marking._replace(hand=Hand.UNKNOWN)


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None
    paths = sorted(p for p in folder.iterdir() if p.suffix in (".mxl", ".musicxml", ".xml", ".krn"))
    in_files, in_pieces, back = Counter[str](), Counter[str](), Counter[str]()
    marks = []
    with tempfile.TemporaryDirectory() as name:
        for path in paths[:count]:
            reading = read_report(path)
            marks.append(marks_of(reading.piece))
            piece = replace(reading.piece, sections=(), order=())
            own = Counter(plain(m) for m in piece.markings if m.kind != "spelling")
            score = write_musicxml(piece, Path(name) / "a.musicxml")
            again = read_notation(score, piece.steps_per_quarter).piece
            in_pieces.update(m.kind for m in own.elements())
            back.update(m.kind for m in (own & Counter(map(plain, again.markings))).elements())
            is_kern = path.suffix == ".krn"
            in_files.update(
                [m.kind for m in own.elements()] if is_kern else in_file(path, reading.taken.places)
            )
    print("| marking | file | read | back |\n|---|---|---|---|")
    for kind in KINDS:
        if in_files[kind] or in_pieces[kind]:
            print(f"| {kind} | {in_files[kind]} | {in_pieces[kind]} | {back[kind]} |")
    print(f"| all | {in_files.total()} | {in_pieces.total()} | {back.total()} |")
    conventions = conventions_of(filter(None, marks))
    for name, value in (conventions._asdict() if conventions else {}).items():
        print(f"\nConventions, {name}: {value}")


if __name__ == "__main__":
    main()
