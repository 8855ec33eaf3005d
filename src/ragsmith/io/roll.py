"""The piano roll of a piece as a picture: SVG text, and PNG drawn from it.

Time runs to the right in systems of sixteen bars, pitch runs upward; all lengths are SVG units.
The two colours differ in hue for the colour-blind (Okabe and Ito, "Color Universal Design", 2008)
and in lightness on a grey print.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from ragsmith.errors import BadFile
from ragsmith.files import write_whole
from ragsmith.io.printable import printable
from ragsmith.io.roll_layout import (
    HEAD,
    KEY_HEIGHT,
    LABEL_HEIGHT,
    LABEL_LINES,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Label,
    Mark,
    Row,
    Scale,
    fitted,
    lay_out,
    rounded,
)
from ragsmith.piece import Hand, Piece, Section

__all__ = ["Mark", "roll_svg", "write_png", "write_svg"]

NOTE_HEIGHT, KEYBOARD = 3.2, 10
"""Height of a note, and width of the keyboard at the left."""
BLACK_KEYS = frozenset({1, 3, 6, 8, 10})
COLOURS = {Hand.LEFT: ("#00558c", "#00304f"), Hand.RIGHT: ("#f0a63c", "#7a4400")}
"""Fill and edge."""
LANES = {"texture": ("#882255", "none"), "melody": ("#117733", "4 2")}
"""Colour, and dashes of the edge."""
FAINTEST = 0.35
"""Opacity of a note without loudness."""
PIXELS_PER_UNIT, MOST_PIXELS = 2.0, 60_000_000
TYPST = """#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.roll), format: "svg", width: {width}pt)"""


def roll_svg(piece: Piece, marks: Sequence[Mark] = (), numbers: Sequence[int] = ()) -> str:
    """The piece as an SVG document, 1200 units wide; the same piece always gives the same text.

    Every note is one `rect`, in the group of its hand and its system; where it sounds on into the
    next system, a `path` continues it. Notes without a hand are given one. A louder note is more
    opaque.

    Args:
        piece: as written, repeats not unfolded.
        marks: drawn as translucent bands, labelled below; what lies outside the piece is left out.
        numbers: of its bars, where they are not those that its score prints.
    """
    return _drawn(piece, marks, numbers)[0]


def _drawn(
    piece: Piece, marks: Sequence[Mark] = (), numbers: Sequence[int] = ()
) -> tuple[str, int]:
    """The document and its height in units."""
    rows, labels, scale, row_height, height = lay_out(piece, marks, numbers)
    parts = [*_head(piece, height, bool(marks))]
    for number, (row, in_row) in enumerate(zip(rows, labels, strict=True)):
        parts.append(f'<g transform="translate({LEFT} {TOP + HEAD + row_height * number})">')
        parts += [*_keys(row, scale), *_bars(row, scale, piece.steps_per_quarter)]
        parts += [*_strains(row, piece.sections, scale), *_notes(row, scale)]
        parts += [*_bands(in_row, scale.height), "</g>"]
    if not piece.notes:
        parts.append(_text(LEFT + 12, TOP + HEAD + scale.height / 2, "no notes", 14))
    return "\n".join([*parts, "</svg>\n"]), height


def write_svg(piece: Piece, path: Path) -> Path:
    """Write the roll as SVG.

    Raises:
        BadFile: the folder is missing or closed, or the disk is full.
    """
    return write_whole(path, roll_svg(piece).encode())


def write_png(piece: Piece, path: Path) -> Path:
    """Write the roll as PNG, two pixels per unit (fewer beyond 60 million pixels), by typst.

    Letters come from the fonts inside typst alone, so that every machine draws the same bytes.

    Raises:
        BadFile: the folder is missing or closed, the disk is full, or typst cannot draw the roll.
    """
    import typst

    svg, height = _drawn(piece)
    pixels = min(PIXELS_PER_UNIT, (MOST_PIXELS / (WIDTH * height)) ** 0.5)
    compiler = typst.Compiler(
        TYPST.format(width=WIDTH).encode(), ignore_system_fonts=True, sys_inputs={"roll": svg}
    )
    try:
        png = compiler.compile(format="png", ppi=72 * pixels)
    except RuntimeError as e:
        raise BadFile(path, "cannot be drawn", "write an .svg instead") from e
    if not isinstance(png, bytes):
        raise BadFile(path, "cannot be drawn on one page", "write an .svg instead")
    return write_whole(path, png)


