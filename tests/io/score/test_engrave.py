import re
import struct
from xml.etree import ElementTree

import pytest
from PIL import Image
from pypdf import PdfReader

from ragsmith.errors import BadFile
from ragsmith.io.score.engrave import screen_page, svg_pages, write_pdf, write_png, write_svg
from ragsmith.io.score.layout import LETTER, Layout
from ragsmith.io.score.lines import line_starts
from ragsmith.piece import Key, Metre, Note, Piece, Section, Tempo, regular_bars

IDS = re.compile(r'id="(n\d+(?:-\d+)?)"')


def a_piece(bars=4, **more):
    notes = tuple(Note(4 * i, 60 + i % 12, 4) for i in range(2 * bars))
    grid = regular_bars(8 * bars, [(0, Metre(2, 4))])
    return Piece(notes, grid, keys=(Key(0, -1),), tempos=(Tempo(0, 600_000),), **more)


def test_pages_keep_the_ids_of_notes():
    (page,) = svg_pages(a_piece(title="Rag & Bone", composer="N. N."))
    assert sorted(IDS.findall(page), key=lambda i: int(i[1:])) == [f"n{i}" for i in range(8)]
    text = "".join(ElementTree.fromstring(page).itertext())
    assert "Rag & Bone" in text
    assert "N. N." in text


def test_the_same_piece_gives_the_same_pages():
    assert svg_pages(a_piece(80)) == svg_pages(a_piece(80))
    assert len(svg_pages(a_piece(160))) > 1


def test_paper_sets_the_shape_of_a_page():
    (page,) = svg_pages(a_piece(), Layout(LETTER))
    width, height = map(float, re.findall(r'viewBox="0 0 (\d+) (\d+)"', page)[0])
    assert width / height == pytest.approx(LETTER.width / LETTER.height, rel=1e-3)


def test_each_page_is_a_file(tmp_path):
    piece = a_piece(160)
    assert write_svg(piece, tmp_path / "a.svg") == tmp_path / "a.svg"
    names = ["a.svg", *(f"a-{i + 2}.svg" for i in range(len(svg_pages(piece)) - 1))]
    assert sorted(f.name for f in tmp_path.iterdir()) == sorted(names)


def test_a_png_is_2000_pixels_wide(tmp_path):
    data = write_png(a_piece(), tmp_path / "a.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert (width, height) == pytest.approx((2000, 2829), abs=1)


def test_a_pdf_holds_its_fonts_and_is_always_the_same(tmp_path):
    piece = a_piece(title='A "title" #with [typst] \\ $signs$', composer="\0")
    one = write_pdf(piece, tmp_path / "a.pdf").read_bytes()
    two = write_pdf(piece, tmp_path / "b.pdf", Layout(LETTER)).read_bytes()
    assert one.startswith(b"%PDF")
    assert b"LiberationSerif" in one
    assert b"Leipzig" in one
    assert write_pdf(piece, tmp_path / "a.pdf").read_bytes() == one != two


def test_other_programs_open_the_pages(tmp_path):
    piece = a_piece(160, title="Rag & Bone", composer="N. N.")
    pdf = PdfReader(write_pdf(piece, tmp_path / "a.pdf"))
    assert len(pdf.pages) == len(svg_pages(piece))
    assert "Rag & Bone" in pdf.pages[0].extract_text()
    with Image.open(write_png(piece, tmp_path / "a.png")) as image:
        assert image.size[0] == 2000
        darkest, brightest = image.convert("L").getextrema()
        assert darkest < 64 < 192 < brightest


@pytest.mark.parametrize("write", [write_svg, write_png, write_pdf])
def test_nothing_is_left_of_what_cannot_be_drawn(write, tmp_path):
    with pytest.raises(BadFile, match="no bars"):
        write(Piece((), ()), tmp_path / "a")
    with pytest.raises(BadFile, match="cannot be written"):
        write(a_piece(), tmp_path / "missing" / "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("width", [390, 800, 1440])
def test_a_page_for_a_screen_holds_every_bar_in_its_width(width):
    page = screen_page(a_piece(40), width)
    assert page.count('class="measure"') == 40
    across = float(re.findall(r'viewBox="0 0 (\d+) \d+"', page)[1])
    lines = re.findall(r'<path d="M(\d+) \d+ L(\d+) \d+"', page)
    assert 0.8 * across < max(int(x) for ends in lines for x in ends) < across


def test_a_first_ending_has_a_point_and_stays_with_its_strain():
    sections = (Section("A", 0, 56), Section("A1", 56, 64), Section("A2", 64, 72))
    piece = a_piece(9, sections=sections, order=("A", "A1", "A", "A2"))
    text = "".join(ElementTree.fromstring(svg_pages(piece)[0]).itertext())
    assert "1." in text
    assert 7 not in line_starts(piece, 40.0)
    assert line_starts(piece, 40.0, bars_per_line=3) == [3, 6]
