"""The studio's server: the API, and the pages."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

import ragsmith
from ragsmith.errors import BadFile, UserError, one_line
from ragsmith.studio import (
    routes_bin,
    routes_corpora,
    routes_edits,
    routes_jobs,
    routes_models,
    routes_options,
    routes_pieces,
    routes_reading,
    routes_variants,
)
from ragsmith.studio.app_state import Studio
from ragsmith.studio.finding import Wanted
from ragsmith.studio.guard import Guard
from ragsmith.studio.jobs import Busy, Jobs, NotNow
from ragsmith.studio.library import BUILT_IN, Library, Missing, new_id
from ragsmith.studio.uploads import TooMuch
from ragsmith.studio.versions import NothingThere, Outdated

__all__ = ["create_app"]

PAGES = Path(__file__).parent / "static"
ROUTES = (
    routes_jobs,
    routes_options,
    routes_models,
    routes_pieces,
    routes_reading,
    routes_variants,
    routes_edits,
    routes_corpora,
    routes_bin,
)
CONFLICT = 409
STATUS: dict[type[UserError], int] = {
    Missing: 404,
    NotNow: CONFLICT,
    Outdated: CONFLICT,
    NothingThere: CONFLICT,
    TooMuch: 413,
    Busy: 429,
    BadFile: 400,
}
SHOWN = 6
"""Rags that a demo begins with."""
# Windows may say otherwise, and browsers would not run the pages.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/css", ".css")


def create_app(library_folder: Path, token: str, demo: bool = False) -> FastAPI:
    """The studio on a library.

    Args:
        library_folder: made if need be.
        token: what every request has to carry; see `ragsmith.studio.guard`.
        demo: put six of the built-in rags into it when it has no pieces.

    Raises:
        BadFolder: as soon as it starts: the library cannot be used.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        library = Library(library_folder)
        jobs = Jobs(library)
        app.state.studio = Studio(library, jobs)
        if demo and not library.pieces(Wanted(), "created"):
            _show(library)
        yield
        await jobs.end()
        library.close()

    app = FastAPI(
        title="Ragsmith studio",
        version=ragsmith.__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    for routes in ROUTES:
        app.include_router(routes.router)
    app.get("/api/health")(health)
    app.add_exception_handler(UserError, _user_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _fault)
    app.mount("/", StaticFiles(directory=PAGES, html=True, check_dir=False))
    app.add_middleware(Guard, token=token)
    return app


async def health(request: Request) -> dict[str, Any]:
    """The version, and the language that the browser asks for."""
    wanted = request.headers.get("accept-language", "").lower()
    return {"version": ragsmith.__version__, "language": "fr" if wanted[:2] == "fr" else "en"}


def _show(library: Library) -> None:
    """Put finished rags there, so that there is something to look at and to hear at once."""
    from ragsmith.corpus.cache_files import store
    from ragsmith.corpus.record import Record
    from ragsmith.io import read
    from ragsmith.io.readers.recipe import recipe_in
    from ragsmith.shipped.rags import rag_files
    from ragsmith.studio.opening import bare_facts

    for path in reversed(rag_files()[:SHOWN]):
        piece = replace(read(path), recipe=recipe_in(path))
        number = new_id()
        store(library.piece_file(number), Record(""), piece, durable=True)
        library.add_piece({"id": number} | bare_facts(piece), BUILT_IN, "kept")


async def _user_error(request: Request, error: Exception) -> JSONResponse:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    return JSONResponse({"error": str(error)}, status)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first, *_ = error.errors()
    if first["type"] == "json_invalid":
        return JSONResponse({"error": "the request is not JSON"}, 422)
    where = ".".join(str(part) for part in first["loc"][1:])
    rule = f"does not fit ({one_line(first['msg'])})"
    return JSONResponse({"error": str(UserError(where, rule, "give another value"))}, 422)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": one_line(str(error.detail))}, error.status_code)


async def _fault(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": f"an error inside ragsmith ({type(error).__name__})"}, 500)
