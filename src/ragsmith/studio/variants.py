"""Variants of a piece, composed in a child process, each a piece of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ragsmith.composer.variants import variants as variants_of
from ragsmith.studio.composing import (
    SECONDS,
    ComposingEvents,
    Tell,
    keep_changed,
    model_at,
    on_grid,
    piece_at,
    wish_again,
)

__all__ = ["variants"]


def variants(
    tell: Tell,
    model: str,
    piece: str,
    title: str,
    recipe: str,
    bars: tuple[int, int],
    hand: str,
    dials: str | None,
    seed: int,
    count: int,
    distance: str,
    harmony: str,
    folder: str,
) -> None:
    """Compose variants, and send each with how far it is from the piece: the nearest first.

    Raises:
        UserError: as `ragsmith.composer.variants.variants`.
    """
    bundle, wish = model_at(model), wish_again(recipe, title, dials)
    made = variants_of(
        bundle,
        on_grid(piece_at(Path(piece)), bundle),
        wish,
        seeds=range(seed, seed + count),
        distance=distance,
        bars=(bars[0], bars[1]),
        hand=hand,
        harmony=harmony,
        on_step=ComposingEvents(tell, 1).progress,
        seconds=SECONDS,
    )
    for number, variant in enumerate(made):
        named = replace(variant.composed, piece=replace(variant.composed.piece, title=title))
        row = keep_changed(bundle, named, wish.limits, Path(folder))
        facts = {
            "distance": round(variant.distance, 2),
            "bars_kept": round(variant.bars_kept, 2),
            "harmony_kept": round(variant.harmony_kept, 2),
        }
        own = f"{title} ({variant.distance:.2f})"
        tell({"type": "piece", "candidate": number, "row": row | {"title": own}} | facts)
