"""Files after a power cut, on a disk that forgets what was not put on it."""

import errno
import os
import sys

import numpy as np
import pytest

from ragsmith.bundle.bundle import save_bundle
from ragsmith.corpus.cache_files import store
from ragsmith.corpus.record import Record
from ragsmith.errors import BadFile
from ragsmith.files import clear_leftovers, make_folder, whole_file, write_whole
from ragsmith.io import write
from ragsmith.training.checkpoint import Checkpoint, write_checkpoint
from support.fakes import a_piece, a_rag, indexed, untrained
from support.power_cut import PowerCut

PIECE = a_piece(bars=2)
OLD = b"what was there before"
CALLS = ["sync file", "rename", "sync folder"]
WRITINGS = {
    "text.md": lambda path: write_whole(path, b"text"),
    "model.ragsmith": lambda path: save_bundle(indexed(untrained("element", [a_rag()])), path),
    "m.learning": lambda path: write_checkpoint(
        Checkpoint("", {}, (), {"a": np.ones(3)}, {}), path
    ),
    "piece.npz": lambda path: store(path, Record(""), PIECE, durable=True),
    "piece.mid": lambda path: write(PIECE, path),
    "piece.musicxml": lambda path: write(PIECE, path),
    "piece.wav": lambda path: write(PIECE, path),
}


@pytest.fixture
def disk(tmp_path, monkeypatch):
    """Makes a disk of the folder as it is."""
    made = []

    def make():
        made.append(PowerCut(tmp_path, monkeypatch))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.mark.parametrize("name", WRITINGS)
@pytest.mark.parametrize("before", [None, OLD])
def test_after_a_power_cut_a_file_is_whole_old_or_whole_new(tmp_path, disk, name, before):
    path = tmp_path / name
    if before:
        path.write_bytes(before)
    cut = disk()
    WRITINGS[name](path)
    written = path.read_bytes()
    assert written != before
    assert cut.calls == CALLS
    assert cut.ever(name) == {before, written}
    assert cut.after_a_cut(name) == {written}
    assert all(set(moment) <= {name, *_temporary(moment)} for moment in cut.moments)


def _temporary(names):
    return {name for name in names if name.startswith(".") and name.endswith(".part")}


def test_the_disk_forgets_what_was_not_put_on_it(tmp_path, disk):
    """The test's own disk: without syncs an empty file may stand where the old one was."""
    (tmp_path / "cache").write_bytes(OLD)
    cut = disk()
    write_whole(tmp_path / "cache", b"new", durable=False)
    assert cut.calls == ["rename"]
    assert cut.after_a_cut("cache") == {OLD, b""}


def test_a_cache_is_not_put_on_the_disk_piece_by_piece(tmp_path, disk):
    cut = disk()
    store(tmp_path / "a.npz", Record(""), PIECE)
    assert cut.calls == ["rename"]


def test_folders_that_cannot_be_synced_are_let_be(tmp_path, monkeypatch):
    """As on Windows, which opens no folder, and on network drives, which sync none."""
    opened, synced = os.open, os.fsync

    def no_folders(path, *arguments, **named):
        if os.path.isdir(path):
            raise PermissionError(errno.EACCES, "closed")
        return opened(path, *arguments, **named)

    def no_syncs(descriptor):
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            raise OSError(errno.EINVAL, "no such thing")
        synced(descriptor)

    with monkeypatch.context() as windows:
        windows.setattr("os.open", no_folders)
        assert write_whole(tmp_path / "a", b"a").read_bytes() == b"a"
    if sys.platform == "linux":
        monkeypatch.setattr("os.fsync", no_syncs)
        assert write_whole(tmp_path / "b", b"b").read_bytes() == b"b"


def test_a_disk_that_fails_to_sync_is_told(tmp_path, monkeypatch):
    def fails(descriptor):
        raise OSError(errno.EIO, "Input/output error")

    (tmp_path / "a").write_bytes(OLD)
    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(BadFile, match=r"cannot be written \(input/output error\)"):
        write_whole(tmp_path / "a", b"new")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [OLD]


def test_what_is_written_piece_by_piece_is_put_on_the_disk_too(tmp_path, disk):
    cut = disk()
    with whole_file(tmp_path / "a") as temporary, open(temporary, "xb") as file:
        file.write(b"half ")
        file.write(b"and half")
    assert cut.calls == CALLS
    assert cut.after_a_cut("a") == {b"half and half"}


def test_folders_that_are_made_outlast_a_power_cut(tmp_path, monkeypatch):
    synced = []
    fsync = os.fsync

    def record(descriptor):
        fsync(descriptor)
        synced.append(os.fstat(descriptor).st_ino)

    monkeypatch.setattr("os.fsync", record)
    place = tmp_path / "a" / "b"
    assert make_folder(place) == place
    assert synced == [tmp_path.stat().st_ino, (tmp_path / "a").stat().st_ino]
    make_folder(place)
    assert len(synced) == 2
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "file")


def test_a_temporary_file_is_cleared_for_its_own_path_only(tmp_path, monkeypatch):
    kept, cleared = tmp_path / ("é" * 120), tmp_path / "b"  # 240 bytes: no room for a suffix
    with monkeypatch.context() as killed:
        killed.setattr("os.replace", lambda *_: (_ for _ in ()).throw(SystemExit))
        killed.setattr("pathlib.Path.unlink", lambda *_, **__: None)
        for path in (kept, cleared):
            with pytest.raises(SystemExit):
                write_whole(path, b"half")
    assert len(list(tmp_path.iterdir())) == 2
    clear_leftovers(cleared)
    assert len(list(tmp_path.iterdir())) == 1
    assert write_whole(kept, b"whole").read_bytes() == b"whole"
    clear_leftovers(kept)
    assert list(tmp_path.iterdir()) == [kept]


def test_a_failed_writing_leaves_nothing_behind(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadFile, match="cannot be written"):
        write_whole(tmp_path / "folder", b"data")
    with pytest.raises(BadFile, match="cannot be written"):
        write_whole(tmp_path / "none" / "a", b"data")
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]
