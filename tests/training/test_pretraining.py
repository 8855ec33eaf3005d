"""What a base learns from."""

from dataclasses import replace

import pytest

from ragsmith.corpus import read_corpus
from ragsmith.errors import BadFolder
from ragsmith.originality.compact import CompactPassages
from ragsmith.quantise import Moved
from ragsmith.shipped.rags import rags_folder
from ragsmith.training import Plan
from ragsmith.training.pretraining import fitting, pretrain

SETTINGS = {"size": "small", "sequence_length": 16, "batch": 2, "epoch_batches": 1, "dropout": 0.0}


@pytest.fixture(scope="module")
def corpus():
    return read_corpus(rags_folder())


def moved(corpus, share, files):
    """The corpus with a share of the onsets of its first files moved."""
    entries = [
        replace(entry, moved=Moved(share, 0.1, 0.2)) if number < files else entry
        for number, entry in enumerate(corpus.entries)
    ]
    return replace(corpus, entries=tuple(entries))


def test_pieces_beside_the_grid_are_left_and_counted(corpus):
    left = fitting(moved(corpus, 0.021, 2))
    assert len(left) == len(corpus) - 2
    assert "2% of its onsets lie beside the grid" in left.entries[0].reason
    assert len(fitting(moved(corpus, 0.02, 2))) == len(corpus)


def test_too_few_pieces_are_refused_in_one_line(corpus):
    with pytest.raises(BadFolder, match="holds 14 pieces that fit the grid, and a base needs 20"):
        fitting(moved(corpus, 0.5, 10))


def test_more_than_an_index_holds_is_refused_before_learning(corpus):
    many = [replace(entry, notes=10**6, steps=10**6) for entry in corpus.entries]
    with pytest.raises(BadFolder, match="onsets, and a base's index holds"):
        fitting(replace(corpus, entries=tuple(many)))


@pytest.mark.slow
def test_a_base_is_learnt_and_gone_on_from(corpus, tmp_path):
    out = tmp_path / "base.ragsmith"
    first = pretrain(corpus, settings=SETTINGS, plan=Plan(epochs=1), out=out)
    assert sum(source.role == "held out" for source in first.card.sources) == 1
    (index,) = first.passages
    assert isinstance(index.passages, CompactPassages)
    again = pretrain(corpus, settings=SETTINGS, plan=Plan(epochs=1), base=out)
    assert again.model.config.size == "small"
