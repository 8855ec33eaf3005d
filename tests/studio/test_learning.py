"""Learning in the studio's child process: a stop keeps the model, however often it is pressed."""

import pytest

from ragsmith.bundle.bundle import load_bundle
from ragsmith.processes.children import Child
from support.tunes import tune


@pytest.fixture
def child(tmp_path, monkeypatch):
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))
    made = Child()
    yield made
    made.end()


@pytest.mark.slow
def test_pressing_stop_again_and_again_loses_no_model(child, tmp_path):
    (tmp_path / "music").mkdir()
    for seed in range(3):
        tune(seed).save(tmp_path / "music" / f"{seed}.mid")
    out = tmp_path / "m.ragsmith"

    def stop_after_a_pass(event):
        if event["type"] == "epoch":
            child.stop()
            child.stop()

    arguments = {
        "corpus": str(tmp_path / "music"),
        "model": "multihot",
        "minutes": 100,
        "out": str(out),
        "folder": str(tmp_path),
    }
    facts = child.ask("ragsmith.studio.learning:learn", arguments, tell=stop_after_a_pass)
    assert facts["kind"] == "multihot"
    assert load_bundle(out).card.epochs < 10
    assert not list(tmp_path.glob("*.learning"))
