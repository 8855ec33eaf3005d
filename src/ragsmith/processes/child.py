"""A child process: it is asked in lines of JSON, and answers in lines of JSON.

A request is one line: {"task": "module:function", "arguments": {...}, "budget": {...}}, or `STOP`
alone. The function is called with `tell`, which sends an event on the way, and the arguments. The
last answer is {"type": "end", "result": ...} or {"type": "error", "error": one plain line}. When
the parent is gone, the child ends at once.
"""

from __future__ import annotations

import _thread
import faulthandler
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from queue import SimpleQueue
from typing import Any

from ragsmith.errors import UserError

__all__ = ["READY", "STOP", "Tell", "serve"]

STOP = "stop\n"
"""Sent to a child that is learning: stop, and keep the best."""
READY = "ready\n"
"""The first line of a child."""
ORPHANED = 2
"""A child ends itself when a task takes so many times its seconds: the parent, which would have
ended it, cannot be there any more."""

Tell = Callable[[dict[str, Any]], None]


def serve() -> None:
    """Do what is asked on standard input until it ends; answers go to standard output."""
    with os.fdopen(os.dup(1), "w", encoding="ascii", buffering=1) as answers:
        os.dup2(2, 1)  # what a library prints must not come between the answers
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the parent's
        signal.signal(signal.SIGTERM, _interrupt)
        requests: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=_listen, args=(requests,), daemon=True).start()
        answers.write(READY)

        def tell(event: dict[str, Any]) -> None:
            answers.write(json.dumps(event) + "\n")

        while True:
            tell(_answer(json.loads(requests.get()), tell))


def _listen(requests: SimpleQueue[str]) -> None:
    for line in sys.stdin.buffer:
        text = line.decode("ascii")
        if text == STOP:
            _thread.interrupt_main(signal.SIGTERM)
        else:
            requests.put(text)
    os._exit(0)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _answer(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """The last answer to a request: its result, or why there is none."""
    module, function = request["task"].split(":")
    try:
        with _limited(**request["budget"]):
            task = getattr(import_module(module), function)
            return {"type": "end", "result": task(tell, **request["arguments"])}
    except UserError as error:
        return {"type": "error", "error": str(error)}
    except KeyboardInterrupt:
        return {"type": "error", "error": "stopped before there was anything to keep"}
    except MemoryError:
        return {"type": "error", "error": "there is not enough memory for this"}
    except Exception as error:
        traceback.print_exc()
        line = f"an error inside ragsmith ({type(error).__name__}: {error})"
        return {"type": "error", "error": line}


@contextmanager
def _limited(
    processor_seconds: float | None, seconds: float | None, memory: int | None
) -> Iterator[None]:
    """Limits while a task is done.

    Processor time ends the process by SIGPROF; Windows counts none. More memory than allowed gives
    a MemoryError; only Linux limits it.
    """
    if processor_seconds and sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, processor_seconds)
    if seconds:
        faulthandler.dump_traceback_later(ORPHANED * seconds, exit=True)
    if memory:
        _limit_memory(memory)
    try:
        yield
    finally:
        if processor_seconds and sys.platform != "win32":
            signal.setitimer(signal.ITIMER_PROF, 0)
        if seconds:
            faulthandler.cancel_dump_traceback_later()
        if memory:
            _limit_memory(None)


def _limit_memory(memory: int | None) -> None:
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (hard if memory is None else memory, hard))
