"""Checking a piece by anyone, in Python and as it is typed."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragsmith.bundle.bundle import Bundle, Card, Source, save_bundle
from ragsmith.corpus import read_corpus
from ragsmith.errors import BadBundle
from ragsmith.io import read
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.originality.check import check
from ragsmith.originality.corpora import CorpusIndex
from ragsmith.originality.gate import Guarantee, NotOriginal, check_originality
from ragsmith.originality.index import passages_of
from ragsmith.originality.runs import Run, index_of, longest_runs
from ragsmith.originality.search import Limits, Originality, as_played, checked_limits
from ragsmith.piece import Hand, Note, Piece, Section, normalise
from ragsmith.verbs import clip, regrid, transpose
from support.fakes import a_rag, indexed

RAGS = [a_rag(seed, bars=10) for seed in range(3)]
SHARED = {"beats", "file", "at_beat", "in_file_at_beat", "transposition", "of"}


def with_stolen(piece, bars=2, at=16, by=3):
    """The piece with bars 4 and 5 of the second rag in it, in another key."""
    stolen = transpose(clip(RAGS[1], 32, 32 + 8 * bars), by)
    kept = [n for n in piece.notes if not at <= n.onset < at + stolen.steps]
    moved = [n._replace(onset=n.onset + at) for n in stolen.notes]
    return replace(piece, notes=normalise(kept + moved))


THIEF = with_stolen(a_rag(9, bars=10))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Three files in a folder."""
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rags").mkdir()
    for number, rag in enumerate(RAGS):
        rag.save(tmp_path / "rags" / f"{number}.mid")
    return tmp_path / "rags"


@pytest.fixture
def bundle(folder):
    """A model of these files."""
    sources = tuple(Source(f"{number}.mid", "00", "train") for number in range(3))
    model = MarkovLearner(MarkovConfig(order=2, transpositions=False), RAGS[:1]).model()
    pieces = [read(path) for path in sorted(folder.iterdir())]
    return indexed(model, corpus=pieces, card=Card(sources=sources))


# In Python


def test_where_it_stands_here_and_there(folder, bundle):
    for against in (read_corpus(folder), bundle):
        found = check(THIEF, against)
        assert found.longest_texture.file == "1.mid"
        assert found.longest_texture.transposition == 3
        assert found.longest_texture.beats >= 3.5
        shift = found.longest_texture.in_file_at_beat - found.longest_texture.at_beat
        assert shift == 4
        assert 3 <= found.longest_texture.at_beat <= 4
        assert found.within_limits is False
        assert found.files == 3


def test_against_a_folder_and_against_its_model_the_same_is_found(folder, bundle):
    exact, sealed = check(THIEF, read_corpus(folder)), check(THIEF, bundle)
    assert exact == sealed
    honest = a_rag(8)
    exact, sealed = (check(honest, each) for each in (read_corpus(folder), bundle))
    for told, found in zip(exact.as_json().values(), sealed.as_json().values(), strict=True):
        assert found == told or (found is None and told["beats"] <= 1)


def test_limits_decide_the_verdict(folder):
    corpus = read_corpus(folder)
    runs = check(THIEF, corpus)
    texture, melody = runs.longest_texture.beats, runs.longest_melody.beats
    assert check(THIEF, corpus, Limits(texture, melody)).within_limits
    assert not check(THIEF, corpus, Limits(texture - 0.25, melody)).within_limits
    assert not check(THIEF, corpus, Limits(texture, melody - 0.25)).within_limits


def test_repeats_are_played(folder):
    head, tail = clip(RAGS[1], 40, 48), clip(RAGS[1], 32, 40)
    moved = tuple(n._replace(onset=n.onset + 8) for n in tail.notes)
    strain = Piece(head.notes + moved, clip(RAGS[1], 0, 16).bars, sections=(Section("A", 0, 16),))
    once, twice = (
        check(replace(strain, order=order), read_corpus(folder)) for order in ((), ("A", "A"))
    )
    assert once.longest_texture.beats <= 2 < 3.25 <= twice.longest_texture.beats


