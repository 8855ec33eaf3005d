"""Getting a public corpus, from a server of our own with three tiny files."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ragsmith.corpus import read_corpus, split_works
from ragsmith.corpus.get import SOURCES, Arrival, NotFetched, get_corpus
from ragsmith.errors import BadFile, BadFolder, BadOption
from support.corpus_server import corpus_served, serving
from support.fakes import a_piece

FILES = {"LICENSE.txt": b"Do.\n", "music/a.krn": b"a" * 5000, "music/b.krn": b"b\r\n\xff"}
SPLIT = '{"train": ["a"], "valid": ["b"], "test": []}\n'
PATHS = ["split.json", *FILES]


@pytest.fixture
def server(tmp_path):
    """A server of the corpus `tiny`."""
    with corpus_served("tiny", FILES, SPLIT, tmp_path, "music") as server:
        yield server


@pytest.fixture
def place(tmp_path):
    return tmp_path / "new" / "place"


def there(folder):
    """All files below a folder, hidden ones and leftovers too."""
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {path: file.read_bytes() for path, file in files.items()}


WHOLE = {**FILES, "split.json": SPLIT.encode()}


def test_all_files_come_and_a_second_run_fetches_nothing(server, place):
    seen = []
    arrivals = get_corpus("tiny", place, on_file=lambda *event: seen.append(event))
    assert arrivals == tuple(Arrival(path, "new") for path in PATHS)
    assert seen == [(arrival, n, 4) for n, arrival in enumerate(arrivals, 1)]
    assert there(place) == WHOLE
    assert sorted(server.requests) == sorted(FILES)
    assert get_corpus("tiny", str(place)) == tuple(Arrival(path, "kept") for path in PATHS)
    assert len(server.requests) == len(FILES)


def test_files_are_made_as_others_are(server, place):
    get_corpus("tiny", place)
    (place / "own").write_bytes(b"")
    modes = {path.stat().st_mode for path in place.rglob("*") if path.is_file()}
    assert len(modes) == 1


@pytest.mark.parametrize("path", PATHS)
def test_another_file_is_replaced_and_the_users_own_are_left(server, place, path):
    get_corpus("tiny", place)
    (place / path).write_bytes(b"changed")
    (place / "music" / "own.krn").write_bytes(b"mine")
    server.requests.clear()
    verdicts = dict(get_corpus("tiny", place))
    assert verdicts.pop(path) == "replaced"
    assert set(verdicts.values()) == {"kept"}
    assert there(place) == {**WHOLE, "music/own.krn": b"mine"}
    assert server.requests == ([] if path == "split.json" else [path])


def missing(server, path):
    del server.files[path]


def wrong(server, path):
    server.files[path] = b"<html>log in first"


def cut(server, path):
    server.cut.add(path)


@pytest.mark.parametrize(
    ("harm", "rule"),
    [(missing, "says 404"), (wrong, "its sha256 is another"), (cut, "it broke off")],
)
@pytest.mark.parametrize("before", [None, b"changed"])
def test_what_cannot_be_fetched_leaves_the_rest_and_is_fetched_by_the_next_run(
    server, place, harm, rule, before
):
    path = "music/a.krn"
    if before:
        (place / "music").mkdir(parents=True)
        (place / path).write_bytes(before)
    harm(server, path)
    with pytest.raises(NotFetched, match=rule) as caught:
        get_corpus("tiny", place)
    assert str(caught.value).startswith(server.url + path)
    kept = {"split.json": WHOLE["split.json"], "LICENSE.txt": FILES["LICENSE.txt"]}
    assert there(place) == (kept | {path: before} if before else kept)
    server.files, server.cut = dict(FILES), set()
    server.requests.clear()
    get_corpus("tiny", place)
    assert there(place) == WHOLE
    assert server.requests == ["music/a.krn", "music/b.krn"]


def test_no_server_at_all(server, place, monkeypatch):
    with serving({}) as gone:
        pass
    monkeypatch.setitem(SOURCES, "tiny", replace(SOURCES["tiny"], url=gone.url))
    with pytest.raises(NotFetched, match=r"no connection.*check the network and repeat"):
        get_corpus("tiny", place)


def test_a_stopped_download_leaves_nothing_half(server, place, monkeypatch):
    def stop(*args):
        raise KeyboardInterrupt

    get_corpus("tiny", place)
    (place / "music/b.krn").unlink()
    (place / "music/a.krn").write_bytes(b"changed")
    before = there(place)
    monkeypatch.setattr("ragsmith.files.os.replace", stop)
    with pytest.raises(KeyboardInterrupt):
        get_corpus("tiny", place)
    assert there(place) == before


def test_an_unknown_corpus(place):
    with pytest.raises(BadOption, match="corpus bach: is not known; give one of joplin"):
        get_corpus("bach", place)


@pytest.mark.parametrize("inside", ["", "below"])
def test_a_file_for_a_folder(server, tmp_path, inside):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(BadFolder, match="is a file, not a folder"):
        get_corpus("tiny", tmp_path / "file" / inside)
    assert (tmp_path / "file").read_bytes() == b"mine"
    assert server.requests == []


def test_a_folder_for_a_file_and_a_file_for_the_music_folder(server, place):
    (place / "LICENSE.txt").mkdir(parents=True)
    with pytest.raises(BadFile, match=r"LICENSE.txt: cannot be read"):
        get_corpus("tiny", place)
    (place / "LICENSE.txt").rmdir()
    (place / "music").write_bytes(b"mine")
    with pytest.raises(BadFolder, match="music: is a file"):
        get_corpus("tiny", place)
    assert (place / "music").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("what", "kind", "rule"),
    [
        ("pathlib.Path.mkdir", BadFolder, "cannot be made"),
        ("pathlib.Path.read_bytes", BadFile, "cannot be read"),
        ("ragsmith.files.os.replace", BadFile, "cannot be written"),
    ],
)
def test_a_place_without_permission(server, place, monkeypatch, what, kind, rule):
    def closed(*args, **kwargs):  # root may do anything
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(what, closed)
    with pytest.raises(kind, match=rf"{rule} \(permission denied\)"):
        get_corpus("tiny", place)
    monkeypatch.undo()
    assert not place.exists() or there(place) == {}


# The command


def test_the_command_says_what_came_and_whose_work_it_is(ragsmith, server, place):
    code, out, err = ragsmith("corpus", "get", "tiny", place)
    assert (code, err) == (0, "")
    first, credit = out.splitlines()
    assert first.startswith(f"{place}: 4 new, 0 replaced, 0 kept; ")
    assert first.endswith(f"ragsmith learn {place / 'music'}")
    assert credit == "By nobody."


def test_the_command_names_what_it_replaces_and_prints_json(ragsmith, server, place):
    get_corpus("tiny", place)
    (place / "music/a.krn").write_bytes(b"changed")
    code, out, err = ragsmith("corpus", "get", "tiny", place, "--json")
    assert code == 0
    assert err == f"{place / 'music/a.krn'}: had other contents, and was replaced\n"
    found = json.loads(out)
    assert set(found) == {"files", "new", "replaced", "kept", "music", "credit"}
    assert [found[verdict] for verdict in ("new", "replaced", "kept")] == [0, 1, 3]
    assert {"path": "music/a.krn", "verdict": "replaced"} in found["files"]
    assert found["credit"] == "By nobody."


def test_the_command_refuses_in_one_line(ragsmith, server, place):
    server.files.clear()
    for words in (["tiny", place], ["bach", place], ["tiny", place / "split.json"]):
        code, out, err = ragsmith("corpus", "get", *words)
        assert (code, out) == (1, "")
        assert err.count("\n") == 1
        assert err.startswith("ragsmith: ")
    for words in (["corpus", "get"], ["corpus", "get", "tiny"], ["corpus", "nonsense"]):
        assert ragsmith(*words)[0] == 2


def test_neither_help_nor_the_library_loads_pooch():
    code = """
