"""Files read by child processes: one that hangs or crashes a reader costs its time, no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, NamedTuple

from ragsmith.corpus.cache_files import load_record, store, unwritable
from ragsmith.corpus.record import Manner, Record, read_record
from ragsmith.errors import BadFolder
from ragsmith.io.isolated import BUDGET, cause_of
from ragsmith.processes.child import Tell
from ragsmith.processes.children import ChildDied, Children, TaskFailed

__all__ = ["BUDGET", "Outcome", "Task", "read_all", "read_and_store"]

TASKS_PER_CHILD = 4
"""Tasks queued for each child, so that no child is idle."""


class Task(NamedTuple):
    """A file to read, how, and where to store what it holds."""

    path: Path
    manner: Manner
    place: Path


class Outcome(NamedTuple):
    """How reading a file ended.

    Attributes:
        record: what is known of the file.
        lasting: False when the child was given up or crashed; another time it may go better.
    """

    task: Task
    record: Record
    lasting: bool


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
                running.add(threads.submit(_read, task, children))
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


def _read(task: Task, children: Children) -> Outcome:
    """Let a child read a file.

    Raises:
        BadFolder: what was read cannot be stored.
    """
    arguments = {
        "path": str(task.path),
        "manner": task.manner,
        "place": str(task.place),
    }
    try:
        with children.lent() as child:
            problem = child.ask("ragsmith.corpus.reading:read_and_store", arguments, BUDGET)
    except ChildDied as death:
        return Outcome(
            task, Record(f"{cause_of(death, BUDGET)}; leave it out"), lasting=death.spent
        )
    except TaskFailed as failure:
        return Outcome(task, Record(f"cannot be read: {failure}; leave it out"), lasting=False)
    record = load_record(task.place)
    if record is None:
        raise unwritable(task.place, problem or "does not keep what is written")
    return Outcome(task, record, lasting=True)


def read_and_store(tell: Tell, path: str, manner: Sequence[Any], place: str) -> str:
    """Read a file, in a child, and store it; returns why it could not be stored, or ""."""
    try:
        store(Path(place), *read_record(Path(path), Manner(*manner)))
    except BadFolder as error:
        return error.rule
    return ""