def test_a_model_without_an_index_cannot_tell():
    with pytest.raises(BadBundle, match="has no index of its corpus"):
        check(THIEF, Bundle(MarkovLearner(MarkovConfig(order=1), RAGS[:1]).model()))


def test_a_file_that_the_card_does_not_name_has_a_number(bundle):
    nameless = bundle._replace(passages=(CorpusIndex(bundle.passages[0].passages),))
    assert check(THIEF, nameless).longest_texture.file == "file 2"


def test_limits_and_runs():
    run = Run(Fraction(5, 2), Fraction(0), 0, Fraction(0), 0)
    assert Originality(run, run).within(checked_limits((2.5, 4)))
    assert not Originality(run, run).within(checked_limits((2.25, 4)))
    assert not Originality(None, run).within(checked_limits((2.5, 2.25)))
    assert Originality(None, None).within(Limits(1, 1))


# The second lock


def gate(piece, limits=None, free=None):
    free = free or range(piece.steps)
    return check_originality(
        piece, free, Guarantee((CorpusIndex(passages_of(RAGS, 4)),), limits or Limits())
    )


def test_the_second_lock_lets_no_copy_through():
    with pytest.raises(NotOriginal, match=r"beats of file 2 from beat [34][.\d]* on"):
        gate(replace(THIEF, title="Rag no. 1"))
    assert gate(THIEF, Limits(16, 16)).texture.in_piece == 1
    assert gate(THIEF, free=range(32, 80)).within(Limits())


def test_what_was_given_is_not_counted_wherever_it_is_played():
    """The stolen bars 3 and 4 are given; they are played at the end of the piece once more."""
    sections = (Section("A", 0, 32), Section("B", 32, 80))
    piece = replace(THIEF, sections=sections, order=("A", "B", "A"))
    assert gate(piece, free=range(32, 80)).within(Limits())
    with pytest.raises(NotOriginal):
        gate(piece, free=range(16, 80))


@given(st.integers(0, 10**6), st.integers(0, 40), st.integers(1, 39))
@settings(max_examples=40)
def test_the_second_lock_counts_the_composed_part_alone(seed, start, length):
    piece = with_stolen(a_rag(seed, bars=10))
    free = range(start, start + length)
    found = gate(piece, Limits(16, 16), free)
    exact = longest_runs(as_played(clip(piece, free.start, free.stop)), index_of(RAGS))
    for told, truth in zip(found, exact, strict=True):
        beats = truth.beats if truth and truth.beats > 1 else 0
        assert (told.beats if told else 0) == beats
        assert not told or told.at == truth.at + Fraction(free.start, 4)


# As it is typed


def typed(ragsmith, *words):
    code, out, err = ragsmith("check", *words, "--json")
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    return json.loads(out)


def test_json_has_the_keys_that_scripts_rely_on(ragsmith, folder, bundle):
    THIEF.save("thief.mid")
    save_bundle(bundle, "rags.ragsmith")
    told = typed(ragsmith, "thief.mid", "--against", "rags")
    measured = {"difficulty": told["difficulty"]}
    assert set(told) - set(measured) == {
        "longest_texture", "longest_melody", "within_limits", "files"
    }  # fmt: skip
    assert set(told["longest_texture"]) == set(told["longest_melody"]) == SHARED
    checked = check(read(folder.parent / "thief.mid"), read_corpus(folder))
    assert told == checked.as_json() | measured
    assert typed(ragsmith, "thief.mid", "--against", "rags.ragsmith") == told
    assert told["within_limits"] is False
    lenient = ("--copy-limit", 16, "--melody-limit", 16)
    assert typed(ragsmith, "thief.mid", "--against", "rags", *lenient)["within_limits"] is True


def test_nothing_shared_is_null(ragsmith, folder):
    Piece((Note(0, 60, 1),), RAGS[0].bars).save("one.mid")
    told = typed(ragsmith, "one.mid", "--against", "rags")
    assert told["longest_texture"] is told["longest_melody"] is None
    assert told["within_limits"] is True


