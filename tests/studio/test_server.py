"""The studio's API, over real sockets, with the built-in model and pieces of two bars."""

import io
import json
import zipfile
from urllib.parse import quote

import numpy as np
import pytest
import soundfile

from ragsmith.io import read
from ragsmith.piece import LOWEST_PITCH, PIANO_KEYS
from support.fakes import a_rag
from support.studios import composed, events, studio
from support.written import written_bars


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with studio(tmp_path_factory.mktemp("library")) as client:
        yield client


@pytest.fixture(scope="module")
def piece(here):
    return composed(here)[0]


def test_it_says_its_version_and_the_language_that_is_asked_for(here):
    asked = {"accept-language": "fr-CH, en;q=0.5"}
    assert here.get("/api/health", headers=asked).json()["language"] == "fr"
    assert here.get("/api/health").json()["language"] == "en"


def test_the_built_in_model_is_there_and_stays(here):
    (model,) = here.get("/api/models").json()["models"]
    assert (model["id"], model["kind"], model["built_in"]) == ("ragtime", "stride", True)
    answer = here.delete("/api/models/ragtime")
    assert answer.status_code == 400
    assert "cannot be removed" in answer.json()["error"]


@pytest.mark.slow
def test_notes_are_told_while_they_are_written_and_then_the_piece(here):
    job = here.post("/api/compose", json={"bars": 8, "count": 2, "seed": 3}).json()["job"]
    heard = events(here, job)
    assert [e["type"] for e in heard if e["type"] not in ("notes", "progress")] == [
        "piece",
        "piece",
        "done",
    ]
    steps = {}
    for said in (e for e in heard if e["type"] == "notes"):
        kept = [n for n in steps.get(said["candidate"], []) if n[0] < said["from_step"]]
        steps[said["candidate"]] = kept + said["notes"]
    for event in (e for e in heard if e["type"] == "piece"):
        sounding = here.get(f"/api/pieces/{event['id']}/playing").json()["notes"]
        written = sorted(n[1] for n in steps[event["candidate"]])
        assert written == sorted(n["pitch"] for n in sounding)
    again = events(here, job)
    assert [e for e in again if e["type"] != "progress"] == [
        e for e in heard if e["type"] != "progress"
    ], "who comes late hears all"


def test_a_browser_that_comes_back_hears_only_what_is_new(here):
    job = here.post("/api/compose", json={"bars": 2, "count": 1, "seed": 5}).json()["job"]
    said = events(here, job)
    count = sum(e["type"] != "progress" for e in said)
    back = here.get(f"/api/jobs/{job}/events", headers={"last-event-id": str(count - 1)})
    assert json.loads(back.text.split("data: ")[1]) == {"type": "done"}
    over = here.get(f"/api/jobs/{job}/events", headers={"last-event-id": str(count)})
    assert over.status_code == 204


def test_a_job_is_shown(here, piece):
    job = here.get("/api/jobs").json()["jobs"][-1]
    assert (job["state"], job["progress"], job["kind"]) == ("done", 1.0, "compose")
    assert here.get(f"/api/jobs/{job['id']}").json()["events"][-1] == {"type": "done"}


def test_a_piece_says_what_it_is(here, piece):
    found = here.get(f"/api/pieces/{piece}").json()
    assert (found["bars"], found["state"], found["parent"]) == (2, "candidate", None)
    assert found["recipe"]["seed"] == found["seed"] == 1
    assert set(found["originality"]) == {"longest_texture", "longest_melody"}
    assert all(s["low"] <= s["high"] for s in found["scores"])
    assert {"name", "value", "low", "high", "words"} == set(found["scores"][0])


def test_the_same_seed_gives_the_same_piece(here, piece):
    (again,) = composed(here)
    files = [here.get(f"/api/pieces/{p}/files/mid").content for p in (piece, again)]
    assert files[0] == files[1]


