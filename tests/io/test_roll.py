"""The piano roll: every note once, at its place, and no title that could break the drawing."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.errors import BadFile
from ragsmith.io import read
from ragsmith.io.roll import Mark, roll_svg, write_png, write_svg
from ragsmith.piece import Hand, Metre, Note, Piece, Section, regular_bars
from support.strategies import pieces

SVG = "{http://www.w3.org/2000/svg}"
TWO_FOUR = [(0, Metre(2, 4))]
LEFT_EDGE = 40
marks = st.builds(
    Mark,
    st.integers(-10, 200),
    st.integers(-10, 200),
    st.text(max_size=60),
    st.sampled_from(["texture", "melody"]),
)


def piece_of(*notes: Note, bars: int = 2) -> Piece:
    return Piece(notes, regular_bars(8 * bars, TWO_FOUR))


def drawn(piece: Piece, *marks: Mark) -> ElementTree.Element:
    return ElementTree.fromstring(roll_svg(piece, marks))


def systems(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [g for g in root.iter(f"{SVG}g") if g.get("transform")]


def of_hand(system: ElementTree.Element, tag: str = "rect") -> list[ElementTree.Element]:
    return [e for g in system if g.get("class") in ("left", "right") for e in g.iter(SVG + tag)]


def number(element: ElementTree.Element, name: str) -> float:
    return float(element.get(name, "nan"))


def texts(root: ElementTree.Element) -> list[str]:
    return [e.text or "" for e in root.iter(f"{SVG}text")]


@given(pieces(), st.lists(marks, max_size=5))
def test_any_piece_is_valid_xml_with_one_rect_for_each_note_inside_its_system(
    piece: Piece, wanted: list[Mark]
) -> None:
    root = drawn(piece, *wanted)
    notes = [rect for system in systems(root) for rect in of_hand(system)]
    assert len(notes) == len(piece.notes)
    for rect in notes:
        assert number(rect, "x") >= 0
        assert LEFT_EDGE + number(rect, "x") + number(rect, "width") <= 1200
        assert 0.3 < number(rect, "fill-opacity") <= 1
        assert 0 <= number(rect, "y") < number(root, "height")


@given(pieces(), st.lists(marks, max_size=3))
def test_the_same_piece_gives_the_same_text(piece: Piece, wanted: list[Mark]) -> None:
    assert roll_svg(piece, wanted) == roll_svg(replace(piece), list(wanted))


def test_later_is_further_right_higher_is_further_up_and_longer_is_wider() -> None:
    low, high = (Note(0, 50, 2, hand=Hand.LEFT), Note(4, 62, 4, hand=Hand.LEFT))
    first, second = of_hand(systems(drawn(piece_of(low, high)))[0])
    assert number(first, "x") < number(second, "x")
    assert number(first, "y") - number(second, "y") == 12 * 4
    assert number(first, "width") < number(second, "width")


def test_hands_have_two_colours_and_loud_notes_are_more_opaque() -> None:
    soft, loud = Note(0, 50, 2, 20, Hand.LEFT), Note(4, 72, 2, 120, Hand.RIGHT)
    left, right = (g for g in systems(drawn(piece_of(soft, loud)))[0] if g.get("class"))
    assert left.get("fill") != right.get("fill")
    assert number(left[0], "fill-opacity") < number(right[0], "fill-opacity")


def test_a_mark_covers_its_steps_and_is_named() -> None:
    piece = piece_of(Note(0, 60, 2), Note(8, 62, 1))
    root = drawn(piece, Mark(0, 9, "maple leaf, bar 3", "melody"))
    (band,) = [e for e in systems(root)[0].iter(f"{SVG}rect") if e.get("class") == "melody"]
    first, last = of_hand(systems(root)[0])
    assert number(band, "x") == number(first, "x")
    assert number(band, "width") == pytest.approx(number(last, "x") + number(first, "width") / 2, 1)
    assert "maple leaf, bar 3" in texts(root)
    assert "melody also in the corpus" in texts(root)


def test_a_mark_goes_on_in_the_next_system_and_labels_do_not_overlap() -> None:
    wanted = [Mark(100 + i, 140, f"a long label, number {i}", "texture") for i in range(9)]
    root = drawn(piece_of(Note(0, 60, 2), bars=32), *wanted)
    for system in systems(root):
        assert sum(e.get("class") == "texture" for e in system.iter(f"{SVG}rect")) == 9
        labels = [e for e in system.iter(f"{SVG}text") if "long label" in (e.text or "")]
        assert len({e.get("y") for e in labels}) == len(labels) == 4


def test_sixteen_bars_make_a_system_and_are_numbered() -> None:
    piece = Piece((Note(0, 60, 2),), regular_bars(40 * 8, TWO_FOUR, pickup=2))
    root = drawn(piece)
    assert len(systems(root)) == 3
    assert [t for t in texts(systems(root)[1]) if t.isdigit()] == [str(n) for n in range(17, 33)]


def test_systems_cover_the_piece_even_when_bars_are_long() -> None:
    bars = regular_bars(64 * 16, [(0, Metre(64, 4)), (256, Metre(1, 16)), (260, Metre(400, 4))])
    root = drawn(Piece((Note(0, 60, 2),), bars))
    assert len(systems(root)) == 3


def test_a_note_that_sounds_into_the_next_system_is_continued_there() -> None:
    first, second = systems(drawn(piece_of(Note(126, 60, 6), bars=17)))
    assert len(of_hand(first)) == len(of_hand(second, "path")) == 1
    assert not of_hand(first, "path")
    assert not of_hand(second)


def test_strains_are_named_where_they_begin_and_in_brackets_where_they_go_on() -> None:
    strains = (Section("Trio", 0, 144), Section("Coda", 144, 160))
    first, second = systems(drawn(replace(piece_of(Note(0, 60, 1), bars=20), sections=strains)))
    assert "Trio" in texts(first)
    assert "Coda" not in texts(first)
    assert {"(Trio)", "Coda"} <= {*texts(second)}


def test_octaves_are_named_and_only_what_is_played_is_shown() -> None:
    names = texts(drawn(piece_of(Note(0, 58, 1), Note(1, 74, 1))))
    assert {"C4", "C5"} <= {*names}
    assert not {"C3", "C6"} & {*names}


def test_titles_are_escaped_and_bounded() -> None:
    nasty = "<script>&\x00\ud800\ufffe\u202e" + "W" * 10_000
    piece = replace(piece_of(Note(0, 60, 1)), title=nasty, composer=nasty)
    sections = (Section(nasty, 0, 8),)
    text = roll_svg(replace(piece, sections=sections), [Mark(0, 4, nasty, "texture")])
    root = ElementTree.fromstring(text)
    assert "<script" not in text
    assert not any(len(t) > 100 for t in texts(root))
    assert len(text) < 20_000


@pytest.mark.parametrize("bars", [(), regular_bars(64, TWO_FOUR)])
def test_a_piece_without_notes_is_drawn_all_the_same(bars: tuple, tmp_path: Path) -> None:
    assert "no notes" in texts(drawn(Piece((), bars)))
    assert write_png(Piece((), bars), tmp_path / "empty.png").stat().st_size


def test_files_are_the_same_each_time_and_two_pixels_a_unit(tmp_path: Path) -> None:
    piece = replace(piece_of(Note(0, 60, 2)), title="Öl & 音 \U0001f3b5")
    svg, png = write_svg(piece, tmp_path / "a.svg"), write_png(piece, tmp_path / "a.png")
    assert svg.read_text("utf-8") == roll_svg(piece)
    data = png.read_bytes()
    height = int(re.search(r'height="(\d+)"', svg.read_text("utf-8")).group(1))
    assert struct.unpack(">II", data[16:24]) == (2400, 2 * height)
    assert write_png(piece, tmp_path / "b.png").read_bytes() == data


def test_a_very_long_piece_still_makes_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragsmith.io.roll.MOST_PIXELS", 100_000)
    data = write_png(piece_of(Note(0, 60, 2), bars=64), tmp_path / "long.png").read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert 90_000 < width * height < 110_000


def test_a_closed_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be written"):
        write_png(piece_of(Note(0, 60, 2)), tmp_path / "none" / "a.png")


@pytest.mark.corpus
def test_a_rag_is_drawn_strain_by_strain(shared: Path) -> None:
    rag = read(shared / "corpora/joplin/kern/mapleleaf.krn")
    root = drawn(rag)
    assert len(systems(root)) == 6
    assert {"A", "B", "C", "D", "84", "Maple Leaf Rag", "Scott Joplin"} <= {*texts(root)}
    assert sum(len(of_hand(s)) for s in systems(root)) == len(rag.notes)
    for above, below in pairwise(systems(root)):
        assert above.get("transform", "") != below.get("transform", "")
