"""The rags that come with the package: sound files, original, unlike each other, with recipes."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from ragsmith.bundle.bundle import Bundle
from ragsmith.composer.form import parse_form
from ragsmith.composer.recipe import Recipe, read_recipe
from ragsmith.composer.recompose import compose_again
from ragsmith.corpus import scan
from ragsmith.io import write
from ragsmith.io.readers.midi import read_midi
from ragsmith.io.readers.reading import Reading
from ragsmith.io.readers.recipe import recipe_in
from ragsmith.keys import key_named
from ragsmith.measure.cadence import cadence_share
from ragsmith.originality.check import check
from ragsmith.piece import Hand, Metre
from ragsmith.playing_order import unfold
from ragsmith.shipped import rags, shipped_model
from ragsmith.shipped.rags import rag_files, rags_folder

FILES = rag_files()
each_rag = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
reading = cache(read_midi)


@cache
def recipe(path: Path) -> Recipe:
    return read_recipe(recipe_in(path), path.name)


@pytest.fixture(scope="module")
def model() -> Bundle:
    return shipped_model()


def test_there_are_as_many_as_is_said_and_nothing_else():
    assert len(FILES) == rags.COUNT
    assert sorted(rags_folder().iterdir()) == FILES
    assert sum(path.stat().st_size for path in FILES) < 400_000


def test_the_doctor_accepts_all_of_them(tmp_path):
    entries = scan(rags_folder(), cache=tmp_path).entries
    assert {(entry.verdict, entry.reason) for entry in entries} == {("accept", "")}
    assert len({entry.work for entry in entries}) == rags.COUNT


def test_files_are_named_after_their_titles():
    titles = [reading(path).piece.title for path in FILES]
    assert len(set(titles)) == rags.COUNT
    for number, (path, title) in enumerate(zip(FILES, titles, strict=True), 1):
        plain = re.sub("[^a-z0-9]+", "-", title.lower().replace("'", ""))
        assert path.name == f"rag-{number:02}-{plain}.mid"


def test_forms_keys_metres_and_tempos_vary():
    wishes = [recipe(path).wish for path in FILES]
    assert len({wish.form for wish in wishes}) >= 10
    assert {key_named(wish.key).fifths for wish in wishes} >= {-5, -4, -3, -2, -1, 0, 1, 2, 3}
    assert len({wish.tempo for wish in wishes}) >= 8
    assert {wish.metre for wish in wishes} == {
        Metre(2, 4), Metre(4, 4), Metre(3, 4), Metre(6, 8)
    }  # fmt: skip


@each_rag
def test_nothing_of_the_rags_learnt_or_of_the_base_is_in_it(path: Path, model: Bundle):
    found = check(reading(path).piece, model)
    assert found.within_limits
    assert found.files == 17 + 1_600


@each_rag
def test_it_is_what_its_recipe_wishes(path: Path):
    found: Reading = reading(path)
    piece, wish = unfold(found.piece), recipe(path).wish
    form = parse_form(wish.form, 16)
    assert found.repairs == ()
    assert {bar.metre for bar in piece.bars} == {wish.metre}
    assert piece.keys[0] == key_named(wish.key)
    assert piece.tempos[0].microseconds == round(60_000_000 / wish.tempo)
    assert tuple(section.name for section in piece.sections) == form.order
    assert 40 <= len(piece.bars) <= 120
    assert {note.hand for note in piece.notes} == {Hand.LEFT, Hand.RIGHT}
    assert cadence_share(piece) == 1
    assert wish.rules
    assert len(recipe(path).seeds) == 16


@pytest.mark.slow
def test_the_recipe_composes_the_same_file_again(model: Bundle, tmp_path: Path):
    path = min(FILES, key=lambda path: len(reading(path).piece.bars))
    again = compose_again(model, recipe_in(path), path.name).piece
    title = reading(path).piece.title
    assert write(replace(again, title=title), tmp_path / "a.mid").read_bytes() == path.read_bytes()
