"""The study: what it measures, what it says, and that it goes on where it was stopped."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ragsmith.corpus import Corpus, read_corpus, split_works
from ragsmith.errors import BadFile, BadFolder
from ragsmith.experiments import Settings, study
from ragsmith.experiments import results as results_module
from ragsmith.experiments.figures import Figures, LearntWorks, opening
from ragsmith.experiments.report import Section, Table, compared, markdown, style_table
from ragsmith.io import read
from ragsmith.measure import shuffled
from ragsmith.models.classic.configs import ElementConfig, ManyToOneConfig, MultihotConfig
from ragsmith.piece import Piece
from ragsmith.shipped.rags import rag_files
from ragsmith.verbs import clip, join, transpose
from support.tunes import scale

TINY = Settings(
    lengths=(4, 8),
    element=ElementConfig(hidden=8, batch=64, epochs=2),
    contest_element=ElementConfig(hidden=8, batch=64, epochs=2),
    multihot=MultihotConfig(hidden=8, sequence_length=8, epochs=2),
    many_to_one=ManyToOneConfig(hidden=8, sequence_length=8, epochs=2),
    patience=1,
    pieces=2,
    bars=4,
)


def rag(number: int) -> Piece:
    return opening(read(rag_files()[number - 1]), 16)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("corpus")
    for number in (1, 2, 3):
        rag(number).save(folder / f"{number}.mid")
    return read_corpus(folder, cache=tmp_path_factory.mktemp("cache"))


class Stop(Exception):
    """Raised by a listener that has heard enough."""


@pytest.fixture(scope="module")
def stopped(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A study that was stopped in the middle and started again; what the second sitting said."""
    out = tmp_path_factory.mktemp("study") / "new"

    def stop(line: str) -> None:
        if line.startswith("element-8: epoch 1,"):
            raise Stop

    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results_module, "SECONDS_BETWEEN_WORDS", -1)
        with pytest.raises(Stop):
            study(corpus, out, TINY, 0, stop)
        assert not (out / "study.md").exists()
        assert study(corpus, out, TINY, 0, said.append) == out / "study.md"
    return out, said


@pytest.mark.slow
def test_a_stopped_study_goes_on_where_it_was(stopped: tuple[Path, list[str]]) -> None:
    _, said = stopped
    assert said[0] == "element-8: learning"
    assert said[1].startswith("element-8: epoch 2,")
    assert "element-4: learning" not in said
    assert "contest-markov: learning" in said


@pytest.mark.slow
def test_the_report_holds_five_experiments_and_links_its_charts(
    stopped: tuple[Path, list[str]],
) -> None:
    out, _ = stopped
    report = (out / "study.md").read_text("utf-8")
    assert report.count("\n## ") == report.count("**Question.**") == 5
    charts = [part.partition(")")[0] for part in report.split("](")[1:]]
    assert charts
    assert all((out / chart).read_text("utf-8").startswith("<svg") for chart in charts)


@pytest.mark.slow
def test_models_and_pieces_stay(stopped: tuple[Path, list[str]]) -> None:
    out, _ = stopped
    models = {path.name for path in (out / "models").iterdir()}
    assert {"element-4.ragsmith", "contest-many-to-one.ragsmith"} <= models
    assert not any(name.endswith(".learning") for name in models)
    assert (out / "pieces" / "element-8-argmax-2.mid").is_file()


@pytest.mark.slow
def test_a_finished_study_is_only_told_again(
    corpus: Corpus, stopped: tuple[Path, list[str]]
) -> None:
    out, _ = stopped
    before = (out / "study.md").read_bytes()
    said: list[str] = []
    study(corpus, out, TINY, 0, said.append)
    assert said == []
    assert (out / "study.md").read_bytes() == before


@pytest.mark.slow
def test_another_study_is_not_overwritten(corpus: Corpus, stopped: tuple[Path, list[str]]) -> None:
    out, _ = stopped
    for settings, seed in ((TINY, 1), (replace(TINY, bars=8), 0)):
        with pytest.raises(BadFolder, match="other settings"):
            study(corpus, out, settings, seed, print)


