"""Recipes: what a file carries is enough to compose it again, and nothing else is believed."""

import contextlib
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.bundle.card import Card
from ragsmith.bundle.profile import Profile
from ragsmith.composer import Limits, Sampling, Wish, compose, compose_many
from ragsmith.composer.recipe import (
    LONGEST,
    digest_of,
    digest_of_piece,
    read_recipe,
    recipe_for,
)
from ragsmith.composer.recompose import compose_again
from ragsmith.errors import BadOption, UserError
from ragsmith.io.readers.recipe import recipe_in
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.piece import Key, Metre
from ragsmith.verbs import clip
from support.fakes import Uniform, a_rag, indexed

EXAMPLE = a_rag(1)
MODEL = MarkovLearner(MarkovConfig(order=2), [EXAMPLE]).model()
BUNDLE = indexed(MODEL)

wishes = st.builds(
    Wish,
    bars=st.integers(1, 4096),
    form=st.sampled_from([None, "AABB", "Intro A(8)A"]),
    key=st.sampled_from([None, "Eb", "F# minor"]),
    metre=st.none() | st.builds(Metre, st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16, 32])),
    tempo=st.none() | st.floats(10, 400),
    sampling=st.builds(
        Sampling,
        st.sampled_from(["sample", "argmax", "unloop"]),
        st.floats(0.01, 100),
        st.floats(0, 1, exclude_max=True),
    ),
    limits=st.builds(Limits, st.floats(1, 16), st.floats(1, 16)),
    rules=st.booleans(),
    chords=st.sampled_from([None, "auto", "none", "Bb | F7 / Bb", "A: I | V7\nB: IV | I"]),
)


@given(wishes, st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=9))
def test_a_recipe_comes_back_as_it_was(wish, seeds):
    read = read_recipe(recipe_for(MODEL, BUNDLE.profile, wish, seeds, seeds[-1]), "a.mid")
    assert read.wish == wish
    assert (read.seed, read.seeds) == (seeds[-1], tuple(seeds))
    assert (read.model, read.primer) == (digest_of(MODEL, BUNDLE.profile), "")


@pytest.fixture(scope="module")
def composed(tmp_path_factory):
    """A file, and its recipe."""
    wish = Wish(bars=4, sampling=Sampling(min_p=0), rules=False)
    piece = compose_many(BUNDLE, wish, seeds=[3, 4, 5])[1]
    path = piece.save(tmp_path_factory.mktemp("recipe") / "a.mid")
    return path, recipe_in(path)


def test_the_same_bytes_are_written_again(composed, tmp_path):
    path, recipe = composed
    again = compose_again(BUNDLE, recipe, path.name).piece
    assert again.save(tmp_path / "b.mid").read_bytes() == path.read_bytes()
    assert recipe_in(tmp_path / "b.mid") == recipe == again.recipe


KEYED = indexed(
    MODEL, Profile(key=Key(0, 0)), card=Card(keys={"C major": 3, "Eb major": 2, "G major": 2})
)


@pytest.fixture(scope="module")
def keyed():
    """Pieces whose keys were drawn."""
    pieces = compose_many(KEYED, Wish(bars=2, rules=False), seeds=range(6))
    assert len({piece.keys for piece in pieces}) == 3
    return pieces


def test_a_key_that_was_drawn_is_drawn_again_whatever_the_card_says_now(keyed):
    emptied = KEYED._replace(card=Card(keys={"B major": 9}))
    for piece in keyed:
        assert json.loads(piece.recipe)["wish"]["key"] is None
        assert compose_again(KEYED, piece.recipe, "a.mid").piece == piece
        assert compose_again(emptied, piece.recipe, "a.mid").piece == piece


def test_an_older_recipe_means_the_commonest_key(keyed):
    for piece in keyed:
        data = json.loads(piece.recipe)
        del data["wish"]["keys"]
        older = json.dumps(data)
        again = compose_again(KEYED, older, "a.mid").piece
        assert (again.keys, again.recipe) == ((Key(0, 0),), older)
        named = Wish(bars=2, rules=False, key="C")
        assert again.notes == compose(KEYED, named, seed=data["seed"]).notes


@pytest.mark.parametrize(
    "keys",
    [{"H major": 1}, {"C major": 0}, {"C major": 10**400}, {"C major": "x"}, [], ["C major"], 3],
    ids=lambda keys: str(keys)[:20],
)
def test_keys_that_cannot_be_are_no_recipe(keyed, keys):
    data = json.loads(keyed[0].recipe)
    data["wish"]["keys"] = keys
    with pytest.raises(BadOption):
        read_recipe(json.dumps(data), "a.mid")


def test_a_primer_has_to_be_given_again(tmp_path):
    primer, other = clip(EXAMPLE, 0, 16), clip(EXAMPLE, 8, 24)
    wish = Wish(bars=4, primer=primer, rules=False)
    (piece,) = compose_many(BUNDLE, wish, seeds=[1])
    again = compose_again(BUNDLE, piece.recipe, "a.mid", primer)
    assert again.piece == piece
    for wrong, rule in ((None, "was made from a piece"), (other, "was made from another piece")):
        with pytest.raises(BadOption, match=rf"a.mid: {rule}; give that one with --primer"):
            compose_again(BUNDLE, piece.recipe, "a.mid", wrong)
    assert digest_of_piece(primer) != digest_of_piece(other)


