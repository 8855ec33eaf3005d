"""How well a model knows a corpus: its likelihood of every file, and of all together."""

from __future__ import annotations

from typing import Any

from ragsmith.bundle.bundle import Bundle
from ragsmith.corpus import Corpus
from ragsmith.measure.likelihood import Score, pooled, score

__all__ = ["evaluate"]


def evaluate(bundle: Bundle, corpus: Corpus) -> dict[str, Any]:
    """Every usable file of a corpus under a trained model, as `ragsmith evaluate --json` prints it.

    Pooled over the files that the model has not learnt from; over all when it has learnt them all.
    """
    learnt = {s.sha256 for s in bundle.card.sources if s.role == "train"}
    scores = [(e, score(bundle.model, corpus.piece(e))) for e in corpus.usable]
    new = [s for e, s in scores if e.digest not in learnt]
    together = pooled(new or [s for _, s in scores])
    unlearnt = f"{len(new)} files that it has not learnt"
    return _as_json(together) | {
        "pooled_over": unlearnt if new else "all files, all learnt from",
        "pieces": [{"path": e.path, "learnt": e.digest in learnt} | _as_json(s) for e, s in scores],
    }


def _as_json(score: Score) -> dict[str, Any]:
    return {
        "nats_per_step": score.nats_per_step,
        "bits_per_beat": score.bits_per_beat,
        "steps": score.steps,
        "impossible_share": score.impossible_share,
    }
