import asyncio
import io
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from fastapi import UploadFile
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.studio import uploads
from ragsmith.studio.uploads import TooMuch, add_files, file_name, is_plain_name


def upload(name, data=b"x"):
    return UploadFile(io.BytesIO(data), size=len(data), filename=name)


def added(folder, *files):
    left_out = asyncio.run(add_files(folder, files))
    return sorted(path.name for path in folder.iterdir()), left_out


@given(st.text(max_size=300))
def test_every_title_is_a_harmless_name(title):
    name = file_name(title)
    assert is_plain_name(name)
    assert name == PurePosixPath(name).name == PureWindowsPath(name).name
    assert not name.startswith(".")
    assert 0 < len(name.encode()) <= 200


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("../../etc/a.mid", "a.mid"),
        ("C:\\music\\a.mid", "a.mid"),
        ("..\\a.mid", "a.mid"),
        (".a.mid", "a.mid"),
        ("a\0b.mid", "ab.mid"),
        ('<img src="x">.mid', "_img src=_x__.mid"),
        ("con.mid", "_con.mid"),
        ("x" * 300 + ".mid", "x" * 96 + ".mid"),
    ],
)
def test_names_lose_what_could_do_harm(sent, name, tmp_path):
    assert added(tmp_path, upload(sent)) == ([name], [])


def test_two_of_a_name_are_both_kept(tmp_path):
    names, _ = added(tmp_path, upload("a.mid", b"1"), upload("x/a.mid", b"2"), upload("a.mid"))
    assert names == ["a (2).mid", "a (3).mid", "a.mid"]


def test_what_is_no_music_or_too_large_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_FILE", 3)
    names, left_out = added(tmp_path, upload("a.txt"), upload("b.mid", b"1234"), upload("c.mid"))
    assert (names, left_out) == (["c.mid"], ["a.txt", "b.mid"])


def test_a_corpus_holds_so_many_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    added(tmp_path, upload("a.mid"))
    with pytest.raises(TooMuch, match="3 files"):
        added(tmp_path, upload("b.mid"), upload("c.mid"))
    assert [path.name for path in Path(tmp_path).iterdir()] == ["a.mid"]
