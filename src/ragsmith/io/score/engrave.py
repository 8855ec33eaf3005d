"""Engraved pages: SVG by verovio, PDF and PNG of them by typst. https://book.verovio.org

All are made from the MusicXML of `ragsmith.io.score.musicxml`: note heads keep its ids in the SVG.
"""

from __future__ import annotations

import base64
import io
import re
import tempfile
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ragsmith.errors import BadFile
from ragsmith.files import write_whole
from ragsmith.io.score.musicxml import musicxml, printed
from ragsmith.io.score.pages import write_pages
from ragsmith.piece import Piece

__all__ = ["A4", "LETTER", "PAPERS", "Paper", "svg_pages", "write_pdf", "write_png", "write_svg"]


class Paper(NamedTuple):
    """A page's width and height in millimetres."""

    width: float
    height: float


A4 = Paper(210, 297)
LETTER = Paper(215.9, 279.4)
PAPERS = {"a4": A4, "letter": LETTER}
SCALE = 80
"""Percent of verovio's own size; staves are 5.8 mm high."""
PIXELS = 2000
"""Width of a page in PNG."""
MARGINS = {f"pageMargin{side}": 170 for side in ("Top", "Bottom", "Left", "Right")}
OPTIONS = {
    "scale": SCALE,
    "justifyVertically": True,
    "spacingSystem": 8,
    "svgFormatRaw": True,
    "svgViewBox": True,
    "xmlIdSeed": 1,
    **MARGINS,
}
TITLE = re.compile(r'(<rend [^>]*halign="center" valign="top")')
TITLE_SIZE = 190
"""Percent of other text; less for a title of more than `LONG_TITLE` characters, so that it fits."""
LONG_TITLE = 50
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


def svg_pages(piece: Piece, paper: Paper = A4) -> list[str]:
    """The score of a piece, each page an SVG; the same piece always gives the same text.

    Raises:
        BadFile: the piece cannot be drawn as a score.
    """
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    reader = verovio.toolkit()
    # This first pass only makes MEI: without breaks verovio lays nothing out.
    reader.setOptions({"inputFrom": "xml", "breaks": "none", "xmlIdSeed": 1})
    if not reader.loadData(musicxml(piece).decode()):
        raise BadFile(piece.title or "the piece", "cannot be engraved", "write it as MusicXML")
    size = TITLE_SIZE * LONG_TITLE // max(LONG_TITLE, len(printed(piece.title)))
    mei = TITLE.sub(rf'\1 fontsize="{size}%"', reader.getMEI(), count=1)
    mei = mei.replace("<staffGrp", PAGE_NUMBER + "<staffGrp", 1)
    toolkit = verovio.toolkit()
    width, height = (round(side * 1000 / SCALE) for side in paper)
    toolkit.setOptions({**OPTIONS, "inputFrom": "mei", "pageWidth": width, "pageHeight": height})
    toolkit.loadData(mei)
    return [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]


def write_svg(piece: Piece, path: Path) -> Path:
    """Write the pages as SVG; the second is NAME-2.svg beside the first, and so on.

    Pages that an earlier, longer score left under these names are removed.

    Raises:
        BadFile: the piece cannot be drawn as a score, or a file cannot be written.
    """
    return write_pages([page.encode() for page in svg_pages(piece)], path)


def write_png(piece: Piece, path: Path) -> Path:
    """Write the pages as PNG, 2000 pixels wide; the second is NAME-2.png, and so on.

    Pages that an earlier, longer score left under these names are removed.

    Raises:
        BadFile: the piece cannot be drawn as a score, or a file cannot be written.
    """
    return write_pages(_typeset(piece, A4, "png"), path)


def write_pdf(piece: Piece, path: Path, paper: Paper = A4) -> Path:
    """Write the score as PDF; the file appears whole or not at all.

    Raises:
        BadFile: the piece cannot be drawn as a score, or the file cannot be written.
    """
    return write_whole(path, _typeset(piece, paper, "pdf")[0])


def _typeset(piece: Piece, paper: Paper, form: Literal["pdf", "png"]) -> list[bytes]:
    """The pages as typst draws them: one PDF, or a PNG for each."""
    import typst

    pages = [_without_fonts(page) for page in svg_pages(piece, paper)]
    text = DOCUMENT.format(**paper._asdict()) + "".join(map(PAGE.format, range(len(pages))))
    sources: Any = {"main": text.encode()}
    sources |= {f"{number}.svg": page.encode() for number, page in enumerate(pages)}
    about = {"title": printed(piece.title), "composer": printed(piece.composer)}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for number, font in enumerate(_fonts()):
            (Path(folder) / f"{number}.ttf").write_bytes(font)
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[folder])
        compiler = typst.Compiler(sources, font_paths=fonts, sys_inputs=about)
        made: Any = compiler.compile(format=form, ppi=PIXELS / (paper.width / INCH))
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
