import os

import pytest

from ragsmith.errors import BadFolder
from ragsmith.studio.bin import DAYS
from ragsmith.studio.finding import Wanted
from ragsmith.studio.library import BUILT_IN, Library, Missing, library_folder

FACTS = {"seed": 1, "recipe": "", "bars": 2, "notes": 3}


@pytest.fixture
def library(tmp_path):
    found = Library(tmp_path / "library")
    yield found
    found.close()


def add(library, number, title="Rag", state="kept", facts=None):
    library.piece_file(number).write_bytes(b"music")
    row = {"id": number, "title": title, **FACTS, **(facts or {})}
    return library.add_piece(row, "ragtime", state)


def reopened(library):
    library.close()
    return Library(library.folder)


def test_it_lies_where_one_says(monkeypatch, tmp_path):
    monkeypatch.setenv("RAGSMITH_LIBRARY", str(tmp_path))
    assert library_folder() == tmp_path
    monkeypatch.delenv("RAGSMITH_LIBRARY")
    assert library_folder().name == "library"


def test_one_studio_at_a_time(library):
    with pytest.raises(BadFolder, match="close the other studio"):
        Library(library.folder)


def test_a_place_that_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadFolder, match="cannot be used as a library"):
        Library(tmp_path / "file")


def test_a_base_that_is_none(tmp_path):
    (tmp_path / "library.sqlite").write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(BadFolder, match="cannot be used as a library"):
        Library(tmp_path)


def test_what_is_put_in_is_there_the_next_time(library):
    add(library, "aa", "One")
    library.add_model("bb", "Mine", {"kind": "stride"})
    library.model_file("bb").write_bytes(b"model")
    corpus = library.add_corpus("Rags")
    again = reopened(library)
    assert again.row("pieces", "aa")["title"] == "One"
    assert again.row("pieces", "aa")["bars"] == 2
    assert again.row("models", "bb")["kind"] == "stride"
    assert again.corpus_folder(corpus).is_dir()
    assert again.piece_file("aa").is_file()
    assert again.model_file("bb").is_file()
    again.close()


def test_what_a_killed_studio_has_left_is_swept_away(library):
    library.piece_file("cc").write_bytes(b"no row")
    (library.folder / "pieces" / ".1234-5678.part").write_bytes(b"half")
    library.made("cc").mkdir()
    library.model_file("dd").write_bytes(b"no row")
    learning = library.folder / "models" / "ee.ragsmith.learning"
    learning.write_bytes(b"goes on")
    library.put_job("j1", "learn", "running", {"out": "ee"}, {})
    library.put_job("j2", "compose", "waiting", {}, {})
    library.put_job("j3", "compose", "done", {}, {})
    again = reopened(library)
    assert not list((again.folder / "pieces").iterdir())
    assert not list((again.folder / "made").iterdir())
    assert list((again.folder / "models").iterdir()) == [learning]
    states = {row["id"]: row["state"] for row in again.rows("jobs")}
    assert states == {"j1": "interrupted", "j2": "interrupted", "j3": "done"}
    again.close()


def test_of_made_files_the_newest_are_kept(library, monkeypatch):
    monkeypatch.setattr("ragsmith.studio.library.MOST_MADE", 10)
    for age, number in enumerate(("new", "old", "older")):
        add(library, number)
        library.made(number).mkdir()
        (library.made(number) / "piece.flac").write_bytes(b"sound")
        os.utime(library.made(number), (1000 - age, 1000 - age))
    again = reopened(library)
    assert {room.name for room in (again.folder / "made").iterdir()} == {"new", "old"}
    again.close()


def test_events_are_kept_in_order_and_a_failure_is_forgotten(library):
    for event in ('{"type": "epoch"}', '{"type": "failed", "error": "x"}'):
        library.put_event("j", event)
    library.forget_failure("j")
    library.put_event("j", '{"type": "done"}')
    assert library.events("j") == ['{"type": "epoch"}', '{"type": "done"}']


def test_rows_that_are_not_there(library):
    with pytest.raises(Missing, match="none of the pieces"):
        library.row("pieces", "zz")
    with pytest.raises(Missing):
        library.remove("models", "zz")
    with pytest.raises(Missing):
        library.change_piece("zz", {"title": "x"})


