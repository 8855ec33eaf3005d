"""Child processes as the server sees them: lent from a pool, asked, and ended at any moment."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from ragsmith.errors import UserError
from ragsmith.studio.child import STOP

__all__ = ["BadRequest", "Pool", "TaskFailed", "Worker"]

LONGEST_LINE = 1 << 26
PATIENCE = 600.0
"""Seconds after which what is being made for somebody is given up."""
BELOW_NORMAL = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)


class TaskFailed(Exception):
    """A child could not do what it was asked; the message is one plain line."""


class Worker:
    """One child process."""

    def __init__(self, niceness: int) -> None:
        self.niceness = niceness
        self.process: asyncio.subprocess.Process | None = None

    async def ask(self, request: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> Any:
        """What comes of a request; `tell` is given what the child says on the way.

        When the caller is cancelled the child is ended.

        Raises:
            TaskFailed: it could not be done.
        """
        try:
            if self.process is None:
                self.process = await self._started()
            return await self._answered(self.process, request, tell)
        except BaseException as error:
            if not isinstance(error, TaskFailed):
                await self.end()
            raise

    async def _started(self) -> asyncio.subprocess.Process:
        lower = f"import os; hasattr(os, 'nice') and os.nice({self.niceness})"
        serve = "from ragsmith.studio.child import serve; serve()"
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            f"{lower}; import sys; sys.path[:] = {sys.path!r}; {serve}",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            limit=LONGEST_LINE,
            creationflags=BELOW_NORMAL if self.niceness else 0,
        )

    async def _answered(
        self,
        process: asyncio.subprocess.Process,
        request: dict[str, Any],
        tell: Callable[[dict[str, Any]], None],
    ) -> Any:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(request).encode() + b"\n")
        with suppress(ConnectionError):
            await process.stdin.drain()
        while line := await process.stdout.readline():
            event = json.loads(line)
            if event["type"] == "end":
                return event["result"]
            if event["type"] == "error":
                raise TaskFailed(event["error"])
            tell(event)
        await self.end()
        raise TaskFailed("the process that did this has died; try again")

    def stop(self) -> None:
        """Ask the child to finish with what it has."""
        if self.process and self.process.stdin:
            self.process.stdin.write(STOP)

    async def end(self) -> None:
        """End the child, whatever it is doing."""
        process, self.process = self.process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        if process.stdin:
            process.stdin.close()
        await asyncio.shield(process.wait())


class Pool:
    """Workers, started when they are needed and kept; at most `size` at a time."""

    def __init__(self, size: int, niceness: int) -> None:
        self.niceness = niceness
        self.free = asyncio.Semaphore(size)
        self.idle: list[Worker] = []
        self.busy: set[Worker] = set()
        self.ended = False

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Worker]:
        """A worker for one task; waits until one is free.

        Raises:
            TaskFailed: all have been ended.
        """
        async with self.free:
            if self.ended:
                raise TaskFailed("the studio is being closed")
            worker = self.idle.pop() if self.idle else Worker(self.niceness)
            self.busy.add(worker)
            try:
                yield worker
            finally:
                self.busy.discard(worker)
                if worker.process:
                    self.idle.append(worker)

    @asynccontextmanager
    async def narrowed(self) -> AsyncIterator[None]:
        """One worker fewer, as soon as one is free: something else has to go first."""
        kept = asyncio.create_task(self.free.acquire())
        try:
            yield
        finally:
            if kept.done():
                self.free.release()
            kept.cancel()

    async def ask(self, request: dict[str, Any]) -> Any:
        """What comes of a request that says nothing on the way.

        Raises:
            BadRequest: it could not be done.
        """
        try:
            async with self.lent() as worker, asyncio.timeout(PATIENCE):
                return await worker.ask(request, lambda event: None)
        except TaskFailed as error:
            raise BadRequest(str(error)) from None
        except TimeoutError:
            raise BadRequest("this takes too long, and was given up") from None

    async def end(self) -> None:
        """End all of them, for good."""
        self.ended = True
        for worker in [*self.idle, *self.busy]:
            await worker.end()
        self.idle.clear()


class BadRequest(UserError):
    """What a child could not do for whoever asks for it; the message is the child's."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)
