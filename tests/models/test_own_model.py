"""The model of one's own that `docs/models.md` shows, run as it stands there."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import numpy as np
import pytest

import ragsmith
from ragsmith.bundle.evaluate import evaluate
from ragsmith.models import registry

DOCS = Path(__file__).parents[2] / "docs" / "models.md"
MOST_LINES = 30


def examples() -> list[str]:
    """The two snippets: the model, and what is done with it."""
    section = DOCS.read_text("utf-8").split("## A model of your own")[1]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


def test_the_model_has_at_most_thirty_lines() -> None:
    model, _ = examples()
    assert sum(bool(line.strip()) for line in model.splitlines()) <= MOST_LINES


def test_it_learns_composes_under_all_rules_is_saved_opened_and_evaluated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(registry, "_MODELS", dict(registry._MODELS))
    monkeypatch.setenv("RAGSMITH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text("".join(examples()), "utf-8")
    names = runpy.run_path("own.py")
    assert 0 < float(capsys.readouterr().out) < 10
    bundle, corpus = ragsmith.load_bundle("dice.ragsmith"), names["pieces"]
    assert type(bundle.model) is names["Dice"]
    measured = evaluate(bundle, corpus)
    assert np.isfinite(measured["nats_per_step"])
    assert 0 < measured["impossible_share"] < 1
