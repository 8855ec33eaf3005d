"""From a corpus to a trained model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ragsmith.chart import line_chart
from ragsmith.corpus import HELD_OUT, Corpus, Entry, split_works
from ragsmith.errors import BadFile, BadOption
from ragsmith.files import clear_leftovers, write_whole
from ragsmith.keys import key_name
from ragsmith.learn.checkpoint import Epoch
from ragsmith.learn.loop import Began, Event, Learnt, Plan, Progress, teach
from ragsmith.models import config_for, suited
from ragsmith.models.bundle import Bundle, Card, Source, save_bundle
from ragsmith.piece import Metre, Piece
from ragsmith.verbs import strain_lengths

__all__ = [
    "DEFAULT_MODEL",
    "Began",
    "Epoch",
    "Event",
    "Learnt",
    "Plan",
    "Progress",
    "learn",
    "loss_curve",
    "teach",
]

DEFAULT_MODEL = "stride"
LICENCE_NAMES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "COPYING")
LICENCE_LENGTH = 2000


def learn(
    corpus: Corpus,
    model: str = DEFAULT_MODEL,
    *,
    settings: Mapping[str, Any] | None = None,
    plan: Plan | None = None,
    held_out: float = HELD_OUT,
    out: Path | None = None,
    resume: bool = False,
    on_event: Callable[[Event], None] = lambda event: None,
) -> Bundle:
    """Learn the style of a corpus.

    Args:
        corpus: read on the grid that the settings name.
        model: a name of `ragsmith.models.NAMES`.
        settings: fields of that model's config that differ from its defaults.
        plan: how long.
        held_out: share of the works that measure and are not learnt; 0 learns them all, and the
            training loss decides which epoch is best.
        out: write the model there, with its loss curve beside it, and after every epoch what
            resuming needs.
        resume: go on where a killed or interrupted learning to the same `out` stopped.
        on_event: told of the beginning, of progress, and of every epoch.

    Raises:
        BadOption: a setting is out of range, or a sequence longer than every piece.
        BadFile: `out` cannot be written, or there is nothing to resume.
    """
    plan = plan or Plan()
    config = config_for(model, settings or {})
    if config.steps_per_quarter != corpus.steps_per_quarter:
        raise BadOption(
            f"steps_per_quarter {config.steps_per_quarter}",
            f"is not the grid of the corpus, {corpus.steps_per_quarter}",
            "read the corpus on the model's grid",
        )
    places = out and _places(out)
    split = split_works(corpus, held_out, plan.seed)
    training = corpus.sequence(split.train)
    config = suited(config, settings or {}, sum(piece.steps for piece in training))
    learnt = teach(
        model,
        config,
        training,
        corpus.sequence(split.held_out),
        plan,
        checkpoint=places and places.checkpoint,
        resume=resume,
        on_event=on_event,
    )
    roles = {"train": split.train, "held out": split.held_out, "test": split.test}
    bundle = Bundle(learnt.model, _card(corpus, roles, training, learnt, plan))
    if places:
        write_whole(places.curve, loss_curve(learnt, places.bundle.stem).encode())
        save_bundle(bundle, places.bundle)
        if learnt.ended != "interrupted":
            places.checkpoint.unlink(missing_ok=True)
    return bundle


class _Places(NamedTuple):
    """The files that one learning writes."""

    bundle: Path
    curve: Path
    checkpoint: Path


def _places(out: Path) -> _Places:
    """Beside `out`, where what a killed learning left half written is removed."""
    if out.is_dir() or out.suffix.lower() == ".svg":  # .svg is the loss curve's
        raise BadFile(out, "cannot be a model's name", "name a file, like model.ragsmith")
    if not out.parent.is_dir():
        raise BadFile(out, "lies in a folder that does not exist", "make the folder first")
    places = _Places(out, out.with_suffix(".svg"), out.with_name(out.name + ".learning"))
    for place in places:
        clear_leftovers(place)
    return places


def _card(
    corpus: Corpus,
    roles: Mapping[str, Sequence[Entry]],
    training: Sequence[Piece],
    learnt: Learnt,
    plan: Plan,
) -> Card:
    sources = [
        Source(entry.path, entry.digest, role)
        for role, entries in roles.items()
        for entry in entries
    ]
    metres: Counter[Metre] = Counter()
    keys: Counter[str] = Counter()
    tempos: Counter[int] = Counter()
    strains: Counter[int] = Counter()
    for piece in training:
        metres[piece.bars[-1 if piece.pickup else 0].metre] += 1
        keys.update(key_name(key) for key in piece.keys[:1])
        tempos.update(tempo.microseconds for tempo in piece.tempos[:1])
        strains.update(bars for bars in strain_lengths(piece) if bars)
    (metre, _), *_ = metres.most_common() or [(Metre(2, 4), 1)]
    (tempo, _), *_ = tempos.most_common() or [(Card().tempo, 1)]
    score = learnt.held_out
    return Card(
        sources=tuple(sources),
        licence=_licence(corpus.folder),
        metre=(metre.beats, metre.unit),
        tempo=tempo,
        metres={f"{m.beats}/{m.unit}": n for m, n in metres.most_common()},
        keys=dict(keys.most_common()),
        strain=strains.most_common(1)[0][0] if strains else 0,
        seed=plan.seed,
        epochs=learnt.best.number,
        seconds=learnt.epochs[-1].seconds,
        nats_per_step=score.nats_per_step if score else None,
        bits_per_beat=score.bits_per_beat if score else None,
        impossible_share=score.impossible_share if score else 0.0,
    )


def _licence(folder: Path) -> str:
    """The first words of the licence that lies in or beside the folder; "" where there is none."""
    for place in (folder, folder.resolve().parent):
        for name in LICENCE_NAMES:
            if (place / name).is_file():
                text = (place / name).read_text("utf-8", "replace")
                return text[:LICENCE_LENGTH].strip()
    return ""


def loss_curve(learnt: Learnt, title: str) -> str:
    """Training and held-out loss over the epochs, as SVG text."""
    lines = {
        "training": [(e.number, e.training) for e in learnt.epochs],
        "held out": [(e.number, e.held_out) for e in learnt.epochs if e.held_out is not None],
    }
    return line_chart(lines, title, "epoch", "nats per step")
