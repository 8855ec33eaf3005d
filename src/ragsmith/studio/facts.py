"""What the library keeps of a piece and of a model, beside the files."""

from __future__ import annotations

from typing import Any

from ragsmith.bundle.bundle import Bundle, Profile
from ragsmith.composer.fill import Composed
from ragsmith.composer.ranking import rank_composed
from ragsmith.io.score.bar_numbers import printed_bars
from ragsmith.keys import key_name
from ragsmith.measure.difficulty import difficulty
from ragsmith.measure.figure_words import WORDS
from ragsmith.measure.portrait import figures_of
from ragsmith.measure.style import Band
from ragsmith.originality.check import Checked
from ragsmith.originality.search import Limits
from ragsmith.performance import perform
from ragsmith.piece import Piece

__all__ = ["facts_of_model", "facts_of_piece", "signature_of"]


def facts_of_model(bundle: Bundle) -> dict[str, Any]:
    """The facts that a list of models shows of one."""
    model, card, profile, _ = bundle
    return {
        "kind": model.name,
        "files": len(card.sources),
        "steps_per_quarter": model.steps_per_quarter,
        "metre": "/".join(map(str, profile.metre)),
        "keys": card.keys,
        "strain": profile.strain,
        "bits_per_beat": card.bits_per_beat,
        "quality": card.quality,
    }


def facts_of_piece(
    bundle: Bundle, composed: Composed, limits: Limits, checked: Checked | None
) -> dict[str, Any]:
    """The facts that the pages show of a piece: its printed bars, its length as it is
    played, what it shares with the corpus, and its figures beside the corpus's bands.

    Args:
        bundle: the model that composed it.
        composed: the piece, and how it came about.
        limits: those that it was composed under.
        checked: what the whole piece shares with the corpus; None: not known.
    """
    piece = composed.piece
    performance = perform(piece)
    (rank,) = rank_composed(bundle.profile, [composed], limits)
    runs = checked.as_json() if checked else {}
    return {
        "title": piece.title,
        "seed": composed.seed,
        "recipe": piece.recipe,
        "composer": piece.composer,
        **signature_of(piece),
        "bars": len(printed_bars(piece)),
        "seconds": performance.seconds,
        "notes": len(performance.notes),
        "difficulty": round(difficulty(piece), 1),
        "originality": {name: runs.get(name) for name in ("longest_texture", "longest_melody")},
        "scores": _scores(bundle.profile, composed, {r.figure: r.words for r in rank.reasons}),
        "penalty": round(rank.penalty, 3),
    }


def signature_of(piece: Piece) -> dict[str, str | None]:
    """The key and the metre that a piece begins in, as `options.KEY` and `options.METRE` name them;
    None where the piece does not say.

    >>> signature_of(Piece.from_array([[0, 60, 4]], metre="2/4"))
    {'key': None, 'metre': '2/4'}
    """
    key = key_name(piece.keys[0]).removesuffix(" major") if piece.keys else None
    metre = "/".join(map(str, piece.bars[0].metre)) if piece.bars else None
    return {"key": key, "metre": metre}


def _scores(profile: Profile, composed: Composed, reasons: dict[str, str]) -> list[dict[str, Any]]:
    """The figures that the corpus has a band for."""
    figures: dict[str, float] = {}
    bands: dict[str, Band] = {}
    if profile.portrait:
        figures = figures_of(composed.piece, profile.portrait)
        bands = dict(profile.portrait.bands)
    if profile.likelihood:
        figures["nats_per_step"] = composed.nats_per_step
        bands["nats_per_step"] = profile.likelihood
    return [
        {
            "name": name,
            "value": round(figures[name], 4),
            "low": round(bands[name].low, 4),
            "high": round(bands[name].high, 4),
            "words": reasons.get(name) or WORDS.get(name, (name.replace("_", " "),))[0],
        }
        for name in sorted(figures.keys() & bands.keys())
    ]
