"""A second reader (music21) on scores of other people.

`benchmarks/second_reader.py` compares whole collections; here a few files, so that a change that
breaks them is seen.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks/second_reader.py"
SAMPLE = 12
KNOWN = ("identical", "cue notes", "bar lengths", "tied over a repeat", "parts apart")


@pytest.fixture(scope="module")
def second_reader() -> ModuleType:
    spec = importlib.util.spec_from_file_location("second_reader", BENCHMARK)
    assert spec
    assert spec.loader
    module = sys.modules["second_reader"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_songs_are_read_as_music21_reads_them(
    second_reader: ModuleType, shared: Path, tmp_path: Path
) -> None:
    paths = sorted((shared / "corpora/piano/lieder").glob("*.mxl"))
    for path in paths[:: max(1, len(paths) // SAMPLE)]:
        kind, words = second_reader.compared(path, tmp_path)
        assert kind in KNOWN, f"{path.name}: {kind}, {words}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["bach/bwv1.6.mxl", "mozart/k155/movement1.mxl", "Credo_16_e.krn", "Kyrie_09.krn"]
)
@pytest.mark.filterwarnings("ignore")
def test_scores_that_come_with_music21(
    second_reader: ModuleType, tmp_path: Path, name: str
) -> None:
    paths = [Path(path) for path in second_reader.music21.corpus.getCorePaths()]
    path = next(path for path in paths if path.as_posix().endswith(name))
    assert second_reader.compared(path, tmp_path)[0] in KNOWN
