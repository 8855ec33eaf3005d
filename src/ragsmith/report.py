"""One page about a piece, in one HTML file that needs nothing else: score, sound, piano roll,
originality, figures beside the corpus's, recipe."""

from __future__ import annotations

import json
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from ragsmith.bundle.bundle import Bundle
from ragsmith.errors import counted
from ragsmith.io import write
from ragsmith.io.roll import roll_svg
from ragsmith.io.score.bar_numbers import numbers_as_played, printed_bars
from ragsmith.io.score.engrave import svg_pages
from ragsmith.io.sound.encode import write_audio
from ragsmith.measure.difficulty import demands_of, difficulty, difficulty_of, shares_of
from ragsmith.measure.figure_words import WORDS
from ragsmith.measure.portrait import figures_of
from ragsmith.originality.check import Checked, Shared, check, marks_of
from ragsmith.originality.search import Limits, as_played
from ragsmith.performance import perform
from ragsmith.piece import Piece

__all__ = ["facts_of", "report_html"]

STYLE = """
:root { color-scheme: light dark; --line: #8884; --in: #3a7d44; --out: #b3471d }
body { font: 17px/1.5 Georgia, serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 2.2rem; margin: 0 } h2 { margin-top: 2.5rem; border-top: 1px solid var(--line) }
img { width: 100%; background: #fff; border: 1px solid var(--line); margin: .5rem 0 }
audio { width: 100% } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid var(--line) }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13px }
.in { color: var(--in) } .out { color: var(--out) }
"""


def report_html(
    piece: Piece,
    bundle: Bundle,
    limits: Limits | None = None,
    *,
    compared: Piece | None = None,
    isolated: bool = False,
) -> str:
    """The page; it names no other file and runs no script.

    Args:
        piece: what is shown.
        bundle: a model; the piece is compared with the corpus that it knows.
        limits: how long copied runs may be.
        compared: the same piece on the grid of the bundle, for the figures, where it is shown on
            another.
        isolated: as for `ragsmith.io.write`.

    Raises:
        BadBundle: the bundle has no index of its corpus, or is damaged.
        BadFile: the piece cannot be drawn as a score.
    """
    limits = limits or Limits()
    checked = check(piece, bundle, limits)
    played = as_played(piece)
    title, composer = escape(piece.title or "Untitled"), escape(piece.composer)
    marks = marks_of(checked, piece.steps_per_quarter)
    roll = roll_svg(played, marks, numbers_as_played(piece))
    drawn = _engraved(piece) if isolated else svg_pages(piece)
    bars, bars_played = len(printed_bars(piece)), len(played.full_bars)
    repeated = "" if bars == bars_played else f" ({bars_played} as played)"
    parts = [
        f"<h1>{title}</h1>",
        f"<p>{composer}, {bars} bars{repeated}, {len(played.notes)} notes</p>",
        f'<audio controls src="{_sound(piece)}"></audio>',
        "<h2>Originality</h2>",
        *_originality(checked, limits),
        "<h2>Score</h2>",
        *(_image(svg, f"Page {n}") for n, svg in enumerate(drawn, start=1)),
        "<h2>Piano roll</h2>",
        _image(roll, "Piano roll"),
        *_difficulty(piece),
        *_table_of_figures(_figures(compared or piece, bundle)),
        *_recipe(piece),
    ]
    return _page(title, parts)


def facts_of(
    piece: Piece, bundle: Bundle, limits: Limits | None = None, *, compared: Piece | None = None
) -> dict[str, Any]:
    """What the page says, for scripts: bars, notes, originality, figures beside the corpus.

    Args:
        piece: as in `report_html`, and so the others.
        bundle: as there.
        limits: as there.
        compared: as there.

    Raises:
        BadBundle: the bundle has no index of its corpus, or is damaged.
    """
    played = as_played(piece)
    return {
        "title": piece.title,
        "composer": piece.composer,
        "bars": len(printed_bars(piece)),
        "bars_played": len(played.full_bars),
        "notes_played": len(played.notes),
        "difficulty": round(difficulty(piece), 2),
        "originality": check(compared or piece, bundle, limits or Limits()).as_json(),
        "figures": {
            figure.name: {"value": figure.value, "low": figure.low, "high": figure.high}
            for figure in _figures(compared or piece, bundle)
        },
    }


