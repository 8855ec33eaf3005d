"""The tables of the library, in SQLite, and their rows."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from ragsmith import shipped

__all__ = ["BUILT_IN", "TABLES", "Row", "connected", "row_of"]

BUILT_IN = shipped.BUILT_IN[0]
"""The model that comes with the package; it has no row and no file here."""
FORMERLY_BUILT_IN = "joplin"
SCHEMA = """
CREATE TABLE IF NOT EXISTS models (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, created REAL NOT NULL, facts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pieces (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, model TEXT NOT NULL, created REAL NOT NULL,
    state TEXT NOT NULL, rating INTEGER, parent TEXT, elo REAL NOT NULL, games INTEGER NOT NULL,
    facts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS corpora (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, created REAL NOT NULL,
    asked TEXT NOT NULL, told TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    job TEXT NOT NULL, number INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (job, number));
CREATE INDEX IF NOT EXISTS pieces_by_time ON pieces (created);
"""
TABLES = ("models", "pieces", "corpora", "jobs")
COLUMNS = {"composer": "TEXT", "tags": "TEXT NOT NULL DEFAULT '[]'"}
"""Of pieces, that the first libraries had not."""

Row = dict[str, Any]


def connected(file: Path) -> sqlite3.Connection:
    """The tables in a file, which are made or brought to what they are now.

    Raises:
        sqlite3.Error: it cannot be used.
    """
    base = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    base.row_factory = sqlite3.Row
    base.execute("PRAGMA journal_mode=WAL")
    # A row outlasts a power cut, or its file would be swept away.
    base.execute("PRAGMA synchronous=FULL")
    base.executescript(SCHEMA)
    _renew(base)
    return base


def _renew(base: sqlite3.Connection) -> None:
    """Give the pieces of an older library the columns that they lack, and those of a model that
    was built in before the one that is now."""
    there = {row["name"] for row in base.execute("PRAGMA table_info(pieces)")}
    for name, kind in COLUMNS.items():
        if name not in there:
            base.execute(f"ALTER TABLE pieces ADD COLUMN {name} {kind}")
    renamed = "UPDATE pieces SET model = ? WHERE model = ?"
    base.execute(renamed, (BUILT_IN, FORMERLY_BUILT_IN))


def row_of(stored: sqlite3.Row) -> Row:
    """A row with its JSON read, and facts among the rest."""
    row = dict(stored)
    row |= json.loads(row.pop("facts", "{}"))
    for name in ("asked", "told", "tags"):
        if name in row:
            row[name] = json.loads(row[name])
    return row