def _head(piece: Piece, height: int, marked: bool) -> Iterator[str]:
    """The document's beginning, title, composer and legend."""
    title, composer = printable(piece.title) or "Untitled", printable(piece.composer)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="Libertinus Serif, Georgia, serif" fill="#222">'
    )
    yield f"<title>{escape(title)}</title>"
    yield f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    yield _text(LEFT, 32, fitted(title, 640, 22), 22)
    yield _text(LEFT, 52, fitted(composer, 640, 13), 13)
    yield from _legend(marked)


def _legend(marked: bool) -> Iterator[str]:
    """What the colours mean, and the bands where some are drawn."""
    x = WIDTH - RIGHT - 290
    for hand, name in ((Hand.LEFT, "left hand"), (Hand.RIGHT, "right hand")):
        fill, edge = COLOURS[hand]
        box = f'x="{x}" y="22" width="22" height="9"'
        yield f'<rect {box} fill="{fill}" stroke="{edge}" stroke-width=".7"/>'
        yield _text(x + 27, 31, name, 12)
        x += 90
    yield f'<g fill="{COLOURS[Hand.LEFT][0]}">'
    for i in range(4):
        loud = _opacity(1 + 42 * i)
        yield f'<rect x="{x + 25 + 11 * i}" y="22" width="11" height="9" fill-opacity="{loud}"/>'
    yield "</g>"
    yield _text(x + 21, 31, "soft", 12, "end") + _text(x + 73, 31, "loud", 12)
    x = WIDTH - RIGHT - 330
    for lane in LANES if marked else ():
        yield _band(lane, x, 40, 22, 11)
        yield _text(x + 27, 50, f"{lane} also in the corpus", 12)
        x += 172


def _keys(row: Row, scale: Scale) -> Iterator[str]:
    """Rows of black keys shaded, a keyboard at the left, the name of every C."""
    width, pitches = row.x(row.end, scale), range(scale.low, scale.high + 1)
    black = [scale.y(pitch) for pitch in pitches if pitch % 12 in BLACK_KEYS]
    shade = "".join(f"M0 {y}h{width}v{KEY_HEIGHT}H0z" for y in black)
    keys = "".join(f"M{-KEYBOARD} {y}h{KEYBOARD - 3}v{KEY_HEIGHT}h{3 - KEYBOARD}z" for y in black)
    between = [scale.y(pitch) + KEY_HEIGHT for pitch in pitches if pitch % 12 in (0, 5)]
    edges = "".join(f"M{-KEYBOARD} {y}H{width}" for y in between)
    yield f'<path d="{shade}" fill="#eef0f3"/>'
    yield f'<path d="{keys}" fill="#333"/>'
    yield f'<path d="{edges}" stroke="#d5d9df" stroke-width=".6"/>'
    outline = f"M{-KEYBOARD} 0H{width}V{scale.height}H{-KEYBOARD}z"
    yield f'<path d="{outline}" fill="none" stroke="#888" stroke-width=".7"/>'
    for pitch in pitches:
        if pitch % 12 == 0:
            y = scale.y(pitch) + KEY_HEIGHT
            yield _text(-KEYBOARD - 3, y, f"C{pitch // 12 - 1}", 9, "end")


