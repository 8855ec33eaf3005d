"""Pieces compared two by two, and rated as players of chess are.

Elo, "The Rating of Chessplayers", 1978.
"""

from __future__ import annotations

import secrets
import sqlite3

from ragsmith.studio.tables import Row, row_of
from ragsmith.studio.transactions import together

__all__ = ["FIRST_ELO", "pair", "prefer"]

FIRST_ELO, ELO_STEP, ELO_WIDTH = 1500.0, 32.0, 400.0


def pair(base: sqlite3.Connection) -> tuple[Row, Row] | None:
    """Two kept pieces: the one least compared, and one of like standing; None where one lacks."""
    query = "SELECT * FROM pieces WHERE state = 'kept' ORDER BY games, random() LIMIT 1"
    first = base.execute(query).fetchone()
    if first is None:
        return None
    query = (
        "SELECT * FROM pieces WHERE state = 'kept' AND id <> ? "
        "ORDER BY games / 4, abs(elo - ?), random() LIMIT 3"
    )
    others = base.execute(query, (first["id"], first["elo"])).fetchall()
    return (row_of(first), row_of(secrets.choice(others))) if others else None


def prefer(base: sqlite3.Connection, winner: Row, loser: Row) -> None:
    """Rate two pieces anew, one of which was liked better."""
    expected = 1 / (1 + 10 ** ((loser["elo"] - winner["elo"]) / ELO_WIDTH))
    gain = ELO_STEP * (1 - expected)
    with together(base):
        for row, change in ((winner, gain), (loser, -gain)):
            base.execute(
                "UPDATE pieces SET elo = elo + ?, games = games + 1 WHERE id = ?",
                (change, row["id"]),
            )
