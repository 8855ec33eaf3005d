"""Several statements of SQLite that happen together, or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["together"]


@contextmanager
def together(base: sqlite3.Connection) -> Iterator[None]:
    """What the block does is kept when it ends well, and taken back when it does not."""
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        base.execute("ROLLBACK")
        raise
    base.execute("COMMIT")
