"""Variants of a piece on the command line: composed, written, and laid out by their distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ragsmith.cli.composed import Chosen, Destination
from ragsmith.cli.render import Report, print_json, print_table

if TYPE_CHECKING:
    from ragsmith.bundle.bundle import Bundle
    from ragsmith.composer import Wish
    from ragsmith.composer.variants import Variant
    from ragsmith.piece import Piece

__all__ = ["VariantsAsked", "show_variants"]

COLUMNS = ("file", "distance", "bars kept", "harmony kept", "beats copied", "melody")


class VariantsAsked(NamedTuple):
    """What may change in the variants, as `ragsmith.composer.variants.variants` takes it."""

    distance: str
    bars: tuple[int, int] | None
    hand: str
    harmony: str

    def compose(
        self,
        bundle: Bundle,
        piece: Piece,
        wish: Wish,
        seeds: Sequence[int],
        report: Report,
        seconds: float,
    ) -> list[Variant]:
        """The variants, the nearest first."""
        from ragsmith.composer.variants import variants

        return variants(
            bundle,
            piece,
            wish,
            seeds=seeds,
            **self._asdict(),
            on_step=lambda done, count: report.update(done, count, f"variant {done} of {count}"),
            seconds=seconds,
        )


def show_variants(made: Sequence[Variant], output: Destination, stem: str, json: bool) -> None:
    """Write the variants, and print how far each is from the piece, and what has stayed."""
    paths = output.write(Chosen([variant.composed for variant in made], []), stem)
    rows = [_facts(variant, files) for variant, files in zip(made, paths, strict=True)]
    if json:
        print_json({"variants": rows})
    else:
        print_table(COLUMNS, [_cells(row) for row in rows])


def _facts(variant: Variant, files: Sequence[Any]) -> dict[str, Any]:
    """What scripts are told of a variant."""
    runs = variant.composed.originality
    return {
        "paths": [str(path) for path in files],
        "seed": variant.composed.seed,
        "distance": round(variant.distance, 3),
        "bars_kept": round(variant.bars_kept, 3),
        "harmony_kept": round(variant.harmony_kept, 3),
        "originality": runs
        and {
            "longest_texture_beats": float(runs.texture.beats) if runs.texture else 0.0,
            "longest_melody_beats": float(runs.melody.beats) if runs.melody else 0.0,
        },
    }


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    """A row of the table, under `COLUMNS`."""
    runs = row["originality"]
    copied = [f"{beats:g}" if beats else "at most 1" for beats in runs.values()] if runs else None
    shares = (f"{row['bars_kept']:.0%}", f"{row['harmony_kept']:.0%}")
    return (row["paths"], f"{row['distance']:.2f}", *shares, *(copied or ["not checked", ""]))
