"""Experiment 4: the models against each other, on works that none of them has learnt."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ragsmith.chart import line_chart
from ragsmith.experiments.report import Section, Table, style_table
from ragsmith.experiments.results import COMPARED, Results, TrainingRun, surprise

__all__ = ["models_compared"]

UNSTOPPED = "element, not stopped"
FREQUENCY = "frequency alone"
CONTEST = (
    "model",
    "parameters",
    "epochs (kept)",
    "seconds",
    "steps never seen",
    "nats a step, seen steps",
    "bits a beat, seen steps",
    "nats a step, common steps",
    "bits a beat, common steps",
)


def models_compared(results: Results) -> Section:
    """Experiment 4: the models against each other, each stopped where held-out works say so."""
    runs = {model: results.compared_model(model) for model in COMPARED}
    logs = {model: results.logs(f"contest-{model}") for model in COMPARED}
    unstopped, runs[UNSTOPPED] = results.element(results.settings.middle)
    logs[UNSTOPPED] = results.logs(unstopped)
    logs[FREQUENCY] = results.frequency_logs()
    common = np.isfinite(np.array(list(logs.values()))).all(0)
    on_common = {model: surprise(of[common]).nats for model, of in logs.items()}
    groups = {model: results.composed(f"contest-{model}", "sample") for model in COMPARED}
    curves = {
        model: [(e.number, e.held_out) for e in run.epochs if e.held_out is not None]
        for model, run in runs.items()
    }
    return Section(
        "4. The models against each other",
        "Which model knows held-out works best, does multi-hot help, and is a network better than "
        "counting?",
        _findings(on_common, {m: surprise(of).unseen for m, of in logs.items()}, common),
        [
            Table(
                CONTEST,
                [_row(m, runs.get(m), of, on_common[m]) for m, of in logs.items()],
            ),
            style_table(groups | results.controls()),
        ],
        {"models-held-out": line_chart(curves, "Held-out works", "epoch", "nats per step")},
    )


def _row(
    model: str, run: TrainingRun | None, logs: NDArray[np.float64], common: float
) -> list[str]:
    own = surprise(logs)
    cost = ["", "", ""]
    if run:
        epochs = f"{len(run.epochs)} ({run.best})"
        cost = [f"{run.parameters:,}", epochs, f"{run.seconds:.0f}"]
    return [
        model,
        *cost,
        f"{own.unseen:.1%}",
        f"{own.nats:.3f}",
        f"{_bits(own.nats):.2f}",
        f"{common:.3f}",
        f"{_bits(common):.2f}",
    ]


def _findings(
    nats: Mapping[str, float], unseen: Mapping[str, float], common: NDArray[np.bool_]
) -> list[str]:
    order = sorted(nats, key=nats.__getitem__)
    network = min((m for m in nats if m not in ("markov", FREQUENCY)), key=nats.__getitem__)
    return [
        f"On the {common.mean():.0%} of held-out steps that all hold possible, best first: "
        + ", ".join(f"{model} {nats[model]:.3f}" for model in order)
        + " nats a step.",
        f"The best network ({network}) beats counting (markov): "
        + _answer(nats[network] < nats["markov"])
        + f"; {nats[network]:.3f} against {nats['markov']:.3f} nats a step.",
        "Multi-hot holds more of the held-out steps possible than one category a set: "
        + _answer(unseen["multihot"] < unseen["element"])
        + f"; {unseen['multihot']:.1%} never seen against {unseen['element']:.1%}.",
        "Multi-hot predicts the common steps better than one category a set: "
        + _answer(nats["multihot"] < nats["element"])
        + f"; {nats['multihot']:.3f} against {nats['element']:.3f} nats a step.",
        "Many-to-one learns more than how frequent each element is: "
        + _answer(nats["many-to-one"] < nats[FREQUENCY])
        + f"; {nats['many-to-one']:.3f} against {nats[FREQUENCY]:.3f} nats a step.",
        "Learning on without a stop costs held-out likelihood: "
        + _answer(nats[UNSTOPPED] > nats["element"])
        + f"; {nats[UNSTOPPED]:.3f} against {nats['element']:.3f} nats a step.",
    ]


def _answer(holds: bool) -> str:
    return "**yes**" if holds else "**no**"


def _bits(nats: float) -> float:
    """Bits a beat, on the grid of sixteenths."""
    return nats * 4 / math.log(2)