def _bars(row: Row, scale: Scale, steps_per_quarter: int) -> Iterator[str]:
    """Barlines, fainter lines for the quarters, numbers of full bars."""
    lines, beats = [], []
    for number, bar in row.bars:
        x = row.x(bar.start, scale)
        lines.append(f"M{x} 0v{scale.height}")
        if bar.is_full:
            yield _text(x + 2, -3, str(number), 9, colour="#666")
        first = -bar.offset % steps_per_quarter or steps_per_quarter
        inner = range(bar.start + first, bar.start + bar.length, steps_per_quarter)
        beats += [f"M{row.x(step, scale)} 0v{scale.height}" for step in inner]
    yield f'<path d="{"".join(beats)}" stroke="#dde1e6" stroke-width=".5"/>'
    yield f'<path d="{"".join(lines)}" stroke="#888" stroke-width=".7"/>'


def _strains(row: Row, sections: Sequence[Section], scale: Scale) -> Iterator[str]:
    """A bracket over every strain with its name, and a thick line where it begins."""
    shown = [s for s in sections if max(s.start, row.start) < min(s.end, row.end)]
    for section in shown:
        left, right = (row.x(step, scale) for step in (section.start, section.end))
        begins = row.start <= section.start
        over = f"V-24H{max(left, rounded(right - 3))}"
        d = f"M{left} {scale.height}{over}" if begins else f"M0 -24{over}"
        yield f'<path d="{d}" fill="none" stroke="#444" stroke-width="1.4"/>'
        name = printable(section.name) if begins else f"({printable(section.name)})"
        yield _text(left + 4, -13, fitted(name, right - left - 4, 11), 11, weight="bold")


def _notes(row: Row, scale: Scale) -> Iterator[str]:
    """The notes, hand by hand."""
    for hand, (fill, edge) in COLOURS.items():
        yield f'<g class="{hand.name.lower()}" fill="{fill}" stroke="{edge}" stroke-width=".6">'
        for note in row.notes:
            if note.hand is not hand:
                continue
            left = row.x(note.onset, scale)
            right = row.x(note.onset + note.duration, scale)
            width = rounded(max(1.2, right - left - 1))
            y = scale.y(note.pitch) + (KEY_HEIGHT - NOTE_HEIGHT) / 2
            loud = f'fill-opacity="{_opacity(note.velocity)}"'
            if note.onset >= row.start:
                yield f'<rect x="{left}" y="{y}" width="{width}" height="{NOTE_HEIGHT}" {loud}/>'
            else:
                yield f'<path d="M0 {y}h{width}v{NOTE_HEIGHT}H0z" {loud}/>'
        yield "</g>"


def _bands(labels: Iterable[Label], height: int) -> Iterator[str]:
    """Translucent bands, their labels below; where there is no line left, only the band."""
    for label in labels:
        lane, width = label.mark.lane, rounded(label.right - label.left)
        yield _band(lane, label.left, 0, width, height, printable(label.mark.label))
        if label.line < LABEL_LINES:
            y = height + LABEL_HEIGHT * (label.line + 1)
            yield _text(label.text_left, y, label.text, 9, colour=LANES[lane][0])


def _band(lane: str, x: float, y: int, width: float, height: int, name: str = "") -> str:
    """A translucent band that a pointer names."""
    colour, dashes = LANES[lane]
    return (
        f'<rect class="{lane}" x="{x}" y="{y}" width="{width}" height="{height}" fill="{colour}" '
        f'fill-opacity=".16" stroke="{colour}" stroke-width="1.2" stroke-dasharray="{dashes}">'
        f"<title>{escape(name)}</title></rect>"
    )


def _opacity(velocity: int) -> float:
    return rounded(FAINTEST + (1 - FAINTEST) * min(max(velocity, 0), 127) / 127)


def _text(
    x: float,
    y: float,
    text: str,
    size: int,
    anchor: str = "start",
    *,
    colour: str = "",
    weight: str = "normal",
) -> str:
    """Text on its baseline; "" when there is none."""
    if not text:
        return ""
    fill = f' fill="{colour}"' if colour else ""
    return (
        f'<text x="{rounded(x)}" y="{rounded(y)}" font-size="{size}" text-anchor="{anchor}" '
        f'font-weight="{weight}"{fill}>{escape(text)}</text>'
    )
