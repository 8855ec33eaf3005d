"""What can be asked for, as the pages draw it: ranges, defaults and proposals of every field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from ragsmith.options import COMPOSE, LEARN, SHOWN_COUNT, VARIATION, Option

__all__ = ["router"]

router = APIRouter(prefix="/api")


@router.get("/options")
async def list_options() -> dict[str, Any]:
    """The fields of the pages that compose and learn."""
    return {
        "compose": _fields(COMPOSE | {"count": SHOWN_COUNT}),
        "variants": _fields(VARIATION),
        "learn": _fields(LEARN),
    }


def _fields(table: Mapping[str, Option[Any]]) -> dict[str, dict[str, Any]]:
    """Every option as the attributes of a field; an end that is not included is a step away."""
    return {
        name: {
            "default": option.first if option.default is None else option.default,
            "min": option.low if option.above is None else option.above + option.step,
            "max": option.high if option.below is None else option.below - option.step,
            "step": option.step,
            "slider": option.slider,
            "choices": option.choices or option.proposals,
        }
        for name, option in table.items()
    }