FORMATS = {
    "mid": b"MThd",
    "musicxml": b"<?xml",
    "mxl": b"PK",
    "pdf": b"%PDF",
    "svg": b"<svg",
    "png": b"\x89PNG",
    "roll.svg": b"<svg",
    "roll.png": b"\x89PNG",
    "wav": b"RIFF",
    "flac": b"fLaC",
    "ogg": b"OggS",
    "mp3": b"",
}


@pytest.mark.slow
def test_every_format_opens(here, piece, tmp_path):
    known = here.get(f"/api/pieces/{piece}").json()
    assert set(known["formats"]) == set(FORMATS)
    for name, begins in FORMATS.items():
        answer = here.get(f"/api/pieces/{piece}/files/{name}")
        assert answer.status_code == 200, name
        assert answer.content.startswith(begins), name
        assert f"{quote(known['title'])}.{name}" in answer.headers["content-disposition"]
        (tmp_path / f"x.{name}").write_bytes(answer.content)
    assert len(read(tmp_path / "x.mid").notes) == len(read(tmp_path / "x.mxl").notes)
    assert zipfile.is_zipfile(io.BytesIO((tmp_path / "x.mxl").read_bytes()))


def test_ranges_are_honoured(here, piece):
    whole = here.get(f"/api/pieces/{piece}/files/wav").content
    answer = here.get(f"/api/pieces/{piece}/files/wav", headers={"range": "bytes=100-199"})
    assert (answer.status_code, answer.content) == (206, whole[100:200])
    beyond = here.get(f"/api/pieces/{piece}/files/wav", headers={"range": "bytes=999999999-"})
    assert beyond.status_code == 416


def test_the_piano_is_heard_key_by_key(here):
    sound, rate = soundfile.read(io.BytesIO(here.get("/api/keys").content))
    keys = sound.reshape(PIANO_KEYS, -1)
    assert keys.shape[1] == 1.5 * rate
    assert 0.9 < abs(sound).max() <= 1
    for pitch in (45, 69):
        spectrum = abs(np.fft.rfft(keys[pitch - LOWEST_PITCH], 8 * rate))
        fundamental = 440 * 2 ** ((pitch - 69) / 12)
        partials = np.argmax(spectrum) / 8 / fundamental
        assert partials == pytest.approx(round(partials), rel=0.01)


def test_heads_that_sound_stand_in_the_score(here, piece):
    pages = "".join(here.get(f"/api/pieces/{piece}/score").json()["pages"])
    heads = {n["head"] for n in here.get(f"/api/pieces/{piece}/playing").json()["notes"]}
    assert heads
    assert all(f'id="{head}"' in pages for head in heads)


@pytest.mark.parametrize("name", ["midi", "exe", "..%2F", "mid%2F..%2F..%2Flibrary.sqlite"])
def test_no_other_format_is_written(here, piece, name):
    assert here.get(f"/api/pieces/{piece}/files/{name}").status_code in (400, 404)


def test_pieces_are_found_named_rated_and_removed(here):
    (number,) = composed(here, seed=77)
    answer = here.patch(f"/api/pieces/{number}", json={"title": "<b>A_% rag</b>", "rating": 4})
    assert (answer.json()["state"], answer.json()["rating"]) == ("kept", 4)
    found = here.get("/api/pieces", params={"search": "_%", "sort": "rating"}).json()["pieces"]
    assert [each["id"] for each in found] == [number]
    assert not here.get("/api/pieces", params={"search": "_x"}).json()["pieces"]
    kept = here.get("/api/pieces", params={"state": "kept"}).json()["pieces"]
    assert [each["id"] for each in kept] == [number]
    score = here.get(f"/api/pieces/{number}/score").json()["pages"][0]
    assert "<b>" not in score
    name = here.get(f"/api/pieces/{number}/files/mid").headers["content-disposition"]
    assert "<" not in name
    assert here.patch(f"/api/pieces/{number}", json={"rating": None}).json()["rating"] is None
    changes = {"composer": "Ann <i>", "tags": ["slow", "a b"]}
    assert here.patch(f"/api/pieces/{number}", json=changes).json().items() >= changes.items()
    assert "Ann" in here.get(f"/api/pieces/{number}/score").json()["pages"][0]
    assert here.get("/api/pieces", params={"tag": "a b"}).json()["pieces"][0]["id"] == number
    roll = here.get(f"/api/pieces/{number}/roll").json()
    assert len(roll["notes"]) == here.get(f"/api/pieces/{number}").json()["notes"]
    assert here.delete(f"/api/pieces/{number}").status_code == 200
    assert here.get(f"/api/pieces/{number}").status_code == 404
    assert here.get(f"/api/pieces/{number}/files/mid").status_code == 404
    assert here.get("/api/bin").json()["deleted"][0]["id"] == number
    assert here.post(f"/api/bin/{number}").status_code == 200
    assert here.get(f"/api/pieces/{number}").json()["tags"] == ["slow", "a b"]
    assert here.delete(f"/api/pieces/{number}").status_code == 200
    assert here.delete("/api/bin").status_code == 200
    assert here.post(f"/api/bin/{number}").status_code == 404


