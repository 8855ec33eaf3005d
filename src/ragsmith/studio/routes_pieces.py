"""Pieces: lists, playing, scores, files, ratings."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, UploadFile
from fastapi.responses import FileResponse, Response

from ragsmith.composer.vary import bar_span
from ragsmith.errors import BadFile, BadOption
from ragsmith.files import write_whole
from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES, WRITERS
from ragsmith.processes.children import TaskFailed
from ragsmith.studio.app_state import Studio, studio_of
from ragsmith.studio.composing import piece_at
from ragsmith.studio.finding import Wanted
from ragsmith.studio.library import BUILT_IN, KEYS, TIMETABLE, new_id
from ragsmith.studio.made import made, named_file
from ragsmith.studio.playback import playing
from ragsmith.studio.schemas import (
    Compare,
    Id,
    Leftover,
    PianoName,
    PieceChange,
    SortBy,
    State,
    VaryRequest,
)
from ragsmith.studio.uploads import file_name, save_upload

__all__ = ["router"]

router = APIRouter(prefix="/api")
FORMATS = tuple(suffix[1:] for suffix in WRITERS if suffix != ".midi")
TYPES = {
    "mid": "audio/midi",
    "musicxml": "application/vnd.recordare.musicxml+xml",
    "mxl": "application/vnd.recordare.musicxml",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "png": "image/png",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
}
LARGEST_PIECE = 16 << 20
"""Bytes of a file that is opened."""
NARROWEST, STEP = 240, 20
"""Pixels of a screen that scores are broken to, and between two widths."""
Word = Annotated[str, Query(max_length=120)]
SUMMARY = (
    *("composer", "tags", "key", "metre"),
    *("id", "title", "model", "created", "rating", "state", "parent", "seed", "bars", "seconds"),
    *("notes", "originality", "penalty", "difficulty"),
)


@router.get("/pieces")
async def list_pieces(
    request: Request,
    search: Annotated[str, Query(max_length=200)] = "",
    sort: SortBy = "created",
    state: State | None = None,
    model: Word | None = None,
    key: Word | None = None,
    metre: Word | None = None,
    tag: Word | None = None,
) -> dict[str, Any]:
    """Pieces, at most 500; `choices` are the models, keys, metres and tags to look for."""
    library = studio_of(request).library
    rows = library.pieces(Wanted(search, state, model, key, metre, tag), sort)
    return {
        "pieces": [_summary(row) for row in rows],
        "counts": library.piece_counts(),
        "choices": library.piece_choices(state),
    }


@router.post("/pieces")
async def open_piece(request: Request, file: UploadFile) -> dict[str, Any]:
    """Open a file of music as a piece; `remarks` say what was mended when it was read."""
    studio = studio_of(request)
    name = file_name(file.filename or "")
    suffix = Path(name).suffix.lower()
    if suffix not in MIDI_SUFFIXES + NOTATION_SUFFIXES:
        rule = "is no MIDI, MusicXML, kern, MEI or ABC"
        raise BadFile(name, rule, "open a file of music")
    path = studio.library.folder / "uploads" / f"{new_id()}{suffix}"
    await save_upload(file, path, LARGEST_PIECE)
    pieces = str(studio.library.folder / "pieces")
    task = {"task": "open", "source": str(path), "name": Path(name).stem, "folder": pieces}
    try:
        opened = await studio.jobs.making.ask(task)
    except TaskFailed as error:  # the user knows it by its own name
        raise TaskFailed(str(error).replace(path.name, name)) from None
    finally:
        path.unlink(missing_ok=True)
    number = studio.library.add_piece(opened["row"], BUILT_IN, "kept")
    return _shown(studio.library.row("pieces", number)) | {"remarks": opened["remarks"]}


@router.post("/pieces/{number}/compare")
async def compare_piece(request: Request, number: Id) -> dict[str, Any]:
    """Compare a piece with the corpus of its model; all that is known of it then."""
    studio = studio_of(request)
    row = studio.library.row("pieces", number)
    if not row.get("compared", True):
        model = studio.library.model_path(row["model"])
        task = {"task": "compare", "piece": str(studio.library.music(row)), "model": model}
        facts = await studio.jobs.making.ask(task)
        own = {"seed": row["seed"], "recipe": row["recipe"]}
        studio.library.put_facts(number, facts | own, row.get("version", 0))
    return _shown(studio.library.row("pieces", number))


@router.delete("/pieces")
async def remove_pieces(request: Request, state: Leftover) -> dict[str, Any]:
    """Put all pieces that nobody has kept into the bin, candidates or samples."""
    library = studio_of(request).library
    for row in library.rows("pieces"):
        if row["state"] == state:
            library.remove("pieces", row["id"])
    return {"counts": library.piece_counts()}


@router.get("/pieces/{number}")
async def one_piece(request: Request, number: Id) -> dict[str, Any]:
    """All that is known of a piece."""
    return _shown(studio_of(request).library.row("pieces", number))


@router.patch("/pieces/{number}")
async def change_piece(request: Request, number: Id, change: PieceChange) -> dict[str, Any]:
    """Name, tag, rate or keep a piece; what is named, tagged or rated is kept."""
    library = studio_of(request).library
    changes = change.model_dump(exclude_unset=True)
    for name in ("title", "composer", "tags", "state"):
        if changes.get(name, "") is None:
            del changes[name]
    if changes.get("rating") is not None or changes.keys() & {"title", "composer", "tags"}:
        changes["state"] = "kept"
    library.change_piece(number, changes)
    return _shown(library.row("pieces", number))


@router.delete("/pieces/{number}")
async def remove_piece(request: Request, number: Id) -> dict[str, Any]:
    """Put a piece into the bin."""
    studio_of(request).library.remove("pieces", number)
    return {}


@router.post("/pieces/{number}/vary")
async def vary(request: Request, number: Id, body: VaryRequest) -> dict[str, Any]:
    """Compose some bars of a piece again, into a new piece."""
    studio = studio_of(request)
    row = studio.library.row("pieces", number)
    studio.library.model_path(row["model"])
    bar_span(piece_at(studio.library.music(row)), body.first_bar, body.last_bar)
    job = studio.jobs.start("vary", body.as_json() | {"parent": number, "model": row["model"]})
    return {"job": job.id}


@router.get("/pieces/{number}/playing")
def piece_playing(request: Request, number: Id) -> Response:
    """When each note sounds, in seconds."""
    library = studio_of(request).library
    row = library.row("pieces", number)
    out = library.made(number, row.get("version", 0)) / TIMETABLE
    # Another page may remove it at any moment, with all that is made.
    with suppress(FileNotFoundError):
        return Response(out.read_bytes(), media_type="application/json")
    content = json.dumps(playing(piece_at(library.music(row)), row["originality"])).encode()
    with suppress(BadFile, FileNotFoundError):
        out.parent.mkdir(exist_ok=True)
        write_whole(out, content)
    return Response(content, media_type="application/json")


@router.get("/pieces/{number}/score")
async def piece_score(
    request: Request,
    number: Id,
    width: Annotated[int, Query(ge=0, le=3000)] = 0,
    chords: bool = False,
) -> Response:
    """The engraved pages, as SVG; with a width one page for a screen so many pixels wide, on wish
    with the names of the chords."""
    studio = studio_of(request)
    row = studio.library.row("pieces", number)
    width = width and max(NARROWEST, width // STEP * STEP)
    out = named_file(studio, row, f"score-{width}{'-chords' if chords else ''}.json")
    task = {"task": "engrave", "piece": str(studio.library.music(row))} | _named(row)
    await made(studio, out, task | {"width": width, "chords": chords})
    return FileResponse(out, media_type="application/json")


@router.get("/pieces/{number}/files/{suffix}")
async def piece_file(
    request: Request,
    number: Id,
    suffix: str,
    page: Annotated[int, Query(ge=0, le=999)] = 1,
    piano: PianoName = "upright",
) -> Response:
    """The piece in a format; `page` counts the pages of svg and png, 0 packs all into a ZIP;
    `piano` is the one that sound is played on."""
    studio = studio_of(request)
    row = studio.library.row("pieces", number)
    if suffix == "html":
        return await _report(studio, row)
    if suffix not in FORMATS:
        raise BadOption(suffix[:40], "is none of the formats", f"choose from {' '.join(FORMATS)}")
    out = named_file(studio, row, f"piece-{piano}.{suffix}")
    task = {"task": "write", "piece": str(studio.library.music(row))}
    await made(studio, out, task | _named(row) | {"recipe": row["recipe"], "piano": piano})
    name = f"{file_name(row['title'])}.{suffix}"
    if page == 0 and out.with_stem(f"{out.stem}-2").is_file():
        return await asyncio.to_thread(_zipped, out, Path(name))
    if page > 1 and suffix in ("svg", "png"):
        out = out.with_stem(f"{out.stem}-{page}")
        name = f"{file_name(row['title'])}-{page}.{suffix}"
    if not out.is_file():
        raise BadOption(f"page {page}", "is beyond the last one", "ask for an earlier one")
    return FileResponse(
        out,
        media_type=TYPES[suffix.split(".")[-1]],
        filename=name,
        content_disposition_type="inline" if suffix in ("mp3", "svg", "png") else "attachment",
    )


async def _report(studio: Studio, row: dict[str, Any]) -> Response:
    """The page about a piece, as one file."""
    out = named_file(studio, row, "report.html")
    task = {"task": "report", "piece": str(studio.library.music(row))} | _named(row)
    model = studio.library.model_path(row["model"])
    await made(studio, out, task | {"recipe": row["recipe"], "model": model})
    name = f"{file_name(row['title'])}.html"
    return FileResponse(out, media_type="text/html", filename=name)


def _zipped(first: Path, name: Path) -> Response:
    """All pages of a score in one ZIP, numbered."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        page, number = first, 1
        while page.is_file():
            archive.writestr(f"{name.stem}-{number}{name.suffix}", page.read_bytes())
            number += 1
            page = first.with_stem(f"{first.stem}-{number}")
    named = quote(f"{name.stem} ({name.suffix[1:]}).zip")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{named}"}
    return Response(packed.getvalue(), media_type="application/zip", headers=headers)


