"""Bundles to be opened, changed and damaged."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ragsmith.bundle.bundle import LIMITS, Card, Source, load_bundle
from ragsmith.bundle.container import Parts, pack, unpack
from ragsmith.bundle.profile import Profile
from ragsmith.errors import BadBundle
from ragsmith.models.markov.config import MarkovConfig
from ragsmith.models.markov.learner import MarkovLearner
from ragsmith.piece import Key, Metre
from support.fakes import a_piece, indexed, untrained

EXAMPLE = a_piece(1, bars=4)
CARD = Card(
    (Source("a.mid", "00ff", "train"), Source("b/c.mid", "11aa", "held out")),
    licence="CC BY 4.0\nby name",
    metres={"3/4": 2},
    keys={"Eb major": 1, "C minor": 1},
    seed=3,
    epochs=7,
    seconds=1.5,
    nats_per_step=4.25,
    bits_per_beat=24.5,
    impossible_share=0.25,
)
PROFILE = Profile(metre=Metre(3, 4), tempo=500_000, key=Key(0, -3))
NAMES = ("element", "many-to-one", "multihot", "markov")


def model(name):
    if name == "markov":
        return MarkovLearner(MarkovConfig(order=3), [EXAMPLE]).model()
    return untrained(name, [EXAMPLE], **({"sequence_length": 4} if name == "many-to-one" else {}))


def example(name):
    return indexed(model(name), PROFILE, [EXAMPLE], CARD)


def parts_of(data):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.ragsmith"
        path.write_bytes(data)
        return unpack(path, LIMITS)


def refused(tmp_path, data, match=None):
    """The one line that a file of these bytes gets."""
    path = tmp_path / "strange.ragsmith"
    path.write_bytes(data)
    with pytest.raises(BadBundle, match=match) as caught:
        load_bundle(path)
    assert str(caught.value).startswith("strange.ragsmith: ")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400
    return caught.value


def changed(data, name, value):
    """The file with another text (a dict changes the text's keys), or other arrays in a group."""
    texts, groups = parts_of(data)
    if name in ("weights", "passages"):
        return pack(Parts(texts, groups | {name: groups[name] | value}))
    if isinstance(value, dict):
        value = json.dumps(json.loads(texts[name]) | value)
    return pack(Parts(texts | {name: value}, groups))
