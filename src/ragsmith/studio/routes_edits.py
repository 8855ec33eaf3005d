"""Pieces changed by hand: their notes, their strains, undo, redo, versions; proposals for bars.

Every change names the version that it was made from: where the piece stands at another one by then,
the change is refused, and nobody's work is written over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi.responses import JSONResponse

from ragsmith.composer.vary import bar_span
from ragsmith.corpus.cache_files import store
from ragsmith.corpus.record import Record
from ragsmith.edits.notes import Edit, edited
from ragsmith.edits.strains import rearranged, strains_as_played
from ragsmith.hands import in_hands
from ragsmith.io.score.bar_numbers import printed_bars
from ragsmith.performance import perform
from ragsmith.piece import Note, Piece
from ragsmith.spelling import named_notes
from ragsmith.studio.app_state import Studio, studio_of
from ragsmith.studio.composing import piece_at
from ragsmith.studio.facts import signature_of
from ragsmith.studio.library import Library
from ragsmith.studio.schemas import (
    EditRequest,
    Id,
    KeyAndTempo,
    ProposeRequest,
    Seen,
    SimplifyRequest,
    StrainsRequest,
    VersionName,
)
from ragsmith.studio.tables import Row
from ragsmith.verbs import at_tempo, transpose

__all__ = ["router"]

router = APIRouter(prefix="/api/pieces/{number}")
UNKNOWN: Row = {
    **{"seed": None, "recipe": "", "scores": [], "penalty": None, "difficulty": None},
    **{"originality": {"longest_texture": None, "longest_melody": None}, "compared": False},
}
"""What is known of a piece that has just been changed."""
VersionNumber = Annotated[int, InPath(ge=0)]


@router.get("/notes")
def piece_notes(request: Request, number: Id) -> JSONResponse:
    """The notes as they are written, each step of a strain once, and where the piece stands among
    its versions."""
    library = studio_of(request).library
    piece = piece_at(library.music(library.row("pieces", number)))
    return _stands(library, number, piece)


@router.post("/edit")
async def edit(request: Request, number: Id, body: EditRequest) -> JSONResponse:
    """Change notes, in every pass in which they are played."""
    edits = [Edit(one.place, one.note and Note(*one.note), one.name) for one in body.edits]
    return await _changed(studio_of(request), number, body, lambda piece: edited(piece, edits))


@router.post("/strains")
async def order_strains(request: Request, number: Id, body: StrainsRequest) -> JSONResponse:
    """Play the strains in another order; those that are not named are left out."""
    names = body.strains
    return await _changed(studio_of(request), number, body, lambda piece: rearranged(piece, names))


@router.post("/key-and-tempo")
async def move(request: Request, number: Id, body: KeyAndTempo) -> JSONResponse:
    """Move a piece into another key, or let it begin at another tempo."""
    facts = dict(UNKNOWN)

    def changed(piece: Piece) -> Piece:
        moved = transpose(piece, body.semitones)
        if body.tempo is not None:
            moved = at_tempo(moved, body.tempo)
            facts["seconds"] = perform(moved).seconds
        return moved

    return await _changed(studio_of(request), number, body, changed, facts)


@router.post("/undo")
async def undo(request: Request, number: Id, body: Seen) -> JSONResponse:
    """Take the latest change back."""
    studio = studio_of(request)
    return await _gone_to(studio, number, body, studio.library.versions.undo)


@router.post("/redo")
async def redo(request: Request, number: Id, body: Seen) -> JSONResponse:
    """Do again what was taken back."""
    studio = studio_of(request)
    return await _gone_to(studio, number, body, studio.library.versions.redo)


@router.get("/versions")
async def list_versions(request: Request, number: Id) -> dict[str, Any]:
    """The versions that have names, the newest first, and where the piece stands."""
    library = studio_of(request).library
    library.row("pieces", number)
    return {"versions": library.versions.named(number)} | library.versions.state(number)


@router.post("/versions")
async def name_version(request: Request, number: Id, body: VersionName) -> dict[str, Any]:
    """Give the version at which the piece stands a name: it is kept as long as the piece is."""
    library = studio_of(request).library
    library.versions.check(library.row("pieces", number), body.version)
    library.versions.name(number, body.name)
    return {"versions": library.versions.named(number)} | library.versions.state(number)


@router.post("/versions/{version}/restore")
async def restore(request: Request, number: Id, version: VersionNumber, body: Seen) -> JSONResponse:
    """Bring a version back, as a new one: it can be undone too."""
    studio = studio_of(request)
    studio.library.row("pieces", number)
    facts = studio.library.versions.facts(number, version)
    source = studio.library.piece_file(number, version)
    return await _changed(studio, number, body, lambda _: piece_at(source), facts)


@router.post("/propose")
async def propose(request: Request, number: Id, body: ProposeRequest) -> dict[str, Any]:
    """Compose some bars again, several times: a job whose proposals are edits of the piece."""
    studio = studio_of(request)
    row = studio.library.row("pieces", number)
    studio.library.model_path(row["model"])
    bar_span(piece_at(studio.library.music(row)), body.first_bar, body.last_bar)
    job = studio.jobs.start("propose", body.as_json() | {"parent": number, "model": row["model"]})
    return {"job": job.id}


@router.post("/simplify")
async def simplify(request: Request, number: Id, body: SimplifyRequest) -> dict[str, Any]:
    """Make an easier version, a piece of its own."""
    studio = studio_of(request)
    row = studio.library.row("pieces", number)
    task = {"task": "simplify", "piece": str(studio.library.music(row)), "title": row["title"]}
    folder = str(studio.library.folder / "pieces")
    easier = await studio.jobs.making.ask(task | {"level": body.level, "folder": folder})
    new = studio.library.add_piece(easier["row"], row["model"], "kept", number)
    return {"id": new, "before": easier["before"], "after": easier["after"]}


def _stands(library: Library, number: str, piece: Piece) -> JSONResponse:
    """The notes of a piece, rows as `ragsmith.piece.Note` has them, what the score calls each of
    them, and the piece's version."""
    handed = in_hands(piece)
    names = [str(name) for name in named_notes(handed)]
    music = {"notes": handed.notes, "names": names, "strains": strains_as_played(piece)}
    return JSONResponse(music | library.versions.state(number))


