"""What a child process is asked for a job: its task, and where in the library all lies.

`wanted` is the job's own request, as the page has sent it.
"""

from __future__ import annotations

import secrets
from typing import Any

from ragsmith.studio.library import Library

__all__ = ["to_compose", "to_compose_variants", "to_learn", "to_propose", "to_vary"]

FIRST_SEEDS = 1_000_000
"""Where no seed is named it is drawn below this."""

Request = dict[str, Any]


def to_compose(library: Library, wanted: Request) -> Request:
    """New pieces.

    Raises:
        Missing: a model, or the piece that they go on from, is gone.
    """
    first = _seed(wanted)
    request = {
        "task": "compose",
        "model": library.model_path(wanted["model"]),
        "fields": wanted,
        "seeds": list(range(first, first + wanted["count"])),
        "folder": _pieces(library),
    }
    if other := wanted.get("other"):
        request["other"] = library.model_path(other)
    if primer := wanted.get("primer"):
        request["primer"] = str(library.music(library.row("pieces", primer)))
    return request


def to_vary(library: Library, wanted: Request) -> Request:
    """Bars of a piece again, as a new piece.

    Raises:
        Missing: the piece or its model is gone.
    """
    return {"task": "vary"} | _as_new_pieces(library, wanted) | _bars_again(library, wanted)


def to_compose_variants(library: Library, wanted: Request) -> Request:
    """Variants of a piece.

    Raises:
        Missing: the piece or its model is gone.
    """
    fields = {name: wanted[name] for name in ("count", "distance", "harmony")}
    new = fields | _as_new_pieces(library, wanted)
    return {"task": "variants"} | new | _bars_again(library, wanted)


def to_propose(library: Library, wanted: Request) -> Request:
    """Bars of a piece again, as proposals.

    Raises:
        Missing: the piece or its model is gone.
    """
    return {"task": "propose", "count": wanted["count"]} | _bars_again(library, wanted)


def to_learn(library: Library, wanted: Request) -> Request:
    """A model."""
    return {
        "task": "learn",
        "corpus": str(library.corpus_folder(wanted["corpus"])),
        "model": wanted["model"],
        "minutes": wanted["minutes"],
        "out": str(library.model_file(wanted["out"])),
        "folder": _pieces(library),
    }


def _as_new_pieces(library: Library, wanted: Request) -> Request:
    title = library.row("pieces", wanted["parent"])["title"]
    return {"title": title, "folder": _pieces(library)}


def _bars_again(library: Library, wanted: Request) -> Request:
    parent = library.row("pieces", wanted["parent"])
    return {
        "model": library.model_path(parent["model"]),
        "piece": str(library.music(parent)),
        "recipe": parent["recipe"],
        "bars": [wanted["first_bar"], wanted["last_bar"]],
        "hand": wanted["hand"],
        "dials": wanted.get("dials"),
        "seed": _seed(wanted),
    }


def _pieces(library: Library) -> str:
    return str(library.folder / "pieces")


def _seed(wanted: Request) -> int:
    seed: int | None = wanted["seed"]
    return secrets.randbelow(FIRST_SEEDS) if seed is None else seed
