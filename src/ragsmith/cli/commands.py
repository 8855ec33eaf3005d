"""The commands, put together; what each one needs is imported when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

import ragsmith
from ragsmith.cli import corpus
from ragsmith.cli.checking import check
from ragsmith.cli.composing import compose
from ragsmith.cli.doctor import doctor
from ragsmith.cli.evaluating import evaluate
from ragsmith.cli.exporting import export
from ragsmith.cli.learning import learn
from ragsmith.cli.mcp import mcp
from ragsmith.cli.pretraining import pretrain
from ragsmith.cli.reporting import report
from ragsmith.cli.simplifying import simplify
from ragsmith.cli.studio import studio
from ragsmith.cli.study import study

__all__ = ["app"]

app = typer.Typer(
    name="ragsmith",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (
    *(compose, check, export, simplify, studio, report, doctor),
    *(learn, pretrain, evaluate, study, mcp),
):
    app.command()(command)
app.add_typer(corpus.app, name="corpus")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"ragsmith {ragsmith.__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Learn the style of a folder of piano music, and compose new pieces in it.

    To hear something now: ragsmith compose. For your own: ragsmith learn FOLDER --out my.ragsmith,
    then ragsmith compose my.ragsmith. Every command has -h.
    """
