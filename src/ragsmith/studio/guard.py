"""Who may talk to the studio: pages of its own, on this computer.

Another site's page can send requests to this computer (cross-site posts), or be taken for one of
this computer (DNS rebinding). So the Host has to be this computer's, and what browsers say of where
a request comes from (Origin, Sec-Fetch-Site) has to be the studio itself.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException

__all__ = ["Guard"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LOCAL = {"127.0.0.1", "localhost", "::1"}
LARGEST_JSON = 1 << 20
LARGEST_UPLOAD = 256 << 20
SAFE = {"GET", "HEAD", "OPTIONS"}
HEADERS = {
    # Verovio puts styles and its music font into the SVG of a score.
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """Stands before the app: turns down strangers and floods, and adds headers to every answer."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI defines it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-cache")
            await send(message)

        headers = Headers(scope=scope)
        refused = _refused(scope["method"], scope["path"], headers)
        if refused:
            await _answer(sending, *refused)
            return
        is_upload = headers.get("content-type", "").startswith("multipart/")
        most = LARGEST_UPLOAD if is_upload else LARGEST_JSON
        await self.app(scope, _counted(receive, most), sending)


def _refused(method: str, path: str, headers: Headers) -> tuple[int, str] | None:
    """The status and the reason for which a request is turned down; None when it is not."""
    host = headers.get("host", "")
    if _name_of(host) not in LOCAL:
        return 421, "the studio answers only on this computer, at http://127.0.0.1"
    origin = headers.get("origin")
    if origin is not None and (method not in SAFE or path.startswith("/api")):
        parts = urlsplit(origin) if origin != "null" else None
        if parts is None or parts.scheme != "http" or parts.netloc != host:
            return 403, "another site's page may not use the studio"
    site = headers.get("sec-fetch-site", "same-origin")
    if site not in ("same-origin", "none") and (method not in SAFE or path.startswith("/api")):
        return 403, "another site's page may not use the studio"
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdecimal() and len(length) < 16):
        return 400, "the request does not say how long it is"
    if int(length) > LARGEST_UPLOAD:
        return 413, f"send at most {LARGEST_UPLOAD >> 20} MB at a time"
    return None


def _name_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _counted(receive: Receive, most: int) -> Receive:
    """What comes in, up to so many bytes."""
    passed = 0

    async def receiving() -> MutableMapping[str, Any]:
        nonlocal passed
        message = await receive()
        passed += len(message.get("body", b""))
        if passed > most:
            raise HTTPException(413, f"send at most {most >> 20} MB at a time")
        return message

    return receiving


async def _answer(send: Send, status: int, error: str) -> None:
    body = json.dumps({"error": error}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
