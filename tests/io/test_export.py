import re
from dataclasses import replace

import pytest

from ragsmith.errors import BadFile, BadOption
from ragsmith.io import WRITERS, check_suffix, read, write
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.report import report_html
from support.fakes import a_piece, indexed


@pytest.fixture
def tune(tmp_path):
    return a_piece(1, bars=2).save(tmp_path / "tune.mid")


@pytest.mark.parametrize("suffix", WRITERS)
def test_every_format_is_written(tmp_path, suffix):
    path = write(a_piece(1, bars=2), tmp_path / f"a.b{suffix}")
    assert path.stat().st_size > 100


def test_pianos_and_papers_differ(tmp_path):
    piece = a_piece(1, bars=2)
    for suffix, options in (
        (".wav", [{"piano": name} for name in ("upright", "honky-tonk", "grand")]),
        (".pdf", [{"paper": name} for name in ("a4", "letter")]),
    ):
        made = [write(piece, tmp_path / f"a{suffix}", **each).read_bytes() for each in options]
        assert len(set(made)) == len(options)


@pytest.mark.parametrize(
    ("name", "options", "error", "words"),
    [
        ("a.doc", {}, BadFile, "not a format that can be written"),
        ("mid", {}, BadFile, "not a format"),
        ("a.wav", {"piano": "organ"}, BadOption, "choose upright, honky-tonk, grand"),
        ("a.pdf", {"paper": "a5"}, BadOption, "choose a4, letter"),
        ("no/a.mid", {}, BadFile, "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_line(tmp_path, name, options, error, words):
    with pytest.raises(error, match=words):
        write(a_piece(1, bars=2), tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []


def test_suffixes_are_known_in_any_case():
    assert check_suffix("My.Rag.ROLL.SVG") == ".roll.svg"
    assert check_suffix(".PDF") == ".pdf"


def test_export_writes_what_it_is_asked_for(ragsmith, tune, tmp_path):
    out = [tmp_path / name for name in ("a.musicxml", "a.roll.svg", "a.mid")]
    code, said, _ = ragsmith("export", tune, *out)
    assert code == 0
    assert said.split() == [str(path) for path in out]
    pitches = [[(n.onset, n.pitch) for n in read(path).notes] for path in (tune, out[0])]
    assert pitches[0] == pitches[1]


def test_export_refuses_before_it_writes(ragsmith, tune, tmp_path):
    code, _, said = ragsmith("export", tune, tmp_path / "a.musicxml", tmp_path / "a.doc")
    assert code == 1
    assert "a.doc" in said
    assert not (tmp_path / "a.musicxml").exists()
    code, _, said = ragsmith("export", tune, tmp_path / "b.mid", "--grid", "5")
    assert (code, "grid 5" in said) == (1, True)


@pytest.mark.slow
def test_a_report_is_one_file_that_needs_no_other(ragsmith, tune, tmp_path):
    code, said, _ = ragsmith("report", tune)
    assert code == 0
    page = (tmp_path / "tune.html").read_text()
    assert said.strip() == str(tmp_path / "tune.html")
    assert "<script" not in page
    assert not re.search(r"(src|href)=\"(?!data:)", page)
    for word in ("Originality", "Score", "Piano roll", "audio/mpeg", "image/svg+xml"):
        assert word in page


def test_a_report_shows_a_recipe_that_is_none_as_text():
    piece = a_piece(1, bars=2)
    bundle = indexed(MarkovLearner(MarkovConfig(order=1), [piece]).model())
    page = report_html(replace(piece, recipe='{"a": [<b>broken'), bundle)
    assert "<h2>Recipe</h2><pre>{&quot;a&quot;: [&lt;b&gt;broken</pre>" in page