def _page(title: str, parts: Sequence[str]) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


class _Figure(NamedTuple):
    """A figure of the piece, and the band of the corpus."""

    name: str
    value: float
    low: float
    high: float


def _engraved(piece: Piece) -> list[str]:
    """The pages of the score, drawn by a child process."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as room:
        write(piece, Path(room) / "page.svg", isolated=True)
        count = len(list(Path(room).iterdir()))
        names = ["page.svg", *(f"page-{number}.svg" for number in range(2, count + 1))]
        return [(Path(room) / name).read_text("utf-8") for name in names]


def _figures(piece: Piece, bundle: Bundle) -> list[_Figure]:
    portrait = bundle.profile.portrait
    if portrait is None:
        return []
    return [
        _Figure(name, float(value), portrait.bands[name].low, portrait.bands[name].high)
        for name, value in figures_of(piece, portrait).items()
        if name in portrait.bands
    ]


def _image(svg: str, name: str) -> str:
    data = b64encode(svg.encode()).decode()
    return f'<img alt="{name}" src="data:image/svg+xml;base64,{data}">'


def _sound(piece: Piece) -> str:
    with tempfile.TemporaryDirectory() as folder:
        performance = perform(piece, 0) if piece.played else perform(piece)
        path = write_audio(performance, Path(folder) / "piece.mp3")
        return f"data:audio/mpeg;base64,{b64encode(path.read_bytes()).decode()}"


def _originality(checked: Checked, limits: Limits) -> Iterator[str]:
    verdict = "within" if checked.within_limits else "beyond"
    yield (
        f"<p>Compared with {counted(checked.files, 'file')} in every key; {verdict} the limits of "
        f"{limits.texture:g} beats of all notes and {limits.melody:g} of melody.</p>"
    )
    yield "<table><tr><th>longest run<th>beats<th>at beat<th>stands in<th>there at beat</tr>"
    yield _run("all notes", checked.longest_texture)
    yield _run("melody", checked.longest_melody)
    yield "</table>"


def _run(name: str, shared: Shared | None) -> str:
    if shared is None:
        return f"<tr><td>{name}<td>at most 1<td><td><td></tr>"
    return (
        f"<tr><td>{name}<td>{shared.beats:g}<td>{shared.at_beat:g}<td>{escape(shared.place)}"
        f"<td>{shared.in_file_at_beat:g}</tr>"
    )


def _difficulty(piece: Piece) -> Iterator[str]:
    """The figure, and how much of it each demand is responsible for."""
    demands = demands_of(piece)
    yield f"<h2>Difficulty</h2><p>{difficulty_of(demands):.1f}, on a scale from 1 to 9: 1 and"
    yield ", ".join(f"{share:.1f} for {name}" for name, share in shares_of(demands).items())
    yield "</p>"


def _table_of_figures(figures: Sequence[_Figure]) -> Iterator[str]:
    if not figures:
        return
    yield "<h2>Figures beside the corpus</h2>"
    yield "<table><tr><th>figure<th>here<th>corpus, 5 to 95 %<th></tr>"
    for name, value, low, high in figures:
        words, too_low, too_high = WORDS.get(name, (name.replace("_", " "), "low", "high"))
        verdict = '<td class="in">inside'
        if not low <= value <= high:
            verdict = f'<td class="out">too {too_low if value < low else too_high}'
        yield f"<tr><td>{words}<td>{value:.3g}<td>{low:.3g} to {high:.3g}{verdict}</tr>"
    yield "</table>"


def _recipe(piece: Piece) -> Iterator[str]:
    if not piece.recipe:
        return
    try:
        recipe = json.dumps(json.loads(piece.recipe), indent=2)
    except (ValueError, RecursionError):  # a stranger's file may call anything its recipe
        recipe = piece.recipe
    yield f"<h2>Recipe</h2><pre>{escape(recipe)}</pre>"
