"""Ports, the command, and what a studio begins with."""

import subprocess
import sys

import pytest

from ragsmith.errors import BadOption
from ragsmith.studio.server import HOST, bound, token_of
from support.studios import events, studio


def test_the_next_port_is_taken_where_one_is_not_free():
    with bound(0) as first:
        port = first.getsockname()[1]
        with bound(port) as second:
            assert second.getsockname()[0] == HOST == "127.0.0.1"
            assert port < second.getsockname()[1] <= port + 100


def test_no_port_is_beyond_the_last():
    with bound(65_535), pytest.raises(BadOption, match="try --port 0"):
        bound(65_535)


def test_help_loads_no_server():
    code = """
import sys
from ragsmith.cli import main
sys.argv[1:] = ["studio", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code
assert not {"fastapi", "uvicorn", "starlette", "numpy"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_a_demo_begins_with_six_finished_pieces_and_a_second_one_with_the_same(tmp_path):
    with studio(tmp_path, demo=True) as here:
        assert here.get("/api/jobs").json()["jobs"] == []
        pieces = here.get("/api/pieces", params={"state": "kept"}).json()["pieces"]
        assert len(pieces) == 6
        assert pieces[0]["title"] == "Marbles on the Stair"
        assert here.get(f"/api/pieces/{pieces[0]['id']}/playing").json()["seconds"] > 60
        here.delete(f"/api/pieces/{pieces[0]['id']}")
    with studio(tmp_path, demo=True) as here:
        assert len(here.get("/api/pieces").json()["pieces"]) == 5


@pytest.mark.slow
def test_a_studio_that_is_closed_leaves_its_jobs_interrupted(tmp_path):
    with studio(tmp_path) as here:
        asked = {"bars": 300, "count": 1}
        jobs = [here.post("/api/compose", json=asked).json()["job"] for _ in range(4)]
        events(here, jobs[0], until=lambda event: event["type"] == "notes")
    with studio(tmp_path) as here:
        found = here.get("/api/jobs").json()["jobs"]
        assert {job["id"] for job in found} == set(jobs)
        assert {job["state"] for job in found} == {"interrupted"}
        assert events(here, jobs[3])[-1]["type"] == "failed"
        assert here.post(f"/api/jobs/{jobs[0]}/resume").status_code == 409


def test_a_library_keeps_its_token_from_one_start_to_the_next(tmp_path):
    token = token_of(tmp_path)
    assert token_of(tmp_path) == token
    (tmp_path / "token").write_text("short")
    assert len(token_of(tmp_path)) == 32
