"""Engraved pages: SVG by verovio, PDF and PNG of them by typst. https://book.verovio.org

All are made from the MusicXML of `ragsmith.io.score.musicxml`: note heads keep its ids in the SVG.
"""

from __future__ import annotations

import base64
import io
import re
import tempfile
from collections import Counter
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from ragsmith.errors import BadFile
from ragsmith.files import write_whole
from ragsmith.io.score.layout import A4, STAFF_SIZE, Layout, Paper
from ragsmith.io.score.lines import line_starts
from ragsmith.io.score.musicxml import musicxml, printed
from ragsmith.io.score.pages import write_pages
from ragsmith.io.score.turns import free_turns, page_starts
from ragsmith.piece import Piece

__all__ = ["screen_page", "svg_pages", "write_pdf", "write_png", "write_svg"]

VEROVIO_STAFF = 7.2
"""Millimetres of a staff at verovio's own size."""
MARGIN = 13.0
LINE_ROOM = 48.0
"""Columns of notes (see `ragsmith.io.score.lines`) on an A4 line between its margins, with staves
of `STAFF_SIZE`: four to five bars of eight sixteenths."""
SCREEN_PIXELS = 96
"""CSS pixels in an inch."""
TALLEST = 60_000
"""The height of a page in verovio that stands for one without an end."""
PIXELS = 2000
"""Width of a page in PNG."""
OPTIONS = {
    "justificationMaxVertical": 0.35,
    "spacingSystem": 6,
    "spacingBraceGroup": 10,
    "justificationBraceGroup": 0.2,
    "rightMarginBarLine": 0.6,
    "tieMinLength": 3.0,
    "svgFormatRaw": True,
    "svgViewBox": True,
    "xmlIdSeed": 1,
}
TITLE = re.compile(r'(<rend [^>]*halign="center" valign="top")')
TITLE_SIZE = 190
"""Percent of other text; less for a title of more than `LONG_TITLE` characters, so that it fits."""
LONG_TITLE = 50
ENDING = re.compile(r'(<ending [^>]*n="([\d, ]+)")')
MEASURE = re.compile(r"(?:<ending [^>]*>\s*)?<measure ")
"""The beginning of a measure, with that of an ending before it: a line breaks before both."""
MEASURE_ID = re.compile(r'<measure [^>]*xml:id="([^"]+)"')
LINE_BREAK = re.compile("<sb/>")
PAGE_NUMBER = """<pgFoot func="all">
<rend halign="center" valign="top"><num label="page">#</num></rend></pgFoot>
"""
FONT_FACE = re.compile(r"@font-face *\{.*?\}", re.DOTALL)
FONTS = ("Liberation", "Leipzig")
"""Liberation Serif, which is as wide as the Times that verovio reckons with, and musical signs."""
INCH = 25.4
PAGE = '#page(image("{}.svg", width: 100%, height: 100%))\n'
DOCUMENT = """\
#set document(title: sys.inputs.title, author: sys.inputs.composer, date: none)
#set page(width: {width}mm, height: {height}mm, margin: 0mm)
"""


def svg_pages(piece: Piece, layout: Layout | None = None) -> list[str]:
    """The score of a piece, each page an SVG; the same piece always gives the same text.

    Raises:
        BadFile: the piece cannot be drawn as a score.
    """
    layout = layout or Layout()
    mei, starts = _broken_mei(piece, layout)
    toolkit = _laid_out(mei, layout, layout.paper.height)
    if toolkit.getPageCount() > 1:
        toolkit = _turned(piece, mei, starts, layout, toolkit)
    return [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]


def _turned(piece: Piece, mei: str, starts: list[int], layout: Layout, full: Any) -> Any:
    """A toolkit with the pages evenly filled and turned where a hand is free; the one whose pages
    are full where that takes more pages."""
    measures = MEASURE_ID.findall(mei)
    pages = [full.getPageWithElement(measures[place]) for place in (0, *starts)]
    held = [count for _, count in sorted(Counter(pages).items())]
    capacities = [held[0], *(max(held) for _ in held[1:])]
    broken = mei
    breaks = [match.start() for match in LINE_BREAK.finditer(mei)]
    for line in reversed(page_starts(free_turns(piece, starts), capacities)):
        place = breaks[line - 1]
        broken = broken[:place] + "<pb/>" + broken[place:]
    toolkit = _laid_out(broken, layout, layout.paper.height, breaks="encoded")
    return toolkit if toolkit.getPageCount() == len(held) else full


def screen_page(piece: Piece, width: int, layout: Layout | None = None) -> str:
    """The score as one SVG for a screen, as high as it needs to be.

    Args:
        piece: what to draw.
        width: in CSS pixels; lines are broken to it.
        layout: of which only the paper is set aside.

    Raises:
        BadFile: the piece cannot be drawn as a score.
    """
    paper = Paper(width * INCH / SCREEN_PIXELS, A4.height)
    layout = replace(layout or Layout(), paper=paper)
    mei, _ = _broken_mei(piece, layout)
    return str(_laid_out(mei, layout, None).renderToSVG(1))


