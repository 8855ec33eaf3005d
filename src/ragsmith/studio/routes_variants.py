"""Variants of a piece."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from ragsmith.composer.dials import parse_dials
from ragsmith.composer.vary import bar_span
from ragsmith.studio.app_state import studio_of
from ragsmith.studio.composing import piece_at
from ragsmith.studio.schemas import Id, VariantsRequest

__all__ = ["router"]

router = APIRouter(prefix="/api")


@router.post("/pieces/{number}/variants")
async def variants(request: Request, number: Id, body: VariantsRequest) -> dict[str, Any]:
    """Compose variants of a piece, each a piece of its own: a job."""
    studio = studio_of(request)
    row = studio.library.row("pieces", number)
    studio.library.model_path(row["model"])
    bars = {"first_bar": body.first_bar or 1, "last_bar": body.last_bar or row["bars"]}
    bar_span(piece_at(studio.library.music(row)), bars["first_bar"], bars["last_bar"])
    if body.dials is not None:
        parse_dials(body.dials)
    asked_for = body.as_json() | bars | {"parent": number, "model": row["model"]}
    return {"job": studio.jobs.start("variants", asked_for).id}
