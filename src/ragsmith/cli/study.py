"""`ragsmith study`: the classic LSTM experiments on any folder of music."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ragsmith.cli.options import Quiet, argument, path_option

__all__ = ["study"]


def study(
    folder: Annotated[
        Path | None, argument(help="A folder of music. [default: the built-in rags]")
    ] = None,
    out: Annotated[Path, path_option(help="The folder for tables, plots and pieces.")] = Path(
        "study"
    ),
    full: Annotated[
        bool, typer.Option(help="The classic settings, for hours, instead of minutes.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same study.")] = 0,
    quiet: Quiet = False,
) -> None:
    """Repeat the classic LSTM experiments.

    Sequence length, ways to choose, and encodings against loops, copies and likelihood: as tables
    and plots.
    """
    from ragsmith.cli.folders import read_folder
    from ragsmith.cli.render import reporting
    from ragsmith.experiments import run_study

    with reporting(quiet) as report:
        corpus = read_folder(folder, 4, report)
        path = run_study(corpus, out, full=full, seed=seed, say=report.line)
    print(path.read_text("utf-8"))
