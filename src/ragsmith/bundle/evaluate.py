"""How well a model knows a corpus: its likelihood of every file, and of all together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ragsmith.bundle.bundle import Bundle, checked_bundle
from ragsmith.corpus import collection_of
from ragsmith.errors import BadPiece, counted
from ragsmith.measure.likelihood import Score, pooled, score
from ragsmith.piece import Piece

__all__ = ["evaluate"]


def evaluate(bundle: Bundle, corpus: Sequence[Piece]) -> dict[str, Any]:
    """How likely pieces are under a trained model, as `ragsmith evaluate --json` prints it.

    Pooled over the files that the model has not learnt from; over all when it has learnt them all.

    Args:
        bundle: a trained model.
        corpus: as `ragsmith.read_corpus` gives it, or any list of pieces.

    Returns:
        nats_per_step, bits_per_beat, steps, impossible_share of all together; under "pieces" a
        dict for each, with its path and whether it was learnt from.

    Raises:
        BadOption: the list holds no pieces.
        BadPiece: a piece of it has no notes, or they lie on another grid than the model.

    >>> import ragsmith
    >>> rags = ragsmith.datasets.rags()[:3]
    >>> figures = evaluate(ragsmith.learn(rags[:2], "markov"), rags)
    >>> figures["pooled_over"], len(figures["pieces"])
    ('2 files that it has not learnt', 3)
    """
    pieces, grid = collection_of(corpus), checked_bundle(bundle).model.steps_per_quarter
    if pieces.steps_per_quarter != grid:
        remedy = f"read them on that: ragsmith.read(path, {grid})"
        rule = f"are not on the grid of the model, {grid}"
        raise BadPiece(f"pieces on the grid {pieces.steps_per_quarter}", rule, remedy)
    learnt = {s.sha256 for s in bundle.card.sources if s.role == "train"}
    scores = [(e, score(bundle.model, pieces.piece(e))) for e in pieces.usable]
    new = [s for e, s in scores if e.digest not in learnt]
    together = pooled(new or [s for _, s in scores])
    unlearnt = f"{counted(len(new), 'file')} that it has not learnt"
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
