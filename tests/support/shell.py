"""What the tests of the commands share: an empty folder to type them in, and models to name."""

import pytest

from ragsmith.bundle.bundle import save_bundle
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.verbs import clip
from support.fakes import a_piece, a_rag, indexed, untrained

EXAMPLE = a_rag(1)
ONE = ("--count", 1, "--seed", 1)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A cache, and a place for models, shared by the tests of this file."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def element(store):
    """A model that has learnt nothing, of one short piece."""
    bundle = indexed(untrained("element", [EXAMPLE, clip(EXAMPLE, 0, 16)]))
    return str(save_bundle(bundle, store / "element.ragsmith"))


@pytest.fixture(scope="module")
def markov(store):
    model = MarkovLearner(MarkovConfig(transpositions=False), [EXAMPLE]).model()
    return str(save_bundle(indexed(model), store / "markov.ragsmith"))


@pytest.fixture
def here(tmp_path, store, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.setenv("RAGSMITH_CACHE", str(store / "cache"))
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def refused(ragsmith, here):
    """Runs a command that has to end in one line; gives the line."""

    def run(*words, left=(), table=0):
        code, out, err = ragsmith(*words)
        lines = err.splitlines()
        assert code == 1
        assert out == ""
        assert len(lines) == 1 + table, err
        assert lines[-1].startswith("ragsmith: ")
        assert sorted(path.name for path in here.iterdir()) == sorted(left)
        value, rule, remedy = lines[-1].replace("; ", ": ").split(": ", 3)[1:]
        assert value
        assert rule
        assert remedy
        return lines[-1]

    return run


def some_music(folder, count=1):
    folder.mkdir(exist_ok=True)
    for number in range(count):
        a_piece(number + 5).save(folder / f"{number}.mid")
    return folder
