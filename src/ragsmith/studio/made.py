"""Files made from pieces when they are asked for, each once, and kept."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from ragsmith.files import clear_leftovers
from ragsmith.studio.app_state import Studio
from ragsmith.studio.tables import Row

__all__ = ["made", "named_file", "once"]


def named_file(studio: Studio, row: Row, name: str) -> Path:
    """Where a file lies that is made from the version at which a piece stands and carries its title
    and its composer: under other names it is another file, even while it is being made."""
    names = f"{row['title']}\n{row['composer']}"
    stem, dot, suffix = name.partition(".")
    mark = hashlib.sha256(names.encode()).hexdigest()[:12]
    room = studio.library.made(row["id"], row.get("version", 0))
    return room / f"{stem}-{mark}{dot}{suffix}"


async def made(studio: Studio, out: Path, task: dict[str, Any]) -> None:
    """Let a file be made, unless it is there or being made already; its folder counts as used.

    Raises:
        TaskFailed: it could not be made.
    """
    if out.is_file():
        os.utime(out.parent)
        return

    async def make() -> None:
        out.parent.mkdir(exist_ok=True)
        clear_leftovers(out)
        await studio.jobs.making.ask(task | {"out": str(out)})

    await once(studio.being_made, str(out), make)


async def once(
    running: dict[str, asyncio.Task[None]], name: str, make: Callable[[], Awaitable[None]]
) -> None:
    """Do the work with this name once, however many requests wait for it; it is finished even when
    the browser has gone."""
    task = running.get(name)
    if task is None:
        task = asyncio.ensure_future(make())
        running[name] = task

        def is_made(done: asyncio.Task[None]) -> None:
            del running[name]
            if not done.cancelled():
                done.exception()  # whoever still waits is told; maybe nobody does

        task.add_done_callback(is_made)
    await asyncio.shield(task)
