"""What was deleted, for thirty days: rows that were taken out of their tables. Their files stay."""

from __future__ import annotations

import json
import sqlite3
import time
from typing import Any, NamedTuple

from ragsmith.studio.transactions import together

__all__ = ["DAYS", "SCHEMA", "Bin", "Deleted"]

DAYS = 30
DAY = 86_400
SCHEMA = """
CREATE TABLE IF NOT EXISTS bin (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, deleted REAL NOT NULL, content TEXT NOT NULL);
"""
NAMES = {"pieces": "title", "models": "name", "corpora": "name"}
"""The tables whose rows can be brought back, and the column that says what a row is called."""


class Deleted(NamedTuple):
    """Something that was deleted.

    Attributes:
        kind: the table that it was in.
        name: what it is called.
        days_left: until it is gone for good.
    """

    id: str
    kind: str
    name: str
    days_left: int


class Bin:
    """The bin of a library.

    Args:
        base: of the library, its rows named.
    """

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base
        base.executescript(SCHEMA)

    def put(self, kind: str, number: str) -> None:
        """Take a row out of its table."""
        assert kind in NAMES
        query = f"SELECT * FROM {kind} WHERE id = ?"
        content = json.dumps(dict(self._base.execute(query, (number,)).fetchone()))
        with together(self._base):
            values = (number, kind, time.time(), content)
            self._base.execute("INSERT OR REPLACE INTO bin VALUES (?, ?, ?, ?)", values)
            self._base.execute(f"DELETE FROM {kind} WHERE id = ?", (number,))

    def restore(self, number: str) -> str | None:
        """Put a row back into its table; returns which, None where nothing has this id."""
        row = self._row(number)
        if row is None:
            return None
        content: dict[str, Any] = json.loads(row["content"])
        columns, places = ", ".join(content), ", ".join("?" * len(content))
        with together(self._base):
            insert = f"INSERT INTO {row['kind']} ({columns}) VALUES ({places})"
            self._base.execute(insert, tuple(content.values()))
            self._base.execute("DELETE FROM bin WHERE id = ?", (number,))
        return str(row["kind"])

    def forget(self, number: str) -> str | None:
        """Forget a row; returns the table that it was in, None where nothing has this id."""
        row = self._row(number)
        self._base.execute("DELETE FROM bin WHERE id = ?", (number,))
        return str(row["kind"]) if row else None

    def all(self) -> list[Deleted]:
        """Everything, what was deleted last first."""
        rows = self._base.execute("SELECT * FROM bin ORDER BY deleted DESC, rowid DESC").fetchall()
        now = time.time()
        return [
            Deleted(
                row["id"],
                row["kind"],
                json.loads(row["content"])[NAMES[row["kind"]]],
                int(DAYS - (now - row["deleted"]) // DAY),
            )
            for row in rows
        ]

    def _row(self, number: str) -> sqlite3.Row | None:
        query = "SELECT * FROM bin WHERE id = ?"
        row: sqlite3.Row | None = self._base.execute(query, (number,)).fetchone()
        return row
