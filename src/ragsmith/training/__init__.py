"""From a corpus to a trained model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from ragsmith import options
from ragsmith.bundle.bundle import Bundle, save_bundle
from ragsmith.chart import line_chart
from ragsmith.corpus import HELD_OUT, collection_of, split_works
from ragsmith.errors import BadFile, BadOption
from ragsmith.files import clear_leftovers, write_whole
from ragsmith.models import hosts
from ragsmith.models.registry import config_for, suited
from ragsmith.originality.corpora import as_base, together
from ragsmith.piece import Piece
from ragsmith.training.base import base_for
from ragsmith.training.checkpoint import Epoch
from ragsmith.training.criticising import (
    is_criticised,
    with_chord_nats,
    with_critic,
    with_piece_critic,
)
from ragsmith.training.loop import Began, Event, FromBase, Learnt, Plan, Progress, teach
from ragsmith.training.profiling import bundle_of
from ragsmith.training.stopping import Stop, stopped_by_signals

__all__ = [
    "DEFAULT_MODEL",
    "Began",
    "Epoch",
    "Event",
    "FromBase",
    "Learnt",
    "Plan",
    "Progress",
    "Stop",
    "learn",
    "loss_curve",
    "teach",
]

DEFAULT_MODEL = options.MODEL.default


def learn(
    corpus: Sequence[Piece],
    model: str = DEFAULT_MODEL,
    *,
    settings: Mapping[str, Any] | None = None,
    plan: Plan | None = None,
    base: str | Path | Bundle | None = None,
    held_out: float = HELD_OUT,
    public: bool = False,
    out: str | Path | None = None,
    resume: bool = False,
    on_event: Callable[[Event], None] = lambda event: None,
    stop: Stop | None = None,
) -> Bundle:
    """Learn the style of a corpus.

    Args:
        corpus: a folder as `ragsmith.read_corpus` gives it, or any list of pieces; their grid is
            the model's where the settings name none.
        model: one of `ragsmith.models.registry.model_names()`.
        settings: fields of that model's config that differ from its defaults.
        plan: how long.
        base: the model to begin from: a built-in name, a file or an opened model; "none" begins
            from random numbers; None takes the built-in base where it fits model and settings.
        held_out: share of the works that measure and are not learnt; 0 learns them all, and the
            training loss decides which epoch is best.
        public: whether anyone may read the music of the corpus out of the model's index, which is
            small then, as that of a base; otherwise it is sealed.
        out: write the model there, with its loss curve beside it, and after every epoch what
            resuming needs; of several hosts the first one does.
        resume: go on where a killed or interrupted learning to the same `out` stopped.
        on_event: told of the beginning, of progress, and of every epoch.
        stop: ends learning when it is requested; None lets Ctrl-C request it. What has been learnt
            by then is described and written, however often Ctrl-C is pressed meanwhile.

    Raises:
        BadOption: a setting is out of range, a sequence longer than every piece, the corpus
            holds no pieces, or the base is of another model or shape.
        BadPiece: pieces of a list have no notes, or lie on different grids.
        BadFile: `out` cannot be written, or there is nothing to resume.
        KeyboardInterrupt: stopped before the first epoch had ended: there is nothing to keep.

    >>> import ragsmith
    >>> learn(ragsmith.datasets.rags()[:3], "markov")
    <Bundle: markov, learnt from 3 files>
    """
    plan = _checked(plan)
    pieces = collection_of(corpus)
    settings = {"steps_per_quarter": pieces.steps_per_quarter, **(settings or {})}
    config = _config_on_grid(model, settings, pieces.steps_per_quarter)
    begun = base_for(base, model, settings)
    places = _places(Path(out), checked=hosts.is_first()) if out else None
    split = split_works(pieces, held_out, plan.seed)
    training = pieces.sequence(split.train)
    base_config = begun.bundle.model.config if begun else None
    config = suited(config, settings, training.steps, base_config)
    if begun:
        on_event(begun.event(split.train))
    ending = stop or Stop()
    with nullcontext() if stop else stopped_by_signals(ending):
        learnt = teach(
            model,
            config,
            training,
            pieces.sequence(split.held_out),
            plan,
            base=begun.bundle.model.arrays() if begun else None,
            checkpoint=places and places.checkpoint,
            resume=resume,
            on_event=on_event,
            stop=ending,
        )
        bundle = bundle_of(pieces, split, learnt, plan.seed, public=public)
        if begun:
            indices = bundle.passages + as_base(begun.bundle.passages)
            bundle = bundle._replace(passages=together(indices))
        if is_criticised(bundle) and learnt.ended != "interrupted" and not public:
            for compared in (with_chord_nats, with_critic, with_piece_critic):
                bundle = compared(bundle, training)
        if places and hosts.is_first():
            _write(places, bundle, learnt)
    return bundle


def _checked(plan: Plan | None) -> Plan:
    if plan is None:
        return Plan()
    if not isinstance(plan, Plan):
        raise BadOption(f"plan {plan!r}", "is no plan", "give one like ragsmith.Plan(minutes=10)")
    return plan


def _config_on_grid(model: str, settings: Mapping[str, Any], grid: int) -> Any:
    """The config of a model that lies on the grid of its corpus."""
    config = config_for(model, settings)
    if config.steps_per_quarter != grid:
        raise BadOption(
            f"steps_per_quarter {config.steps_per_quarter}",
            f"is not the grid of the corpus, {grid}",
            "read the corpus on the model's grid",
        )
    return config


class _Places(NamedTuple):
    """The files that one learning writes."""

    bundle: Path
    curve: Path
    checkpoint: Path


def _write(places: _Places, bundle: Bundle, learnt: Learnt) -> None:
    """Write the model and its curve; what resuming needs stays where learning was broken off."""
    write_whole(places.curve, loss_curve(learnt, places.bundle.stem).encode())
    save_bundle(bundle, places.bundle)
    if learnt.ended != "interrupted":
        places.checkpoint.unlink(missing_ok=True)


def _places(out: Path, *, checked: bool) -> _Places:
    """Beside `out`, where what a killed learning left half written is removed; not `checked` on a
    host that writes nothing."""
    if out.is_dir() or out.suffix.lower() == ".svg":  # .svg is the loss curve's
        raise BadFile(out, "cannot be a model's name", "name a file, like model.ragsmith")
    places = _Places(out, out.with_suffix(".svg"), out.with_name(out.name + ".learning"))
    if not checked:
        return places
    if not out.parent.is_dir():
        raise BadFile(out, "lies in a folder that does not exist", "make the folder first")
    for place in places:
        clear_leftovers(place)
    return places


def loss_curve(learnt: Learnt, title: str) -> str:
    """Training and held-out loss over the epochs, as SVG text."""
    lines = {
        "training": [(e.number, e.training) for e in learnt.epochs],
        "held out": [(e.number, e.held_out) for e in learnt.epochs if e.held_out is not None],
    }
    return line_chart(lines, title, "epoch", "nats per step")
