"""Models: the built-in one, learnt ones, and those that others have made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, UploadFile

from ragsmith.errors import BadOption
from ragsmith.processes.children import TaskFailed
from ragsmith.studio.app_state import studio_of
from ragsmith.studio.library import BUILT_IN, new_id
from ragsmith.studio.schemas import Id
from ragsmith.studio.uploads import file_name, save_upload

__all__ = ["router"]

router = APIRouter(prefix="/api")
LARGEST_MODEL = 256 << 20
BUILT_IN_NAME = "Ragtime"


@router.get("/models")
async def list_models(request: Request) -> dict[str, Any]:
    """All models, the built-in one last."""
    studio = studio_of(request)
    rows = [row | {"built_in": False} for row in studio.library.rows("models")]
    facts = await studio.jobs.built_in()
    own = {"id": BUILT_IN, "name": BUILT_IN_NAME, "built_in": True, "created": None}
    return {"models": [*rows, own | facts]}


@router.post("/models")
async def add_model(request: Request, file: UploadFile) -> dict[str, Any]:
    """Add a .ragsmith file."""
    studio = studio_of(request)
    number = new_id()
    path = studio.library.model_file(number)
    await save_upload(file, path, LARGEST_MODEL)
    name = file_name(Path(file.filename or "").stem)[:120] or "model"
    try:
        facts = await studio.jobs.making.ask({"task": "inspect", "path": str(path)})
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, TaskFailed):  # the user knows it by its own name
            raise TaskFailed(str(error).replace(path.name, f"{name}{path.suffix}")) from None
        raise
    studio.library.add_model(number, name, facts)
    return studio.library.row("models", number) | {"built_in": False}


@router.delete("/models/{number}")
async def remove_model(request: Request, number: Id) -> dict[str, Any]:
    """Remove a model; pieces that it has composed stay."""
    if number == BUILT_IN:
        raise BadOption("the built-in model", "cannot be removed", "choose another one")
    studio_of(request).library.remove("models", number)
    return {}