@pytest.mark.slow
def test_what_is_shared_is_told_beside_its_limit(here):
    (number,) = composed(here, bars=16, seed=4, copy_limit=3.5, melody_limit=5)
    shared = here.get(f"/api/pieces/{number}").json()["originality"]
    limits = {name: run["limit"] for name, run in shared.items() if run}
    assert limits
    assert limits.items() <= {"longest_texture": 3.5, "longest_melody": 5}.items()


@pytest.mark.slow
def test_what_nobody_has_kept_is_removed_at_once(tmp_path):
    with studio(tmp_path) as here:
        rated, named, left = composed(here, count=3)
        here.patch(f"/api/pieces/{rated}", json={"rating": 3})
        here.patch(f"/api/pieces/{named}", json={"title": "Mine"})
        assert here.get("/api/pieces").json()["counts"] == {"kept": 2, "candidate": 1}
        asked = {"first_bar": 1, "last_bar": 1}
        job = here.post(f"/api/pieces/{left}/vary", json=asked).json()["job"]
        (child,) = (e["id"] for e in events(here, job) if e["type"] == "piece")
        here.patch(f"/api/pieces/{child}", json={"state": "kept"})
        assert here.get(f"/api/pieces/{child}").json()["parent"] == left
        assert here.delete("/api/pieces").status_code == 422
        assert here.delete("/api/pieces", params={"state": "kept"}).status_code == 422
        answer = here.delete("/api/pieces", params={"state": "candidate"})
        assert answer.json() == {"counts": {"kept": 3}}
        there = {piece["id"] for piece in here.get("/api/pieces").json()["pieces"]}
        assert there == {rated, named, child}
        assert here.get(f"/api/pieces/{child}").json()["parent"] is None, "nothing to go back to"


def test_bars_are_composed_again_in_a_new_piece(here):
    (parent,) = composed(here, bars=6, seed=2)
    asked = {"first_bar": 3, "last_bar": 4, "seed": 9}
    job = here.post(f"/api/pieces/{parent}/vary", json=asked).json()["job"]
    (number,) = (e["id"] for e in events(here, job) if e["type"] == "piece")
    child = here.get(f"/api/pieces/{number}").json()
    assert (child["parent"], child["bars"]) == (parent, 6)
    assert child["recipe"]["vary"] == [3, 4]

    def outside(p):
        bars = written_bars(here.get(f"/api/pieces/{p}/files/mid").content)
        return {number: notes for number, notes in bars.items() if number not in (3, 4)}

    assert outside(number) == outside(parent)
    again = here.post(f"/api/pieces/{number}/vary", json={"first_bar": 1, "last_bar": 1})
    assert events(here, again.json()["job"])[-1] == {"type": "done"}
    answer = here.post(f"/api/pieces/{parent}/vary", json={"first_bar": 5, "last_bar": 7})
    assert answer.status_code == 400


