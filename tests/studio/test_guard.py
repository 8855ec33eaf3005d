import asyncio
import json

import pytest

from ragsmith.studio.guard import LARGEST_JSON, LARGEST_UPLOAD, Guard

TOKEN = "a-token"
OWN = {"host": "127.0.0.1:8377"}


def answer(method="GET", path="/api/pieces", *, body=(b"",), query="", **headers):
    """Status, headers and body of an app that reads all and says ok; a header of None is left
    out."""
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

    given = {k.replace("_", "-"): v for k, v in (OWN | headers).items() if v is not None}
    if "cookie" not in headers:
        port = given["host"].rpartition(":")[2]
        given["cookie"] = f"ragsmith-{port if port.isdecimal() else 80}={TOKEN}"
    raw = [(k.encode(), v.encode()) for k, v in given.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    scope["query_string"] = query.encode()
    asyncio.run(Guard(app, TOKEN)(scope, receive, send))
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    body = sent[1]["body"].decode()
    is_json = found.get("content-type", "application/json") == "application/json"
    return sent[0]["status"], found, json.loads(body) if is_json and body else body


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


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS"])
@pytest.mark.parametrize(
    "cookie",
    [None, "", "ragsmith-8377=", "ragsmith-8377=other", f"ragsmith-1={TOKEN}", TOKEN, "=;"],
)
def test_who_has_no_token_is_turned_away(method, cookie):
    status, headers, said = answer(method, cookie=cookie)
    assert status == 401
    assert "open the address with the token" in said["error"]
    assert "set-cookie" not in headers
    assert TOKEN not in str(headers) + str(said)


def test_the_address_with_the_token_lets_in_and_leads_on_without_it():
    status, headers, _ = answer(path="/", query=f"token={TOKEN}", cookie=None)
    assert status == 303
    assert headers["location"] == "/"
    cookie = f"ragsmith-8377={TOKEN}; Path=/; HttpOnly; SameSite=Strict"
    assert headers["set-cookie"] == cookie
    assert headers["referrer-policy"] == "no-referrer"
    assert answer(cookie=f"other=1; ragsmith-8377={TOKEN}")[0] == 200


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "/\r\nx: y", "//\\evil"])
def test_it_leads_nowhere_else(path):
    _, headers, _ = answer(path=path, query=f"token={TOKEN}", cookie=None)
    assert headers["location"][:1] == "/"
    assert headers["location"][1:2] not in ("/", "\\")
    assert "\n" not in headers["location"]


def test_the_token_in_an_address_of_the_api_is_nothing():
    assert answer(query=f"token={TOKEN}", cookie=None)[0] == 401
    assert answer("POST", "/", query=f"token={TOKEN}", cookie=None)[0] == 401
    assert answer(path="/", query="token=wrong", cookie=None)[0] == 401
    assert answer(path="/", query="token=%ff%00é", cookie=None)[0] == 401


@pytest.mark.parametrize(("language", "words"), [("fr-CH", "ouvrez l’adresse"), ("de", "open the")])
def test_a_browser_is_told_how_to_get_in_on_a_plain_page(language, words):
    status, headers, page = answer(path="/", cookie=None, accept_language=language)
    assert status == 401
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert words in page


@pytest.mark.parametrize("host", ["127.0.0.1:99999", "127.0.0.1:", "localhost:x", "[::1]"])
def test_a_port_that_is_none_lets_nobody_in(host):
    assert answer(host=host, cookie="ragsmith-99999=x")[0] == 401


def test_another_computers_token_opens_nothing_by_another_name():
    assert answer(path="/", query=f"token={TOKEN}", host="evil.example", cookie=None)[0] == 421