def test_without_json_a_table_and_a_verdict(ragsmith, folder):
    THIEF.save("thief.mid")
    code, out, err = ragsmith("check", "thief.mid", "--against", "rags")
    assert (code, err) == (0, "")
    head, texture, melody, verdict, *_ = out.splitlines()
    assert head.split("\t")[0] == "longest run"
    assert texture.split("\t")[3] == melody.split("\t")[3] == "1.mid"
    assert texture.split("\t")[5] == "+3"
    assert verdict.startswith("beyond the limits of 2.5 beats (all notes) and 4 (melody)")
    a_rag(8).save("honest.mid")
    assert "\nwithin the limits" in ragsmith("check", "honest.mid", "--against", "rags")[1]


@pytest.mark.parametrize("grid", [8, 12, 24])
def test_a_piece_is_checked_on_its_own_grid_or_on_the_one_that_is_asked_for(
    ragsmith, folder, bundle, grid
):
    save_bundle(bundle, Path("three.ragsmith"))
    fine = regrid(THIEF, grid)
    notes = (*fine.notes[:-4], *(n._replace(onset=n.onset + 1) for n in fine.notes[-4:]))
    Piece(normalise(notes), fine.bars, grid).save("thief.mid")
    words = ("check", "thief.mid", "--against", "three.ragsmith")
    code, out, err = ragsmith(*words, "--json")
    assert (code, json.loads(out)["longest_texture"]["file"], err) == (0, "1.mid", "")
    assert ragsmith(*words, "--grid", "4")[0] == 0
    assert "grid 5: is none of" in ragsmith(*words, "--grid", "5")[2]


def test_one_file_is_one_file(ragsmith, folder):
    for path in sorted(folder.iterdir())[1:]:
        path.unlink()
    THIEF.save("thief.mid")
    assert "against 1 file\n" in ragsmith("check", "thief.mid", "--against", "rags")[1]


def test_the_picture_marks_the_runs(ragsmith, folder):
    THIEF.save("thief.mid")
    told = typed(ragsmith, "thief.mid", "--against", "rags", "--picture", "thief.svg")
    svg = (folder.parent / "thief.svg").read_text("utf-8")
    for kind in ("longest_texture", "longest_melody"):
        run = told[kind]
        assert f"{run['beats']:g} beats, 1.mid at beat {run['in_file_at_beat']:g}" in svg


def test_against_nothing_it_is_the_built_in_model(ragsmith, folder):
    a_rag(9, bars=2).save("honest.mid")
    assert typed(ragsmith, "honest.mid")["files"] > 30


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["none.mid"], "none.mid: "),
        (["thief.mid", "--against", "none"], "none: does not exist"),
        (["thief.mid", "--against", "thief.mid"], "thief.mid: is not a model"),
        (["thief.mid", "--against", "empty"], "holds no music files"),
        (["thief.mid", "--copy-limit", "0.25"], "copy-limit 0.25: must be 1 to 16 beats"),
        (["thief.mid", "--melody-limit", "nan"], "melody-limit nan: must be 1 to 16 beats"),
        (["thief.mid", "--against", "rags", "--picture", "none/a.svg"], "none"),
    ],
)
def test_what_cannot_be_checked_gets_one_line(ragsmith, folder, words, rule):
    THIEF.save("thief.mid")
    (folder.parent / "empty").mkdir()
    code, out, err = ragsmith("check", *words)
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert rule in err


def test_hands_are_told_apart_for_the_melody(folder):
    """The tune of the right hand is found under another left hand that climbs above it."""
    tune = [n for n in RAGS[2].notes if n.hand is Hand.RIGHT]
    other = [n._replace(pitch=100, hand=Hand.LEFT) for n in RAGS[0].notes if n.onset % 3 == 0]
    piece = replace(RAGS[2], notes=normalise(tune + other))
    found = check(piece, read_corpus(folder))
    assert found.longest_melody.beats >= 15
    assert found.longest_melody.file == "2.mid"
