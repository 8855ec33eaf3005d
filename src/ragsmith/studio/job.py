"""A job, and all that it has reported."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from ragsmith.studio.workers import Worker

__all__ = ["FAILED", "NOTES", "OVER", "Job"]

NOTES = '{"type": "notes"'
FAILED = '{"type": "failed"'
"""How the JSON texts of such events begin."""
OVER = ("done", "failed", "cancelled", "interrupted")
"""States that a job does not leave by itself."""


@dataclass(eq=False)
class Job:
    """A job, and all that it has reported.

    Attributes:
        request: what is to be done, as JSON; the pages and the library call it `asked`.
        events: what the job has reported, as JSON texts, in order; all but progress.
        latest: the latest progress, as JSON text, and how many there have been.
    """

    id: str
    kind: str
    request: dict[str, Any]
    state: str = "waiting"
    message: str = ""
    progress: float = 0.0
    pieces: list[str] = field(default_factory=list)
    model: str | None = None
    events: list[str] = field(default_factory=list)
    latest: tuple[str, int] = ("", 0)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    worker: Worker | None = None
    baseline: float | None = None
    cancelled: bool = False

    def shown(self) -> dict[str, Any]:
        """The job as JSON for the pages, without notes: only the stream of events sends them."""
        events = [json.loads(text) for text in self.events if not text.startswith(NOTES)]
        names = ("id", "kind", "state", "progress", "message", "pieces", "model")
        fields = {name: getattr(self, name) for name in names}
        return fields | {"asked": self.request, "events": events}

    def wake(self) -> None:
        """Let listeners look again."""
        self.changed.set()
        self.changed = asyncio.Event()