def test_of_two_kept_pieces_one_is_better(here):
    numbers = composed(here, count=2, seed=20)
    for number in numbers:
        here.patch(f"/api/pieces/{number}", json={"state": "kept"})
    pair = here.get("/api/compare").json()
    assert {pair["a"], pair["b"]} <= {p["id"] for p in here.get("/api/pieces").json()["pieces"]}
    a, b = numbers
    assert here.post("/api/compare", json={"a": a, "b": b, "better": "b"}).status_code == 200
    ranked = here.get("/api/pieces", params={"sort": "rating"}).json()["pieces"]
    places = [each["id"] for each in ranked]
    assert places.index(b) < places.index(a)
    assert here.post("/api/compare", json={"a": a, "b": a, "better": "b"}).status_code == 400


@pytest.mark.parametrize(
    ("wish", "status", "said"),
    [
        ({"model": "nobody"}, 404, "models"),
        ({"form": "zzz"}, 400, "zzz"),
        ({"form": "AB", "bars": 3}, 400, "two lengths"),
        ({"key": "H"}, 400, "H"),
        ({"metre": "2/3"}, 400, "2/3"),
        ({"count": 9}, 400, "count 9: must be 1 to 8"),
        ({"temperature": -1}, 400, "temperature"),
        ({"copy_limit": 0.1}, 400, "copy-limit"),
        ({"seed": -1}, 400, "seed -1: must be 0 to"),
        ({"tempo": 9}, 400, "tempo 9: must be 10 to 400"),
        ({"count": "x"}, 422, "count"),
    ],
)
def test_what_cannot_be_composed_is_said_in_one_line(here, wish, status, said):
    answer = here.post("/api/compose", json=wish)
    assert answer.status_code == status
    assert said in answer.json()["error"]
    assert "\n" not in answer.json()["error"]


