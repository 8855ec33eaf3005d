"""MEI: octaves, accidentals, readings and ties."""

from __future__ import annotations

from ragsmith.io.readers.exact_score import to_reading
from ragsmith.io.readers.mei import read_mei
from ragsmith.io.readers.xml_file import parsed
from ragsmith.piece import Piece


def plain(piece: Piece) -> list[tuple[int, int, int]]:
    return [(n.onset, n.pitch, n.duration) for n in piece.notes]


def mei(layer: str, definition: str = "", after: str = "") -> Piece:
    root = parsed(
        '<mei xmlns="http://www.music-encoding.org/ns/mei"><score><scoreDef '
        f'meter.count="4" meter.unit="4" {definition}><staffGrp><staffDef n="1"/></staffGrp>'
        f'</scoreDef><section><measure><staff n="1"><layer>{layer}</layer></staff>{after}'
        "</measure></section></score></mei>".encode(),
        "test",
    )
    return to_reading(read_mei(root), "test", 4).piece


def test_mei_octave_lines_and_written_octaves() -> None:
    notes = (
        '<note xml:id="a" pname="c" oct="4" dur="4"/><note xml:id="b" pname="d" oct="4" dur="4"/>'
    )
    line = '<octave startid="#a" endid="#b" dis="8" dis.place="above"/>'
    given_twice = '<note xml:id="c" pname="e" oct="4" oct.ges="5" dur="4"/>'
    line_over_it = '<octave startid="#c" endid="#c" dis="8" dis.place="above"/>'
    shifted = mei(
        notes + '<note pname="c" oct="4" dur="4"/>' + given_twice, "", line + line_over_it
    )
    assert [n.pitch for n in shifted.notes] == [72, 74, 60, 76]


def test_mei_accidentals_hold_for_the_bar_unless_each_note_has_its_own() -> None:
    plain_notes = '<note pname="f" oct="4" dur="4" accid="n"/><note pname="f" oct="4" dur="4"/>'
    other = '<note pname="f" oct="5" dur="4"/>'
    assert [n.pitch for n in mei(plain_notes + other, 'keysig="1s"').notes] == [65, 65, 78]
    own = '<note pname="f" oct="4" dur="4" accid.ges="s"/><note pname="f" oct="4" dur="4"/>'
    assert [n.pitch for n in mei(own, 'keysig="1s"').notes] == [66, 65]


def test_mei_takes_one_reading_and_ties_by_attribute() -> None:
    one, other = (f'<note pname="{name}" oct="4" dur="4"/>' for name in "cd")
    choice = f"<app><rdg>{one}</rdg><lem>{other}</lem></app>"
    tied = '<note pname="e" oct="4" dur="4" tie="i"/><note pname="e" oct="4" dur="4" tie="t"/>'
    assert plain(mei(choice + tied)) == [(0, 62, 4), (4, 64, 8)]
