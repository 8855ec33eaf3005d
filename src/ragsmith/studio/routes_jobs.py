"""Composing, learning, and how far they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response, StreamingResponse

from ragsmith.studio.app_state import studio_of
from ragsmith.studio.composing import wish_of
from ragsmith.studio.job import OVER
from ragsmith.studio.library import new_id
from ragsmith.studio.schemas import ComposeRequest, Id, LearnRequest

__all__ = ["router"]

router = APIRouter(prefix="/api")


@router.post("/compose")
async def compose(request: Request, body: ComposeRequest) -> dict[str, Any]:
    """Compose candidates side by side."""
    jobs = studio_of(request).jobs
    jobs.library.model_path(body.model)
    if body.other:
        jobs.library.model_path(body.other)
    wish_of(body.as_json())
    if body.primer:
        studio_of(request).library.row("pieces", body.primer)
    return {"job": jobs.start("compose", body.as_json()).id}


@router.post("/learn")
async def learn(request: Request, body: LearnRequest) -> dict[str, Any]:
    """Learn a model from a corpus."""
    studio = studio_of(request)
    studio.library.row("corpora", body.corpus)
    return {"job": studio.jobs.start("learn", body.as_json() | {"out": new_id()}).id}


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
    """The events of a job from its beginning, as server-sent events. A browser that connects again
    gets those that it has missed; 204 says that there are no more, so that it stops asking."""
    jobs = studio_of(request).jobs
    job = jobs.get(number)
    after = int(last_event_id[:9]) if last_event_id.isdecimal() else 0
    if job.state in OVER and 0 < len(job.events) <= after:
        return Response(status_code=204)

    async def stream() -> AsyncIterator[str]:
        async for sent, text in jobs.events(number, after):
            yield f"id: {sent}\ndata: {text}\n\n" if text else ": nothing new\n\n"

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)
