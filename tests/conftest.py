"""What all tests share: the corpus beside the checkout, and hypothesis without a clock."""

import math
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from ragsmith import cli
from ragsmith.cli import render

SHARED = Path(__file__).parents[1].parent / "shared"

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what wants the corpus where there is none."""
    if (SHARED / "corpora").is_dir():
        return
    for item in items:
        if item.get_closest_marker("corpus"):
            item.add_marker(pytest.mark.skip(reason="no corpus beside the checkout (../shared)"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the corpora, beside the checkout."""
    return SHARED


@pytest.fixture
def ragsmith(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int | str, str, str]]:
    """Runs a command; gives its exit code, standard output and standard error."""

    def run(*words: object) -> tuple[int | str, str, str]:
        monkeypatch.setattr(sys, "argv", ["ragsmith", *map(str, words)])
        monkeypatch.setattr(render, "EVERY", math.inf)  # what is said goes by no clock
        code: int | str = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return run
