"""Serves the studio on this computer, and opens a browser on it."""

from __future__ import annotations

import logging
import os
import re
import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

import uvicorn

from ragsmith.errors import BadOption
from ragsmith.files import write_whole
from ragsmith.studio.app import create_app

__all__ = ["HOST", "bound", "serve", "token_of"]

HOST = "127.0.0.1"
OTHERS = 0o077
"""What other users may not do with files that are written."""
PORTS = 100
"""How many ports are tried."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


def serve(
    folder: Path, port: int, *, demo: bool, browser: bool, say: Callable[[str], None]
) -> None:
    """Serve the studio until Ctrl-C.

    Args:
        folder: of the library.
        port: the first to try; 0 takes any.
        demo: see `create_app`.
        browser: whether to open one.
        say: told where the studio is, once it answers.

    Raises:
        BadOption: no port is free.
        BadFolder: the library cannot be used.
    """
    from ragsmith.studio.library import Library

    os.umask(OTHERS)  # the studio's children inherit it
    Library(folder).close()  # its errors are plainer here than from inside the server
    with bound(port) as listening:
        token = token_of(folder)
        address = f"http://{HOST}:{listening.getsockname()[1]}/?token={token}"
        config = uvicorn.Config(
            create_app(folder, token, demo),
            log_level="warning",
            timeout_graceful_shutdown=1,
            ws="none",
            server_header=False,
        )
        server = Answering(config, lambda: _open(address, browser, say))
        server.run([listening])


def token_of(folder: Path) -> str:
    """The token of a library, made when it is first asked for: a page that is open when the studio
    starts again goes on. Like the library's other files, only their owner can read it.

    Raises:
        BadFile: it cannot be written.
    """
    place = folder / "token"
    if place.is_file() and TOKEN.fullmatch(text := place.read_text("ascii", "replace")):
        return text
    token = secrets.token_urlsafe(24)
    write_whole(place, token.encode())
    return token


class Answering(uvicorn.Server):
    """A server that calls back once it answers."""

    def __init__(self, config: uvicorn.Config, answers: Callable[[], None]) -> None:
        super().__init__(config)
        self.answers = answers

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then call back."""
        await super().startup(sockets)
        if self.started:
            self.answers()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End as uvicorn does; that answers are broken off by it is nobody's error."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def _open(address: str, browser: bool, say: Callable[[str], None]) -> None:
    say(f"The studio is at {address}; Ctrl-C closes it.")
    if browser:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def bound(port: int) -> socket.socket:
    """A socket on this computer alone, on the first free port from `port` on.

    Raises:
        BadOption: none is free.
    """
    for tried in range(port, min(port + PORTS, 65_536)):
        listening = socket.socket()
        if os.name == "posix":  # or a port that was just let go counts as taken
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, tried))
            listening.listen()
        except OSError:
            listening.close()
            continue
        return listening
    raise BadOption(f"port {port}", "is taken, and so are those after it", "try --port 0")
