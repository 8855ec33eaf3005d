"""The commands: options in, one call, the result shown. Rooms are entered when they are needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import ragsmith
from ragsmith.cli import corpus as public
from ragsmith.cli.checking import check
from ragsmith.cli.composing import compose
from ragsmith.cli.exporting import export
from ragsmith.cli.options import Force, Json, argument, path_option, setting_of
from ragsmith.cli.reporting import report
from ragsmith.cli.studio import studio
from ragsmith.errors import BadOption

if TYPE_CHECKING:
    from ragsmith.corpus import Corpus

__all__ = ["app"]

app = typer.Typer(
    name="ragsmith",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(compose)
app.command()(check)
app.command()(export)
app.command()(studio)
app.command()(report)
app.add_typer(public.app, name="corpus")


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
    then ragsmith compose my.ragsmith. Every command has --help.
    """


@app.command()
def doctor(
    folder: Annotated[Path, argument(help="A folder of music files.")],
    json: Json = False,
) -> None:
    """Say which files can be learnt from, and why.

    Every file is accepted, repaired (used, but something was mended) or rejected. The grid is the
    coarsest that holds the notes, in steps a quarter note; `learn` takes it with --set
    steps_per_quarter=N.
    """
    from ragsmith.cli.render import print_json, print_table, reporting
    from ragsmith.corpus import doctor as examine

    with reporting() as report:
        found = examine(folder, progress=lambda n, of: report.update(n, of, f"{n} of {of} files"))
    if json:
        print_json(found)
        return
    print_table(
        ("file", "verdict", "notes", "grid", "reason"),
        [
            (f["path"], f["verdict"], f["notes"], f["steps_per_quarter"] or "-", f["reason"])
            for f in found["files"]
        ],
    )
    print(
        f"{found['accepted']} accepted, {found['repaired']} repaired, {found['rejected']} rejected"
    )


@app.command()
def learn(
    folder: Annotated[
        Path | None, argument(help="A folder of music. [default: the built-in rags]")
    ] = None,
    out: Annotated[Path, path_option(help="The model file to write.")] = Path("model.ragsmith"),
    model: Annotated[
        str, typer.Option(help="element, many-to-one, multihot, markov or stride.")
    ] = "stride",
    minutes: Annotated[float | None, typer.Option(help="Stop after this long.")] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Stop after this many passes. [default: the model's]")
    ] = None,
    patience: Annotated[
        int, typer.Option(help="Stop after this many passes without progress; 0 never.")
    ] = 10,
    held_out: Annotated[
        float,
        typer.Option(
            help="Share of the works to measure with (at most 100 works); 0 learns them all."
        ),
    ] = 0.1,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="A setting of the model, like hidden=128; repeatable.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.")] = 0,
    resume: Annotated[bool, typer.Option(help="Go on where a stopped learning was.")] = False,
    force: Force = False,
    json: Json = False,
) -> None:
    """Learn the style of a folder of music.

    Writes a model file, and its loss curve beside it. Ctrl-C stops early and keeps the best so far;
    --resume goes on.
    """
    from ragsmith.cli.learning import show_learning
    from ragsmith.cli.output import refuse_to_overwrite
    from ragsmith.cli.render import print_json, reporting
    from ragsmith.models.registry import config_for
    from ragsmith.training import Plan
    from ragsmith.training import learn as learn_style

    plan = Plan(minutes, epochs, patience, seed)
    if not resume:
        curve = [] if out.exists() else [out.with_suffix(".svg")]
        refuse_to_overwrite([out, *curve], [], force)
    if not 0 <= held_out < 1:
        raise BadOption(f"held-out {held_out:g}", "must be at least 0 and below 1", "try 0.1")
    settings = dict(setting_of(text) for text in set_ or ())
    config = config_for(model, settings)
    with reporting() as report:
        corpus = _corpus(folder, config.steps_per_quarter, report)
        bundle = learn_style(
            corpus,
            model,
            settings=settings,
            plan=plan,
            held_out=held_out,
            out=out,
            resume=resume,
            on_event=show_learning(report),
        )
    card = bundle.card
    measured = {"nats_per_step": card.nats_per_step, "bits_per_beat": card.bits_per_beat}
    if json:
        print_json(
            {
                "model": model,
                "bundle": str(out),
                "epochs": card.epochs,
                "seconds": card.seconds,
                "held_out": None if card.nats_per_step is None else measured,
                "parameters": bundle.model.parameters,
            }
        )
        return
    said = f"{out}: {model}, {bundle.model.parameters:,} numbers, best after pass {card.epochs}"
    if card.bits_per_beat is not None:
        said += f", {card.bits_per_beat:.2f} bits a beat on held-out works"
    if card.impossible_share:
        said += f" ({card.impossible_share:.0%} of their steps it has never seen)"
    print(said)


@app.command()
def evaluate(
    model: Annotated[Path, argument(help="A .ragsmith file.")],
    folder: Annotated[Path, argument(help="A folder of music files.")],
    json: Json = False,
) -> None:
    """Measure how well a model predicts music.

    Exact likelihoods, piece by piece; fewer bits a beat are better, and compare across models.
    """
    from ragsmith.bundle.bundle import load_bundle
    from ragsmith.bundle.evaluate import evaluate as measure
    from ragsmith.cli.render import print_json, print_table, reporting

    bundle = load_bundle(model)
    with reporting() as report:
        corpus = _corpus(folder, bundle.model.steps_per_quarter, report)
        found = measure(bundle, corpus)
    if json:
        print_json(found)
        return
    print_table(
        ("file", "steps", "nats a step", "bits a beat", "never seen", "learnt from"),
        [
            (
                p["path"],
                p["steps"],
                f"{p['nats_per_step']:.3f}",
                f"{p['bits_per_beat']:.2f}",
                f"{p['impossible_share']:.0%}",
                "yes" if p["learnt"] else "",
            )
            for p in found["pieces"]
        ],
    )
    print(
        f"{found['pooled_over']}: {found['nats_per_step']:.3f} nats a step, "
        f"{found['bits_per_beat']:.2f} bits a beat, {found['impossible_share']:.0%} never seen"
    )


@app.command()
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
) -> None:
    """Repeat the classic LSTM experiments.

    Sequence length, ways to choose, and encodings against loops, copies and likelihood: as tables
    and plots.
    """
    from ragsmith.cli.render import reporting
    from ragsmith.experiments import run_study

    with reporting() as report:
        corpus = _corpus(folder, 4, report)
        path = run_study(corpus, out, full=full, seed=seed, say=report.line)
    print(path.read_text("utf-8"))


def _corpus(folder: Path | None, steps_per_quarter: int, report: Any) -> Corpus:
    from ragsmith.corpus import read_corpus
    from ragsmith.shipped.rags import rags_folder

    return read_corpus(
        folder or rags_folder(),
        steps_per_quarter,
        progress=lambda n, of: report.update(n, of, f"reading {n} of {of} files"),
    )
