"""What commands show: tables and JSON on standard output, progress on standard error."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from ragsmith.errors import UserError, one_line

__all__ = ["Report", "print_json", "print_table", "reporting", "show_error"]

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
    """A table; plain columns parted by tabs when the output is not a terminal."""
    console = Console(file=file or sys.stdout)
    rows = [[one_line(str(cell), LONGEST_CELL) for cell in row] for row in rows]
    if not console.is_terminal:
        for row in [columns, *rows]:
            print("\t".join(row), file=file or sys.stdout)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(table)


def show_error(error: UserError) -> None:
    """One line on standard error; before it the table of reasons where the error carries one."""
    entries = getattr(error, "entries", ())
    if entries:
        rows = [(e.path, e.verdict, e.reason) for e in entries]
        print_table(("file", "verdict", "reason"), rows, sys.stderr)
    print(f"ragsmith: {error}", file=sys.stderr)


class Report:
    """Progress of one task: a live bar on a terminal, a plain line now and then elsewhere."""

    def __init__(self, bar: Progress | None) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None) if bar else None

    def update(self, done: float, total: float, text: str) -> None:
        """Move the bar; says nothing where there is none."""
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, description=escape(text))

    def close(self) -> None:
        """Give the terminal back as it was: the process is about to end."""
        if self._bar:
            self._bar.stop()

    def line(self, text: str) -> None:
        """A line that stays."""
        if self._bar:
            self._bar.console.print(escape(text), highlight=False)
        else:
            print(text, file=sys.stderr, flush=True)


@contextmanager
def reporting() -> Iterator[Report]:
    """A report on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Report(None)
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
