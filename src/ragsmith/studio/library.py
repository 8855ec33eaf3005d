"""The user's library: rows in SQLite, and the files that they speak of beside it.

A file is written before its row and removed after it: what has no row, and is not in the bin, is
swept away when the library is opened. One studio at a time has it open.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

import ragsmith
from ragsmith.errors import BadFolder, UserError
from ragsmith.files import make_folder
from ragsmith.studio.bin import Bin
from ragsmith.studio.comparing import FIRST_ELO, pair, prefer
from ragsmith.studio.finding import Wanted, choices, matching
from ragsmith.studio.tables import BUILT_IN, TABLES, Row, connected, row_of
from ragsmith.studio.versions import Versions

__all__ = ["BUILT_IN", "KEYS", "TIMETABLE", "Library", "Missing", "library_folder", "new_id"]

KEYS = f"keys-{ragsmith.__version__.replace('.', '-')}"
"""The folder, among made files, of the piano key by key; another version makes its own."""
TIMETABLE = "playing-2.json"
"""Of a piece, among its made files; the number counts the forms that it has had."""
OWNERS = 0o700
"""Rights of folders: the user's own, so that nobody else comes at what lies in them."""
MOST_JOBS = 200
"""Finished jobs that are remembered."""
MADE_VERSIONS = 12
"""Versions of a piece, those used last, whose made files are kept: undo finds them there."""
MOST_MADE = 2 << 30
"""Bytes of made files that are kept for the next time; any of them can be made again."""


class Missing(UserError):
    """Nothing in the library has this id."""

    def __init__(self, table: str, number: str) -> None:
        super().__init__(number, f"is none of the {table}", "it may have been removed")


def library_folder() -> Path:
    """Where the library lies: `RAGSMITH_LIBRARY`, or the user's data folder."""
    named = os.environ.get("RAGSMITH_LIBRARY")
    return Path(named) if named else user_data_path("ragsmith", appauthor=False) / "library"


def new_id() -> str:
    """A new id: 12 hex digits."""
    return secrets.token_hex(6)


