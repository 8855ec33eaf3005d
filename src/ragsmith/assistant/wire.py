"""Standard input and output as the protocol wants them: bounded lines in, nothing else out."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

__all__ = ["LARGEST_MESSAGE", "bounded_input", "own_output"]

LARGEST_MESSAGE = 1 << 20
"""Bytes of a message, which is a line."""
NUMBER = re.compile(rb'"id"\s*:\s*(\d{1,15})\b')
LOOKED_AT = 4096
"""Bytes of a message that is too large in which its number is looked for."""


class _Bounded(io.TextIOBase):
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        line = self._stream.readline(LARGEST_MESSAGE + 1)
        if len(line) <= LARGEST_MESSAGE:
            return line.decode("utf-8", "replace")
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = self._stream.readline(LARGEST_MESSAGE)
        return _refusable(line)


def bounded_input(stream: BinaryIO) -> TextIO:
    """A stream of messages, a line each. One of more than a megabyte is not kept: in its place
    comes a request of the same number for a method that there is not, which the server answers
    with an error."""
    return _Bounded(stream)  # type: ignore[return-value]


def _refusable(line: bytes) -> str:
    number = NUMBER.search(line[:LOOKED_AT])
    message = {
        "jsonrpc": "2.0",
        "id": int(number[1]) if number else 0,
        "method": f"refused: a message of more than {LARGEST_MESSAGE >> 20} MB",
    }
    return json.dumps(message) + "\n"


@contextmanager
def own_output() -> Iterator[TextIO]:
    """Standard output for messages alone; what anything else prints goes to standard error."""
    sys.stdout.flush()
    messages = os.dup(1)
    os.dup2(2, 1)
    try:
        with os.fdopen(messages, "w", encoding="utf-8", newline="\n", closefd=False) as output:
            yield output
    finally:
        os.dup2(messages, 1)
        os.close(messages)
