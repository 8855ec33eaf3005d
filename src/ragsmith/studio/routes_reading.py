"""What is looked at beside a piece's score: its notes drawn small, and where they come from."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request

from ragsmith.hands import in_hands
from ragsmith.studio.app_state import studio_of
from ragsmith.studio.composing import piece_at
from ragsmith.studio.schemas import Id

__all__ = ["router"]

router = APIRouter(prefix="/api/pieces/{number}")


@router.get("/roll")
def piece_roll(request: Request, number: Id) -> dict[str, Any]:
    """The notes as they are written, rows of onset, duration, pitch and hand in steps, and where
    they end."""
    library = studio_of(request).library
    piece = in_hands(piece_at(library.music(library.row("pieces", number))))
    notes = [(note.onset, note.duration, note.pitch, int(note.hand)) for note in piece.notes]
    return {"notes": notes, "end": piece.steps}


@router.get("/source")
async def piece_source(
    request: Request, number: Id, lane: Literal["texture", "melody"]
) -> dict[str, Any]:
    """The longest passage that also stands in the corpus, here and there; `at_hand` says whether
    the library has the file."""
    studio = studio_of(request)
    library = studio.library
    row = library.row("pieces", number)
    run = row["originality"][f"longest_{lane}"]
    if not run:
        return {"at_hand": False}
    folders = [str(library.corpus_folder(corpus["id"])) for corpus in library.rows("corpora")]
    task = {"task": "source", "piece": str(library.music(row)), "run": run, "lane": lane}
    return dict(await studio.jobs.making.ask(task | {"folders": folders}))
