"""Child processes as their parent sees them: asked, and ended at any moment.

They are plain subprocesses and not `multiprocessing`, which would run the caller's own script again
in every child (and fail where it has no `if __name__ == "__main__"`), import what it imports, and
let what a library prints into the caller's terminal. They are safe beside JAX's threads, too.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Timer
from typing import Any, NamedTuple

from ragsmith.errors import UserError
from ragsmith.processes.child import READY, STOP

__all__ = ["NO_LIMITS", "Budget", "Child", "ChildDied", "Children", "TaskFailed"]

SECONDS_TO_START = 60.0
BELOW_NORMAL = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


class Budget(NamedTuple):
    """What a task may take; None is no limit.

    Attributes:
        processor_seconds: the same verdict on a busy machine.
        seconds: by the clock, after which the parent ends the child.
        memory: bytes of address space.
    """

    processor_seconds: float | None = None
    seconds: float | None = None
    memory: int | None = None


NO_LIMITS = Budget()


class TaskFailed(UserError):
    """A child could not do what it was asked; the message is the child's one line."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)


class ChildDied(Exception):
    """A child ended before its task did.

    Attributes:
        status: its exit status; negative the signal that ended it.
        spent: whether it had used up its processor time.
        late: whether its parent ended it, because it took too long by the clock.
    """

    def __init__(self, status: int, late: bool) -> None:
        super().__init__(f"exit status {status}")
        self.status = status
        self.spent = sys.platform != "win32" and status == -signal.SIGPROF
        self.late = late


class Child:
    """A child process; one thread at a time may ask it.

    Args:
        niceness: how much it goes behind others.
        quiet: whether what it prints to standard error is thrown away.
    """

    def __init__(self, *, niceness: int = 0, quiet: bool = False) -> None:
        lower = f"import os; hasattr(os, 'nice') and os.nice({niceness})"
        serve = "from ragsmith.processes.child import serve; serve()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"{lower}; import sys; sys.path[:] = {sys.path!r}; {serve}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else None,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            text=True,
            encoding="ascii",
            start_new_session=True,  # Ctrl-C in the terminal is the parent's alone
            creationflags=NEW_GROUP | (BELOW_NORMAL if niceness else 0),
        )
        self.ready = self.late = self.ended = False

    def ask(
        self,
        task: str,
        arguments: dict[str, Any],
        budget: Budget = NO_LIMITS,
        tell: Callable[[dict[str, Any]], None] = lambda event: None,
    ) -> Any:
        """Let the child do a task; returns its result.

        Args:
            task: a function, as "module:function"; see `ragsmith.processes.child`.
            arguments: its arguments by name, fit for JSON.
            budget: what it may take.
            tell: told what the task says on the way.

        Raises:
            TaskFailed: the task says why it could not be done; the child can be asked again.
            ChildDied: the child has died of it, or was ended.
            RuntimeError: no child can be started.
        """
        self._await_ready()
        request = {"task": task, "arguments": arguments, "budget": budget._asdict()}
        with self._ended_after(budget.seconds):
            self._send(json.dumps(request) + "\n")
            while line := self._line():
                event = json.loads(line)
                if event["type"] == "end":
                    return event["result"]
                if event["type"] == "error":
                    raise TaskFailed(event["error"])
                tell(event)
        raise ChildDied(self.process.wait(), self.late)

    def _await_ready(self) -> None:
        if self.ready:
            return
        with self._ended_after(SECONDS_TO_START):
            self.ready = self._line() == READY
        if self.ended:
            raise ChildDied(self.process.wait(), late=False)
        if not self.ready:
            raise RuntimeError(f"{sys.executable} cannot start a process for ragsmith")

    @contextmanager
    def _ended_after(self, seconds: float | None) -> Iterator[None]:
        """End the child when something takes too long."""
        if seconds is None:
            yield
            return
        timer = Timer(seconds, self._end_late)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def _end_late(self) -> None:
        self.late = True
        self.process.kill()

    def _send(self, text: str) -> None:
        assert self.process.stdin
        with suppress(OSError, ValueError):  # it has died, or another thread has ended it
            self.process.stdin.write(text)
            self.process.stdin.flush()

    def _line(self) -> str:
        """The next whole line; "" when there is none any more."""
        assert self.process.stdout
        try:
            line = self.process.stdout.readline()
        except (OSError, ValueError):  # another thread has closed it
            return ""
        return line if line.endswith("\n") else ""

    def stop(self) -> None:
        """Ask the child to finish its task with what it has."""
        self._send(STOP)

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return not self.late and not self.ended and self.process.poll() is None

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self.ended = True
        self.process.kill()
        # What it was asked last may still be on its way.
        with suppress(BrokenPipeError), self.process:
            pass


class Children:
    """Children, started when they are needed and kept for the next task; for several threads."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.started: list[Child] = []
        self.idle: list[Child] = []
        self.ended = False

    @contextmanager
    def lent(self) -> Iterator[Child]:
        """An idle child, or a new one, for one task; one that is left in the middle is ended."""
        with self.lock:
            child = self.idle.pop() if self.idle else None
            if child is None:
                child = Child(quiet=True)
                self.started.append(child)
            if self.ended:
                child.end()
        try:
            yield child
        except TaskFailed:
            raise
        except BaseException:  # its answer would be taken for that to the next request
            child.end()
            raise
        finally:
            with self.lock:
                if child.alive:
                    self.idle.append(child)
                else:
                    self.started.remove(child)
                    child.end()

    def end(self) -> None:
        """End all of them, those too that are just being started."""
        with self.lock:
            self.ended = True
            for child in self.started:
                child.end()