def test_what_was_made_of_versions_used_long_ago_goes(library):
    add(library, "aa")
    for age, version in enumerate((0, 9, 8)):  # the first one is the one looked at
        library.made("aa", version).mkdir()
        os.utime(library.made("aa", version), (1000 - age, 1000 - age))
    library.trim_made("aa", most=2)
    assert {room.name for room in (library.folder / "made").iterdir()} == {"aa", "aa.9"}


def test_search_takes_every_letter_as_itself(library):
    add(library, "aa", "50% off_beat")
    add(library, "bb", "Back\\slash 'quoted'")
    for words, found in (
        ("%", ["aa"]),
        ("_", ["aa"]),
        ("\\", ["bb"]),
        ("'", ["bb"]),
        ("q", ["bb"]),
    ):
        assert [row["id"] for row in library.pieces(Wanted(words), "created")] == found


def wanted(library, **fields):
    return [row["id"] for row in library.pieces(Wanted(**fields), "created")]


def test_pieces_are_found_by_what_is_known_of_them(library):
    add(library, "aa", "One", facts={"key": "Bb", "metre": "2/4"})
    add(library, "bb", "Two", facts={"key": "G minor", "metre": "3/4", "composer": "Ann"})
    library.change_piece("aa", {"tags": ["slow", "for Ann", "slow"]})
    assert library.row("pieces", "aa")["tags"] == ["slow", "for Ann"]
    assert wanted(library, key="Bb") == wanted(library, tag="slow") == ["aa"]
    assert wanted(library, metre="3/4") == ["bb"]
    assert set(wanted(library, search="ann")) == {"aa", "bb"}
    assert wanted(library, tag="low") == wanted(library, model="other") == []
    assert library.piece_choices("kept") == {
        **{"models": ["ragtime"], "keys": ["Bb", "G minor"]},
        **{"metres": ["2/4", "3/4"], "tags": ["for Ann", "slow"]},
    }


def test_an_older_library_is_given_what_it_lacks(library):
    add(library, "aa")
    for name in ("composer", "tags"):
        library._base.execute(f"ALTER TABLE pieces DROP COLUMN {name}")
    library._base.execute("UPDATE pieces SET model = 'joplin'")
    again = reopened(library)
    row = again.row("pieces", "aa")
    assert (row["composer"], row["tags"], row["model"]) == (None, [], BUILT_IN)
    again.close()


def test_what_is_deleted_comes_back_as_it_was(library):
    add(library, "aa", "One")
    library.change_piece("aa", {"tags": ["x"], "rating": 3})
    before = library.row("pieces", "aa")
    library.remove("pieces", "aa")
    with pytest.raises(Missing):
        library.row("pieces", "aa")
    again = reopened(library)
    (deleted,) = again.bin.all()
    assert deleted == ("aa", "pieces", "One", DAYS)
    again.restore("aa")
    assert again.row("pieces", "aa") == before
    assert again.piece_file("aa").read_bytes() == b"music"
    for act in (again.restore, again.discard):
        with pytest.raises(Missing, match="deleted things"):
            act("aa")
    again.close()


@pytest.mark.parametrize(("days", "there"), [(DAYS - 1, True), (DAYS + 1, False)])
def test_after_thirty_days_it_is_gone(library, days, there):
    add(library, "aa")
    corpus = library.add_corpus("Rags")
    library.remove("pieces", "aa")
    library.remove("corpora", corpus)
    library._base.execute("UPDATE bin SET deleted = deleted - ?", (86_400 * days,))
    again = reopened(library)
    assert bool(again.bin.all()) is there
    assert again.piece_file("aa").exists() is again.corpus_folder(corpus).exists() is there
    again.close()


def test_ratings_move_as_elo_has_it(library):
    add(library, "aa")
    add(library, "bb")
    library.prefer("aa", "bb")
    first, second = (library.row("pieces", number)["elo"] for number in ("aa", "bb"))
    assert (first, second) == (1516, 1484)
    library.prefer("bb", "aa")
    assert library.row("pieces", "bb")["elo"] > 1500 > library.row("pieces", "aa")["elo"]
    assert library.row("pieces", "aa")["games"] == 2


def test_a_pair_is_of_two_kept_pieces(library):
    assert library.pair() is None
    add(library, "aa")
    add(library, "bb", state="candidate")
    assert library.pair() is None
    add(library, "cc")
    assert {row["id"] for row in library.pair()} == {"aa", "cc"}


def test_rows_outlast_a_power_cut(library):
    """A piece's file is on the disk before its row is: a row that was lost would take it along."""
    assert library._base.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
