"""Ctrl-C while a model learns: the first one ends learning, none loses what has been learnt.

A KeyboardInterrupt may come up anywhere. Inside the garbage collector it is swallowed; inside a
compiled step it leaves threads behind on which the interpreter crashes when it ends. So Ctrl-C is
noted, and the training loop looks after every batch whether there was one.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["Stop", "stopped_by_signals"]


class Stop:
    """A request to stop learning.

    Attributes:
        requested: whether it has been made.
        passes: how many passes have ended; from the first on there is a model to keep.
    """

    def __init__(self) -> None:
        self.requested = False
        self.passes = 0

    def request(self) -> None:
        """Stop after the batch in hand.

        Raises:
            KeyboardInterrupt: it is requested again, and there is nothing yet that could be lost.
        """
        if self.requested and not self.passes:
            raise KeyboardInterrupt
        self.requested = True


@contextmanager
def stopped_by_signals(stop: Stop) -> Iterator[None]:
    """Turn Ctrl-C, and SIGTERM where a Python function handles it, into requests to stop.

    In other threads than the main one, to which Python gives no signals, nothing is changed.
    """

    def handle(number: int, frame: Any) -> None:
        stop.request()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    replaced = {number: handler for number, handler in handlers.items() if callable(handler)}
    for number in replaced:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in replaced.items():
            signal.signal(number, handler)
