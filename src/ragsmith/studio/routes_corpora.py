"""Corpora: folders of music that are sent in, and the doctor's verdicts on them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, UploadFile
from fastapi import Path as Parameter

from ragsmith.studio.app_state import Studio, studio_of
from ragsmith.studio.jobs import NotNow
from ragsmith.studio.library import Missing
from ragsmith.studio.made import once
from ragsmith.studio.schemas import Id, Named
from ragsmith.studio.uploads import add_files, is_plain_name

__all__ = ["router"]

router = APIRouter(prefix="/api")


@router.get("/corpora")
async def list_corpora(request: Request) -> dict[str, Any]:
    """All corpora, with how many files each holds."""
    library = studio_of(request).library
    rows = library.rows("corpora")
    counts = [sum(1 for _ in library.corpus_folder(row["id"]).iterdir()) for row in rows]
    return {"corpora": [row | {"count": n} for row, n in zip(rows, counts, strict=True)]}


@router.post("/corpora")
async def new_corpus(request: Request, named: Named) -> dict[str, Any]:
    """A new corpus, without files."""
    studio = studio_of(request)
    return await _shown(studio, studio.library.add_corpus(named.name))


@router.get("/corpora/{number}")
async def one_corpus(request: Request, number: Id) -> dict[str, Any]:
    """A corpus, with the verdict on every file."""
    return await _shown(studio_of(request), number)


@router.post("/corpora/{number}/files")
async def add_to_corpus(request: Request, number: Id, files: list[UploadFile]) -> dict[str, Any]:
    """Add files; what is no music is left out, and named in `left_out`."""
    studio = studio_of(request)
    studio.library.row("corpora", number)
    left_out = await add_files(studio.library.corpus_folder(number), files)
    return await _shown(studio, number) | {"left_out": left_out}


@router.delete("/corpora/{number}")
async def remove_corpus(request: Request, number: Id) -> dict[str, Any]:
    """Remove a corpus; models that were learnt from it stay."""
    studio = studio_of(request)
    if studio.jobs.is_learning(number):
        raise NotNow("the corpus", "is being learnt", "stop that first")
    studio.library.remove("corpora", number)
    studio.examined.pop(number, None)
    return {}


@router.delete("/corpora/{number}/files/{name}")
async def remove_file(
    request: Request, number: Id, name: Annotated[str, Parameter(max_length=200)]
) -> dict[str, Any]:
    """Remove a file from a corpus."""
    studio = studio_of(request)
    studio.library.row("corpora", number)
    path = studio.library.corpus_folder(number) / name if is_plain_name(name) else None
    if path is None or not path.is_file():
        raise Missing("files of this corpus", name)
    if studio.jobs.is_learning(number):
        raise NotNow("the corpus", "is being learnt", "stop that first")
    path.unlink()
    return await _shown(studio, number)


async def _shown(studio: Studio, number: str) -> dict[str, Any]:
    """A corpus with the doctor's verdicts; files that have not changed are not read again."""
    row = studio.library.row("corpora", number)
    folder = studio.library.corpus_folder(number)
    stamps = sorted((f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in folder.iterdir())
    if stamps and studio.examined.get(number, (None,))[0] != stamps:

        async def examine() -> None:
            task = {"task": "examine", "folder": str(folder)}
            studio.examined[number] = stamps, await studio.jobs.making.ask(task)

        await once(studio.being_made, f"{number} {hash(tuple(stamps))}", examine)
    nothing: dict[str, object] = {"files": [], "accepted": 0, "repaired": 0, "rejected": 0}
    return row | (studio.examined[number][1] if stamps else nothing)
