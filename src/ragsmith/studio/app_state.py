"""What all routes share: the library, the jobs, and the files that are being made."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import cast

from fastapi import Request

from ragsmith.studio.jobs import Jobs
from ragsmith.studio.library import Library

__all__ = ["Studio", "studio_of"]


@dataclass
class Studio:
    """A running studio.

    Attributes:
        being_made: what is being made at this moment, by name.
        writing: held while a piece is changed, so that nobody changes it in between.
        examined: for every corpus, its files when they were examined, and the verdicts on them.
    """

    library: Library
    jobs: Jobs
    being_made: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    examined: dict[str, tuple[object, dict[str, object]]] = field(default_factory=dict)


def studio_of(request: Request) -> Studio:
    """The studio that a request is for."""
    return cast(Studio, request.app.state.studio)
