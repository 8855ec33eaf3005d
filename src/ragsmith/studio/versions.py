"""The versions of a piece: every change is a new one with a file of its own, and none is written
over. Undo and redo go between them.

A version says which one it was made from; a piece's facts say at which it stands. Version 0 is the
piece as it came into the library.
"""

from __future__ import annotations

import json
import sqlite3
import time
from typing import Any

from ragsmith.errors import UserError
from ragsmith.studio.transactions import together

__all__ = ["SCHEMA", "NothingThere", "Outdated", "Versions"]

Row = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS versions (
    piece TEXT NOT NULL, number INTEGER NOT NULL, before INTEGER, created REAL NOT NULL,
    name TEXT, facts TEXT NOT NULL, PRIMARY KEY (piece, number));
"""
MOST = 500
"""Versions of a piece that are kept, besides those with names."""


class Outdated(UserError):
    """Somebody else has changed the piece since it was looked at."""

    def __init__(self, seen: int, current: int) -> None:
        rule = f"has been changed on another page since (version {current}, and yours is {seen})"
        super().__init__("the piece", rule, "look at it again, then change it")


class NothingThere(UserError):
    """There is nothing to undo or to do again, or no such version."""


class Versions:
    """The versions of all pieces, as rows beside those of the pieces.

    Args:
        base: of the library, its rows named.
    """

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base
        base.executescript(SCHEMA)

    def check(self, row: Row, seen: int) -> None:
        """See that a piece stands where it was seen.

        Raises:
            Outdated: it does not.
        """
        if row.get("version", 0) != seen:
            raise Outdated(seen, row.get("version", 0))

    def next(self, piece: str) -> int:
        """The number of a new version."""
        query = "SELECT COALESCE(MAX(number), 0) + 1 FROM versions WHERE piece = ?"
        return int(self._base.execute(query, (piece,)).fetchone()[0])

    def add(self, piece: str, number: int, facts: Row) -> list[int]:
        """A version whose file lies in its place; the piece stands at it from now on.

        Returns:
            The numbers of old versions that are forgotten: their files may go.
        """
        with together(self._base):
            before = self._leave(piece)
            values = (piece, number, before, time.time(), json.dumps(facts))
            insert = "INSERT INTO versions (piece, number, before, created, facts)"
            self._base.execute(f"{insert} VALUES (?, ?, ?, ?, ?)", values)
            self._stand(piece, number, facts)
            return self._forget(piece, number)

    def undo(self, piece: str) -> int:
        """Let a piece stand at the version before; returns its number.

        Raises:
            NothingThere: it is at its first one.
        """
        before = self._before(piece)
        if before is None:
            raise NothingThere("undo", "has nothing left to take back", "change something first")
        return self._go(piece, before)

    def redo(self, piece: str) -> int:
        """Let a piece stand at the version that was undone last; returns its number.

        Raises:
            NothingThere: nothing was undone.
        """
        after = self._after(piece)
        if after is None:
            raise NothingThere("redo", "has nothing to do again", "undo something first")
        return self._go(piece, after)

    def state(self, piece: str) -> Row:
        """Where a piece stands, and whether undo and redo lead anywhere."""
        return {
            "version": self._number(piece),
            "can_undo": self._before(piece) is not None,
            "can_redo": self._after(piece) is not None,
        }

    def name(self, piece: str, name: str) -> None:
        """Give the version at which a piece stands a name; "" takes it away."""
        with together(self._base):
            number = self._leave(piece)
            query = "UPDATE versions SET name = ? WHERE piece = ? AND number = ?"
            self._base.execute(query, (name or None, piece, number))

    def named(self, piece: str) -> list[Row]:
        """The versions that have names, the newest first."""
        query = "SELECT number, name, created FROM versions WHERE piece = ? AND name IS NOT NULL"
        return [dict(row) for row in self._base.execute(f"{query} ORDER BY number DESC", (piece,))]

    def facts(self, piece: str, number: int) -> Row:
        """The facts of a version.

        Raises:
            NothingThere: the piece has no such version.
        """
        row = self._one("facts", piece, number)
        if row is None:
            raise NothingThere(f"version {number}", "is not kept any more", "choose another one")
        return dict(json.loads(row[0]))

    def remove(self, piece: str) -> None:
        """Forget all versions of a piece."""
        self._base.execute("DELETE FROM versions WHERE piece = ?", (piece,))

    def _one(self, column: str, piece: str, number: int) -> sqlite3.Row | None:
        query = f"SELECT {column} FROM versions WHERE piece = ? AND number = ?"
        row: sqlite3.Row | None = self._base.execute(query, (piece, number)).fetchone()
        return row

    def _facts_now(self, piece: str) -> Row:
        query = "SELECT facts FROM pieces WHERE id = ?"
        return dict(json.loads(self._base.execute(query, (piece,)).fetchone()[0]))

    def _number(self, piece: str) -> int:
        return int(self._facts_now(piece).get("version", 0))

    def _before(self, piece: str) -> int | None:
        row = self._one("before", piece, self._number(piece))
        if row is None or row[0] is None or self._one("number", piece, row[0]) is None:
            return None
        return int(row[0])

    def _after(self, piece: str) -> int | None:
        query = "SELECT MAX(number) FROM versions WHERE piece = ? AND before = ?"
        number = self._base.execute(query, (piece, self._number(piece))).fetchone()[0]
        return None if number is None else int(number)

    def _go(self, piece: str, number: int) -> int:
        with together(self._base):
            self._leave(piece)
            self._stand(piece, number, self.facts(piece, number))
        return number

    def _leave(self, piece: str) -> int:
        """Keep what is known of the version at which a piece stands; returns its number."""
        facts = self._facts_now(piece)
        number = int(facts.get("version", 0))
        self._base.execute(
            "INSERT INTO versions (piece, number, created, facts) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (piece, number) DO UPDATE SET facts = excluded.facts",
            (piece, number, time.time(), json.dumps(facts)),
        )
        return number

    def _stand(self, piece: str, number: int, facts: Row) -> None:
        text = json.dumps(facts | {"version": number})
        self._base.execute("UPDATE pieces SET facts = ? WHERE id = ?", (text, piece))

    def _forget(self, piece: str, current: int) -> list[int]:
        """Forget the oldest versions beyond `MOST` that have no name."""
        query = (
            "SELECT number FROM versions WHERE piece = ? AND name IS NULL AND number NOT IN (0, ?)"
            " ORDER BY number DESC LIMIT -1 OFFSET ?"
        )
        rows = self._base.execute(query, (piece, current, MOST)).fetchall()
        numbers = [int(row[0]) for row in rows]
        for number in numbers:
            where = "piece = ? AND number = ?"
            self._base.execute(f"DELETE FROM versions WHERE {where}", (piece, number))
        return numbers
