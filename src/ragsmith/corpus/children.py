"""Child processes that can be ended at any moment: a file that hangs costs its time and no more.

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
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from typing import NamedTuple

from ragsmith.corpus.record import Record
from ragsmith.corpus.stored import load_record, unwritable

__all__ = ["SECONDS", "Outcome", "Task", "read_all"]

SECONDS = 5.0
"""Processor time that reading one file may take: the same verdict on a busy machine."""
PATIENCE = 30.0
"""Seconds by the clock after which a file is given up all the same."""
SECONDS_TO_START = 60.0
TASKS_PER_CHILD = 4
"""Tasks in hand for each child, so that none waits for the next one."""


class Task(NamedTuple):
    """A file to read onto a grid, and where to store what it holds."""

    path: Path
    steps_per_quarter: int
    place: Path


class Outcome(NamedTuple):
    """What became of a task.

    Attributes:
        record: what is known of the file.
        lasting: False when the child was given up or crashed; another time it may go better.
    """

    task: Task
    record: Record
    lasting: bool


class Child:
    """A running child process."""

    def __init__(self) -> None:
        code = "from ragsmith.corpus.child import serve; serve()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            text=True,
            encoding="ascii",
        )
        self.late = False
        if self._ask("", SECONDS_TO_START) is None:
            raise RuntimeError(f"{sys.executable} cannot start a process that reads files")

    def read(self, task: Task) -> Outcome:
        """Let the child read a file.

        Raises:
            BadFolder: what was read cannot be stored.
        """
        request = [str(task.path), task.steps_per_quarter, str(task.place), SECONDS]
        answer = self._ask(json.dumps(request) + "\n", PATIENCE)
        if answer is None:
            return self._death(task)
        record = load_record(task.place)
        if record is None:
            raise unwritable(task.place, json.loads(answer) or "does not keep what is written")
        return Outcome(task, record, lasting=True)

    def _ask(self, request: str, seconds: float) -> str | None:
        """The child's answer; None when it died or had to be ended."""
        assert self.process.stdin
        assert self.process.stdout
        timer = Timer(seconds, self._end_late)
        timer.start()
        try:
            self.process.stdin.write(request)
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except (OSError, ValueError):
            # The pipe is broken, or another thread has closed it.
            answer = ""
        timer.cancel()
        timer.join()
        return answer or None

    def _end_late(self) -> None:
        self.late = True
        self.process.kill()

    def _death(self, task: Task) -> Outcome:
        """What is to be said of the file that the child died of."""
        status = self.process.wait()
        spent = sys.platform != "win32" and status == -signal.SIGPROF
        if spent or self.late:
            problem = f"takes longer than {SECONDS:g} seconds to read; leave it out"
        else:
            problem = f"crashes the reader (exit status {status}); leave it out"
        return Outcome(task, Record(problem), lasting=spent)

    @property
    def alive(self) -> bool:
        """Whether it can read another file."""
        return not self.late and self.process.poll() is None

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self.process.kill()
        # What it was asked last may still be on its way.
        with suppress(BrokenPipeError), self.process:
            pass


class Children:
    """Children, started when they are needed."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.started: list[Child] = []
        self.idle: list[Child] = []
        self.ended = False

    def read(self, task: Task) -> Outcome:
        """Let an idle child, or a new one, read a file."""
        with self.lock:
            child = self.idle.pop() if self.idle else None
        if child is None:
            child = Child()
            with self.lock:
                self.started.append(child)
                if self.ended:
                    child.end()
        outcome = child.read(task)
        with self.lock:
            if child.alive:
                self.idle.append(child)
            else:
                self.started.remove(child)
                child.end()
        return outcome

    def end(self) -> None:
        """End all of them, those too that are just being started."""
        with self.lock:
            self.ended = True
            for child in self.started:
                child.end()


def read_all(tasks: Iterable[Task], workers: int) -> Iterator[Outcome]:
    """Read files in child processes, as many at a time as there are workers, in no certain order.

    Tasks are asked for as they can be begun, so there may be any number of them.

    Raises:
        BadFolder: what was read cannot be stored.
    """
    children = Children()
    running: set[Future[Outcome]] = set()
    with ThreadPoolExecutor(workers) as threads:
        try:
            for task in tasks:
                running.add(threads.submit(children.read, task))
                if len(running) >= workers * TASKS_PER_CHILD:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            for future in running:
                future.cancel()
            children.end()
