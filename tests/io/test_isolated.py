"""Files from strangers: a child process reads them, and whatever they do to it is one line here."""

import os
import signal
from pathlib import Path

import pytest

import ragsmith
from ragsmith.errors import BadFile
from ragsmith.io import isolated, read_report, write
from ragsmith.io.arrays import piece_of, to_arrays
from ragsmith.io.isolated import read_isolated
from ragsmith.processes.children import Budget, Child, ChildDied, Children
from support.fakes import a_piece, a_rag

HOSTILE = """
import os, signal
from pathlib import Path
from ragsmith.io import isolated, tasks

def read_by_suffix(path, *manner, **named):
    deed = Path(path).read_text().split()[0]
    if deed == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if deed == "eat":
        bytearray(2**40)
    if deed == "spin":
        while True:
            pass
    return {}[deed]

isolated.read_by_suffix = read_by_suffix
task = tasks.read
"""
"""A door whose reader does what the file says."""


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Makes a file, and lets a child that does what it says read it."""
    (tmp_path / "hostile.py").write_text(HOSTILE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(isolated, "READING_TASK", "hostile:task")
    monkeypatch.setattr(isolated, "BUDGET", Budget(1.0, 20.0, 2**30))
    children = Children()
    monkeypatch.setattr(isolated, "_children", lambda process: children)

    def read(deed):
        path = tmp_path / "a.mid"
        path.write_text(deed)
        return read_isolated(path)

    yield read
    children.end()


@pytest.mark.parametrize(
    ("deed", "rule"),
    [
        ("die", rf"crashes the reader \(exit status -{int(signal.SIGSEGV)}\)"),
        ("eat", "needs too much memory to be read"),
        ("spin", "takes longer than 1 seconds to read"),
        ("fail", "the reader failed on it"),
    ],
)
def test_whatever_a_file_does_to_its_reader_is_one_line(hostile, deed, rule):
    with pytest.raises(BadFile, match=rule) as refusal:
        hostile(deed)
    assert "\n" not in str(refusal.value)
    with pytest.raises(BadFile, match="the reader failed"):
        hostile("again")


@pytest.mark.parametrize("suffix", [".mid", ".musicxml"])
def test_what_a_child_reads_is_what_is_read_here(tmp_path, suffix):
    path = a_rag(1).save(tmp_path / f"a{suffix}")
    assert read_report(path, isolated=True) == read_report(path)
    assert ragsmith.read(path, 12, isolated=True) == ragsmith.read(path, 12)


def test_a_refusal_is_the_same_from_a_child(tmp_path):
    path = tmp_path / "a.mid"
    path.write_bytes(b"MThd")
    with pytest.raises(BadFile) as here:
        ragsmith.read(path)
    with pytest.raises(BadFile) as there:
        ragsmith.read(path, isolated=True)
    assert str(there.value) == str(here.value)


def test_paths_are_those_of_the_caller_wherever_it_has_gone(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        a_rag(len(name)).save("a.mid")
        assert ragsmith.read("a.mid", isolated=True) == ragsmith.read("a.mid")


def test_an_answer_that_nobody_waited_for_is_not_given_to_the_next():
    children = Children()
    with pytest.raises(KeyboardInterrupt), children.lent() as child:
        raise KeyboardInterrupt
    assert not child.alive
    with children.lent() as other:
        assert other is not child
    children.end()


def test_a_process_that_was_forked_has_children_of_its_own():
    assert isolated._children(os.getpid()) is isolated._children(os.getpid())
    assert isolated._children(os.getpid()) is not isolated._children(-1)


def test_arrays_hold_all_of_a_piece():
    piece = a_rag(3)
    assert piece_of(to_arrays(piece)) == piece


def test_no_command_reads_a_file_in_its_own_process():
    commands = Path(ragsmith.__file__).parent / "cli"
    calls = [
        (path.name, line.strip())
        for path in sorted(commands.glob("*.py"))
        for line in path.read_text("utf-8").splitlines()
        if ("read_report(" in line or " read(" in line) and "isolated=True" not in line
    ]
    assert calls == []


@pytest.mark.slow
def test_a_child_engraves_what_the_process_itself_would(tmp_path):
    (tmp_path / "here").mkdir()
    here = write(a_piece(), tmp_path / "here" / "a.svg")
    there = write(a_piece(), tmp_path / "a.svg", isolated=True)
    assert there.read_bytes() == here.read_bytes()
    with pytest.raises(BadFile, match="cannot be written"):
        write(a_piece(), tmp_path / "none" / "a.pdf", isolated=True)


def test_a_piece_that_crashes_the_engraver_is_one_line(tmp_path, monkeypatch):
    def crash(child, task, arguments, budget):
        raise ChildDied(-11, late=False)

    monkeypatch.setattr(Child, "ask", crash)
    with pytest.raises(BadFile, match="crashes the engraver"):
        write(a_piece(), tmp_path / "a.pdf", isolated=True)
