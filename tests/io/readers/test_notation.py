"""Scores: one march in four formats, what is peculiar to each, and files that are not scores."""

from __future__ import annotations

import io
import string
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.errors import BadFile
from ragsmith.io.readers import file_bytes, xml_file
from ragsmith.io.readers.exact_score import TICKS
from ragsmith.io.readers.notation import read_notation
from ragsmith.io.readers.repeats import Measure, repeated_sections
from ragsmith.piece import Bar, Hand, Key, Metre, Tempo
from ragsmith.playing_order import unfold

DATA = Path(__file__).parent / "data"
FORMATS = ("krn", "abc", "musicxml", "mei")
R, L, U = Hand.RIGHT, Hand.LEFT, Hand.UNKNOWN


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_march_is_the_same_in_every_format(suffix: str) -> None:
    read = read_notation(DATA / f"march.{suffix}", 12)
    march = read.piece
    two_four = Metre(2, 4)
    assert [(n.onset, n.pitch, n.duration) for n in march.notes if n.hand is R] == [
        (0, 78, 6),
        (6, 74, 12),
        (18, 76, 4),
        (22, 77, 4),
        (26, 74, 4),
        (30, 73, 12),
        (42, 71, 36),
        (78, 71, 24),
    ]
    assert [(n.onset, n.pitch, n.duration) for n in march.notes if n.hand is L] == [
        (6, 50, 6),
        (12, 62, 6),
        (18, 57, 6),
        (24, 62, 6),
        (30, 57, 12),
        (42, 54, 6),
        (48, 57, 6),
        (48, 61, 6),
        (54, 47, 24),
        (54, 50, 24),
        (78, 47, 24),
        (78, 50, 24),
    ]
    assert march.bars == (
        Bar(0, 6, two_four, 18),
        *(Bar(start, 24, two_four) for start in (6, 30, 54, 78)),
    )
    assert march.keys == (Key(0, 2, minor=True),)
    assert march.tempos == (Tempo(0, 666667),)
    assert [tuple(s) for s in march.sections] == [
        ("A", 0, 6),
        ("B", 6, 54),
        ("B1", 54, 78),
        ("B2", 78, 102),
    ]
    assert march.order == ("A", "B", "B1", "B", "B2")
    assert (march.title, march.composer) == ("Little March", "Ann Other")
    assert (read.moved.share, read.fitting_grid) == (0.0, 6)
    more = ("the first of 2 tunes; march.abc#2 names the second",)
    assert read.repairs == (more if suffix == "abc" else ())


def test_on_a_coarse_grid_triplets_are_moved() -> None:
    read = read_notation(DATA / "march.krn", 4)
    assert read.moved.share == pytest.approx(2 / 20)
    assert read.moved.largest == pytest.approx(1 / 12)


def test_a_tie_into_a_second_ending_is_played_as_one_note() -> None:
    march = read_notation(DATA / "march.krn", 12).piece
    assert [(n.onset, n.duration) for n in unfold(march).notes if n.pitch == 71] == [
        (42, 36),
        (114, 36),
    ]


def test_compressed_musicxml(tmp_path: Path) -> None:
    score = (DATA / "march.musicxml").read_bytes()
    container = '<container><rootfiles><rootfile full-path="a/march.xml"/></rootfiles></container>'
    for files in (
        {"META-INF/container.xml": container, "other.xml": "<no/>", "a/march.xml": score},
        {"march.musicxml": score},
    ):
        path = tmp_path / "march.mxl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        same, kern = read_notation(path, 12).piece, read_notation(DATA / "march.krn", 12).piece
        assert same == replace(kern, markings=same.markings)


def bars(*signs: str) -> list[Measure]:
    """A whole bar for each text: | is plain, |: and :| repeat, digits are passes of an ending."""
    return [
        Measure(
            4 * TICKS * n,
            4 * TICKS,
            Metre(4, 4),
            sign.startswith("|:"),
            sign.endswith(":|"),
            tuple(int(c) for c in sign if c.isdigit()),
        )
        for n, sign in enumerate(signs)
    ]


@pytest.mark.parametrize(
    ("signs", "order"),
    [
        (("|", "|"), ""),
        (("|", ":|", "|"), "A A B"),
        (("|", "|:", ":|"), "A B B"),
        (("|: :|", "|: :|"), "A A B B"),
        (("|:", "1:|", "2"), "A A1 A A2"),
        (("|:", "12:|", "3"), "A A1 A A1 A A3"),
        (("|:", "1:|", "3"), ""),
        (("1:|", "2"), ""),
    ],
)
def test_repeat_signs_give_a_playing_order(signs: tuple[str, ...], order: str) -> None:
    assert " ".join(repeated_sections(bars(*signs))[1]) == order