def test_numbers_that_are_none_are_turned_down(here):
    body = '{"temperature": NaN}'
    answer = here.post("/api/compose", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert "temperature nan: must be above 0" in answer.json()["error"]


def test_the_pages_are_told_what_can_be_asked_for(here):
    told = here.get("/api/options").json()
    assert told["compose"]["tempo"] == {
        "default": None,
        "min": 10,
        "max": 400,
        "step": 1,
        "slider": None,
        "choices": [],
    }
    assert told["compose"]["min_p"]["max"] == 0.99
    assert told["compose"]["form"]["default"] == told["compose"]["form"]["choices"][0]
    assert told["compose"]["count"]["max"] == 8
    assert told["learn"]["minutes"]["default"] == 10


def test_a_job_is_cancelled(here):
    job = here.post("/api/compose", json={"bars": 400, "count": 1}).json()["job"]
    events(here, job, until=lambda event: event["type"] == "notes")
    assert here.delete(f"/api/jobs/{job}").status_code == 200
    assert here.get(f"/api/jobs/{job}").json()["state"] == "cancelled"
    assert events(here, job)[-1] == {"type": "failed", "error": "cancelled"}
    assert here.post(f"/api/jobs/{job}/stop").status_code == 409
    assert here.post(f"/api/jobs/{job}/resume").status_code == 409
    assert composed(here), "and the next is done"


def test_music_is_sent_in_examined_and_removed(here, tmp_path):
    corpus = here.post("/api/corpora", json={"name": "Rags"}).json()
    midi = a_rag().save(tmp_path / "a.mid").read_bytes()
    sent = [
        ("files", ("folder/a.mid", midi)),
        ("files", ("..\\..\\a.mid", a_rag(1).save(tmp_path / "b.mid").read_bytes())),
        ("files", ("notes.txt", b"no music")),
        ("files", ("broken.mid", b"no music")),
    ]
    answer = here.post(f"/api/corpora/{corpus['id']}/files", files=sent).json()
    assert answer["left_out"] == ["notes.txt"]
    assert [f["path"] for f in answer["files"]] == ["a (2).mid", "a.mid", "broken.mid"]
    assert [f["verdict"] for f in answer["files"]] == ["accept", "accept", "reject"]
    assert answer["files"][1]["hands"]["left"] > 0
    answer = here.delete(f"/api/corpora/{corpus['id']}/files/broken.mid").json()
    assert answer["rejected"] == 0
    assert here.delete(f"/api/corpora/{corpus['id']}/files/broken.mid").status_code == 404
    assert here.delete(f"/api/corpora/{corpus['id']}/files/..%5C..%5Copen").status_code == 404
    (listed,) = here.get("/api/corpora").json()["corpora"]
    assert (listed["name"], listed["count"]) == ("Rags", 2)
    assert here.delete(f"/api/corpora/{corpus['id']}").status_code == 200
    assert not here.get("/api/corpora").json()["corpora"]


def test_a_model_is_learnt_used_and_removed(here, tmp_path):
    corpus = here.post("/api/corpora", json={"name": "Rags"}).json()["id"]
    for seed in range(3):
        midi = a_rag(seed, bars=16).save(tmp_path / "a.mid").read_bytes()
        here.post(f"/api/corpora/{corpus}/files", files=[("files", (f"{seed}.mid", midi))])
    asked = {"corpus": corpus, "name": "Mine", "model": "markov", "minutes": 1}
    job = here.post("/api/learn", json=asked).json()["job"]
    heard = events(here, job)
    assert heard[-1] == {"type": "done"}
    assert {"number", "training", "held_out", "baseline", "seconds"} < set(
        next(e for e in heard if e["type"] == "epoch")
    )
    number = here.get(f"/api/jobs/{job}").json()["model"]
    model = here.get("/api/models").json()["models"][0]
    assert (model["id"], model["name"], model["files"]) == (number, "Mine", 3)
    assert here.delete(f"/api/models/{number}").status_code == 200
    assert here.post("/api/compose", json={"model": number}).status_code == 404
    assert here.post("/api/learn", json={**asked, "corpus": "gone"}).status_code == 404


@pytest.mark.slow
def test_learning_is_stopped_gone_on_with_and_cancelled(here, tmp_path):
    corpus = here.post("/api/corpora", json={"name": "Rags"}).json()["id"]
    asked = {"corpus": corpus, "name": "Mine", "minutes": 60}
    job = here.post("/api/learn", json=asked).json()["job"]
    assert "the corpus: holds no music" in events(here, job)[-1]["error"]
    for seed in range(12):  # enough that a pass takes a while
        midi = a_rag(seed, bars=64).save(tmp_path / "a.mid").read_bytes()
        here.post(f"/api/corpora/{corpus}/files", files=[("files", (f"{seed}.mid", midi))])
    here.post(f"/api/jobs/{job}/resume")

    def is_learning(event):
        return "batch" in event

    events(here, job, until=is_learning)
    second = here.post("/api/learn", json=asked).json()["job"]
    assert here.get(f"/api/jobs/{second}").json()["state"] == "waiting", "one at a time"
    assert here.delete(f"/api/corpora/{corpus}").status_code == 409
    assert here.delete(f"/api/corpora/{corpus}/files/0.mid").status_code == 409
    assert here.post(f"/api/jobs/{job}/stop").status_code == 200
    assert "stopped before" in events(here, job)[-1]["error"]
    events(here, second, until=is_learning)
    models = here.app.state.studio.library.folder / "models"
    for number in (second, job):
        assert here.delete(f"/api/jobs/{number}").status_code == 200
        assert here.get(f"/api/jobs/{number}").json()["state"] == "cancelled"
    assert not list(models.iterdir())
    assert here.delete(f"/api/corpora/{corpus}").status_code == 200


def test_models_of_strangers_are_opened_with_care(here):
    models = here.app.state.studio.library.folder / "models"
    before = set(models.iterdir())
    answer = here.post("/api/models", files={"file": ("x.ragsmith", b"PK no model")})
    assert answer.status_code == 400
    assert "x.ragsmith" not in json.dumps(here.get("/api/models").json())
    assert set(models.iterdir()) == before
    from importlib.resources import files

    data = (files("ragsmith.shipped") / "ragtime.ragsmith").read_bytes()
    answer = here.post("/api/models", files={"file": ("../<i>Me.ragsmith", data)})
    model = answer.json()
    assert (model["name"], model["kind"], model["built_in"]) == ("_i_Me", "stride", False)
    assert composed(here, model=model["id"])
