"""What commands never write over."""

from pathlib import Path

import pytest

from ragsmith.cli.overwriting import free_name
from support import shell
from support.fakes import a_piece, a_rag
from support.shell import EXAMPLE, ONE, some_music

store, element, markov = shell.store, shell.element, shell.markov
here, refused = shell.here, shell.refused
pytestmark = pytest.mark.usefixtures("here")


@pytest.mark.parametrize("name", ["b.mid", "b.musicxml", "b.pdf", "b.mp3", "b.roll.svg"])
def test_somebody_elses_file_is_not_written_over(ragsmith, here, name):
    a_piece(1, bars=2).save(here / "a.mid")
    (here / name).write_bytes(b"mine")
    code, out, err = ragsmith("export", "a.mid", name)
    assert (code, out) == (1, "")
    assert f"{name}: exists already" in err
    assert "--force" in err
    assert (here / name).read_bytes() == b"mine"
    assert ragsmith("export", "a.mid", name, "--force")[0] == 0
    assert (here / name).read_bytes() != b"mine"


@pytest.mark.parametrize("names", ["abc", "abcd", "ab"])
def test_all_files_of_a_folder_are_not_exported_into_one_another(refused, here, names):
    files = [f"{name}.mid" for name in names]
    for number, file in enumerate(files):
        a_piece(number, bars=2).save(here / file)
    before = [(here / file).read_bytes() for file in files]
    line = refused("export", *files, "out.pdf", left=files)
    assert "one piece is taken at a time" in line
    assert [(here / file).read_bytes() for file in files] == before


@pytest.mark.parametrize("out", ["a.mid", "./a.mid", "link.mid"])
def test_a_source_is_never_written_over(refused, here, out):
    a_piece(1, bars=2).save(here / "a.mid")
    (here / "link.mid").symlink_to("a.mid")
    before = (here / "a.mid").read_bytes()
    line = refused("export", "a.mid", out, "--force", left=["a.mid", "link.mid"])
    assert "is the file that is read" in line
    assert (here / "a.mid").read_bytes() == before


@pytest.mark.parametrize(
    ("command", "option", "name"),
    [("check", "--picture", "roll.svg"), ("report", "--out", "a.html"), ("learn", "--out", "m")],
)
def test_other_commands_do_not_write_over_it_either(refused, here, markov, command, option, name):
    EXAMPLE.save(here / "a.mid")
    (here / name).write_bytes(b"mine")
    given = ["--model", "markov"] if command == "learn" else ["a.mid", "--against", markov]
    line = refused(command, *given, option, name, left=["a.mid", name])
    assert f"{name}: exists already" in line
    assert (here / name).read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["a.musicxml", "b.mid", "a.roll.svg"])
def test_what_ragsmith_wrote_is_the_users_too(ragsmith, here, name):
    a_piece(1, bars=2).save(here / "a.mid")
    assert ragsmith("export", "a.mid", name)[0] == 0
    code, _, err = ragsmith("export", "a.mid", name)
    assert code == 1
    assert "--force" in err
    assert ragsmith("export", "a.mid", name, "--force")[0] == 0


def test_pages_do_not_come_over_somebody_elses_file(ragsmith, here):
    a_rag(1, bars=120).save(here / "a.mid")
    (here / "b-2.svg").write_bytes(b"mine")
    for force in ([], ["--force"]):
        code, _, err = ragsmith("export", "a.mid", "b.svg", *force)
        assert code == 1
        assert "b-2.svg: exists already, and page 2 would be written over it" in err
    assert (here / "b-2.svg").read_bytes() == b"mine"
    assert not (here / "b.svg").exists()


def test_a_score_of_several_pages_takes_a_free_name(tmp_path):
    (tmp_path / "rag-1-2.svg").touch()
    assert free_name(tmp_path / "rag-1", [".mid"]) == tmp_path / "rag-1"
    assert free_name(tmp_path / "rag-1", [".svg"]) == tmp_path / "rag-1-3"


def test_a_model_takes_the_next_free_name_or_asks_for_force(ragsmith, here):
    some_music(here / "music", 3)
    learn = ("learn", "music", "--model", "markov")
    for name in ("model.ragsmith", "model-2.ragsmith"):
        code, out, _ = ragsmith(*learn)
        assert code == 0
        assert out.startswith(f"{name}: ")
    before = (here / "model.ragsmith").read_bytes()
    code, _, err = ragsmith(*learn, "--out", "model.ragsmith")
    assert code == 1
    assert "model.ragsmith: exists already" in err
    assert (here / "model.ragsmith").read_bytes() == before
    assert ragsmith(*learn, "--out", "model.ragsmith", "--force")[0] == 0


def test_a_learning_that_was_broken_off_is_not_begun_anew_unasked(refused, here):
    (here / "m.ragsmith.learning").write_bytes(b"much work")
    line = refused("learn", "--out", "m.ragsmith", left=["m.ragsmith.learning"])
    assert "is a learning that was broken off; go on with --resume" in line


def test_export_makes_its_folder(ragsmith, here):
    a_piece(1, bars=2).save(here / "a.mid")
    assert ragsmith("export", "a.mid", "to/here/a.musicxml")[0] == 0
    assert (here / "to" / "here" / "a.musicxml").is_file()
    (here / "file").touch()
    code, _, err = ragsmith("export", "a.mid", "file/a.musicxml")
    assert code == 1
    assert "file/a.musicxml: cannot be written (" in err


def test_a_composed_piece_takes_the_next_free_name(ragsmith, here, element):
    (here / "rag-1.pdf").write_bytes(b"mine")
    for names in (["rag-1.mid"], ["rag-1-2.mid"], ["rag-1-3.mid"]):
        code, out, _ = ragsmith("compose", element, "--bars", 1, *ONE)
        assert code == 0
        assert out.splitlines()[1].split("\t")[0] == names[0]
    assert ragsmith("compose", element, "--bars", 1, *ONE, "--to", "mid,roll.svg")[0] == 0
    assert (here / "rag-1-4.roll.svg").exists()


def test_free_names(tmp_path):
    assert free_name(tmp_path / "a.html") == tmp_path / "a.html"
    for taken in ("a.html", "a-2.html", "b.mid", "b-2.pdf"):
        (tmp_path / taken).touch()
    assert free_name(tmp_path / "a.html") == tmp_path / "a-3.html"
    assert free_name(Path(tmp_path / "b"), [".mid", ".pdf"]) == tmp_path / "b-3"
