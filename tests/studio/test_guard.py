import asyncio
import json

import pytest

from ragsmith.studio.guard import LARGEST_JSON, LARGEST_UPLOAD, Guard

OWN = {"host": "127.0.0.1:8377"}


def answer(method="GET", path="/api/pieces", *, body=(b"",), **headers):
    """Status, headers and body of an app that reads all and says ok."""
    sent = []
    bodies = list(body)

    async def app(scope, receive, send):
        more = True
        while more:
            more = (await receive())["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def receive():
        part = bodies.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(bodies)}

    async def send(message):
        sent.append(message)

    raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in (OWN | headers).items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    asyncio.run(Guard(app)(scope, receive, send))
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], found, json.loads(sent[1]["body"])


@pytest.mark.parametrize("host", ["127.0.0.1:8377", "localhost:1", "localhost", "[::1]:8377"])
def test_this_computer_may_ask(host):
    assert answer(host=host)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8377",
        "127.0.0.1.evil.example",
        "",
        "localhost.",
        "[",
        "0.0.0.0",
    ],
)
def test_names_that_lead_here_are_turned_down(host):
    status, headers, said = answer(host=host)
    assert status == 421
    assert "only on this computer" in said["error"]
    assert "content-security-policy" in headers


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:9999", "https://127.0.0.1:8377", "x"],
)
@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH", "PUT", "GET"])
def test_pages_of_others_are_turned_down(origin, method):
    assert answer(method, origin=origin)[0] == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "whatever"])
def test_what_the_browser_says_of_the_site_counts(site):
    assert answer("POST", sec_fetch_site=site)[0] == 403
    assert answer("GET", sec_fetch_site=site)[0] == 403
    assert answer("GET", "/", sec_fetch_site=site)[0] == 200, "a link may lead here"


def test_its_own_pages_may_do_all():
    own = {"origin": "http://127.0.0.1:8377", "sec_fetch_site": "same-origin"}
    assert answer("POST", **own)[0] == 200
    assert answer("DELETE", **own)[0] == 200


def test_what_says_to_be_too_large_is_turned_down_unread():
    assert answer("POST", content_length=str(LARGEST_UPLOAD + 1))[0] == 413
    assert answer("POST", content_length="many")[0] == 400
    assert answer("POST", content_length="-1")[0] == 400


def test_what_grows_too_large_is_turned_down():
    from starlette.exceptions import HTTPException

    parts = [b"x" * (LARGEST_JSON // 2)] * 3
    with pytest.raises(HTTPException, match="413"):
        answer("POST", body=parts)
    assert answer("POST", body=parts, content_type="multipart/form-data; boundary=x")[0] == 200


def test_pages_may_load_nothing_from_elsewhere():
    policy = answer()[1]["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe-inline" not in policy.replace("style-src 'self' 'unsafe-inline'", "")
    assert "http" not in policy
