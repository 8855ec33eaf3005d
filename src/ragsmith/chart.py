"""A line chart as SVG text: enough for loss curves, nothing to install."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import isfinite

__all__ = ["line_chart"]

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 40, 48
COLOURS = ("#1f5fa8", "#c4472b", "#3b7d3b", "#7a4fa3", "#8a6d1d", "#4a4a4a")
TICKS = 5

Points = Sequence[tuple[float, float]]


def line_chart(lines: Mapping[str, Points], title: str, x_label: str, y_label: str) -> str:
    """Named lines over common axes.

    Args:
        lines: name -> (x, y) points in order of x; points that are not finite are left out, and
            so are lines without points.
    """
    finite = {n: [p for p in points if all(map(isfinite, p))] for n, points in lines.items()}
    lines = {name: points for name, points in finite.items() if points}
    xs = [x for points in lines.values() for x, _ in points] or [0.0]
    ys = [y for points in lines.values() for _, y in points] or [0.0]
    x_low, x_span = min(xs), (max(xs) - min(xs)) or 1.0
    y_low, y_span = min(ys), (max(ys) - min(ys)) or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        across = LEFT + (x - x_low) / x_span * (WIDTH - LEFT - RIGHT)
        up = HEIGHT - BOTTOM - (y - y_low) / y_span * (HEIGHT - TOP - BOTTOM)
        return round(across, 1), round(up, 1)

    parts = [*_head(title, x_label, y_label)]
    for i in range(TICKS):
        x, y = x_low + x_span * i / (TICKS - 1), y_low + y_span * i / (TICKS - 1)
        parts += _tick(x, y, place(x, y))
    for i, (name, points) in enumerate(lines.items()):
        parts += _line(i, name, [place(*point) for point in points])
    return "\n".join([*parts, "</svg>\n"])


def _head(title: str, x_label: str, y_label: str) -> Iterator[str]:
    """The document's beginning, and what is written around the axes."""
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">'
    )
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    yield f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>'
    yield f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{escape(x_label)}</text>'
    yield f'<text x="8" y="{TOP - 6}">{escape(y_label)}</text>'


def _tick(x: float, y: float, place: tuple[float, float]) -> Iterator[str]:
    """The numbers of both axes at a place, and a line across."""
    across, up = place
    yield f'<path d="M{LEFT} {up}H{WIDTH - RIGHT}" stroke="#ddd"/>'
    yield f'<text x="{LEFT - 6}" y="{up + 4}" text-anchor="end">{y:.4g}</text>'
    yield f'<text x="{across}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{x:.4g}</text>'


def _line(number: int, name: str, places: Points) -> Iterator[str]:
    """A line, and its name in its colour."""
    colour = COLOURS[number % len(COLOURS)]
    path = " ".join(f"{x},{y}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    yield (
        f'<text x="{WIDTH - RIGHT - 8}" y="{TOP + 16 * (number + 1)}" fill="{colour}" '
        f'text-anchor="end">{escape(name)}</text>'
    )
