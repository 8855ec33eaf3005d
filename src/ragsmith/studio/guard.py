"""Who may talk to the studio: pages of its own, on this computer.

Another site's page can send requests to this computer (cross-site posts), or be taken for one of
this computer (DNS rebinding). So the Host has to be this computer's, and what browsers say of where
a request comes from (Origin, Sec-Fetch-Site) has to be the studio itself.

Every user of this computer can reach the port. So a request has to carry the studio's token: in the
address that the studio opens and prints, `/?token=...`, which puts it into a cookie and leads on to
the page without it; after that in the cookie.
"""

from __future__ import annotations

import html
import json
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

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


NO_TOKEN = (
    "this studio belongs to whoever started it; open the address with the token that ragsmith "
    "studio has printed"
)
SANS_JETON = (
    "ce studio appartient à qui l’a lancé ; ouvrez l’adresse avec le jeton que ragsmith studio a "
    "affichée"
)


class Guard:
    """Stands before the app: turns down strangers and floods, and adds headers to every answer.

    Args:
        app: the studio.
        token: what every request has to carry.
    """

    def __init__(self, app: Any, token: str) -> None:
        self.app = app
        self.token = token

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
        if _is(self.token, _token_in_address(scope)):
            await _let_in(sending, scope["path"], headers, self.token)
            return
        if not _is(self.token, _token_in_cookie(headers)):
            await _turn_away(sending, scope["path"], headers)
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


def _is(token: str, given: str) -> bool:
    """Whether this is the token; takes as long whatever it is."""
    return secrets.compare_digest(token.encode(), given.encode("utf-8", "replace"))


def _token_in_address(scope: Scope) -> str:
    if scope["method"] != "GET" or scope["path"].startswith("/api"):
        return ""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    return str(query.get("token", [""])[0])


def _cookie_name(headers: Headers) -> str:
    """One for each port: cookies do not tell ports apart, and there may be several studios."""
    port = headers.get("host", "").rpartition(":")[2]
    return f"ragsmith-{port if port.isascii() and port.isdecimal() else 80}"


def _token_in_cookie(headers: Headers) -> str:
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
        named = cookies.get(_cookie_name(headers))
    except (CookieError, ValueError):
        return ""
    return str(named.value) if named else ""


async def _let_in(send: Send, path: str, headers: Headers, token: str) -> None:
    """Put the token into a cookie, and lead to the address without it."""
    cookie = f"{_cookie_name(headers)}={token}; Path=/; HttpOnly; SameSite=Strict"
    where = quote("/" + path.lstrip("/\\"))
    sent = [(b"set-cookie", cookie.encode()), (b"location", where.encode())]
    await send({"type": "http.response.start", "status": 303, "headers": sent})
    await send({"type": "http.response.body", "body": b""})


async def _turn_away(send: Send, path: str, headers: Headers) -> None:
    """Say how to get in: as JSON where a program asks, as a plain page in a browser."""
    if path.startswith("/api"):
        await _answer(send, 401, NO_TOKEN)
        return
    is_french = headers.get("accept-language", "").lower().startswith("fr")
    text = html.escape(SANS_JETON if is_french else NO_TOKEN)
    page = (
        f'<!doctype html><html lang="{"fr" if is_french else "en"}"><meta charset="utf-8">'
        f"<title>Ragsmith</title><p>{text[0].upper()}{text[1:]}.</p></html>"
    )
    await _send(send, 401, b"text/html; charset=utf-8", page.encode())


async def _answer(send: Send, status: int, error: str) -> None:
    await _send(send, status, b"application/json", json.dumps({"error": error}).encode())


async def _send(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
