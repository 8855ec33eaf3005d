"""What can be given for a folder: files, books of tunes, and what gets a hint."""

import json

import pytest

from ragsmith.corpus import NothingUsable, doctor, read_corpus, scan
from ragsmith.corpus.walk import walk
from ragsmith.errors import BadFile, BadFolder
from ragsmith.io import read, read_report
from support.fakes import a_piece

TUNE = "X:{0}\nT:Tune {0}\nM:4/4\nL:1/8\nK:C\n{1}|\n"
NOTES = (
    "CDEF GABc|c2B2 A2G2|EFGA Bcde",
    "EDCB, CDEF|G2A2 B2c2|cBAG FEDC",
    "c2d2 G2A2|E4 C4|CCDD EEFF GGAA",
)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "music").mkdir()
    return tmp_path / "music"


def book(path, tunes, header=""):
    path.write_text(header + "\n".join(TUNE.format(n, NOTES[(n - 1) % 3]) for n in tunes))
    return path


@pytest.mark.parametrize(
    ("tunes", "header"), [((1, 2, 3), ""), ((7, 5, 3), "%abc-2.1\n"), ((1, 1), "")]
)
def test_every_tune_of_a_book_is_a_piece(folder, tunes, header):
    book(folder / "book.abc", tunes, header)
    entries = scan(folder).entries
    assert [entry.path for entry in entries] == [f"book.abc#{n + 1}" for n in range(len(tunes))]
    assert entries[1].usable
    pieces = [read(folder / entry.path) for entry in entries]
    assert [piece.title for piece in pieces] == [f"Tune {n}" for n in tunes]
    corpus = read_corpus(folder)
    titles = [piece.title for piece in corpus.pieces()]
    assert titles == [f"Tune {tunes[n]}" for n, entry in enumerate(entries) if entry.usable]


def test_a_book_that_is_read_as_one_file_says_how_many_tunes_it_holds(folder):
    reading = read_report(book(folder / "book.abc", (1, 2, 3)))
    assert reading.piece.title == "Tune 1"
    assert "the first of 3 tunes; book.abc#2 names the second" in reading.repairs
    with pytest.raises(BadFile, match="holds 3 tunes"):
        read(folder / "book.abc#4")
    assert read_report(book(folder / "one.abc", (5,))).repairs == ()


def test_a_thousand_tunes_are_in_their_order(folder):
    book(folder / "book.abc", range(1, 13))
    entries = scan(folder).entries
    assert [entry.path for entry in entries] == [f"book.abc#{n}" for n in range(1, 13)]


def test_files_are_as_good_as_a_folder(folder, tmp_path):
    for number, name in enumerate(("a.mid", "b.mid", "sub/c.mid")):
        (folder / name).parent.mkdir(exist_ok=True)
        a_piece(number, bars=8).save(folder / name)
    one = read_corpus(folder / "a.mid")
    assert (one.folder, [e.path for e in one.entries]) == (folder, ["a.mid"])
    assert len(list(one.pieces())) == 1
    two = read_corpus([folder / "b.mid", folder / "sub"])
    assert [entry.path for entry in two.entries] == ["b.mid", "sub/c.mid"]
    assert doctor([folder / "a.mid"])["accepted"] == 1
    assert len(read_corpus(folder)) == 3
    with pytest.raises(BadFolder, match="is no folder, and no file"):
        read_corpus([folder / "a.mid", folder / "none.mid"])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("waltz.mscz", "is a MuseScore file; export it as MusicXML"),
        ("all.zip", "is a zip archive; unpack it"),
        ("waltz.MUS", "is a Finale file; export it as MusicXML"),
        ("waltz.sib", "is a Sibelius file; export it as MusicXML"),
        ("song.gp5", "is a Guitar Pro file; export it as MusicXML or MIDI"),
    ],
)
def test_what_cannot_be_read_gets_a_hint(folder, ragsmith, name, words):
    (folder / name).write_bytes(b"PK\3\4")
    with pytest.raises(NothingUsable) as caught:
        read_corpus(folder)
    assert caught.value.entries[0].reason.startswith(words)
    with pytest.raises(BadFile, match=words.partition(";")[0]):
        read(folder / name)
    code, out, _ = ragsmith("doctor", folder, "--json")
    assert (code, json.loads(out)["rejected"]) == (1, 1)


def test_learn_says_what_it_left_out(folder, ragsmith, tmp_path):
    for number in range(4):
        a_piece(number, bars=8).save(folder / f"{number}.mid")
    (folder / "page.mid").write_text("<html><body>404")
    (folder / "empty.mid").write_bytes(b"")
    (folder / "short.mid").write_bytes(a_piece(9, bars=1).save(tmp_path / "short.mid").read_bytes())
    out = ("--out", tmp_path / "m.ragsmith", "--model", "markov")
    code, text, err = ragsmith("learn", folder, *out, "--json")
    assert code == 0
    files = json.loads(text)["files"]
    assert (files["learnt"] + files["held_out"], files["rejected"]) == (4, 3)
    assert files["reasons"]["page.mid"].startswith("is a web page (HTML), not MIDI; ")
    assert "4 of 7 files learnt from, 3 rejected: empty.mid is empty" in err
    code, text, err = ragsmith("learn", folder / "0.mid", folder / "1.mid", *out, "--force")
    assert code == 0, err
    assert "rejected" not in err


def test_a_book_of_more_tunes_than_anybody_wrote_is_one_file_that_is_refused(tmp_path):
    (tmp_path / "book.abc").write_text("X:1\n" * 10_001)
    (book,) = walk(tmp_path)
    assert book.problem == "is a book of 10,001 tunes; at most 10,000 are read; divide it"
