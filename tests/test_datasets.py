"""Music as pieces: downloaded once, or in the package."""

import pytest

import ragsmith
from ragsmith import datasets
from ragsmith.corpus.get import NotFetched
from support.corpus_server import KERN_SPLIT, KERN_TUNES, corpus_served


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def server(tmp_path):
    with corpus_served("joplin", KERN_TUNES, KERN_SPLIT, tmp_path, "kern") as server:
        yield server


def test_joplin_comes_once_in_three_parts_and_is_kept(server, cache):
    train, valid, test = datasets.joplin()
    assert [len(part) for part in (train, valid, test)] == [1, 1, 1]
    assert [part[0].title for part in (train, valid, test)] == ["a", "b", "c"]
    asked = len(server.requests)
    assert datasets.joplin() == (train, valid, test)
    assert len(server.requests) == asked > 0
    assert (cache / "datasets" / "joplin" / "kern" / "a.krn").is_file()


def test_joplin_goes_where_it_is_told_whether_by_text_or_path(server, tmp_path):
    for place in (tmp_path / "by path", str(tmp_path / "by text")):
        assert len(datasets.joplin(place, steps_per_quarter=12).train) == 1
    assert (tmp_path / "by text" / "kern" / "c.krn").is_file()


def test_without_a_network_one_line_says_so(server):
    server.files.clear()
    with pytest.raises(NotFetched) as told:
        datasets.joplin()
    assert isinstance(told.value, ragsmith.UserError)
    assert "\n" not in str(told.value)
    assert "cannot be downloaded" in str(told.value)


def test_the_rags_of_the_package_need_no_network():
    rags = datasets.rags()
    assert len(rags) == 24
    assert all(isinstance(rag, ragsmith.Piece) for rag in rags)
