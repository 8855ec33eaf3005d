"""Jobs: composing a few at a time, learning one at a time, each in a child process.

All events of a job are kept from its beginning, so that a page that is opened later receives them
all; events that last (pieces, epochs) are in the library too, and are sent again after a restart.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from ragsmith.errors import UserError
from ragsmith.processes.children import TaskFailed
from ragsmith.studio.job import FAILED, NOTES, OVER, Job
from ragsmith.studio.job_requests import (
    to_compose,
    to_compose_variants,
    to_learn,
    to_propose,
    to_vary,
)
from ragsmith.studio.library import BUILT_IN, Library, new_id
from ragsmith.studio.workers import Pool, Worker

__all__ = ["Busy", "Jobs", "NotNow"]

COMPOSING, MAKING = 2, 2
"""Processes at a time; more would only slow each other down on small computers."""
COMPOSING_NICENESS, MAKING_NICENESS = 10, 5
"""So that learning, the server and the page go first."""
MOST_WAITING = 200
KEPT = 30
"""Finished jobs that are kept in memory with all their events."""
QUIET = 15.0
"""Seconds without an event after which a listener is sent an empty one."""


class Busy(UserError):
    """Too much is asked for at once."""


class NotNow(UserError):
    """The job is not in a state for this."""


class Jobs:
    """All jobs, and the processes that do them."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.composing = Pool(COMPOSING, COMPOSING_NICENESS)
        self.making = Pool(MAKING, MAKING_NICENESS)
        self.learning = asyncio.Lock()
        self.jobs: dict[str, Job] = {}
        self.about_built_in: dict[str, Any] = {}

    def start(self, kind: str, request: dict[str, Any]) -> Job:
        """Begin a job, or put it in the queue.

        Raises:
            Busy: too many wait already.
        """
        if sum(job.state == "waiting" for job in self.jobs.values()) >= MOST_WAITING:
            rule = "wait already"
            raise Busy(f"{MOST_WAITING} jobs", rule, "try again when some of them are done")
        return self._begin(Job(new_id(), kind, request))

    def _begin(self, job: Job) -> Job:
        self.jobs.pop(job.id, None)
        self.jobs[job.id] = job
        self._put(job)
        job.task = asyncio.create_task(self._run(job), name=f"{job.kind} {job.id}")
        over = [other for other in self.jobs.values() if other.state in OVER]
        for other in over[:-KEPT]:
            del self.jobs[other.id]
        return job

    def get(self, number: str) -> Job:
        """A job, from memory or from the library.

        Raises:
            Missing: there is none.
        """
        return self.jobs.get(number) or self._from(self.library.row("jobs", number))

    def all(self) -> list[Job]:
        """All jobs, the newest first."""
        rows = self.library.rows("jobs")
        return [self.jobs.get(row["id"]) or self._from(row) for row in rows]

    def _from(self, row: dict[str, Any]) -> Job:
        events = self.library.events(row["id"])
        if row["state"] == "interrupted" and not (events and events[-1].startswith(FAILED)):
            events.append(json.dumps({"type": "failed", "error": "the studio was ended"}))
        return Job(row["id"], row["kind"], row["asked"], row["state"], **row["told"], events=events)

    async def cancel(self, number: str) -> None:
        """End a job; what it has finished stays.

        Raises:
            Missing: there is none.
        """
        job = self.get(number)
        if job.task and job.state not in OVER:
            job.cancelled = True
            job.task.cancel()
            await asyncio.wait([job.task])
            if job.state not in OVER:  # it was cancelled before it had begun
                self._over(job, "cancelled", "cancelled")
        elif job.kind == "learn" and job.state in ("interrupted", "failed"):
            self._over(job, "cancelled", "cancelled")
        if job.kind == "learn" and not job.model:
            self._leave_nothing(job)

    def stop(self, number: str) -> None:
        """Let a learning end now, and keep the best.

        Raises:
            Missing: there is none.
            NotNow: it is not learning.
        """
        job = self.get(number)
        if job.kind != "learn" or job.state != "running" or not job.worker:
            raise NotNow(f"job {number}", "is not learning now", "look at its state")
        job.worker.stop()

    def resume(self, number: str) -> Job:
        """Go on with a learning that was interrupted, or has failed.

        Raises:
            Missing: there is none.
            NotNow: it goes on, or has ended well.
        """
        job = self.get(number)
        if job.kind != "learn" or job.state not in ("interrupted", "failed"):
            raise NotNow(f"job {number}", "is no interrupted learning", "start a new one")
        job.state, job.message, job.progress = "waiting", "", 0.0
        job.events = [text for text in job.events if not text.startswith(FAILED)]
        self.library.forget_failure(job.id)
        return self._begin(job)

    async def events(self, number: str, after: int) -> AsyncIterator[tuple[int, str]]:
        """What a job says, from the beginning or after so many events, until it is over; (number
        of the event, JSON text), and ("", number) now and then when nothing happens."""
        job = self.get(number)
        sent, progress = after, 0
        while True:
            changed = job.changed
            while sent < len(job.events):
                sent += 1
                yield sent, job.events[sent - 1]
            text, count = job.latest
            if count > progress and job.state not in OVER:
                progress = count
                yield sent, text
            if job.state in OVER:
                if sent >= len(job.events):
                    return
                continue
            try:
                await asyncio.wait_for(changed.wait(), QUIET)
            except TimeoutError:
                yield sent, ""

    async def end(self) -> None:
        """Interrupt all jobs and end all processes: the studio closes."""
        tasks = [job.task for job in self.jobs.values() if job.task and not job.task.done()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for job in self.jobs.values():
            if job.state not in OVER:
                self._over(job, "interrupted", "the studio was closed")
        await self.composing.end()
        await self.making.end()

    # Doing them.

    async def _run(self, job: Job) -> None:
        do: Callable[[Job], Awaitable[None]] = getattr(self, f"_{job.kind}")
        try:
            await do(job)
        except UserError as error:
            self._over(job, "failed", str(error))
        except asyncio.CancelledError:
            if job.cancelled:
                self._over(job, "cancelled", "cancelled")
            else:
                self._over(job, "interrupted", "the studio was closed")
        except Exception as error:
            self._over(job, "failed", f"an error inside ragsmith ({type(error).__name__}: {error})")
            raise
        else:
            self._over(job, "done", "")

    async def _compose(self, job: Job) -> None:
        await self._composed(job, to_compose(self.library, job.request))

    async def _vary(self, job: Job) -> None:
        await self._composed(job, to_vary(self.library, job.request))

    async def _variants(self, job: Job) -> None:
        await self._composed(job, to_compose_variants(self.library, job.request))

    async def _propose(self, job: Job) -> None:
        await self._composed(job, to_propose(self.library, job.request))

    async def _composed(self, job: Job, request: dict[str, Any]) -> None:
        if self.composing.is_full:
            self._waiting(job, ("compose", "vary", "propose", "variants"))
        async with self.composing.lent() as worker:
            self._running(job)
            await worker.ask(request, lambda event: self._tell(job, event))

    async def _learn(self, job: Job) -> None:
        wanted, request = job.request, to_learn(self.library, job.request)
        if self.learning.locked():
            self._waiting(job, ("learn",))
        async with self.learning, self.composing.narrowed():
            self._running(job)
            job.worker = Worker(niceness=0)
            baseline = asyncio.create_task(self._baseline(job, request["corpus"]))
            try:
                facts = await job.worker.ask(request, lambda event: self._tell(job, event))
            finally:
                await job.worker.end()
                job.worker = None
                baseline.cancel()
        self.library.add_model(wanted["out"], wanted["name"], facts)
        job.model = wanted["out"]

    async def _baseline(self, job: Job, corpus: str) -> None:
        """Measure what a model that only counts reaches, for the epochs to be compared with."""
        request = {"task": "baseline", "corpus": corpus}
        with suppress(TaskFailed):
            async with self.making.lent() as worker:
                job.baseline = await worker.ask(request, lambda event: None)

    async def built_in(self) -> dict[str, Any]:
        """The facts that a list of models shows of the built-in one."""
        if not self.about_built_in:
            self.about_built_in = await self.making.ask({"task": "inspect", "path": ""})
        return self.about_built_in

    def is_learning(self, corpus: str) -> bool:
        """Whether a job learns from a corpus, or will."""
        return any(
            job.request.get("corpus") == corpus and job.state not in OVER
            for job in self.jobs.values()
        )

    def _leave_nothing(self, job: Job) -> None:
        for file in (self.library.folder / "models").glob(f"{job.request['out']}.*"):
            file.unlink(missing_ok=True)

    def _tell(self, job: Job, event: dict[str, Any]) -> None:
        """Keep an event of a child process, and send it to the listeners."""
        kind = event["type"]
        if kind == "progress":
            share = min(1.0, event["done"] / event["total"]) if event["total"] else 0.0
            job.progress = max(job.progress, share)  # an estimate may change, progress stays
            job.message = event.get("message", "")
            job.latest = json.dumps(event | {"share": job.progress}), job.latest[1] + 1
            job.wake()
            return
        if kind in ("piece", "sample"):
            row = event.pop("row")
            state = "sample" if kind == "sample" else job.request.get("state", "candidate")
            model = job.request.get("model", BUILT_IN) if kind == "piece" else job.request["out"]
            event["id"] = self.library.add_piece(row, model, state, job.request.get("parent"))
            job.pieces.append(event["id"])
            self._put(job)
        if kind == "epoch":
            event["baseline"] = job.baseline
        self._say(job, event)

    def _say(self, job: Job, event: dict[str, Any]) -> None:
        text = json.dumps(event)
        job.events.append(text)
        if not text.startswith(NOTES):
            self.library.put_event(job.id, text)
        job.wake()

    def _waiting(self, job: Job, kinds: Sequence[str]) -> None:
        """Tell how many jobs go first."""
        others = (o for o in self.jobs.values() if o is not job and o.kind in kinds)
        before = sum(other.state not in OVER for other in others)
        job.latest = json.dumps({"type": "waiting", "before": before}), job.latest[1] + 1
        job.wake()

    def _running(self, job: Job) -> None:
        if job.latest[1]:
            job.latest = json.dumps({"type": "running"}), job.latest[1] + 1
        job.state = "running"
        self._put(job)
        job.wake()

    def _over(self, job: Job, state: str, message: str) -> None:
        job.state, job.message = state, message
        if state == "done":
            job.progress = 1.0
        self._put(job)
        over = {"type": "done"} if state == "done" else {"type": "failed", "error": message}
        self._say(job, over)

    def _put(self, job: Job) -> None:
        status = {name: getattr(job, name) for name in ("message", "progress", "pieces", "model")}
        self.library.put_job(job.id, job.kind, job.state, job.request, status)
