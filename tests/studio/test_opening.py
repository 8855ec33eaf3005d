"""Pieces of one's own in the studio: opened, compared, read, gone on from; what waits says so."""

import asyncio
import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from ragsmith.io import write
from ragsmith.piece import Metre, Note, Piece, regular_bars
from ragsmith.studio.job import Job
from ragsmith.studio.jobs import Jobs
from ragsmith.studio.library import Library
from support.fakes import a_rag
from support.stock import stock
from support.studios import events, studio


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A client of a studio with a quick model, and the stock's ids."""
    folder = tmp_path_factory.mktemp("library")
    goods = stock(folder)
    with studio(folder) as client:
        client.goods = goods
        yield client


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """One piece in several formats."""
    folder = tmp_path_factory.mktemp("files")
    return [write(a_rag(3, bars=12), folder / f"own{s}") for s in (".mid", ".musicxml", ".mxl")]


def opened(here, path, name=None):
    with path.open("rb") as file:
        return here.post("/api/pieces", files={"file": (name or path.name, file)})


def test_a_file_of_any_format_is_opened_as_a_piece(here, files):
    for path in files:
        piece = opened(here, path).json()
        assert (piece["title"], piece["bars"], piece["state"]) == ("own", 12, "kept")
        playing = here.get(f"/api/pieces/{piece['id']}/playing").json()
        assert len(playing["notes"]) == piece["notes"]
        assert here.get(f"/api/pieces/{piece['id']}/score").json()["pages"]
    assert not list(here.app.state.studio.library.folder.joinpath("uploads").iterdir())


def test_what_is_no_music_is_told_by_its_own_name(here, tmp_path):
    (tmp_path / "a.mid").write_bytes(b"no music")
    (tmp_path / "b.txt").write_text("no music")
    for name in ("a.mid", "b.txt"):
        answer = opened(here, tmp_path / name)
        assert answer.status_code in (400, 422, 500)
        assert answer.json()["error"].startswith(f"{name}: ")


@pytest.mark.slow
def test_it_is_compared_when_that_is_asked_for(here, files):
    piece = opened(here, files[0]).json()
    assert (piece["compared"], piece["scores"]) == (False, [])
    compared = here.post(f"/api/pieces/{piece['id']}/compare").json()
    assert compared["compared"]
    assert len(compared["scores"]) > 10
    assert compared["title"] == "own"
    assert here.get(f"/api/pieces/{piece['id']}").json() == compared


def test_a_grid_that_the_model_has_not_is_told_in_a_line(here, tmp_path):
    notes = tuple(Note(step, 60 + step % 12, 1) for step in range(0, 48))
    triplets = Piece(notes, regular_bars(48, [(0, Metre(2, 4))], 6), 6, title="Triplets")
    piece = opened(here, write(triplets, tmp_path / "t.mid")).json()
    answer = here.post(f"/api/pieces/{piece['id']}/compare")
    assert "which this model has not; choose another model" in answer.json()["error"]


def test_new_bars_follow_it(here, files):
    piece = opened(here, files[0]).json()
    wish = {"model": here.goods.model, "primer": piece["id"], "bars": 14, "count": 1, "seed": 3}
    job = here.post("/api/compose", json=wish).json()["job"]
    (made,) = [event for event in events(here, job) if event["type"] == "piece"]
    before, after = (
        here.get(f"/api/pieces/{number}/playing").json() for number in (piece["id"], made["id"])
    )
    assert len(after["bars"]) == 14
    given = [(note["bar"], note["pitch"]) for note in before["notes"]]
    assert [(n["bar"], n["pitch"]) for n in after["notes"] if n["bar"] <= 12] == given


@pytest.mark.slow
def test_all_pages_of_a_score_come_in_one_zip(here):
    for suffix in ("svg", "png"):
        answer = here.get(f"/api/pieces/{here.goods.piece}/files/{suffix}", params={"page": 0})
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            names = archive.namelist()
        pages = here.get(f"/api/pieces/{here.goods.piece}/score").json()["pages"]
        assert names == [f"Marbles on the Stair-{n}.{suffix}" for n in range(1, len(pages) + 1)]


@pytest.mark.slow
def test_a_score_made_while_a_piece_is_renamed_is_not_given_out_afterwards(here, files):
    piece = opened(here, files[0]).json()["id"]
    score = f"/api/pieces/{piece}/score"
    with ThreadPoolExecutor() as pool:
        early = [pool.submit(here.get, score) for _ in range(3)]
        for name in ("Second", "Third"):
            here.patch(f"/api/pieces/{piece}", json={"title": name})
            assert name in here.get(score).json()["pages"][0]
        assert {answer.result().status_code for answer in early} == {200}


def test_a_score_is_one_page_for_a_screen(here):
    answer = here.get(f"/api/pieces/{here.goods.piece}/score", params={"width": 360})
    (page,) = answer.json()["pages"]
    width, height = map(float, page.split('viewBox="0 0 ', 1)[1].split('"')[0].split())
    assert height > 5 * width


@pytest.mark.slow
def test_the_report_is_one_page(here):
    answer = here.get(f"/api/pieces/{here.goods.piece}/files/html", timeout=600)
    assert answer.headers["content-disposition"].endswith(".html")
    assert answer.text.startswith("<!doctype html>")


def test_who_waits_is_told_behind_how_many(tmp_path):
    async def main():
        library = Library(tmp_path)
        jobs = Jobs(library)
        others = [Job(f"{n}", "compose", {}, "running") for n in range(2)]
        mine = Job("2", "vary", {})
        jobs.jobs = {job.id: job for job in (*others, mine)}
        jobs._waiting(mine, ("compose", "vary"))
        assert json.loads(mine.latest[0]) == {"type": "waiting", "before": 2}
        jobs._running(mine)
        assert json.loads(mine.latest[0]) == {"type": "running"}
        library.close()

    asyncio.run(main())


def test_progress_never_goes_back(tmp_path):
    async def main():
        library = Library(tmp_path)
        jobs, job = Jobs(library), Job("1", "learn", {})
        shares = []
        for done, total in ((0, 10), (5, 10), (6, 20), (15, 20)):
            jobs._tell(job, {"type": "progress", "done": done, "total": total})
            shares.append(json.loads(job.latest[0])["share"])
        assert shares == [0, 0.5, 0.5, 0.75]
        library.close()

    asyncio.run(main())
