"""Experiments 1, 2, 3 and 5: the classic network with different settings.

Every sentence of the report is chosen by the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ragsmith.chart import line_chart
from ragsmith.experiments.figures import Figures
from ragsmith.experiments.report import Section, Table, compared, ranks, style_table
from ragsmith.experiments.results import HELD_OUT, Results, TrainingRun
from ragsmith.models.classic.configs import ElementConfig

__all__ = ["draws", "lengths", "price", "ways"]

WRITE_UP_HOURS = 10
WRITE_UP_EPOCHS = 200
WRITE_UPS_WAY = "unloop"
LEARNING = (
    "sequences of",
    "training loss",
    "learnt works, nats a step",
    "held-out works, nats a step",
    "of their steps never seen",
    "epochs",
    "seconds",
)


def _learning(results: Results, name: str, run: TrainingRun) -> list[str]:
    """Cells under `LEARNING`, but for the first."""
    learnt, held_out = results.surprises(name)
    return [
        f"{run.epochs[run.best - 1].training:.3f}",
        f"{learnt.nats:.3f}",
        f"{held_out.nats:.3f}",
        f"{held_out.unseen:.1%}",
        str(len(run.epochs)),
        f"{run.seconds:.0f}",
    ]


def _copied_chart(groups: Mapping[str, Sequence[Figures]], results: Results) -> str:
    """The longest texture run of every piece, group by group, held-out works beside them."""
    lines = ranks({**groups, HELD_OUT: results.controls()[HELD_OUT]}, "texture")
    return line_chart(lines, "Longest copied texture", "pieces, %, least first", "beats")


def lengths(results: Results) -> Section:
    """Experiment 1: SEQ_LENGTH."""
    rows, curves, groups = [], {}, {}
    for length in results.settings.lengths:
        name, run = results.element(length)
        rows.append([f"{length} steps", *_learning(results, name, run)])
        curves[f"{length} steps"] = [(e.number, e.training) for e in run.epochs]
        for way in (WRITE_UPS_WAY, "sample"):
            groups[f"{length} steps, {way}"] = results.composed(name, way)
    short, long = results.settings.lengths[0], results.settings.lengths[-1]
    findings = []
    for way in (WRITE_UPS_WAY, "sample"):
        low, high = ((f"{n} steps", groups[f"{n} steps, {way}"]) for n in (short, long))
        findings += _short_beside_long(way, low, high)
    return Section(
        "1. Length of the training sequences",
        "Do long sequences plagiarise, and do short ones ramble?",
        findings,
        [Table(LEARNING, rows), style_table(groups | results.controls())],
        {
            "length-loss": line_chart(curves, "Training loss", "epoch", "nats per step"),
            "length-copied": _copied_chart(
                {name: of for name, of in groups.items() if name.endswith(WRITE_UPS_WAY)}, results
            ),
        },
    )


def _short_beside_long(
    way: str, low: tuple[str, Sequence[Figures]], high: tuple[str, Sequence[Figures]]
) -> list[str]:
    """What short sequences make of one way to choose, and what long ones make of it."""
    return [
        compared(f"Long sequences copy longer ({way})", high, low, "texture"),
        compared(f"Long sequences copy more ({way})", high, low, "copied"),
        compared(f"Short sequences make new moves ({way})", low, high, "seams"),
        compared(f"Short sequences drift between keys ({way})", low, high, "drift"),
        compared(f"Short sequences leave the learnt works' band ({way})", low, high, "outside"),
    ]


def ways(results: Results) -> Section:
    """Experiment 2: argmax, sample, unloop."""
    name, _ = results.element(results.settings.middle)
    groups: dict[str, Sequence[Figures]] = {
        way: results.composed(name, way) for way in ("argmax", "sample", "unloop")
    }
    argmax, sample, unloop = groups.items()
    controls = results.controls()
    held_out = HELD_OUT, controls[HELD_OUT]
    findings = [
        compared("argmax loops more than sample", argmax, sample, "loops"),
        compared("unloop loops less than argmax", argmax, unloop, "loops"),
        compared("unloop still loops more than human works", unloop, held_out, "loops"),
        compared("sample makes more new moves than unloop", sample, unloop, "seams"),
        compared(
            "sample leaves the learnt works' band more than unloop", sample, unloop, "outside"
        ),
        compared("argmax copies longer than sample", argmax, sample, "texture"),
        compared("unloop copies longer than human works", unloop, held_out, "texture"),
    ]
    loops = ranks(groups | controls, "loops")
    return Section(
        "2. Ways to choose the next element",
        "Does argmax loop like a scratched record, does sampling bring too much chance, and does "
        "drawing only where a motif is repeated (unloop) mend both?",
        findings,
        [style_table(groups | controls)],
        {
            "ways-looping": line_chart(
                loops, "Share of a piece in loops", "pieces, %, least first", "share"
            ),
            "ways-copied": _copied_chart(groups, results),
        },
    )


def draws(results: Results) -> Section:
    """Experiment 3: all overlapping sequences against random ones."""
    length = results.settings.middle
    every = sum(p.steps - length + 1 for p in results.training if p.steps >= length)
    rows = []
    groups = {}
    for title, (name, own) in _ways_to_draw(results, length, every).items():
        run = results.train(name, "element", own)
        rows.append([title, f"{own.sequences or every:,}", *_learning(results, name, run)])
        groups[title] = results.composed(name, WRITE_UPS_WAY)
    full, *others = groups.items()
    findings = [
        compared(f"All sequences copy {how} than those {other[0]}", full, other, figure)
        for other in others
        for how, figure in (("longer", "texture"), ("more", "copied"))
    ]
    return Section(
        "3. All overlapping sequences, or some drawn at random",
        "Does learning from sequences drawn at random (as in Ng's course) copy less than learning "
        "from all that overlap?",
        findings,
        [
            Table((LEARNING[0], "number of them", *LEARNING[1:]), rows),
            style_table(groups | results.controls()),
        ],
        {"draws-copied": _copied_chart(groups, results)},
    )


def _ways_to_draw(
    results: Results, length: int, every: int
) -> dict[str, tuple[str, ElementConfig]]:
    """By title, the name and the settings of learning from all of so many sequences, or some."""
    config = results.settings.element
    drawn = max(1, every // length)
    few = replace(config, sequence_length=length, sequences=drawn)
    many = replace(few, epochs=config.epochs * every // drawn)
    return {
        "all, overlapping": (results.element(length)[0], replace(config, sequence_length=length)),
        "drawn, as many epochs": ("drawn-epochs", few),
        "drawn, as many batches": ("drawn-batches", many),
    }


def price(results: Results) -> Section:
    """Experiment 5: the time that the write-up's settings cost."""
    runs = {f"{n} steps": results.element(n)[1] for n in results.settings.lengths}
    stopped = results.compared_model("element")
    best = stopped.epochs[stopped.best - 1]
    title = f"Sequences of {results.settings.middle} steps"
    middle = runs[f"{results.settings.middle} steps"]
    curves = {
        "learnt works": [(e.number, e.training) for e in middle.epochs],
        "held-out works": [(e.number, e.held_out) for e in stopped.epochs if e.held_out],
    }
    hours = _hours(middle)
    return Section(
        "5. What the classic paid",
        f"The write-up learnt for {WRITE_UP_EPOCHS} epochs and some {WRITE_UP_HOURS} hours. What "
        "does that take here, and what was it for?",
        [
            f"{WRITE_UP_EPOCHS} epochs of {results.settings.middle} steps at this pace: "
            f"{hours:.2f} hours, {WRITE_UP_HOURS / hours:.0f} times faster. What composed in "
            f"experiment 2 learnt for {middle.seconds:.0f} seconds.",
            _fall_of_loss([e.training for e in middle.epochs]),
            f"Held-out works were known best after epoch {best.number}, {best.seconds:.0f} "
            f"seconds in: {best.held_out:.3f} nats a step.",
        ],
        [_price_table(runs)],
        {"price-loss": line_chart(curves, title, "epoch", "nats per step")},
    )


