"""The model that comes with the package."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from statistics import fmean

import pytest

from ragsmith.bundle.bundle import Bundle
from ragsmith.composer import Wish, compose_many
from ragsmith.measure import score
from ragsmith.models.base import Onset
from ragsmith.piece import Hand
from ragsmith.shipped import shipped_model

MOST_BYTES = 4_000_000


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return shipped_model()


def test_it_is_small_and_says_what_it_is(bundle: Bundle) -> None:
    shipped = files("ragsmith.shipped")
    assert len((shipped / "ragtime.ragsmith").read_bytes()) < MOST_BYTES
    about = (shipped / "RAGTIME.md").read_text("utf-8")
    assert "**Licence of the weights:** CC BY 4.0" in about
    assert bundle.card.licence.startswith("Public domain")
    assert bundle.profile.strain == 16
    assert {source.role for source in bundle.card.sources} == {"train", "held out"}


def test_it_composes_with_both_hands_from_the_first_bar(bundle: Bundle) -> None:
    wish = Wish(bars=8, key="C")
    # So few bars are as likely as their first happen to be: seeds 1 to 6 have 3.9 to 6.3 nats.
    pieces = compose_many(bundle, wish, seeds=[2, 3])
    assert pieces == compose_many(bundle, wish, seeds=[2, 3])
    for piece in pieces:
        assert {note.hand for note in piece.notes} == {Hand.LEFT, Hand.RIGHT}
        assert any(note.onset < piece.bars[2].start for note in piece.notes)
        assert score(bundle.model, piece).nats_per_step < 5


def test_what_it_composes_is_likely_whatever_the_seed(bundle: Bundle) -> None:
    pieces = compose_many(bundle, Wish(bars=8, key="C"), seeds=range(1, 7))
    assert fmean(score(bundle.model, piece).nats_per_step for piece in pieces) < 5


def test_composing_side_by_side_changes_nothing(bundle: Bundle) -> None:
    together = compose_many(bundle, Wish(bars=4), seeds=[7, 8, 9])
    (alone,) = compose_many(bundle, Wish(bars=4), seeds=[8])
    assert alone.notes == together[1].notes


def test_composing_with_it_loads_neither_keras_nor_jax() -> None:
    script = (
        "import sys; from ragsmith.shipped import shipped_model; "
        "from ragsmith.composer import Wish, compose; compose(shipped_model(), Wish(bars=1)); "
        "sys.exit(bool({'keras', 'jax'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_step_of_many_notes_can_be_remembered(bundle: Bundle) -> None:
    (piece,) = compose_many(bundle, Wish(bars=2), seeds=[3])
    state = bundle.model.begin(piece)
    everything = tuple(Onset(pitch, 2, Hand.RIGHT) for pitch in range(21, 109))
    (state,) = bundle.model.advance([state], [everything])
    (step,) = bundle.model.propose([state], [lambda log_p: int(log_p.argmax())])
    assert isinstance(step, tuple)
