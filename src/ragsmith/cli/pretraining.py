"""`ragsmith pretrain`: from folders of much music to a base."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragsmith import options
from ragsmith.cli import options as typed
from ragsmith.cli.learning import Resume, Settings, show_learnt
from ragsmith.cli.options import (
    FolderGrid,
    Force,
    Json,
    Part,
    Parts,
    Quiet,
    argument,
    part_of,
    path_option,
)

__all__ = ["pretrain"]

Folders = Annotated[list[Path], argument(help="Folders of music; a thousand pieces or more.")]
Out = Annotated[
    Path | None,
    path_option(help="The model file to write. [default: base.ragsmith, or the next free name]"),
]
Base = Annotated[
    str | None,
    typer.Option(help="Another base to go on from. [default: none, it begins from nothing]"),
]


def pretrain(
    places: Folders,
    out: Out = None,
    minutes: typed.Minutes = options.MINUTES.default,
    epochs: typed.Epochs = options.EPOCHS.default,
    set_: Settings = None,
    base: Base = None,
    seed: typed.LearningSeed = options.LEARNING_SEED.default,
    grid: FolderGrid = None,
    part: Part = None,
    parts: Parts = None,
    resume: Resume = False,
    force: Force = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Learn a base from much music, for `learn --base` to begin from.

    Takes the pieces that fit the grid. Runs for hours; Ctrl-C stops and keeps the best so far,
    --resume goes on, also after a kill. The file shows the onsets of its music to anyone: give
    music that may be passed on.
    """
    from ragsmith.cli.folders import read_folder, show_rejected, what_was_read
    from ragsmith.cli.overwriting import place_for_model
    from ragsmith.cli.progress import show_learning
    from ragsmith.cli.render import reporting
    from ragsmith.cli.stopping import stopped_by_ctrl_c
    from ragsmith.training import Plan, Stop
    from ragsmith.training.pretraining import fitting
    from ragsmith.training.pretraining import pretrain as learn_base

    plan = Plan(minutes, epochs, 0, seed)
    place = place_for_model(out, "base.ragsmith", resume, force)
    settings = dict(typed.setting_of(text) for text in set_ or ())
    stop = Stop()
    with reporting(quiet) as report, stopped_by_ctrl_c(stop, report):
        corpus = fitting(read_folder(places, grid, report, part=part_of(part, parts)))
        show_rejected(corpus, report)
        bundle = learn_base(
            corpus,
            settings=settings,
            plan=plan,
            base=base,
            out=place,
            resume=resume,
            on_event=show_learning(report),
            stop=stop,
        )
    show_learnt(bundle, place, what_was_read(corpus), json)
