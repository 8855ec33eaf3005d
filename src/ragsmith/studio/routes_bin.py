"""What was deleted: listed, brought back, or removed for good."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from ragsmith.studio.app_state import studio_of
from ragsmith.studio.schemas import Id

__all__ = ["router"]

router = APIRouter(prefix="/api/bin")


@router.get("")
async def list_deleted(request: Request) -> dict[str, Any]:
    """What was deleted in the last thirty days, the latest first."""
    deleted = studio_of(request).library.bin.all()
    return {"deleted": [one._asdict() for one in deleted]}


@router.post("/{number}")
async def restore(request: Request, number: Id) -> dict[str, Any]:
    """Bring something back."""
    studio_of(request).library.restore(number)
    return {}


@router.delete("/{number}")
async def discard(request: Request, number: Id) -> dict[str, Any]:
    """Remove something for good."""
    studio_of(request).library.discard(number)
    return {}


@router.delete("")
async def empty(request: Request) -> dict[str, Any]:
    """Remove everything for good that was deleted."""
    library = studio_of(request).library
    for one in library.bin.all():
        library.discard(one.id)
    return {}