BOMB = '<!DOCTYPE mei [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><mei>&b;</mei>'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.krn", b"", "is empty"),
        ("a.abc", b" \n", "is empty"),
        ("a.krn", b"<!DOCTYPE html><html></html>", "is a web page"),
        ("a.krn", bytes(range(256)), "is not sound krn"),
        ("a.krn", b"**kern\n4r\n*-\n", "holds no notes"),
        ("a.krn", b"**kern\n256c\n*-\n", "is shorter than a step"),
        ("a.abc", bytes(range(128, 256)) * 9, "is not sound abc"),
        ("a.xml", b"<html><body>404</body></html>", "root <html>"),
        ("a.xml", b"<score-timewise/>", "holds no notes"),
        ("a.mei", b"<mei>", "is not well-formed XML"),
        ("a.musicxml", b"\x00\xff\xfe", "is not well-formed XML"),
        ("a.mei", BOMB.encode(), "declares XML entities"),
        ("a.mei", BOMB.encode("utf-16"), "declares XML entities"),
        ("a.mei", b"<a>" * 200 + b"</a>" * 200, "nests elements deeper"),
        ("a.mei", b"<mei/>", "it has no score"),
        ("a.xml", b"<score-partwise/>", "holds no notes"),
        ("a.mxl", b"PK\x03\x04 and no more", "is a damaged archive"),
        ("a.xml", b"<museScore><Score/></museScore>", "is a MuseScore file"),
        ("a.krn", b"X:1\nK:C\nCDEF|\n", "is ABC; give it a name that ends in .abc"),
        ("a.abc", b"!!!OTL: T\n**kern\n4c\n*-\n", "is kern; give it a name that ends in .krn"),
        ("a.abc", b"MThd\0\0\0\6\0\0\0\1\0\x60", "is a MIDI file"),
    ],
)
def test_what_is_no_score_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadFile) as caught:
        read_notation(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(name)
    assert "\n" not in str(caught.value)


def archive_of(**files: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return stream.getvalue()


def container(path: str, quote: str = '"') -> bytes:
    rootfile = f"<rootfile full-path={quote}{path}{quote}/>"
    space = "urn:oasis:names:tc:opendocument:xmlns:container"
    return f'<container xmlns="{space}"><rootfiles>{rootfile}</rootfiles></container>'.encode()


@pytest.mark.parametrize(
    ("listed", "member"),
    [
        (container("a.musicxml", "'"), "a.musicxml"),
        (container("/a.musicxml"), "a.musicxml"),
        (container("./in/a b.musicxml"), "in/a b.musicxml"),
        (container("in\\a.xml"), "in/a.xml"),
        (container("\u00c9tude &amp; \u97f3.xml"), "\u00c9tude & \u97f3.xml"),
        (container("a.xml").decode().encode("utf-16"), "a.xml"),
        (container("A.XML"), "a.xml"),
        (container("gone.xml"), "B.MUSICXML"),
        (b"not XML", "b.musicxml"),
    ],
)
def test_the_container_says_where_the_score_is(tmp_path: Path, listed: bytes, member: str) -> None:
    plain = (DATA / "march.musicxml").read_bytes()
    path = tmp_path / "march.mxl"
    is_listed = member.lower() != "b.musicxml"
    others = {"0.xml": b"<x/>"} if is_listed else {"__MACOSX/0.xml": b"\0", "._0.xml": b"\0"}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {"META-INF/container.xml": listed, **others, member: plain}.items():
            archive.writestr(name, data)
    assert read_notation(path).piece == read_notation(DATA / "march.musicxml").piece


@pytest.mark.parametrize("suffix", ["krn", "abc"])
@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_text_in_any_encoding_and_with_any_line_ends(
    tmp_path: Path, suffix: str, ends: str, encoding: str
) -> None:
    path = tmp_path / f"march.{suffix}"
    path.write_bytes((DATA / path.name).read_text().replace("\n", ends).encode(encoding))
    assert read_notation(path).piece == read_notation(DATA / path.name).piece


def test_namespaces_and_what_follows_the_score_change_nothing(tmp_path: Path) -> None:
    plain = (DATA / "march.musicxml").read_text()
    path = tmp_path / "march.musicxml"
    path.write_text(plain.replace("<score-partwise", '<score-partwise xmlns="urn:x"') + "\0\0")
    assert read_notation(path).piece == read_notation(DATA / path.name).piece


def test_sizes_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.mxl"
    monkeypatch.setattr(xml_file, "MOST_UNPACKED", 1000)
    for content, said in (
        (archive_of(a_xml="<a>" + " " * 10_000), "unpacks to more than"),
        (archive_of(a_txt="no score"), "an archive without a score"),
    ):
        path.write_bytes(content)
        with pytest.raises(BadFile, match=said):
            read_notation(path)
    monkeypatch.setattr(file_bytes, "MOST_BYTES", 10)
    with pytest.raises(BadFile, match="MiB"):
        read_notation(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path, rule in ((tmp_path, "is a folder"), (tmp_path / "none.krn", "cannot be opened")):
        with pytest.raises(BadFile, match=rule):
            read_notation(path)


def test_endless_scores_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.krn"
    path.write_text("**kern\n" + "0000c\n" * 9999 + "*-\n")
    with pytest.raises(BadFile, match="is longer than"):
        read_notation(path)


mutations = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 12),
        st.text(string.printable, max_size=6),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("suffix", ["krn", "abc", "mei", "musicxml"])
@given(edits=mutations)
def test_a_damaged_score_is_read_or_refused(
    suffix: str, edits: list[tuple[float, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = (DATA / f"march.{suffix}").read_text()
    for where, lost, new in edits:
        place = int(where * len(text))
        text = text[:place] + new + text[place + lost :]
    path = tmp_path_factory.getbasetemp() / f"damaged.{suffix}"
    path.write_text(text, encoding="utf-8")
    try:
        read = read_notation(path).piece
    except BadFile:
        return
    assert read.notes
    assert all(0 <= n.onset < n.onset + n.duration <= read.steps for n in read.notes)
    assert [b.start for b in read.bars] == [
        sum(b.length for b in read.bars[:n]) for n in range(len(read.bars))
    ]
    assert unfold(read).bars
