"""Composing, learning, and how far they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response, StreamingResponse

from ragsmith.studio.app_state import studio_of
from ragsmith.studio.composing import wish_of
from ragsmith.studio.jobs import OVER
from ragsmith.studio.library import new_id
from ragsmith.studio.schemas import ComposeAsked, Id, LearnAsked

__all__ = ["router"]

router = APIRouter(prefix="/api")


@router.post("/compose")
async def compose(request: Request, asked: ComposeAsked) -> dict[str, Any]:
    """Compose candidates side by side."""
    jobs = studio_of(request).jobs
    jobs.model_path(asked.model)
    wish_of(asked.asked())
    return {"job": jobs.start("compose", asked.asked()).id}


@router.post("/learn")
async def learn(request: Request, asked: LearnAsked) -> dict[str, Any]:
    """Learn a model from a corpus."""
    studio = studio_of(request)
    studio.library.row("corpora", asked.corpus)
    return {"job": studio.jobs.start("learn", asked.asked() | {"out": new_id()}).id}


@router.get("/jobs")
async def list_jobs(request: Request) -> dict[str, Any]:
    """All jobs, the newest first, without their events."""
    shown = [job.shown() for job in studio_of(request).jobs.all()]
    return {"jobs": [{k: v for k, v in job.items() if k != "events"} for job in shown]}


@router.get("/jobs/{number}")
async def one_job(request: Request, number: Id) -> dict[str, Any]:
    """A job, with its events; notes are told by the stream of events alone."""
    return studio_of(request).jobs.get(number).shown()


@router.delete("/jobs/{number}")
async def cancel(request: Request, number: Id) -> dict[str, Any]:
    """End a job; what it has finished stays."""
    await studio_of(request).jobs.cancel(number)
    return {}


@router.post("/jobs/{number}/stop")
async def stop(request: Request, number: Id) -> dict[str, Any]:
    """Let a learning end now, and keep the best."""
    studio_of(request).jobs.stop(number)
    return {}


@router.post("/jobs/{number}/resume")
async def resume(request: Request, number: Id) -> dict[str, Any]:
    """Go on with a learning that was interrupted."""
    return {"job": studio_of(request).jobs.resume(number).id}


@router.get("/jobs/{number}/events")
async def events(
    request: Request,
    number: Id,
    last_event_id: Annotated[str, Header(max_length=20)] = "0",
) -> Response:
    """What a job says, as server-sent events, from the beginning; a browser that comes back is told
    what it has missed, and 204 when there is nothing more, so that it comes no more."""
    jobs = studio_of(request).jobs
    job = jobs.get(number)
    after = int(last_event_id[:9]) if last_event_id.isdecimal() else 0
    if job.state in OVER and 0 < len(job.said) <= after:
        return Response(status_code=204)

    async def stream() -> AsyncIterator[str]:
        async for told, text in jobs.events(number, after):
            yield f"id: {told}\ndata: {text}\n\n" if text else ": nothing new\n\n"

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)