def _fall_of_loss(losses: Sequence[float]) -> str:
    """How soon the training loss had fallen nearly as far as it fell at all."""
    near = losses[-1] + (losses[0] - losses[-1]) / 10
    most = next(n for n, loss in enumerate(losses, 1) if loss <= near)
    return (
        f"Nine tenths of the fall in training loss were made after epoch {most} of "
        f"{len(losses)} (from {losses[0]:.2f} to {losses[-1]:.2f} nats a step)."
    )


def _price_table(runs: dict[str, TrainingRun]) -> Table:
    """The time of each run, and how much faster than the write-up's it is."""
    columns = (
        "sequences",
        "epochs",
        "seconds an epoch",
        "seconds in all",
        f"{WRITE_UP_EPOCHS} epochs, hours",
        f"faster than {WRITE_UP_HOURS} hours",
    )
    rows = [
        [
            title,
            str(len(run.epochs)),
            f"{_pace(run):.1f}",
            f"{run.seconds:.0f}",
            f"{_hours(run):.2f}",
            f"{WRITE_UP_HOURS / _hours(run):.0f} times",
        ]
        for title, run in runs.items()
    ]
    return Table(columns, rows)


def _pace(run: TrainingRun) -> float:
    """Seconds an epoch, without the first, which compiles, where there are more."""
    first, *others = run.epochs
    return (run.seconds - first.seconds) / len(others) if others else first.seconds


def _hours(run: TrainingRun) -> float:
    """What the write-up's epochs take at this pace."""
    return _pace(run) * WRITE_UP_EPOCHS / 3600
