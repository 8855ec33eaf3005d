"""A computer with several users: the studio is for the one who started it."""

import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import pytest

from support.studios import Process, studio

NOBODY = 65534
ASKS = """
import json, sys, urllib.error, urllib.request
statuses = []
for method, path in json.loads(sys.argv[2]):
    request = urllib.request.Request(sys.argv[1] + path, method=method)
    try:
        statuses.append(urllib.request.urlopen(request, timeout=60).status)
    except urllib.error.HTTPError as error:
        statuses.append(error.code)
opened = []
for place in sys.argv[3:]:
    try:
        open(place, "rb").close()
        opened.append(place)
    except OSError:
        pass
print(json.dumps([statuses, opened]))
"""
DOORS = [
    ("GET", "/"),
    ("GET", "/app.js"),
    ("GET", "/?token=guess"),
    ("GET", "/api/health"),
    ("GET", "/api/pieces"),
    ("GET", "/api/openapi.json"),
    ("DELETE", "/api/pieces?state=candidate"),
    ("POST", "/api/corpora"),
]


@pytest.fixture(scope="module")
def running():
    """A studio in a process of its own, on a library in a folder that all users can enter."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        library = Path(place) / "library"
        with Process(library) as process:
            made = process.client.post("/api/corpora", json={"name": "Mine"}).json()
            file = ("files", ("a.mid", b"MThd no more", "audio/midi"))
            process.client.post(f"/api/corpora/{made['id']}/files", files=[file])
            yield process, library


def test_every_request_without_the_token_is_refused(running):
    process, _ = running
    with httpx.Client(base_url=process.address) as stranger:
        for method, path in DOORS:
            assert stranger.request(method, path).status_code == 401, (method, path)
        assert "token" in stranger.get("/").text
        assert "token" in stranger.get("/api/pieces").json()["error"]
    assert process.client.get("/").status_code == 200
    assert process.client.get("/api/pieces").status_code == 200


def test_the_token_is_another_one_each_time(running, tmp_path):
    process, _ = running
    with Process(tmp_path / "other") as other:
        tokens = [list(each.client.cookies.values()) for each in (process, other)]
    assert tokens[0] != tokens[1]
    assert all(len(token) >= 32 for (token,) in tokens)


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_what_lies_in_the_library_is_its_owners_alone(running):
    _, library = running
    places = [library, *library.rglob("*")]
    assert any(place.suffix == ".mid" for place in places)
    for place in places:
        wanted = 0o700 if place.is_dir() else 0o600
        assert stat.S_IMODE(place.stat().st_mode) == wanted, place


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_a_library_that_was_open_to_others_is_closed(tmp_path):
    (tmp_path / "library").mkdir(mode=0o755)
    with studio(tmp_path / "library"):
        assert stat.S_IMODE((tmp_path / "library").stat().st_mode) == 0o700


def as_nobody(*words):
    """Run this Python as the second user, or the system's where he may not enter this one's."""
    for python in (sys.executable, "/usr/bin/python3"):
        rights = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        try:
            done = subprocess.run([python, *words], capture_output=True, cwd="/", **rights)
        except (PermissionError, FileNotFoundError):
            continue
        assert done.returncode == 0, done.stderr
        return done.stdout
    pytest.skip("the second user may not run this Python, and there is no other")


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can be a second user"
)
def test_a_second_user_neither_gets_in_nor_reads_the_files(running):
    process, library = running
    places = [str(place) for place in library.rglob("*") if place.is_file()]
    done = as_nobody("-I", "-S", "-c", ASKS, process.address, json.dumps(DOORS), *places)
    statuses, opened = json.loads(done)
    assert statuses == [401] * len(DOORS)
    assert opened == []
    assert len(places) > 2