@router.get("/keys")
async def keys(request: Request, piano: PianoName = "upright") -> Response:
    """A piano key by key, for what has no file yet; see `ragsmith.io.sound.keyboard`."""
    studio = studio_of(request)
    out = studio.library.made(KEYS) / f"{piano}.flac"
    await made(studio, out, {"task": "keys", "piano": piano})
    return FileResponse(out, media_type=TYPES["flac"])


@router.get("/compare")
async def pair(request: Request) -> dict[str, Any]:
    """Two kept pieces to compare; nulls where there are not two."""
    rated = studio_of(request).library.pair()
    return {"a": rated[0]["id"], "b": rated[1]["id"]} if rated else {"a": None, "b": None}


@router.post("/compare")
async def prefer(request: Request, choice: Compare) -> dict[str, Any]:
    """Say which of two pieces is better."""
    if choice.a == choice.b:
        raise BadOption("a piece", "cannot be better than itself", "name two")
    better, worse = (choice.a, choice.b) if choice.better == "a" else (choice.b, choice.a)
    studio_of(request).library.prefer(better, worse)
    return {}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    recipe = json.loads(row["recipe"] or "{}")
    return _summary(row) | {"scores": row["scores"], "recipe": recipe, "formats": FORMATS}


def _summary(row: dict[str, Any]) -> dict[str, Any]:
    """What lists show; what a piece shares with the corpus stands beside its limit."""
    limits = json.loads(row["recipe"] or "{}").get("wish", {}).get("limits", (None, None))
    shared = {
        name: row["originality"][name] and row["originality"][name] | {"limit": limit}
        for name, limit in zip(("longest_texture", "longest_melody"), limits, strict=True)
    }
    is_compared = row.get("compared") is not False  # older rows do not say it
    summary = {name: row.get(name) for name in SUMMARY}
    version = row.get("version", 0)
    return summary | {"originality": shared, "compared": is_compared, "version": version}


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """The names that a piece goes by, which its file need not have."""
    return {"title": row["title"], "composer": row["composer"]}
