"""The child process that reads files: whatever a file does to a reader, it does it here.

The parent writes one line of JSON per file, [path, steps per quarter, where to store, seconds]; the
child stores what it read and answers one line: an empty string, or why it could not be stored.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
from pathlib import Path

from ragsmith.corpus.record import read_record
from ragsmith.corpus.stored import store
from ragsmith.errors import BadFolder

__all__ = ["MEMORY", "serve"]

MEMORY = 2 * 1024**3
"""Bytes of address space that a child may use, where the platform can limit it."""
ORPHANED = 60.0
"""Seconds after which a child ends itself: its parent would have ended it long before."""


def serve() -> None:
    """Read files until the parent closes the pipe."""
    # What a library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    limit_memory()
    print(file=answers, flush=True)
    for line in sys.stdin:
        path, steps_per_quarter, place, seconds = json.loads(line)
        limit_time(seconds)
        try:
            store(Path(place), *read_record(Path(path), steps_per_quarter))
            answer = ""
        except BadFolder as error:
            answer = error.rule
        limit_time(0)
        print(json.dumps(answer), file=answers, flush=True)


def limit_time(seconds: float) -> None:
    """Die by SIGPROF after so many seconds of processor time, and in any case when orphaned.

    Windows counts no processor time; there only the parent sets a limit. 0 seconds: no limit.
    """
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)
    if seconds:
        faulthandler.dump_traceback_later(ORPHANED, exit=True)
    else:
        faulthandler.cancel_dump_traceback_later()


def limit_memory() -> None:
    """Let no file take more than `MEMORY`; Windows and macOS have no such limit."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