def _broken_mei(piece: Piece, layout: Layout) -> tuple[str, list[int]]:
    """The piece in MEI with its lines broken, and the measures that begin a line but the first."""
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    reader = verovio.toolkit()
    # This first pass only makes MEI: without breaks verovio lays nothing out.
    reader.setOptions({"inputFrom": "xml", "breaks": "none", "xmlIdSeed": 1})
    if not reader.loadData(musicxml(piece, layout.hand).decode()):
        raise BadFile(piece.title or "the piece", "cannot be engraved", "write it as MusicXML")
    size = TITLE_SIZE * LONG_TITLE // max(LONG_TITLE, len(printed(piece.title)))
    mei = TITLE.sub(rf'\1 fontsize="{size}%"', reader.getMEI(), count=1)
    mei = mei.replace("<staffGrp", PAGE_NUMBER + "<staffGrp", 1)
    mei = ENDING.sub(r'\1 label="\2."', mei)
    starts = line_starts(piece, _line_room(layout), layout.bars_per_line)
    places = [match.start() for match in MEASURE.finditer(mei)]
    for start in reversed(starts):
        mei = mei[: places[start]] + "<sb/>" + mei[places[start] :]
    return mei, starts


def _line_room(layout: Layout) -> float:
    """Columns of notes on a line."""
    wide = (layout.paper.width - 2 * _margin(layout)) / (A4.width - 2 * MARGIN)
    return LINE_ROOM * wide * STAFF_SIZE / layout.staff_size


def _margin(layout: Layout) -> float:
    """Millimetres on all sides; narrow screens have no room to give away."""
    return min(MARGIN, layout.paper.width / A4.width * MARGIN)


def _laid_out(mei: str, layout: Layout, height: float | None, breaks: str = "line") -> Any:
    """A verovio toolkit with the score on pages of a height in millimetres; None stands for one
    page as high as the score. Pages break where they are full, or where the MEI says so."""
    import verovio

    scale = 100 * layout.staff_size / VEROVIO_STAFF

    def units(millimetres: float) -> int:
        return round(millimetres * 1000 / scale)

    toolkit = verovio.toolkit()
    sides = ("Top", "Bottom", "Left", "Right")
    margins = {f"pageMargin{side}": units(_margin(layout)) for side in sides}
    page = {
        "scale": round(scale),
        "pageWidth": units(layout.paper.width),
        "pageHeight": TALLEST if height is None else units(height),
        "adjustPageHeight": height is None,
        "justifyVertically": height is not None,
    }
    toolkit.setOptions({**OPTIONS, "inputFrom": "mei", "breaks": breaks, **margins, **page})
    toolkit.loadData(mei)
    return toolkit


def write_svg(
    piece: Piece, path: Path, layout: Layout | None = None, width: int | None = None
) -> Path:
    """Write the pages as SVG; the second is NAME-2.svg beside the first, and so on.

    With a width, in CSS pixels, it is one page for a screen (`screen_page`).

    Pages that an earlier, longer score left under these names are removed.

    Raises:
        BadFile: the piece cannot be drawn as a score, or a file cannot be written.
    """
    pages = svg_pages(piece, layout) if width is None else [screen_page(piece, width, layout)]
    return write_pages([page.encode() for page in pages], path)


def write_png(piece: Piece, path: Path, layout: Layout | None = None) -> Path:
    """Write the pages as PNG, 2000 pixels wide; the second is NAME-2.png, and so on.

    Pages that an earlier, longer score left under these names are removed.

    Raises:
        BadFile: the piece cannot be drawn as a score, or a file cannot be written.
    """
    return write_pages(_typeset(piece, layout or Layout(), "png"), path)


def write_pdf(piece: Piece, path: Path, layout: Layout | None = None) -> Path:
    """Write the score as PDF; the file appears whole or not at all.

    Raises:
        BadFile: the piece cannot be drawn as a score, or the file cannot be written.
    """
    return write_whole(path, _typeset(piece, layout or Layout(), "pdf")[0])


def _typeset(piece: Piece, layout: Layout, form: Literal["pdf", "png"]) -> list[bytes]:
    """The pages as typst draws them: one PDF, or a PNG for each."""
    import typst

    pages = [_without_fonts(page) for page in svg_pages(piece, layout)]
    text = DOCUMENT.format(**layout.paper._asdict()) + "".join(map(PAGE.format, range(len(pages))))
    sources: Any = {"main": text.encode()}
    sources |= {f"{number}.svg": page.encode() for number, page in enumerate(pages)}
    about = {"title": printed(piece.title), "composer": printed(piece.composer)}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for number, font in enumerate(_fonts()):
            (Path(folder) / f"{number}.ttf").write_bytes(font)
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[folder])
        compiler = typst.Compiler(sources, font_paths=fonts, sys_inputs=about)
        made: Any = compiler.compile(format=form, ppi=PIXELS / (layout.paper.width / INCH))
    return made if isinstance(made, list) else [made]


def _without_fonts(svg: str) -> str:
    """Without the fonts inside, which typst does not read, and with one that it has."""
    return FONT_FACE.sub("", svg).replace("Times, serif", "Liberation Serif")


@cache
def _fonts() -> tuple[bytes, ...]:
    """The fonts of text and signs; they lie in verovio's wheel, packed for browsers."""
    from fontTools.ttLib import TTFont

    fonts = []
    for name in FONTS:
        css = (resources.files("verovio") / "data" / f"{name}.css").read_text("utf-8")
        for packed in re.findall(r"base64,([\w+/=]+)", css):
            font = TTFont(io.BytesIO(base64.b64decode(packed)))
            font.flavor = None
            unpacked = io.BytesIO()
            font.save(unpacked)
            fonts.append(unpacked.getvalue())
    return tuple(fonts)
