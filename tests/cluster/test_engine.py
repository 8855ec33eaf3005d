"""A folder that is read on an engine has the verdicts and works that one machine finds."""

import os
import signal
import socket
import subprocess
import sys
from random import Random

import pytest
from distributed import LocalCluster

from ragsmith.cluster import jobs as dividing
from ragsmith.cluster import open_shards, read_on
from ragsmith.corpus import read_corpus
from ragsmith.io import read
from ragsmith.shipped.rags import rag_files
from ragsmith.verbs import clip, transpose

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def small_jobs(monkeypatch, tmp_path):
    monkeypatch.setattr(dividing, "MEAN_FILES", 3)
    monkeypatch.setattr(dividing, "MOST_FILES", 5)
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def cluster():
    """Two workers on this machine."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Rags, an excerpt, copies in another key and byte for byte, and files that are no use."""
    place = tmp_path_factory.mktemp("music") / "rags"
    place.mkdir()
    for number, path in enumerate(rag_files()[:8]):
        piece = read(path, 4)
        (place / f"{number}.mid").write_bytes(path.read_bytes())
        if number == 1:
            transpose(piece, 3).save(place / "copy.mid")
            (place / "again.mid").write_bytes(path.read_bytes())
        if number == 2:
            clip(piece, 0, piece.bars[16].start).save(place / "excerpt.mid")
    (place / "broken.mid").write_bytes(Random(0).randbytes(200))
    (place / "tunes.abc").write_text(
        "X:1\nT:One\nK:C\n" + "cdef|" * 8 + "\n\nX:2\nK:G\n" + "gab|" * 9
    )
    (place / "notes.txt").write_text("no music")
    (place.parent / "LICENSE").write_text("Free for all.")
    return place


def test_verdicts_and_works_are_those_of_one_machine(folder, cluster, tmp_path):
    plain = read_corpus(folder)
    corpus = read_on(cluster.scheduler_address, str(folder), shards=str(tmp_path / "shards"))
    assert corpus.entries == plain.entries
    assert (corpus.ignored, corpus.licence) == (plain.ignored, plain.licence)
    assert list(corpus) == list(plain)
    assert {len(work) for work in corpus.works} == {1, 2}


def test_shards_that_are_there_are_not_read_again(folder, cluster, tmp_path):
    def read_there():
        read_on(cluster.scheduler_address, str(folder), shards=str(tmp_path / "shards"))
        shards = (tmp_path / "shards" / "shards").iterdir()
        return {shard.name: shard.stat().st_mtime_ns for shard in shards}

    assert read_there() == read_there()


def test_a_worker_that_dies_costs_its_task(folder, cluster, tmp_path):
    deaths = []

    def kill_once(done, files):
        if not deaths:
            deaths.append(next(iter(cluster.workers.values())).pid)
            os.kill(deaths[0], signal.SIGKILL)

    shards = str(tmp_path / "shards")
    corpus = read_on(cluster.scheduler_address, str(folder), shards=shards, progress=kill_once)
    assert deaths
    assert corpus.entries == read_corpus(folder).entries


@pytest.fixture
def object_store(monkeypatch):
    """A server on this machine that speaks as S3 does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    next(line for line in server.stderr if "Running on" in line)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    yield
    server.kill()
    server.communicate()


def test_a_folder_and_its_shards_may_be_on_an_object_store(
    folder, object_store, tmp_path, ragsmith
):
    import fsspec

    store = fsspec.filesystem("s3", skip_instance_cache=True)
    store.mkdir("bucket")
    store.put(f"{folder.parent}/", "bucket/music/", recursive=True)
    corpus = read_on("local", "s3://bucket/music/rags", shards="s3://bucket/read", workers=1)
    plain = read_corpus(folder)
    assert corpus.entries == plain.entries
    assert list(corpus) == list(plain)
    assert open_shards("s3://bucket/read").licence == "Free for all."
    out = tmp_path / "m.ragsmith"
    learnt = ragsmith(
        "learn", "--shards", "s3://bucket/read", "--model", "markov", "--out", out, "--json"
    )
    assert learnt[0] == 0
    assert out.is_file()
