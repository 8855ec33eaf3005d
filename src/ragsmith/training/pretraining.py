"""Learning a base: a model of much music, from which others begin.

A base takes the pieces that lie on its grid as they are: where more than a few onsets would have to
move, the rhythm that it learnt would be another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ragsmith.bundle.bundle import Bundle
from ragsmith.corpus import Corpus
from ragsmith.errors import BadFolder
from ragsmith.originality.compact import MOST_ONSETS
from ragsmith.training import Event, Plan, Stop, learn

__all__ = ["FEWEST_PIECES", "MOST_MOVED", "PRETRAINING", "fitting", "pretrain"]

MOST_MOVED = 0.02
"""Share of a piece's onsets that may lie beside the grid."""
FEWEST_PIECES = 20
HELD_OUT = 0.015
"""Share of the works that choose the best epoch: two dozen of 1,600 tell it well enough."""
PRETRAINING: Mapping[str, Any] = {
    "size": "medium",
    "dropout": 0.1,
    "context_dropout": 0.1,
    "weight_decay": 0.1,
    "averaging": 0.999,
    "batch": 16,
    "epochs": 50,
    "memory": False,
}
"""Much music needs little to hold it back; of what it learnt literally nothing is to come back."""


def fitting(corpus: Corpus) -> Corpus:
    """The corpus without the pieces that do not fit its grid.

    Raises:
        BadFolder: fewer than `FEWEST_PIECES` are left, or more onsets than an index holds.
    """
    entries = tuple(
        entry
        if not entry.usable or entry.moved is None or entry.moved.share <= MOST_MOVED
        else replace(entry, verdict="reject", reason=_beside(entry.moved.share))
        for entry in corpus.entries
    )
    fits = replace(corpus, entries=entries)
    if len(fits) < FEWEST_PIECES:
        rule = f"holds {len(fits)} pieces that fit the grid, and a base needs {FEWEST_PIECES}"
        raise BadFolder(corpus.folder, rule, "give more folders, or learn from it with learn")
    onsets = sum(min(entry.notes, entry.steps) for entry in fits.usable)
    if onsets > MOST_ONSETS:
        rule = f"holds up to {onsets:,} onsets, and a base's index holds {MOST_ONSETS:,}"
        raise BadFolder(corpus.folder, rule, "give fewer folders")
    return fits


def _beside(share: float) -> str:
    return f"{share:.0%} of its onsets lie beside the grid; a base takes {MOST_MOVED:.0%} at most"


def pretrain(
    corpus: Corpus,
    *,
    settings: Mapping[str, Any] | None = None,
    plan: Plan | None = None,
    base: str | Path | Bundle | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    on_event: Callable[[Event], None] = lambda event: None,
    stop: Stop | None = None,
) -> Bundle:
    """Learn a base from a large corpus: `learn` with `stride`, its pieces as `fitting` gives them.

    Args:
        corpus: folders as `ragsmith.read_corpus` gives them.
        settings: fields of `StrideConfig` that differ from `PRETRAINING`.
        base: another base to go on from; None begins from nothing.
        plan, out, resume, on_event, stop: as `ragsmith.learn`'s.

    Raises:
        BadFolder: too few pieces fit the grid.
        UserError: as `ragsmith.learn`.
    """
    return learn(
        fitting(corpus),
        "stride",
        settings={**PRETRAINING, **(settings or {})},
        plan=plan or Plan(patience=0),
        base=base or "none",
        held_out=HELD_OUT,
        public=True,
        out=out,
        resume=resume,
        on_event=on_event,
        stop=stop,
    )