@pytest.mark.slow
def test_damaged_results_are_named(corpus: Corpus, stopped: tuple[Path, list[str]]) -> None:
    out, _ = stopped
    path = out / "results" / "controls.json"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadFile, match=r"controls\.json: is damaged"):
        study(corpus, out, TINY, 0, print)
    path.write_bytes(whole)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_study(
    corpus: Corpus, stopped: tuple[Path, list[str]], tmp_path: Path
) -> None:
    out, _ = stopped
    study(corpus, tmp_path, TINY, 0, print)
    for path in (out / "pieces").iterdir():
        assert (tmp_path / "pieces" / path.name).read_bytes() == path.read_bytes()
    for name in ("controls", "element-4-held-out", "contest-element-sample"):
        results = [
            json.loads((o / "results" / f"{name}.json").read_text()) for o in (out, tmp_path)
        ]
        assert results[0] == results[1]


def test_what_is_there_is_not_made_again(corpus: Corpus, tmp_path: Path) -> None:
    for part in ("results", "models", "pieces"):
        (tmp_path / part).mkdir()

    def sitting() -> tuple[list[str], list[object]]:
        said: list[str] = []
        results = results_module.Results(
            corpus, split_works(corpus), tmp_path, TINY, 0, said.append
        )
        run = results.compared_model("markov")
        logs = results.logs("contest-markov").tolist()
        return said, [run, logs, results.composed("contest-markov", "sample"), results.controls()]

    first, second = sitting(), sitting()
    assert len(first[0]) == 4
    assert second == ([], first[1])


def test_a_single_work_cannot_be_studied(tmp_path: Path) -> None:
    rag(1).save(tmp_path / "1.mid")
    corpus = read_corpus(tmp_path, cache=tmp_path / "cache")
    with pytest.raises(BadFolder, match="holds a single work"):
        study(corpus, tmp_path / "out", TINY, 0, print)


def test_a_copy_is_known_for_one() -> None:
    works = [rag(1), rag(2)]
    learnt_works = LearntWorks(works, 16)
    copy = learnt_works.measure(works[0])
    assert copy.copied > 0.95
    assert copy.seams == 0
    assert copy.texture > works[0].beats - 2
    alone = learnt_works.measure(works[0], excluding=0)
    assert alone.copied < 0.2
    assert alone.seams > 0.5


def test_shuffling_makes_new_moves() -> None:
    work = rag(1)
    learnt_works = LearntWorks([work], 16)
    assert learnt_works.measure(shuffled(work, 0)).seams > 0.5
    assert learnt_works.measure(shuffled(work, 0)).copied == 0


def test_changing_key_halfway_is_drift() -> None:
    work = scale()
    half = clip(work, 0, work.bars[8].start)
    learnt_works = LearntWorks([work], 16)
    moved = learnt_works.measure(join(half, transpose(half, 6)))
    assert moved.drift > learnt_works.measure(join(half, half)).drift + 0.1


FIGURES = Figures(*[0.5] * len(Figures._fields))


@pytest.mark.parametrize(
    ("above", "below", "answer"),
    [(0.9, 0.1, "**yes**"), (0.1, 0.9, "**no, the reverse**"), (0.4, 0.4, "no clear difference")],
)
def test_a_finding_says_what_the_figures_say(above: float, below: float, answer: str) -> None:
    groups = [[FIGURES._replace(loops=share)] * 3 for share in (above, below)]
    said = compared("A loops more", ("A", groups[0]), ("B", groups[1]), "loops")
    assert said.startswith(f"A loops more: {answer}; median {above:.1%} (A) against {below:.1%}")


def test_tables_are_whole() -> None:
    table = style_table({"some": [FIGURES] * 3, "others": [FIGURES]})
    assert all(len(row) == len(table.columns) for row in table.rows)
    text = markdown(Section("Title", "Why?", ["Because."], [table, Table("ab", ["cd"])], {}))
    assert "| some | 3 | 0.50 · 0.50 · 0.50 |" in text
    assert "| a | b |\n| --- | ---: |\n| c | d |" in text
