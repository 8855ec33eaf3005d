"""A child process of the studio: it is asked in lines of JSON, and answers in lines of JSON.

What is heavy, slow or may crash is done here, so that the server always answers. When the server is
gone, the child ends at once.
"""

from __future__ import annotations

import _thread
import json
import os
import signal
import sys
import threading
import traceback
from importlib import import_module
from queue import SimpleQueue
from typing import Any

from ragsmith.errors import UserError

__all__ = ["STOP", "TASKS", "serve"]

STOP = b"stop\n"
"""Said to a child that is learning: stop, and keep the best."""

TASKS = {
    "compose": "composing:compose",
    "vary": "composing:vary",
    "learn": "learning:learn",
    "baseline": "learning:baseline",
    "write": "making:write",
    "engrave": "making:engrave",
    "keys": "making:keys",
    "examine": "making:examine",
    "inspect": "making:inspect",
}
"""Where each task is done; a child loads what it needs."""


def serve() -> None:
    """Do what is asked on standard input until it ends; answers go to standard output."""
    with os.fdopen(os.dup(1), "w", encoding="ascii", buffering=1) as answers:
        os.dup2(2, 1)  # what a library prints must not come between the answers
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the server's
        signal.signal(signal.SIGTERM, _interrupt)
        requests: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=_listen, args=(requests,), daemon=True).start()

        def tell(event: dict[str, Any]) -> None:
            answers.write(json.dumps(event) + "\n")

        while True:
            tell(_answer(json.loads(requests.get()), tell))


def _listen(requests: SimpleQueue[str]) -> None:
    for line in sys.stdin.buffer:
        if line == STOP:
            _thread.interrupt_main(signal.SIGTERM)
        else:
            requests.put(line.decode("ascii"))
    os._exit(0)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _answer(request: dict[str, Any], tell: Any) -> dict[str, Any]:
    """The last answer to a request: what came of it, or why nothing did."""
    module, function = TASKS[request.pop("task")].split(":")
    try:
        do = getattr(import_module(f"ragsmith.studio.{module}"), function)
        return {"type": "end", "result": do(tell, **request)}
    except UserError as error:
        return {"type": "error", "error": str(error)}
    except KeyboardInterrupt:
        return {"type": "error", "error": "stopped before there was anything to keep"}
    except MemoryError:
        return {"type": "error", "error": "there is not enough memory for this"}
    except Exception as error:
        traceback.print_exc()
        said = f"an error inside ragsmith ({type(error).__name__}: {error})"
        return {"type": "error", "error": said}
