"""`ragsmith learn`: from a folder of music to a model file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragsmith import options
from ragsmith.cli import options as typed
from ragsmith.cli.options import (
    Beats,
    FolderGrid,
    Force,
    Json,
    Part,
    Parts,
    Places,
    Quiet,
    part_of,
    path_option,
    setting_of,
)

if TYPE_CHECKING:
    from ragsmith.bundle.bundle import Bundle

__all__ = ["Resume", "Settings", "learn", "show_learnt"]

NAME = "model.ragsmith"
QUALITY = {
    "not yet": "not yet: it has hardly begun, and composes as if notes were drawn; let it learn "
    "longer, or from more music",
    "fair": "fair: it composes; counting predicts music that it has not learnt as well or better",
    "good": "good: it predicts music that it has not learnt better than counting does",
}
Out = Annotated[
    Path | None,
    path_option(help="The model file to write. [default: model.ragsmith, or the next free name]"),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="FIELD=VALUE", help="A setting of the model, like hidden=128; repeatable."
    ),
]
Resume = Annotated[bool, typer.Option(help="Go on where a stopped learning was.")]


def learn(
    places: Places = None,
    out: Out = None,
    model: typed.Model = options.MODEL.default,
    minutes: typed.Minutes = options.MINUTES.default,
    epochs: typed.Epochs = options.EPOCHS.default,
    patience: typed.Patience = options.PATIENCE.default,
    base: typed.Base = options.BASE.default,
    held_out: typed.HeldOut = options.HELD_OUT.default,
    set_: Settings = None,
    seed: typed.LearningSeed = options.LEARNING_SEED.default,
    grid: FolderGrid = None,
    part: Part = None,
    parts: Parts = None,
    beats: Beats = None,
    shards: typed.Shards = None,
    host: typed.Host = None,
    meet: typed.Meet = None,
    resume: Resume = False,
    force: Force = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Learn the style of a folder of music, or of some files.

    Writes a model file, and its loss curve beside it. Ctrl-C stops early and keeps the best so far;
    --resume goes on.
    """
    from ragsmith.cli.folders import read_folder, show_rejected, what_was_read
    from ragsmith.cli.overwriting import place_for_model
    from ragsmith.cli.progress import show_learning
    from ragsmith.cli.render import reporting
    from ragsmith.cli.sharded import shard_corpus
    from ragsmith.cli.stopping import stopped_by_ctrl_c
    from ragsmith.models.registry import config_for
    from ragsmith.training import Plan, Stop
    from ragsmith.training import learn as learn_style

    plan = Plan(minutes, epochs, patience, seed)
    options.HELD_OUT.check(held_out)
    first = joined(host, meet)
    place = place_for_model(out, NAME, resume, force) if first else out or Path(NAME)
    settings = dict(setting_of(text) for text in set_ or ())
    if grid is not None:
        settings["steps_per_quarter"] = grid
    config_for(model, settings)  # refuses a wrong setting before anything is read
    chosen = settings.get("steps_per_quarter")
    stop = Stop()
    with reporting(quiet) as report, stopped_by_ctrl_c(stop, report):
        wanted = part_of(part, parts)
        if shards:
            corpus = shard_corpus(shards, chosen, (places, wanted, beats))
        else:
            corpus = read_folder(places, chosen, report, part=wanted, beats=beats)
        show_rejected(corpus, report)
        bundle = learn_style(
            corpus,
            model,
            settings=settings,
            plan=plan,
            base=base,
            held_out=held_out,
            out=place,
            resume=resume,
            on_event=show_learning(report),
            stop=stop,
        )
    if first:
        show_learnt(bundle, place, what_was_read(corpus), json)


def joined(host: str | None, meet: str | None) -> bool:
    """Join the other hosts where there are some; whether this one writes.

    Raises:
        BadOption: one of the two is missing or wrong, or the others do not come.
    """
    from ragsmith.cli.streams import keep_output_clean
    from ragsmith.errors import BadOption
    from ragsmith.models import hosts

    if host is None and meet is None:
        return True
    if host is None or meet is None:
        remedy = "give both, as --host 1/2 --meet 10.0.0.1:7000"
        raise BadOption("--host and --meet", "go together", remedy)
    keep_output_clean()  # Gloo prints whom it has met, as late as it meets them
    hosts.join(host, meet)
    return hosts.is_first()


def show_learnt(bundle: Bundle, out: Path, read: dict[str, Any], json: bool) -> None:
    """Print what was learnt, as one JSON object or in one line."""
    from ragsmith.cli.render import print_json

    card, model = bundle.card, bundle.model
    if json:
        print_json(_facts(bundle, out, read))
        return
    line = f"{out}: {model.name}, {model.parameters:,} numbers, best after pass {card.epochs}"
    if card.bits_per_beat is not None:
        line += f", {card.bits_per_beat:.2f} bits a beat on held-out works"
    if card.impossible_share:
        line += f" ({card.impossible_share:.0%} of their steps it has never seen)"
    print(line)
    if card.quality:
        print(QUALITY[card.quality])


def _facts(bundle: Bundle, out: Path, read: dict[str, Any]) -> dict[str, Any]:
    """What scripts are told of a model that was learnt."""
    card, model = bundle.card, bundle.model
    roles = [source.role for source in card.sources]
    measured = {
        "nats_per_step": card.nats_per_step,
        "bits_per_beat": card.bits_per_beat,
        "counting_nats": card.counting_nats,
        "drawn_nats": card.drawn_nats,
    }
    return {
        "model": model.name,
        "bundle": str(out),
        "epochs": card.epochs,
        "seconds": card.seconds,
        "held_out": None if card.nats_per_step is None else measured,
        "quality": card.quality,
        "parameters": model.parameters,
        "files": {
            "learnt": roles.count("train"),
            "held_out": roles.count("held out"),
            "rejected": read["rejected"],
            "reasons": read["reasons"],
        },
    }
