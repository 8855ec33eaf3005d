"""`ragsmith simplify`: what it writes and says, and what it refuses in a line."""

import json

import pytest

from ragsmith.io import read, write
from ragsmith.measure.difficulty import level_of
from support.fakes import a_rag


@pytest.fixture
def rag(tmp_path):
    return write(a_rag(), tmp_path / "rag.mid")


def test_an_easier_version_lies_beside_the_piece(ragsmith, rag):
    code, out, _ = ragsmith("simplify", rag, "--difficulty", 5)
    assert code == 0
    easier = rag.with_name("rag-easier.mid")
    assert out.splitlines()[0] == str(easier)
    assert "before" in out.splitlines()[1]
    assert read(easier).bars == read(rag).bars


def test_files_are_named_and_the_json_says_what_was_done(ragsmith, rag, tmp_path):
    out = tmp_path / "easy.musicxml"
    code, text, _ = ragsmith("simplify", rag, out, "--difficulty", 4, "--json")
    assert code == 0
    facts = json.loads(text)
    assert facts["paths"] == [str(out)]
    assert level_of(facts["difficulty"]["after"]) <= 4 < level_of(facts["difficulty"]["before"])
    assert facts["steps"]


def test_what_is_refused(ragsmith, rag, tmp_path):
    taken = tmp_path / "mine.mid"
    taken.write_bytes(b"mine")
    for words, line in (
        ((rag, "--difficulty", 10), "difficulty 10: must be 1 to 9"),
        ((rag, "--difficulty", 1), "is not reached: the easiest version of this piece has"),
        ((rag, rag), "is the file that is read"),
        ((rag, taken), "exists already"),
    ):
        code, out, err = ragsmith("simplify", *words)
        assert (code, out) == (1, "")
        assert line in err
    assert taken.read_bytes() == b"mine"
