"""Every file of a folder gets a verdict and a reason, and none takes the scan down."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from ragsmith.corpus import Corpus, NothingUsable, doctor, read_corpus, reading, scan, split_works
from ragsmith.corpus.walk import walk
from ragsmith.errors import BadFile, BadFolder, BadOption
from ragsmith.io import write
from ragsmith.piece import Metre, Note, Piece, regular_bars
from ragsmith.processes import children
from ragsmith.processes.children import Child
from ragsmith.verbs import transpose

ODD_READER = """
import ctypes, os, time
from ragsmith.io.readers import by_suffix
read = by_suffix.read_by_suffix

def odd(path, steps_per_quarter, **options):
    match path.stem:
        case "hangs": time.sleep(600)
        case "spins":
            while True: pass
        case "crashes": ctypes.string_at(0)
        case "leaves": os._exit(3)
        case "hungry": bytearray(4 << 30)
        case "bug": raise KeyError("bug")
        case "chatters": print("noise", flush=True); os.write(1, b"noise")
    return read(path, steps_per_quarter, **options)

by_suffix.read_by_suffix = odd
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of its own for each test."""
    place = tmp_path / "cache"
    monkeypatch.setenv("RAGSMITH_CACHE", str(place))
    return place


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "music"
    place.mkdir()
    return place


def tune(seed, notes=60):
    draw = Random(seed)
    line = tuple(Note(onset, draw.randrange(48, 84), 1) for onset in range(notes))
    return Piece(line, regular_bars(notes, [(0, Metre(2, 4))]))


def pitches(piece):
    return [note.pitch for note in piece.notes]


def add(folder, name, seed=None):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return write(tune(name if seed is None else seed), path)


def verdicts(found):
    return {entry.path: entry.verdict for entry in found.entries}


def reasons(found):
    return {entry.path: entry.reason for entry in found.entries}


def test_a_folder_becomes_a_corpus(folder):
    for name in ("b.mid", "a.mid", "below/c.MID"):
        add(folder, name)
    (folder / "notes.txt").write_text("no music")
    steps = []
    corpus = read_corpus(folder, progress=lambda done, all_: steps.append((done, all_)))
    assert [e.path for e in corpus.usable] == ["a.mid", "b.mid", "below/c.MID"]
    assert len(corpus) == len(corpus.works) == 3
    assert corpus.ignored == 1
    assert steps == [(1, 3), (2, 3), (3, 3)]
    first = next(corpus.pieces())
    assert pitches(first) == pitches(tune("a.mid"))
    assert first.title == "a"
    assert [p.title for p in corpus.pieces(corpus.usable[1:])] == ["b", "c"]
    assert corpus.entries[0].steps_per_quarter == 4
    assert split_works(corpus).held_out


def test_what_is_hidden_or_no_music_is_left_out(folder):
    for name in (".hidden.mid", "._a.mid", ".git/a.mid", "a.mid"):
        add(folder, name)
    (folder / "a.txt").write_bytes(b"")
    assert [(f.path, f.music) for f in walk(folder)] == [("a.mid", True), ("a.txt", False)]


def test_links_are_followed_and_loops_are_harmless(folder, tmp_path):
    add(tmp_path, "elsewhere/x.mid")
    add(folder, "a.mid")
    add(folder, "m/b.mid")
    try:
        (folder / "z").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
        (folder / "loop").symlink_to(folder, target_is_directory=True)
        (folder / "broken.mid").symlink_to(tmp_path / "gone")
        (folder / "a link to m").symlink_to(folder / "m", target_is_directory=True)
    except OSError:
        pytest.skip("no right to make links here")
    found = scan(folder)
    assert list(verdicts(found)) == ["a.mid", "broken.mid", "m/b.mid", "z/x.mid"]
    assert reasons(found)["broken.mid"].startswith("cannot be opened")


def test_what_cannot_be_used_is_rejected_with_a_reason(folder):
    (folder / "empty.mid").write_bytes(b"")
    (folder / "page.mid").write_text("<!DOCTYPE html><html></html>")
    (folder / "words.krn").write_text("words")
    write(tune(1, 9), folder / "few.mid")
    low = tuple(Note(i, i % 21, 1) for i in range(40))
    write(Piece(low, regular_bars(40, [])), folder / "low.mid")
    (folder / "huge.mid").touch()
    os.truncate(folder / "huge.mid", 10**9)
    with pytest.raises(NothingUsable, match="6 music files") as caught:
        read_corpus(folder)
    found = {entry.path: entry.reason for entry in caught.value.entries}
    assert all(found.values())
    assert found["few.mid"] == "holds 9 notes; a piece has at least 16"
    assert found["low.mid"] == "none of its 40 notes lie on the piano's 88 keys"
    assert "954 MB" in found["huge.mid"]
    assert "reader failed" not in found["empty.mid"] + found["page.mid"]


@pytest.mark.skipif(os.name != "posix", reason="pipes as files")
def test_what_is_no_regular_file_is_not_opened(folder):
    os.mkfifo(folder / "pipe.mid")
    assert "no regular file" in reasons(scan(folder))["pipe.mid"]


def test_copies_are_rejected_and_the_best_is_kept(folder):
    add(folder, "a copy.mid", "rag")
    add(folder, "rag.mid", "rag")
    write(transpose(tune("rag"), 3), folder / "in another key.mid")
    add(folder, "other.mid")
    corpus = read_corpus(folder)
    assert [e.path for e in corpus.usable] == ["a copy.mid", "other.mid"]
    found = reasons(corpus)
    assert found["rag.mid"] == "is the same file as a copy.mid"
    assert found["in another key.mid"].startswith(
        "is the same piece as a copy.mid (they share 100%"
    )
    assert len({e.work for e in corpus.entries}) == 2


def test_an_unrepaired_copy_is_kept_before_a_repaired_one(folder):
    piece = tune("rag")
    shifted = tuple(n._replace(onset=3 * n.onset + (i % 9 == 0)) for i, n in enumerate(piece.notes))
    write(Piece(shifted, regular_bars(180, [], 12), 12), folder / "a.mid")
    write(piece, folder / "b.mid")
    found = scan(folder)
    assert verdicts(found) == {"a.mid": "reject", "b.mid": "accept"}


def triplets(share):
    """Sixty notes a quarter apart; in a share of them every other one comes a third late."""
    late = [4 * (i < 60 * share and i % 2) for i in range(60)]
    notes = tuple(Note(12 * i + late[i], 60 + i * i % 11, 4) for i in range(60))
    return Piece(notes, regular_bars(60 * 12 + 12, [], 12), 12)


def test_music_that_moves_to_the_grid_is_repaired_and_says_how_far(folder):
    write(triplets(0.2), folder / "triplets.mid")
    (entry,) = scan(folder, 4).entries
    assert (entry.verdict, entry.steps_per_quarter) == ("repair", 3)
    assert "10% of the onsets moved to the grid of 4 steps a quarter" in entry.reason
    assert "a grid of 3 holds them" in entry.reason
    (entry,) = scan(folder, 12).entries
    assert entry.verdict == "accept"


@pytest.mark.parametrize("share", [0.5, 0.75, 1])
def test_music_whose_rhythm_the_grid_would_change_is_left_out(folder, share):
    write(triplets(share), folder / "triplets.mid")
    (entry,) = scan(folder, 4).entries
    assert (entry.verdict, entry.steps_per_quarter) == ("reject", 3)
    assert entry.reason.startswith("needs a grid of 3 steps a quarter: ")
    (entry,) = scan(folder, 12).entries
    assert entry.verdict == "accept"


def test_unasked_the_grid_is_the_coarsest_that_holds_most_files(folder):
    for number in range(3):
        write(transpose(triplets(1), number), folder / f"triplets-{number}.mid")
    add(folder, "sixteenths.mid")
    assert scan(folder).cache.manner.steps_per_quarter == 3
    assert scan(folder, 4).cache.manner.steps_per_quarter == 4
    for name in ("a.mid", "b.mid"):
        add(folder, name)
    assert scan(folder).cache.manner.steps_per_quarter == 4


def test_a_file_that_ends_a_reader_ends_nothing_else(folder, tmp_path, monkeypatch):
    odd = tmp_path / "odd"
    odd.mkdir()
    (odd / "sitecustomize.py").write_text(ODD_READER)
    monkeypatch.setenv("PYTHONPATH", str(odd), prepend=os.pathsep)
    budget = reading.BUDGET._replace(processor_seconds=1.0, seconds=4.0)
    monkeypatch.setattr(reading, "BUDGET", budget)
    for name in ("hangs", "spins", "crashes", "leaves", "hungry", "bug", "chatters", "sound"):
        add(folder, f"{name}.mid")
    found = reasons(scan(folder, workers=2))
    assert found["hangs.mid"] == found["spins.mid"]
    assert found["hangs.mid"] == "takes longer than 1 seconds to read; leave it out"
    assert found["crashes.mid"].startswith("crashes the reader")
    assert found["leaves.mid"] == "crashes the reader (exit status 3); leave it out"
    assert found["bug.mid"].startswith("the reader failed on it (KeyError: 'bug');")
    assert found["chatters.mid"] == found["sound.mid"] == ""
    if sys.platform == "linux":
        assert "too much memory" in found["hungry.mid"]
    monkeypatch.delenv("PYTHONPATH")
    again = verdicts(scan(folder))
    assert again["hangs.mid"] == again["crashes.mid"] == "accept", "a death is not for ever"


def test_the_second_time_nothing_is_read(folder, monkeypatch):
    for name in ("a.mid", "b.mid"):
        add(folder, name)
    # Files as new as these are not trusted to be the same without a look.
    monkeypatch.setattr("ragsmith.corpus.cache.A_MOMENT", -(10**10))
    first = read_corpus(folder)
    monkeypatch.setattr(children, "Child", None)
    monkeypatch.setattr("hashlib.file_digest", None)
    second = read_corpus(folder)
    assert second.entries == first.entries
    assert list(second.pieces()) == list(first.pieces())


def test_a_renamed_file_is_known_by_its_content(folder, monkeypatch):
    add(folder, "a.mid")
    read_corpus(folder)
    (folder / "a.mid").rename(folder / "b.mid")
    monkeypatch.setattr(children, "Child", None)
    corpus = read_corpus(folder)
    assert [p.title for p in corpus.pieces()] == ["b"]


def test_a_changed_file_is_read_again(folder):
    add(folder, "a.mid", 1)
    assert pitches(next(read_corpus(folder).pieces())) == pitches(tune(1))
    add(folder, "a.mid", 2)
    assert pitches(next(read_corpus(folder).pieces())) == pitches(tune(2))


def test_a_lost_or_damaged_cache_is_made_anew(folder, cache):
    add(folder, "a.mid")
    corpus = read_corpus(folder)
    for kept in cache.rglob("*.npz"):
        kept.write_bytes(kept.read_bytes()[:100])
    assert pitches(next(corpus.pieces())) == pitches(tune("a.mid"))
    for kept in cache.rglob("*.npz"):
        kept.unlink()
    assert pitches(next(corpus.pieces())) == pitches(tune("a.mid"))
    for kept in cache.rglob("*.npz"):
        kept.unlink()
    (folder / "a.mid").unlink()
    with pytest.raises(BadFile, match="has changed since its folder was read"):
        next(corpus.pieces())


def test_names_that_are_not_text_survive(folder):
    names = ["line\nbreak.mid"]
    if sys.platform == "linux":
        names.append(os.fsdecode(b"\xff\xfe.mid"))
    for seed, name in enumerate(names):
        add(folder, "new.mid", seed).rename(folder / name)
    report = doctor(folder)
    assert {f["path"]: f["verdict"] for f in report["files"]} == dict.fromkeys(names, "accept")
    assert doctor(folder) == json.loads(json.dumps(report))


def test_the_report_has_the_promised_keys(folder):
    add(folder, "a.mid")
    (folder / "b.mid").write_bytes(b"")
    report = doctor(folder)
    assert (report["accepted"], report["repaired"], report["rejected"]) == (1, 0, 1)
    expected = {"path": "a.mid", "verdict": "accept", "reason": "", "notes": 60}
    assert report["files"][0] == expected | {"steps_per_quarter": 4}
    assert report == read_corpus(folder).report


def test_a_grid_that_does_not_exist_is_refused(folder):
    with pytest.raises(BadOption, match="2 3 4 6 8 12 24"):
        scan(folder, 5)


def test_two_scans_at_once_share_a_cache(folder):
    for seed in range(8):
        add(folder, f"{seed}.mid", seed)
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(scan, [folder, folder])
    assert one.entries == other.entries
    assert set(verdicts(one).values()) == {"accept"}


def test_a_scan_that_is_given_up_leaves_no_process(folder, monkeypatch):
    for seed in range(8):
        add(folder, f"{seed}.mid", seed)
    started = []
    monkeypatch.setattr(
        children, "Child", lambda **given: started.append(Child(**given)) or started[-1]
    )

    def give_up(done, all_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(folder, workers=2, progress=give_up)
    assert started
    assert not any(child.alive for child in started)


def test_a_folder_without_music_is_refused(folder):
    with pytest.raises(BadFolder, match="is no folder"):
        read_corpus(folder / "gone")
    with pytest.raises(BadFolder, match="holds no music files;"):
        read_corpus(folder)
    (folder / "a.txt").write_bytes(b"")
    with pytest.raises(BadFolder, match="among its 1 file;"):
        doctor(folder)
    with pytest.raises(BadFolder, match="is no music file, and no folder"):
        read_corpus(folder / "a.txt")


def test_a_script_without_a_main_guard_works_and_loads_no_reader(folder):
    add(folder, "a.mid")
    script = folder / "script.py"
    script.write_text(
        "import sys, ragsmith.corpus\n"
        f"print(len(ragsmith.corpus.read_corpus({str(folder)!r})))\n"
        "print([name for name in ('jax', 'keras', 'symusic', 'verovio') if name in sys.modules])\n"
    )
    said = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert said.stdout.split("\n")[:2] == ["1", "[]"]


def test_a_corpus_is_frozen():
    with pytest.raises(AttributeError):
        Corpus(Path(), (), 0, None).folder = Path("other")


@pytest.mark.corpus
def test_all_rags_can_be_learnt_from(shared):
    corpus = read_corpus(shared / "corpora/joplin/midi")
    assert len(corpus) == len(corpus.works) == 39
    split = split_works(corpus)
    assert [len(part) for part in (split.train, split.held_out, split.test)] == [29, 5, 5]


@pytest.mark.slow
@pytest.mark.corpus
def test_every_file_of_the_wild_has_a_sensible_verdict(shared):
    found = verdicts(scan(shared / "corpora/midi-in-the-wild"))
    assert len(found) == 47
    assert found["truncated-chunk.mid"] == "repair"
    swung = {path for path, verdict in found.items() if verdict == "reject"}
    finer = verdicts(scan(shared / "corpora/midi-in-the-wild", 12))
    assert len(swung) == 5
    assert sum(finer[path] == "accept" for path in swung) >= 2
