"""What the memory beside the network is worth on held-out rags, and other ways to use it.

    python benchmarks/memory.py FOLDER SPLIT.json [MODEL.ragsmith]

FOLDER holds the kern files that SPLIT.json names; the memory is of "train", the network that of
MODEL.ragsmith, or of the shipped model. Nats a step, pooled, the first step included, on "valid",
by which powers and shares were chosen, and on "test". Of steps: the probability of a whole step is
a weighted mean of the two; "following" moves the weight towards whichever was right (fixed share,
Herbster and Warmuth 1998). Of choices: each next note and each duration has the mean, or the
product of powers, the last of which is the model as it is. Takes two minutes.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.bundle.bundle import load_bundle
from ragsmith.io import read
from ragsmith.models.mixture.memory import EXPONENTS, RememberingStride, network_of, with_memory
from ragsmith.models.mixture.product import pooled
from ragsmith.models.writing import Kind
from ragsmith.piece import Piece
from ragsmith.shipped import shipped_model

WEIGHT, SHARE = 0.6, 0.2
"""Of the network; and how far its weight falls back to that after every step."""
ONE_POWER = np.array([0.57, 0.52])


class Measured(NamedTuple):
    """The nats of a piece's choices: (choices,) each; and the step of each."""

    steps: NDArray[np.intp]
    network: NDArray[np.float64]
    memory: NDArray[np.float64]
    one_power: NDArray[np.float64]
    product: NDArray[np.float64]
    kinds: NDArray[np.intp]


def measured(model: RememberingStride, piece: Piece) -> Measured:
    """Both members' distributions, looked at choice by choice."""
    rows = []
    for one, other in zip(model.network.choices(piece), model.memory.choices(piece), strict=True):
        both = [one.log_p, other.log_p]
        nats = [log_p[one.made] for log_p in both]
        nats += [pooled(both, powers)[one.made] for powers in (ONE_POWER, EXPONENTS[one.kind])]
        rows.append((one.step, *nats, one.kind))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return Measured(*columns)


def by_step(one: Measured, nats: NDArray[np.float64]) -> NDArray[np.float64]:
    sums: NDArray[np.float64] = np.bincount(one.steps, weights=nats)
    return sums


def following(
    first: NDArray[np.float64], second: NDArray[np.float64], share: float, start: float = WEIGHT
) -> Iterator[float]:
    """The log-probability of every event under a mean whose weight follows the likelier."""
    weight = start
    for a, b in zip(first, second, strict=True):
        both = np.logaddexp(np.log(weight) + a, np.log(1 - weight) + b)
        weight = (1 - share) * np.exp(np.log(weight) + a - both) + share * start
        yield float(both)


def following_by_kind(one: Measured, share: float) -> float:
    """The sum of those of all choices, with a weight of its own for each kind."""
    chosen = [one.kinds == kind for kind in Kind]
    return sum(sum(following(one.network[k], one.memory[k], share)) for k in chosen)


def table(pieces: Sequence[Measured]) -> dict[str, float]:
    """Nats a step, by way."""
    steps = [(by_step(one, one.network), by_step(one, one.memory)) for one in pieces]
    totals = {
        "network alone": sum(a.sum() for a, _ in steps),
        "memory alone": sum(b.sum() for _, b in steps),
        f"mean of steps, {WEIGHT:g}": sum(sum(following(a, b, 1.0)) for a, b in steps),
        f"following of steps, {SHARE:g}": sum(sum(following(a, b, SHARE)) for a, b in steps),
        f"following of choices, by kind, {SHARE / 2:g}": sum(
            following_by_kind(one, SHARE / 2) for one in pieces
        ),
        "product of choices, one power": sum(one.one_power.sum() for one in pieces),
        "product of choices, a power by kind": sum(one.product.sum() for one in pieces),
    }
    count = sum(len(a) for a, _ in steps)
    return {way: -float(total) / count for way, total in totals.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("split", type=Path)
    parser.add_argument("model", type=Path, nargs="?")
    chosen = parser.parse_args()
    names = json.loads(chosen.split.read_text())
    path = {p.stem: p for p in chosen.folder.iterdir()}
    rags = {part: [read(path[n], 4) for n in sorted(names[part])] for part in names}
    bundle = load_bundle(chosen.model) if chosen.model else shipped_model()
    model = with_memory(network_of(bundle.model), rags["train"])
    assert isinstance(model, RememberingStride), "the model has a memory"
    print(f"{len(rags['train'])} rags, {model.memory.parameters:,} tokens remembered\n")
    valid, test = (table([measured(model, p) for p in rags[part]]) for part in ("valid", "test"))
    print("| way | valid | test |\n|---|---|---|")
    for way in valid:
        print(f"| {way} | {valid[way]:.3f} | {test[way]:.3f} |")


if __name__ == "__main__":
    main()
