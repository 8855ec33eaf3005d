"""Child processes for the server: lent from a pool, asked without waiting, ended at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from ragsmith.processes.children import Child, ChildDied, TaskFailed

__all__ = ["Pool", "Worker"]

PATIENCE = 600.0
"""Seconds after which what is being made for somebody is given up."""
TASKS = {
    "compose": "composing:compose",
    "vary": "composing:vary",
    "propose": "composing:propose",
    "variants": "variants:variants",
    "learn": "learning:learn",
    "baseline": "learning:baseline",
    "write": "making:write",
    "engrave": "making:engrave",
    "keys": "making:keys",
    "examine": "making:examine",
    "inspect": "making:inspect",
    "report": "making:report_page",
    "open": "opening:open_file",
    "compare": "opening:compare",
    "source": "source:source",
    "simplify": "easier_version:simplify_piece",
}
"""Where each task is done; a child loads what it needs."""


class Worker:
    """One child process, and the thread that waits for its answers."""

    def __init__(self, niceness: int) -> None:
        self.niceness = niceness
        self.child: Child | None = None
        self.thread = ThreadPoolExecutor(1)

    async def ask(self, request: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> Any:
        """The result of a request; `tell` is given what the child says on the way.

        When the caller is cancelled the child is ended.

        Raises:
            TaskFailed: it could not be done.
        """
        self.child = self.child or Child(niceness=self.niceness)
        try:
            return await self._answered(self.child, request, tell)
        except TaskFailed:
            raise
        except ChildDied:
            await self.end()
            raise TaskFailed("the process that did this has died; try again") from None
        except BaseException:
            await self.end()
            raise

    async def _answered(
        self, child: Child, request: dict[str, Any], tell: Callable[[dict[str, Any]], None]
    ) -> Any:
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

        def put(event: dict[str, Any]) -> None:
            loop.call_soon_threadsafe(events.put_nowait, event)

        def is_over(answer: asyncio.Future[Any]) -> None:
            events.put_nowait(None)
            if not answer.cancelled():
                answer.exception()  # whoever asked may have gone

        arguments = {name: value for name, value in request.items() if name != "task"}
        task = f"ragsmith.studio.{TASKS[request['task']]}"
        answer = loop.run_in_executor(self.thread, lambda: child.ask(task, arguments, tell=put))
        answer.add_done_callback(is_over)
        while event := await events.get():
            tell(event)
        return await answer

    def stop(self) -> None:
        """Ask the child to finish with what it has."""
        if self.child:
            self.child.stop()

    async def end(self) -> None:
        """End the child, whatever it is doing."""
        child, self.child = self.child, None
        if child:
            await asyncio.shield(asyncio.to_thread(child.end))


class Pool:
    """Workers, started when they are needed and kept; at most `size` at a time."""

    def __init__(self, size: int, niceness: int) -> None:
        self.niceness = niceness
        self.free = asyncio.Semaphore(size)
        self.idle: list[Worker] = []
        self.busy: set[Worker] = set()
        self.ended = False

    @property
    def is_full(self) -> bool:
        """Whether the next task has to wait."""
        return self.free.locked()

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
                if worker.child:
                    self.idle.append(worker)

    @asynccontextmanager
    async def narrowed(self) -> AsyncIterator[None]:
        """One worker fewer, as soon as one is free: something else has to go first."""
        place = asyncio.create_task(self.free.acquire())
        try:
            yield
        finally:
            if place.done():
                self.free.release()
            place.cancel()

    async def ask(self, request: dict[str, Any]) -> Any:
        """The result of a request that says nothing on the way.

        Raises:
            TaskFailed: it could not be done.
        """
        try:
            async with self.lent() as worker, asyncio.timeout(PATIENCE):
                return await worker.ask(request, lambda event: None)
        except TimeoutError:
            raise TaskFailed("this takes too long, and was given up") from None

    async def end(self) -> None:
        """End all of them, for good."""
        self.ended = True
        for worker in [*self.idle, *self.busy]:
            await worker.end()
        self.idle.clear()
