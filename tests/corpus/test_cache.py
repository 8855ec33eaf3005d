"""What is kept comes back as it was, or not at all."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ragsmith
from ragsmith.corpus.cache import ROOMS, Cache, Seen, Stamp, default_cache, writable_cache
from ragsmith.corpus.cache_files import load_piece, load_record, pack, store, unpack
from ragsmith.corpus.duplicates import fingerprint
from ragsmith.corpus.record import Manner, Record
from ragsmith.errors import BadFolder
from ragsmith.piece import Hand, Key, Metre, Note, Piece, Section, Tempo, normalise, regular_bars
from ragsmith.quantise import Moved

NOTES = st.builds(
    Note,
    st.integers(0, 60),
    st.integers(0, 127),
    st.integers(1, 9),
    st.integers(1, 127),
    st.sampled_from(Hand),
)
TEXTS = st.text(max_size=9)
PIECES = st.builds(
    Piece,
    st.lists(NOTES, max_size=30).map(normalise),
    st.just(regular_bars(80, [(0, Metre(2, 4)), (32, Metre(6, 8))], pickup=3)),
    st.sampled_from((4, 24)),
    st.just((Key(0, -3), Key(16, 2, True))),
    st.just((Tempo(0, 500_000),)),
    st.lists(st.builds(Section, TEXTS, st.just(0), st.just(8)), max_size=3).map(tuple),
    st.just(()),
    TEXTS,
    TEXTS,
)
RECORDS = st.builds(
    Record,
    TEXTS,
    st.lists(TEXTS, max_size=2).map(tuple),
    st.integers(0, 99),
    st.integers(0, 99),
    st.sampled_from((None, 4, 12)),
    st.sampled_from((None, Moved(0.25, 0.125, 0.5))),
    st.integers(0, 99),
    st.lists(TEXTS, max_size=2).map(tuple),
    st.sampled_from((0.5, 1.0)),
    st.none(),
) | PIECES.map(
    lambda p: Record("", (), len(p.notes), 9, 4, None, p.steps, (), 1.0, fingerprint(p.notes))
)
TUNE = Piece(tuple(Note(i, 60 + i * i % 11, 1) for i in range(40)), regular_bars(40, []))
KNOWN = Record("", (), 40, 40, 4, Moved(0, 0, 0), 16, (), 1.0, fingerprint(TUNE.notes))


def same(one: Record, other: Record) -> bool:
    """Equality of records, arrays included."""
    (rows, hashes), (others, other_hashes) = pack([one]), pack([other])
    return str(rows) == str(others) and np.array_equal(hashes, other_hashes)


@given(st.lists(RECORDS, max_size=4))
def test_records_come_back(records):
    rows, hashes = pack(records)
    assert all(same(new, old) for new, old in zip(unpack(rows, hashes), records, strict=True))


@settings(max_examples=50)
@given(RECORDS, PIECES)
def test_a_piece_and_its_record_come_back(tmp_path_factory, record, piece):
    path = tmp_path_factory.mktemp("kept") / "new" / "a.npz"
    store(path, record, piece)
    assert same(load_record(path), record)
    assert load_piece(path) == piece
    assert [p.name for p in path.parent.iterdir()] == ["a.npz"]


def test_what_cannot_be_read_has_a_record_and_no_piece(tmp_path):
    store(tmp_path / "a.npz", Record("is empty"), None)
    assert load_record(tmp_path / "a.npz") == Record("is empty")
    assert load_piece(tmp_path / "a.npz") is None


@given(st.data())
def test_damage_is_noticed(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("kept") / "a.npz"
    store(path, KNOWN, TUNE)
    sound = path.read_bytes()
    place = data.draw(st.integers(0, len(sound) - 1))
    if data.draw(st.booleans()):
        damaged = sound[:place]
    else:
        damaged = bytearray(sound)
        damaged[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(damaged)
    record, piece = load_record(path), load_piece(path)
    assert record is None or same(record, KNOWN)
    assert piece in (None, TUNE)


def test_nothing_kept_is_a_pickle(tmp_path):
    store(tmp_path / "a.npz", KNOWN, TUNE)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays)


def test_a_folder_is_remembered(tmp_path):
    cache = Cache(tmp_path / "cache", Manner(4))
    assert cache.seen(tmp_path) == {}
    odd = os.fsdecode(b"line\nbreak \xff.mid")
    entry = Seen(Stamp(1, 2, 3), "abc", KNOWN)
    cache.remember(tmp_path, {"a/b.mid": entry, odd: entry})
    back = cache.seen(tmp_path)
    assert list(back) == ["a/b.mid", odd]
    assert back[odd][:2] == entry[:2]
    assert same(back[odd].record, KNOWN)
    assert Cache(tmp_path / "cache", Manner(12)).seen(tmp_path) == {}
    (kept,) = (tmp_path / "cache" / "folders").iterdir()
    kept.write_bytes(b"damaged")
    assert cache.seen(tmp_path) == {}


def test_a_file_that_was_changed_a_moment_ago_is_not_trusted(tmp_path):
    cache = Cache(tmp_path / "cache", Manner(4))
    (tmp_path / "a.mid").write_bytes(b"new")
    now = (tmp_path / "a.mid").stat().st_mtime_ns
    cache.remember(tmp_path, {"a.mid": Seen(Stamp(3, now, now), "abc", KNOWN)})
    assert cache.seen(tmp_path) == {}


def test_content_kind_and_grid_each_have_their_place(tmp_path):
    cache = Cache(tmp_path, Manner(4))
    places = {cache.place("ab", "x.mid"), cache.place("ab", "x.krn"), cache.place("cd", "x.mid")}
    places.add(Cache(tmp_path, Manner(12)).place("ab", "x.mid"))
    assert len(places) == 4
    assert cache.place("ab", "x.mid") == cache.place("ab", "below/y.MID")


def test_the_environment_names_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "mine"))
    assert default_cache() == tmp_path / "mine"
    assert writable_cache(None) == tmp_path / "mine"
    monkeypatch.delenv("RAGSMITH_CACHE")
    assert default_cache().name == "corpus"


def test_a_cache_that_cannot_be_written_is_replaced_for_the_time_being(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    place = writable_cache(tmp_path / "file" / "below")
    assert place.is_dir()
    assert tmp_path not in place.parents
    with pytest.raises(BadFolder, match="RAGSMITH_CACHE"):
        store(tmp_path / "file" / "below" / "a.npz", KNOWN, TUNE)


def test_whatever_readers_use_makes_the_cache_stale():
    house = Path(ragsmith.__file__).parent
    sources = [*(house / "io" / "readers").glob("*.py"), house / "chords.py"]
    used = {
        name
        for source in sources
        for name in re.findall(r"^from ragsmith\.(\w+) import", source.read_text("utf-8"), re.M)
    }
    assert used - {"errors", "io"} <= set(ROOMS)
