"""Ctrl-C while `learn` works: what is kept is said at once, whatever the main thread is doing."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ragsmith.cli.exit_codes import STOPPED
from ragsmith.cli.render import Report
from ragsmith.training import Stop

__all__ = ["stopped_by_ctrl_c"]

SECONDS_TO_STOP = 1.0
"""How long the main thread has to end by itself while there is nothing to keep."""
NOTHING_KEPT = "stopped before the first pass over the music had ended: there is no model to keep"


@contextmanager
def stopped_by_ctrl_c(stop: Stop, report: Report) -> Iterator[None]:
    """Turn Ctrl-C into requests to stop learning, and say what is kept.

    Python runs signal handlers between two steps of the main thread, which compiles for many
    seconds on end. A thread of its own reads the signals from a socket, and ends the process when
    that takes too long and nothing is lost.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    inbox, outbox = socket.socketpair()
    outbox.setblocking(False)
    over = threading.Event()
    listener = threading.Thread(target=_listen, args=(inbox, over, stop, report), daemon=True)
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    descriptor = signal.set_wakeup_fd(outbox.fileno())
    listener.start()
    try:
        yield
    except KeyboardInterrupt:
        _leave(report)
    finally:
        signal.set_wakeup_fd(descriptor)
        signal.signal(signal.SIGINT, before)
        over.set()
        outbox.close()
        listener.join()
        inbox.close()


def _listen(inbox: socket.socket, over: threading.Event, stop: Stop, report: Report) -> None:
    """Answer every Ctrl-C until learning is over, which closes the other end of the socket."""
    while number := inbox.recv(1):
        if number[0] != signal.SIGINT:
            continue
        again, stop.requested = stop.requested, True
        if stop.passes:
            text = "already stopping" if again else "stopping"
            report.line(f"{text}: the best model of {_passes(stop.passes)} is being written")
        elif again or not over.wait(SECONDS_TO_STOP):
            _leave(report)


def _leave(report: Report) -> None:
    """End the process, at once: while a network is compiled the interpreter cannot end cleanly."""
    report.close()
    print(f"ragsmith: {NOTHING_KEPT}", file=sys.stderr, flush=True)
    os._exit(STOPPED)


def _passes(number: int) -> str:
    return "the first pass" if number == 1 else f"{number} passes"
