"""Finding pieces in the library: by words, state, model, key, metre and tag."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

__all__ = ["SORTS", "Wanted", "choices", "matching"]

SORTS = {
    "created": "created DESC",
    "rating": "rating IS NULL, rating DESC, elo DESC, created DESC",
    "title": "title COLLATE NOCASE, created DESC",
}
MOST_SHOWN = 500
KEY, METRE = (f"json_extract(facts, '$.{name}')" for name in ("key", "metre"))


class Wanted(NamedTuple):
    """Which pieces are looked for; what is None or empty does not matter.

    Attributes:
        search: words in the title, the composer's name or a tag.
        key: as `ragsmith.studio.facts.signature_of` names it, and so the metre.
    """

    search: str = ""
    state: str | None = None
    model: str | None = None
    key: str | None = None
    metre: str | None = None
    tag: str | None = None


def matching(base: sqlite3.Connection, wanted: Wanted, sort: str) -> list[sqlite3.Row]:
    """The rows of pieces that are looked for; at most 500."""
    where, values = _conditions(wanted)
    query = f"SELECT * FROM pieces WHERE {where} ORDER BY {SORTS[sort]}, rowid DESC LIMIT ?"
    return base.execute(query, (*values, MOST_SHOWN)).fetchall()


def choices(base: sqlite3.Connection, state: str | None) -> dict[str, list[str]]:
    """The models, keys, metres and tags that pieces of a state have, each once, in order."""
    where, values = _conditions(Wanted(state=state))
    columns = {"models": "model", "keys": KEY, "metres": METRE, "tags": "tag.value"}
    by_name = {}
    for name, column in columns.items():
        table = "pieces, json_each(pieces.tags) AS tag" if name == "tags" else "pieces"
        query = f"SELECT DISTINCT {column} AS one FROM {table} WHERE {where} AND one IS NOT NULL"
        by_name[name] = [row["one"] for row in base.execute(f"{query} ORDER BY one", values)]
    return by_name


def _conditions(wanted: Wanted) -> tuple[str, tuple[Any, ...]]:
    """What stands behind WHERE, and the values of its question marks."""
    pattern = "%" + "".join("\\" + c if c in "\\%_" else c for c in wanted.search) + "%"
    tags = "EXISTS (SELECT 1 FROM json_each(pieces.tags) WHERE value"
    words = "(title LIKE ? ESCAPE '\\' OR composer LIKE ? ESCAPE '\\' OR "
    conditions, values = [f"{words}{tags} LIKE ? ESCAPE '\\'))"], [pattern] * 3
    columns = {"state": "state", "model": "model", "key": KEY, "metre": METRE}
    for name, column in columns.items():
        if value := getattr(wanted, name):
            conditions.append(f"{column} = ?")
            values.append(value)
    if wanted.tag:
        conditions.append(f"{tags} = ?)")
        values.append(wanted.tag)
    return " AND ".join(conditions), tuple(values)