class Library:
    """What the studio keeps.

    Args:
        folder: made if need be.

    Raises:
        BadFolder: it cannot be written, or another studio has it open.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        try:
            make_folder(self.folder, OWNERS)
            with suppress(PermissionError):  # a drive without rights
                self.folder.chmod(OWNERS)
            for room in ("pieces", "made", "models", "corpora", "uploads"):
                make_folder(self.folder / room, OWNERS)
            self._lock = sqlite3.connect(
                self.folder / "open", timeout=0, isolation_level=None, check_same_thread=False
            )
            self._lock.execute("BEGIN EXCLUSIVE")
            self._base = connected(self.folder / "library.sqlite")
            self.versions, self.bin = Versions(self._base), Bin(self._base)
        except (OSError, sqlite3.Error) as error:
            rule = f"cannot be used as a library ({error})"
            remedy = "close the other studio, or set RAGSMITH_LIBRARY to another folder"
            raise BadFolder(folder, rule, remedy) from error
        self._sweep()

    def close(self) -> None:
        """Let go of the library."""
        self._base.close()
        self._lock.close()

    # Places of files. Ids come from rows, so that no path leaves the library.

    def piece_file(self, number: str, version: int = 0) -> Path:
        """Where a version of a piece lies; 0 is the first."""
        return self.folder / "pieces" / f"{_versioned(number, version)}.npz"

    def music(self, row: Row) -> Path:
        """Where the version lies at which a piece stands."""
        return self.piece_file(row["id"], row.get("version", 0))

    def made(self, number: str, version: int = 0) -> Path:
        """The folder of the files made from a version of a piece."""
        return self.folder / "made" / _versioned(number, version)

    def model_file(self, number: str) -> Path:
        """Where a model lies."""
        return self.folder / "models" / f"{number}.ragsmith"

    def model_path(self, number: str) -> str:
        """Where a model lies; "" for the built-in one.

        Raises:
            Missing: there is none.
        """
        return "" if number == BUILT_IN else str(self.model_file(self.row("models", number)["id"]))

    def corpus_folder(self, number: str) -> Path:
        """Where the files of a corpus lie."""
        return self.folder / "corpora" / number

    # Rows.

    def row(self, table: str, number: str) -> Row:
        """A row by its id.

        Raises:
            Missing: there is none.
        """
        assert table in TABLES
        row = self._base.execute(f"SELECT * FROM {table} WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise Missing(table, number)
        return row_of(row)

    def rows(self, table: str) -> list[Row]:
        """All rows, the newest first."""
        assert table in TABLES
        query = f"SELECT * FROM {table} ORDER BY created DESC, rowid DESC"
        return [row_of(row) for row in self._base.execute(query)]

    def add_model(self, number: str, name: str, facts: Row) -> None:
        """A model whose file lies in its place."""
        values = (number, name, time.time(), json.dumps(facts))
        self._base.execute("INSERT INTO models VALUES (?, ?, ?, ?)", values)

    def add_corpus(self, name: str) -> str:
        """A new corpus without files; returns its id."""
        number = new_id()
        make_folder(self.corpus_folder(number), OWNERS)
        self._base.execute("INSERT INTO corpora VALUES (?, ?, ?)", (number, name, time.time()))
        return number

    def add_piece(self, row: Row, model: str, state: str, parent: str | None = None) -> str:
        """A piece whose file lies in its place; returns its id."""
        facts = dict(row)
        number, title, composer = facts.pop("id"), facts.pop("title"), facts.pop("composer", None)
        names = (number, title, composer, model)
        values = (*names, time.time(), state, parent, FIRST_ELO, json.dumps(facts))
        self._base.execute(
            "INSERT INTO pieces "
            "(id, title, composer, model, created, state, parent, elo, games, facts) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",
            values,
        )
        return str(number)

    def put_facts(self, number: str, facts: Row, version: int = 0) -> None:
        """Other facts of a version of a piece; nothing where it stands at another one by now. Its
        title and its composer stay.

        Raises:
            Missing: there is none.
        """
        if self.row("pieces", number).get("version", 0) != version:
            return
        own = ("title", "composer")
        kept_facts = {name: value for name, value in facts.items() if name not in own}
        text = json.dumps(kept_facts | {"version": version})
        self._base.execute("UPDATE pieces SET facts = ? WHERE id = ?", (text, number))
        (self.made(number, version) / TIMETABLE).unlink(missing_ok=True)  # it marks what is shared

    def pieces(self, wanted: Wanted, sort: str) -> list[Row]:
        """The pieces that are looked for; at most 500."""
        return [row_of(row) for row in matching(self._base, wanted, sort)]

    def piece_choices(self, state: str | None) -> dict[str, list[str]]:
        """By what the pieces of a state can be looked for."""
        return choices(self._base, state)

    def piece_counts(self) -> dict[str, int]:
        """How many pieces there are in each state; no word of states without any."""
        rows = self._base.execute("SELECT state, COUNT(*) AS n FROM pieces GROUP BY state")
        return {row["state"]: row["n"] for row in rows}

    def change_piece(self, number: str, changes: Mapping[str, Any]) -> None:
        """Change title, composer, tags, rating or state."""
        self.row("pieces", number)
        for name in ("title", "composer", "rating", "state"):
            if name in changes:
                query = f"UPDATE pieces SET {name} = ? WHERE id = ?"
                self._base.execute(query, (changes[name], number))
        if "tags" in changes:
            tags = json.dumps(list(dict.fromkeys(changes["tags"])), ensure_ascii=False)
            self._base.execute("UPDATE pieces SET tags = ? WHERE id = ?", (tags, number))

    def trim_made(self, number: str, most: int = MADE_VERSIONS) -> None:
        """Remove what was made from a piece, but for the versions used last: a page may be looking
        at an old one."""
        rooms = (self.folder / "made").glob(f"{number}*")
        for room in sorted(rooms, key=lambda room: -room.stat().st_mtime)[most:]:
            shutil.rmtree(room, ignore_errors=True)

    def remove(self, table: str, number: str) -> None:
        """Put a row into the bin; its files stay until it is gone for good.

        Raises:
            Missing: there is none.
        """
        self.row(table, number)
        self.bin.put(table, number)
        if table == "pieces":
            self._base.execute("UPDATE pieces SET parent = NULL WHERE parent = ?", (number,))
            self.trim_made(number, most=0)

    def restore(self, number: str) -> None:
        """Bring back what is in the bin.

        Raises:
            Missing: nothing there has this id.
        """
        if not self.bin.restore(number):
            raise Missing("deleted things", number)

    def discard(self, number: str) -> None:
        """Remove for good what is in the bin, and its files.

        Raises:
            Missing: nothing there has this id.
        """
        table = self.bin.forget(number)
        if not table:
            raise Missing("deleted things", number)
        if table == "pieces":
            self.versions.remove(number)
        for place in (self.folder / table).glob(f"{number}*"):
            _remove(place)

    def pair(self) -> tuple[Row, Row] | None:
        """Two kept pieces to compare: the one least compared, and one of like standing."""
        return pair(self._base)

    def prefer(self, better: str, worse: str) -> None:
        """One piece was liked better than another: both are rated as Elo rates players."""
        prefer(self._base, self.row("pieces", better), self.row("pieces", worse))

    def put_job(self, number: str, kind: str, state: str, request: Row, status: Row) -> None:
        """A job as it stands."""
        values = (number, kind, state, time.time(), json.dumps(request), json.dumps(status))
        self._base.execute(
            "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
            "SET state = excluded.state, asked = excluded.asked, told = excluded.told",
            values,
        )

    def put_event(self, job: str, event: str) -> None:
        """An event of a job, to be told again after a restart."""
        self._base.execute(
            "INSERT INTO events SELECT ?, COALESCE(MAX(number), 0) + 1, ? FROM events "
            "WHERE job = ?",
            (job, event, job),
        )

    def forget_failure(self, job: str) -> None:
        """A job that goes on has not failed."""
        query = 'DELETE FROM events WHERE job = ? AND event LIKE \'{"type": "failed"%\''
        self._base.execute(query, (job,))

    def events(self, job: str) -> list[str]:
        """The events of a job, in order."""
        query = "SELECT event FROM events WHERE job = ? ORDER BY number"
        return [row["event"] for row in self._base.execute(query, (job,))]

    def _sweep(self) -> None:
        """What a killed studio has left: jobs that nobody does any more, files without rows."""
        self._base.execute(
            "UPDATE jobs SET state = 'interrupted' WHERE state IN ('waiting', 'running')"
        )
        old = "SELECT id FROM jobs ORDER BY created DESC, rowid DESC LIMIT -1 OFFSET ?"
        self._base.execute(f"DELETE FROM jobs WHERE id IN ({old})", (MOST_JOBS,))
        self._base.execute("DELETE FROM events WHERE job NOT IN (SELECT id FROM jobs)")
        deleted = self.bin.all()
        for gone in deleted:
            if gone.days_left <= 0:
                self.discard(gone.id)
        there = "SELECT id FROM pieces UNION SELECT id FROM bin"
        self._base.execute(f"DELETE FROM versions WHERE piece NOT IN ({there})")
        known = {row["id"] for table in TABLES for row in self.rows(table)} | {KEYS}
        known |= {row.id for row in deleted if row.days_left > 0}
        learning = {row["asked"]["out"] for row in self.rows("jobs") if row["kind"] == "learn"}
        for room in ("pieces", "made", "models", "corpora", "uploads"):
            for place in (self.folder / room).iterdir():
                if place.name.split(".")[0] not in known | learning:
                    _remove(place)
        self._trim()

    def _trim(self) -> None:
        """Remove the oldest made files once there are more than `MOST_MADE` bytes of them."""
        rooms = sorted((self.folder / "made").iterdir(), key=lambda room: -room.stat().st_mtime)
        size = 0
        for room in rooms:
            size += sum(file.stat().st_size for file in room.iterdir())
            if size > MOST_MADE:
                _remove(room)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


def _versioned(number: str, version: int) -> str:
    return f"{number}.{version}" if version else number
