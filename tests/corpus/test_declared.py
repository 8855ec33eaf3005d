"""Works that `sources.json` declares to be one."""

import json

import pytest

from ragsmith.corpus.declared import joined_works
from ragsmith.corpus.entry import Entry
from ragsmith.errors import BadFolder

ENTRIES = [Entry(f"{name}.mid", "accept", work=f"{name}.mid") for name in "abcd"]


def declare(folder, *pairs):
    sources = [{"file": first, "same_work_as": second} for first, second in pairs]
    (folder / "sources.json").write_text(json.dumps([*sources, {"file": "d.mid"}]))


def works(entries):
    return [entry.work for entry in entries]


def test_declared_works_are_joined_in_chains(tmp_path):
    declare(tmp_path, ("a.mid", "b.mid"), ("b.mid", "c.mid"))
    a, b, c, d = works(joined_works(ENTRIES, tmp_path))
    assert a == b == c != d


def test_the_file_may_lie_beside_the_folder(tmp_path):
    (tmp_path / "rags").mkdir()
    declare(tmp_path, ("rags/a.mid", "rags/b.mid"), ("rags/c.mid", "elsewhere/d.mid"))
    a, b, c, d = works(joined_works(ENTRIES, tmp_path / "rags"))
    assert a == b
    assert len({b, c, d}) == 3


def test_without_the_file_nothing_changes(tmp_path):
    assert list(joined_works(ENTRIES, tmp_path)) == ENTRIES


@pytest.mark.parametrize(
    "text", ["{", "3", '[{"same_work_as": "a"}]', '[{"file": 1, "same_work_as": 2}]']
)
def test_a_broken_file_is_told(tmp_path, text):
    (tmp_path / "sources.json").write_text(text)
    with pytest.raises(BadFolder, match="does not say which files hold one work"):
        joined_works(ENTRIES, tmp_path)
