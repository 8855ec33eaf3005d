"""An easier version of a piece, made in a child process, as a piece of its own."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from ragsmith.corpus.cache_files import store
from ragsmith.corpus.record import Record
from ragsmith.easier.simplify import simplified
from ragsmith.studio.composing import Tell, piece_at
from ragsmith.studio.opening import bare_facts

__all__ = ["simplify_piece"]


def simplify_piece(tell: Tell, piece: str, title: str, level: int, folder: str) -> dict[str, Any]:
    """Write an easier version into the folder of pieces.

    Returns:
        `row`: what the library is to know of it; `before`, `after`: the difficulties; `steps`: the
        names of what was done.

    Raises:
        TooHard: it cannot be made as easy.
    """
    easier = simplified(piece_at(Path(piece)), level)
    music = replace(easier.piece, title=f"{title} ({easier.after:.1f})", recipe="")
    number = secrets.token_hex(6)
    store(Path(folder) / f"{number}.npz", Record(""), music, durable=True)
    return {
        "row": {"id": number} | bare_facts(music),
        "before": round(easier.before, 1),
        "after": round(easier.after, 1),
        "steps": easier.steps,
    }