import sys
import ragsmith.corpus.get
from ragsmith.cli import main
sys.argv[1:] = ["--help"]
try:
    main()
finally:
    assert not {"pooch", "requests"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


# What the package holds


def test_the_split_is_honoured_where_it_is_put(server, place, monkeypatch, tmp_path):
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))
    get_corpus("tiny", place)
    for number, name in enumerate("abc"):
        a_piece(number).save(place / "music" / f"{name}.mid")
    split = split_works(read_corpus(place / "music"))
    assert {Path(entry.path).name for entry in split.held_out} == {"b.mid"}
    assert {Path(entry.path).name for entry in split.train} == {"a.mid", "c.mid"}


def registry_of(source):
    lines = source.registry.read_text("utf-8").splitlines()[1:]
    return dict(line.split(" ") for line in lines)


def test_joplins_registry_and_split_name_the_same_pieces():
    source = SOURCES["joplin"]
    registry = registry_of(source)
    split = json.loads(source.split.read_bytes())
    named = [f"kern/{name}.krn" for part in ("train", "valid", "test") for name in split[part]]
    assert len(named) == len(set(named)) == 39
    assert {"LICENSE.txt", *named} == set(registry)
    assert all(len(bytes.fromhex(digest)) == 32 for digest in registry.values())
    assert source.url.endswith("/")


@pytest.mark.corpus
def test_joplins_registry_is_that_of_the_corpus(shared):
    folder = shared / "corpora" / "joplin"
    source = SOURCES["joplin"]
    for path, digest in registry_of(source).items():
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest
    assert json.loads(source.split.read_bytes()) == json.loads((folder / "split.json").read_bytes())