async def _changed(
    studio: Studio, number: str, seen: Seen, change: Callable[[Piece], Piece], facts: Row = UNKNOWN
) -> JSONResponse:
    """Write a new version of a piece; the file comes first, so that a row always has one."""
    library = studio.library
    async with studio.writing:
        row = library.row("pieces", number)
        library.versions.check(row, seen.version)
        version = library.versions.next(number)
        source, target = library.music(row), library.piece_file(number, version)
        piece, counts = await asyncio.to_thread(_write, source, target, change)
        old = {name: row.get(name) for name in ("seconds", *UNKNOWN)}
        for gone in library.versions.add(number, version, old | facts | counts):
            library.piece_file(number, gone).unlink(missing_ok=True)
        library.trim_made(number)
        library.change_piece(number, {"state": "kept"})
        return _stands(library, number, piece)


def _write(source: Path, target: Path, change: Callable[[Piece], Piece]) -> tuple[Piece, Row]:
    piece = change(piece_at(source))
    store(target, Record(""), piece, durable=True)
    counts = {"notes": len(piece.notes), "bars": len(printed_bars(piece))}
    return piece, counts | signature_of(piece)


async def _gone_to(
    studio: Studio, number: str, seen: Seen, step: Callable[[str], int]
) -> JSONResponse:
    """Let a piece stand at another version."""
    library = studio.library
    async with studio.writing:
        library.versions.check(library.row("pieces", number), seen.version)
        step(number)
        piece = await asyncio.to_thread(piece_at, library.music(library.row("pieces", number)))
        return _stands(library, number, piece)
