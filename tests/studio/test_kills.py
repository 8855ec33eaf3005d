"""The studio's process is killed: nothing is lost, nothing is half there, and learning goes on."""

import sqlite3

import pytest

from ragsmith.corpus.cache_files import load_piece
from support.fakes import a_rag
from support.studios import Process, composed, events

pytestmark = pytest.mark.slow


def check_whole(folder):
    """Every row has its file, every file its row and its music."""
    base = sqlite3.connect(folder / "library.sqlite")
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows = {number for (number,) in base.execute("SELECT id FROM pieces")}
    base.close()
    files = list((folder / "pieces").iterdir())
    assert {file.stem for file in files} == rows
    assert all(load_piece(file) for file in files)


def sent(client, tmp_path, works=3):
    corpus = client.post("/api/corpora", json={"name": "Rags"}).json()["id"]
    for seed in range(works):
        midi = a_rag(seed, bars=16).save(tmp_path / "a.mid").read_bytes()
        client.post(f"/api/corpora/{corpus}/files", files=[("files", (f"{seed}.mid", midi))])
    return corpus


def test_learning_that_was_killed_goes_on_where_it_was(tmp_path):
    folder = tmp_path / "library"
    with Process(folder) as here:
        corpus = sent(here.client, tmp_path)
        asked = {"corpus": corpus, "name": "Mine", "model": "stride", "minutes": 100}
        job = here.client.post("/api/learn", json=asked).json()["job"]
        events(here.client, job, until=lambda event: event["type"] == "epoch")
        here.kill()
    with Process(folder) as here:
        check_whole(folder)
        found = here.client.get(f"/api/jobs/{job}").json()
        assert found["state"] == "interrupted"
        before = [e["number"] for e in found["events"] if e["type"] == "epoch"]
        assert before[0] == 1
        assert events(here.client, job)[-1]["type"] == "failed"
        assert here.client.post(f"/api/jobs/{job}/resume").status_code == 200

        def is_next(event):
            return event["type"] == "epoch" and event["number"] > before[-1]

        heard = events(here.client, job, until=is_next)
        numbers = [e["number"] for e in heard if e["type"] == "epoch"]
        assert numbers == list(range(1, before[-1] + 2))
        assert here.client.post(f"/api/jobs/{job}/stop").status_code == 200
        assert events(here.client, job)[-1] == {"type": "done"}
        model = here.client.get(f"/api/jobs/{job}").json()["model"]
        assert model in [m["id"] for m in here.client.get("/api/models").json()["models"]]
        assert not list((folder / "models").glob("*.learning"))
        assert composed(here.client, model=model), "what was kept composes"


def test_a_studio_that_was_killed_while_pieces_are_written_is_whole(tmp_path):
    folder = tmp_path / "library"
    kept = []
    for number in range(4):
        with Process(folder) as here:
            check_whole(folder)
            there = [p["id"] for p in here.client.get("/api/pieces").json()["pieces"]]
            assert set(kept) <= set(there)
            kept += composed(here.client, count=2, seed=number)
            asked = {"bars": 2, "count": 8, "seed": 10 * number}
            jobs = [here.client.post("/api/compose", json=asked).json()["job"] for _ in range(3)]
            here.client.get(f"/api/pieces/{kept[-1]}/score")
            events(here.client, jobs[number % 2], until=lambda event: event["type"] == "piece")
            here.kill()
    with Process(folder) as here:
        check_whole(folder)
        states = {job["state"] for job in here.client.get("/api/jobs").json()["jobs"]}
        assert states <= {"done", "interrupted"}
        assert set(kept) <= {p["id"] for p in here.client.get("/api/pieces").json()["pieces"]}


def test_a_second_studio_is_told_that_the_library_is_open(tmp_path):
    with Process(tmp_path), pytest.raises(RuntimeError, match="close the other studio"):
        Process(tmp_path)
