"""Titles in the encodings that files are found in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.io import read
from ragsmith.io.readers.encodings import decoded
from support.smf import END_OF_TRACK, NOTE, chunk, raw

TITLES = {
    "shift-jis": (
        "夢のワルツ",
        "月の光",
        "革命",
        "さくら",
        "夜想曲 第2番",
        "ソナタ op.27",
        "組曲VII",
    ),
    "latin-1": ("Prélude", "Für Elise", "Étude Op. 10", "Noël", "À la Valse", "Ça va", "Où est-il"),
    "cp1252": ("L’été", "“Für Elise” – Beethoven", "Mazurka nº 3", "Canción"),
    "cp1251": ("Вальс", "Лунная соната", "Этюд № 3"),
    "cp949": ("아리랑", "피아노 소나타"),
    "gb18030": ("月亮代表我的心", "梁祝"),
    "cp950": ("月光曲", "夢中的婚禮"),
    "euc-jp": ("夢のワルツ", "ピアノの森"),
    "koi8-r": ("Вальс", "Лунная соната"),
    "utf-8": ("Prélude", "夢のワルツ", "Вальс", "Maple Leaf Rag"),
    "utf-8-sig": ("Prélude", "Maple Leaf Rag"),
    "utf-16": ("Valse", "夢のワルツ", "Prélude"),
    "utf-16-le": ("Valse", "Maple Leaf Rag"),
    "utf-16-be": ("Valse", "Maple Leaf Rag"),
    "ascii": ("Maple Leaf Rag", "Op. 10 No. 3"),
}


@pytest.mark.parametrize(
    ("encoding", "text"), [(e, t) for e, texts in TITLES.items() for t in texts]
)
def test_titles_are_read_in_the_encoding_that_makes_words_of_them(encoding, text):
    assert decoded(text.encode(encoding)) == text
    assert decoded(text.encode(encoding) + b"\0") == text


@given(st.binary(max_size=60))
def test_whatever_the_bytes_what_comes_out_is_printable(data):
    assert all(c.isprintable() or c.isspace() for c in decoded(data))


@pytest.mark.parametrize("noise", [b"\xff\xfe\x01", b"\x80\x81\xfd\xfe\xff", b"\xc0\x01\xc1\x02"])
def test_what_is_no_text_is_no_title(tmp_path, noise):
    name = b"\0\xff\x03" + bytes((len(noise),)) + noise
    path = raw(tmp_path / "my rag.mid", chunk(name + NOTE * 3 + END_OF_TRACK))
    assert read(path).title == ""


@pytest.mark.parametrize(
    ("encoding", "title"),
    [("shift-jis", "夢のワルツ"), ("utf-16", "Valse"), ("latin-1", "Prélude")],
)
def test_a_file_and_its_score_bear_the_title(ragsmith, tmp_path, encoding, title):
    name = title.encode(encoding)
    track = b"\0\xff\x03" + bytes((len(name),)) + name + NOTE * 4 + END_OF_TRACK
    path = raw(tmp_path / "x.mid", chunk(track))
    assert read(path).title == title
    assert ragsmith("export", path, tmp_path / "x.musicxml")[0] == 0
    assert title in (tmp_path / "x.musicxml").read_text("utf-8")


@pytest.mark.parametrize(("name", "title"), [("Piano", ""), ("Violin I", ""), ("Valse", "Valse")])
def test_the_name_of_a_part_is_no_title(tmp_path, name, title):
    named = b"\0\xff\x03" + bytes((len(name),)) + name.encode()
    path = raw(tmp_path / "my rag.mid", chunk(named + NOTE * 3 + END_OF_TRACK))
    assert read(path).title == title
