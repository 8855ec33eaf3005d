"""`ragsmith evaluate`: how well a model predicts music."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from ragsmith.cli.options import Json, Quiet, argument

__all__ = ["evaluate"]

COLUMNS = ("file", "steps", "nats a step", "bits a beat", "never seen", "learnt from")


def evaluate(
    model: Annotated[Path, argument(help="A .ragsmith file.")],
    folder: Annotated[Path, argument(help="A folder of music files.")],
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Measure how well a model predicts music.

    Exact likelihoods, piece by piece; fewer bits a beat are better, and compare across models.
    """
    from ragsmith.bundle.evaluate import evaluate as measure
    from ragsmith.cli.folders import read_folder
    from ragsmith.cli.render import print_json, print_table, reporting
    from ragsmith.shipped import load_model

    bundle = load_model(model)
    with reporting(quiet) as report:
        corpus = read_folder(folder, bundle.model.steps_per_quarter, report)
        measured = measure(bundle, corpus)
    if json:
        print_json(measured)
        return
    print_table(COLUMNS, [_cells(piece) for piece in measured["pieces"]])
    nats, bits = measured["nats_per_step"], measured["bits_per_beat"]
    unseen = measured["impossible_share"]
    print(
        f"{measured['pooled_over']}: {nats:.3f} nats a step, {bits:.2f} bits a beat, "
        f"{unseen:.0%} never seen"
    )


def _cells(piece: dict[str, Any]) -> tuple[Any, ...]:
    return (
        piece["path"],
        piece["steps"],
        f"{piece['nats_per_step']:.3f}",
        f"{piece['bits_per_beat']:.2f}",
        f"{piece['impossible_share']:.0%}",
        "yes" if piece["learnt"] else "",
    )
