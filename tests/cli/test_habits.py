"""What people who live on a command line expect: -h, -q, -, colours, progress in a pipe, JSON."""

import io
import json
import sys
from types import SimpleNamespace

import pytest
from rich.console import Console

from ragsmith.cli import render
from ragsmith.io import read
from support import shell
from support.fakes import a_piece, a_rag
from support.shell import EXAMPLE, ONE, some_music

store, element, markov = shell.store, shell.element, shell.markov
here, refused = shell.here, shell.refused
pytestmark = pytest.mark.usefixtures("here")


def pipe(monkeypatch, data=b""):
    """Standard input with these bytes, and standard output of bytes; gives the latter."""
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, write_through=True))
    return out


@pytest.mark.parametrize("command", [[], ["compose"], ["corpus", "get"]])
def test_h_is_help(ragsmith, command):
    code, out, _ = ragsmith(*command, "-h")
    assert code == 0
    assert out == ragsmith(*command, "--help")[1]
    assert "-h, --help" in out


def test_completion_is_offered(ragsmith):
    assert "--install-completion" in ragsmith("-h")[1]


def test_q_says_nothing_but_what_came_out(ragsmith, here):
    some_music(here / "music", 3)
    code, out, err = ragsmith("learn", "music", "--model", "markov", "-q")
    assert (code, err) == (0, "")
    assert out.startswith("model.ragsmith: ")
    code, out, err = ragsmith("doctor", "nowhere", "--quiet")
    assert (code, out) == (1, "")
    assert err.startswith("ragsmith: nowhere")


@pytest.mark.parametrize("suffix", [".mid", ".musicxml", ".mxl"])
def test_a_piece_is_read_from_standard_input(ragsmith, here, monkeypatch, markov, suffix):
    path = EXAMPLE.save(here / f"a{suffix}")
    pipe(monkeypatch, path.read_bytes())
    assert ragsmith("export", "-", "b.mid")[0] == 0
    assert [n[:2] for n in read(here / "b.mid").notes] == [n[:2] for n in read(path).notes]
    pipe(monkeypatch, path.read_bytes())
    assert ragsmith("check", "-", "--against", markov)[0] == 0


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "is empty (standard input)"), (b"hello", "is no MIDI, MusicXML")]
)
def test_what_is_no_music_on_standard_input_is_told(ragsmith, monkeypatch, capsys, data, words):
    pipe(monkeypatch, data)
    code, _, err = ragsmith("export", "-", "b.mid")
    assert code == 1
    assert words in err


def test_a_piece_is_written_to_standard_output(ragsmith, here, monkeypatch, element):
    EXAMPLE.save(here / "a.mid")
    out = pipe(monkeypatch)
    assert ragsmith("export", "a.mid", "-", "--to", "musicxml")[0] == 0
    assert out.getvalue().startswith(b"<?xml")
    out = pipe(monkeypatch)
    assert ragsmith("compose", element, "--bars", 2, *ONE, "--out", "-", "-q")[0] == 0
    assert out.getvalue().startswith(b"MThd")
    assert sorted(p.name for p in here.iterdir()) == ["a.mid"]


def test_standard_output_takes_one_piece_in_one_format(refused, element):
    for words in (["--keep", 2], ["--json"], ["--to", "mid,pdf"]):
        line = refused("compose", element, "--out", "-", *words)
        assert "--out -: is one piece in one format" in line


def test_progress_is_a_line_now_and_then_where_there_is_no_terminal(monkeypatch, capsys):
    now = SimpleNamespace(monotonic=lambda: clock[0])
    clock = [0.0]
    monkeypatch.setattr(render, "time", now)
    for quiet in (False, True):
        clock[0] = 0.0
        with render.reporting(quiet) as report:
            for second in range(25):
                clock[0] = float(second)
                report.update(second, 25, f"step {second} of 25")
        said = capsys.readouterr().err.splitlines()
        assert said == ([] if quiet else ["step 10 of 25", "step 20 of 25"])


@pytest.fixture
def terminal(monkeypatch):
    """Tables as a terminal of 80 columns shows them; gives what was printed."""
    shown = io.StringIO()

    def console(**_):
        return Console(
            file=shown, force_terminal=True, width=80, color_system="standard", highlight=False
        )

    monkeypatch.setattr(render, "Console", console)
    return shown


def test_verdicts_are_coloured_on_a_terminal(terminal):
    rows = [("a.mid", "accepted", ""), ("b.mid", "repaired", "x"), ("c.mid", "rejected", "y")]
    render.print_table(("file", "verdict", "reason"), rows)
    render.print_verdict("within the limits [of 2.5 beats]")
    text = terminal.getvalue()
    for code, word in ((32, "accepted"), (33, "repaired"), (31, "rejected"), (32, "within")):
        assert f"\x1b[{code}m{word}" in text
    assert "[of 2.5 beats]" in text


def test_names_are_whole_in_a_table_of_80_columns(terminal, ragsmith, element):
    words = ("compose", element, "--bars", 2, "--count", 2, "--keep", 2, "--seed", 123456)
    assert ragsmith(*words, "--to", "mid,musicxml")[0] == 0
    lines = terminal.getvalue().splitlines()
    for name in ("rag-123456.mid", "rag-123456.musicxml", "rag-123457.mid"):
        assert any(name in line for line in lines), lines


def test_doctor_ends_with_1_when_all_is_rejected(ragsmith, here):
    (here / "bad").mkdir()
    (here / "bad" / "a.mid").write_bytes(b"")
    code, out, _ = ragsmith("doctor", "bad")
    assert code == 1
    assert out.splitlines()[-1] == "0 accepted, 0 repaired, 1 rejected"


def test_report_says_its_facts_as_json(ragsmith, here, markov):
    a_rag(1).save(here / "a.mid")
    code, out, err = ragsmith("report", "a.mid", "--against", markov, "--json")
    assert (code, err) == (0, "")
    facts = json.loads(out)
    assert (facts["path"], facts["bars"]) == ("a.html", 8)
    assert facts["originality"]["within_limits"] in (True, False)
    assert set(facts) == {
        *("path", "title", "composer", "bars", "bars_played", "notes_played"),
        *("originality", "difficulty", "figures"),
    }
    assert (here / "a.html").is_file()


def test_export_says_whatever_it_moved_unless_quiet(ragsmith, here):
    a_piece(1, bars=2).save(here / "a.mid")
    assert ragsmith("export", "a.mid", "b.mid", "-q") == (0, "b.mid\n", "")