def test_another_model_and_another_version_are_told(composed):
    _, recipe = composed
    other = indexed(MarkovLearner(MarkovConfig(order=3), [EXAMPLE]).model())
    with pytest.raises(BadOption, match=r"^a.mid: was composed by another model; name that"):
        compose_again(other, recipe, "a.mid")
    older = json.dumps(json.loads(recipe) | {"ragsmith": "0.0.1"})
    with pytest.raises(BadOption, match=r"by version 0.0.1, and this is .*ragsmith==0.0.1"):
        compose_again(BUNDLE, older, "a.mid")


def test_a_file_without_a_recipe_says_so(tmp_path):
    EXAMPLE.save(tmp_path / "a.mid")
    with pytest.raises(BadOption, match=r"a.mid: carries no recipe"):
        compose_again(BUNDLE, recipe_in(tmp_path / "a.mid"), "a.mid")


def test_models_are_told_apart_by_their_numbers():
    same = MarkovLearner(MarkovConfig(order=2), [EXAMPLE]).model()
    other = MarkovLearner(MarkovConfig(order=2), [a_rag(2)]).model()
    told_apart = [digest_of(model, Profile()) for model in (same, MODEL, other)]
    assert told_apart[0] == told_apart[1] != told_apart[2]


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "3", "null", '"text"', "{}", "[" * 50_000, "9" * 5000, " " * LONGEST + "{}"],
    ids=lambda text: text[:6],
)
def test_garbage_is_no_recipe(text):
    with pytest.raises(BadOption, match=r"a.mid: carries a recipe that cannot be read") as caught:
        read_recipe(text, "a.mid")
    assert str(caught.value).isprintable()


VALUES = [
    None,
    True,
    -1,
    2.5,
    10**20,
    10**400,
    float("inf"),
    float("nan"),
    "x",
    "\x1b[31m",
    [],
    [1],
    {},
]
TOP = ("ragsmith", "model", "seed", "seeds", "primer", "wish")
WISHED = ("bars", "form", "key", "metre", "tempo", "choosing", "limits", "rules")


def harmless(recipe):
    """Composing again gives a piece, or one line."""
    refused = ""
    try:
        compose_again(indexed(Uniform([()])), recipe, "a.mid")
    except UserError as e:
        refused = str(e)
    assert refused == "" or refused.isprintable()


@pytest.mark.parametrize("field", TOP + WISHED)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:9])
def test_no_value_in_a_recipe_does_harm(field, value):
    bundle = indexed(Uniform([()]))
    data = json.loads(recipe_for(bundle.model, bundle.profile, Wish(bars=1, rules=False), [1], 1))
    (data if field in TOP else data["wish"])[field] = value
    harmless(json.dumps(data))


@pytest.mark.parametrize("field", ["way", "temperature", "min_p", "more"])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:9])
def test_no_way_to_choose_in_a_recipe_does_harm(field, value):
    bundle = indexed(Uniform([()]))
    data = json.loads(recipe_for(bundle.model, bundle.profile, Wish(bars=1, rules=False), [1], 1))
    data["wish"]["choosing"][field] = value
    harmless(json.dumps(data))


def test_a_seed_that_is_not_among_its_seeds_and_very_many_of_them_are_refused():
    bundle = indexed(Uniform([()]))
    data = json.loads(recipe_for(bundle.model, bundle.profile, Wish(bars=1, rules=False), [1], 1))
    for change in ({"seed": 2}, {"seeds": []}, {"seeds": list(range(1001))}, {"seeds": [2**32, 1]}):
        with pytest.raises(BadOption):
            compose_again(bundle, json.dumps(data | change), "a.mid")


def _places(value, path=()):
    """The paths to all that stands inside some JSON."""
    yield path
    inside = enumerate(value) if isinstance(value, list) else ()
    for key, child in value.items() if isinstance(value, dict) else inside:
        yield from _places(child, (*path, key))


JUNK = (None, [], {}, "", "x", 0, -1, 2**70, 1e300, float("nan"), [0], [1, 2, 3], True)


def test_whatever_stands_in_a_recipe_is_read_or_told_in_a_line(composed):
    _, recipe = composed
    for path in _places(json.loads(recipe) | {"vary": [1, 2]}):
        for junk in JUNK if path else ():
            data = json.loads(recipe) | {"vary": [1, 2]}
            inside = data
            for key in path[:-1]:
                inside = inside[key]
            inside[path[-1]] = junk
            with contextlib.suppress(BadOption):
                read_recipe(json.dumps(data), "a.mid")


@pytest.mark.parametrize("length", [1, 40, 200])
def test_a_file_cut_off_in_its_recipe_is_told_in_a_line(composed, tmp_path, length):
    path, recipe = composed
    data = path.read_bytes()
    cut = tmp_path / "a.mid"
    cut.write_bytes(data[: data.index(recipe.encode()) + length])
    with pytest.raises(UserError, match=r"a\.mid: carries (no recipe|a recipe that cannot)"):
        compose_again(BUNDLE, recipe_in(cut), cut.name)


@pytest.mark.slow
def test_a_recipe_is_looked_for_in_no_more_memory_than_its_file_takes(tmp_path):
    beginning = b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk" + (700_000).to_bytes(4, "big")
    path = tmp_path / "a.mid"
    path.write_bytes(beginning + b"\0\xff\x01\0" * 175_000)
    tracemalloc.start()
    try:
        assert recipe_in(path) == ""
        assert tracemalloc.get_traced_memory()[1] < 3 * path.stat().st_size
    finally:
        tracemalloc.stop()


def test_no_midi_file_carries_no_recipe(tmp_path):
    path = tmp_path / "a.mid"
    path.write_text("<html>")
    with pytest.raises(UserError, match=r"a\.mid: cannot be read as a MIDI file: is a web page"):
        recipe_in(path)
