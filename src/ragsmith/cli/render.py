"""What commands show: tables and JSON on standard output, progress on standard error."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from ragsmith.errors import UserError, one_line

__all__ = ["Report", "print_json", "print_table", "print_verdict", "reporting", "show_error"]

EVERY = 10.0
"""Seconds between two lines of progress where there is no terminal."""
COLOURS = {"accepted": "green", "repaired": "yellow", "rejected": "red"} | {
    "within": "green",
    "beyond": "red",
}
"""Of words that judge, on a terminal."""
GAP = 2
"""Characters between two columns."""
NARROWEST = 16
"""Characters that the last column keeps before others are folded."""
LONGEST_CELL = 400
"""Characters: two reasons, or a long path, stand whole."""


def print_json(value: Any) -> None:
    """One JSON object, and nothing else, on standard output; null for what is no finite number."""
    print(json.dumps(_finite(value), ensure_ascii=True, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], file: Any = None) -> None:
    """A table; plain columns parted by tabs when the output is not a terminal. A cell that is a
    list stands on lines of its own there, parted by commas here."""
    console = Console(file=file or sys.stdout)
    if not console.is_terminal:
        for row in [columns, *rows]:
            print("\t".join(_cell(cell, ", ") for cell in row), file=file or sys.stdout)
        return
    shown = [[_cell(cell, "\n") for cell in row] for row in rows]
    places = range(len(columns))
    table = Table(box=None, pad_edge=False, header_style="bold")
    lines = [[line for row in [columns, *shown] for line in row[i].split("\n")] for i in places]
    left = console.width - sum(max(map(len, cells)) + GAP for cells in lines[:-1])
    for number, column in enumerate(columns):
        # Names in two halves can neither be read nor copied: the last column gives way first.
        whole = number == 0 or (left >= NARROWEST and number < len(columns) - 1)
        fits = max(map(len, lines[number])) <= console.width // 2
        table.add_column(column, overflow="fold", no_wrap=whole and fits)
    for row in shown:
        table.add_row(*map(_coloured, row))
    console.print(table)


def _cell(cell: Any, between: str) -> str:
    parts = cell if isinstance(cell, list) else [cell]
    return between.join(one_line(str(part), LONGEST_CELL) for part in parts)


def print_verdict(text: str) -> None:
    """A line whose first word judges, coloured on a terminal."""
    Console(highlight=False, soft_wrap=True).print(_coloured(text))


def _coloured(text: str) -> str:
    """Text as markup; coloured where its first word judges."""
    first, space, rest = text.partition(" ")
    colour = COLOURS.get(first)
    return f"[{colour}]{first}[/]{space}{escape(rest)}" if colour else escape(text)


def show_error(error: UserError) -> None:
    """One line on standard error; before it the table of reasons where the error carries one."""
    entries = getattr(error, "entries", ())
    if entries:
        rows = [(e.path, e.verdict, e.reason) for e in entries]
        print_table(("file", "verdict", "reason"), rows, sys.stderr)
    print(f"ragsmith: {error}", file=sys.stderr)


class Report:
    """Progress of one task: a live bar on a terminal, a plain line now and then elsewhere.

    Args:
        bar: None where there is no terminal.
        quiet: whether nothing is said at all.
    """

    def __init__(self, bar: Progress | None, quiet: bool = False) -> None:
        self._bar, self._quiet = bar, quiet
        self._task = bar.add_task("", total=None) if bar else None
        self._said_at = time.monotonic()

    def update(self, done: float, total: float, text: str) -> None:
        """Move the bar; where there is none, say a line every ten seconds."""
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, description=escape(text))
        elif time.monotonic() - self._said_at >= EVERY:
            self._said_at = time.monotonic()
            self.line(text)

    def close(self) -> None:
        """Give the terminal back as it was: the process is about to end."""
        if self._bar:
            self._bar.stop()

    def line(self, text: str) -> None:
        """A line that stays."""
        if self._bar:
            self._bar.console.print(escape(text), highlight=False)
        elif not self._quiet:
            print(text, file=sys.stderr, flush=True)


@contextmanager
def reporting(quiet: bool = False) -> Iterator[Report]:
    """A report on standard error."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield Report(None, quiet)
        return
    columns = (BarColumn(bar_width=30), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        yield Report(bar)


def span(seconds: float) -> str:
    """Seconds for a person to read."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
