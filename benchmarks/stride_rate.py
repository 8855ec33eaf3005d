"""How fast `stride` learns, beside the prototype that it comes from, in the same run.

    python benchmarks/stride_rate.py FOLDER SPLIT.json [PROTOTYPE.py]

Batches of 16 sequences of 128 steps of the "train" files of FOLDER, medium size, each learnt in its
own loop, drawing included: the median of rounds of 8 batches, after one that is not counted; the
floating-point operations that XLA counts in a batch, as a share of what a product of two matrices
of 2000 x 2000 reaches. PROTOTYPE.py is executed up to its training loop (in its own folder, where
it finds its data) and its own batches are timed, in turn with ours.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from ragsmith.io import read
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.learner import StrideLearner

ROUNDS, BATCHES = 4, 8


def matrix_rate() -> float:
    """Floating-point operations a second of a large matrix product, by XLA."""
    import jax
    import jax.numpy as jnp

    square = jnp.ones((2000, 2000))
    product = jax.jit(lambda a: a @ a)
    product(square).block_until_ready()
    began = time.perf_counter()
    for _ in range(5):
        product(square).block_until_ready()
    return 5 * 2 * 2000**3 / (time.perf_counter() - began)


def ours(folder: Path, split: Path) -> tuple[Callable[[], Any], float]:
    """A round of ours, and the operations that a batch takes."""
    import jax

    names = json.loads(split.read_text())["train"]
    paths = {p.stem: p for p in folder.iterdir()}
    pieces = [read(paths[name], 4) for name in sorted(names)]
    learner = StrideLearner(StrideConfig(), pieces, 0)
    rng, key, rate = np.random.default_rng(0), jax.random.key(0), np.float32(0.001)
    counted = learner._learn.lower(learner._state, learner._draw(rng), rate, key).compile()

    learner.batches_per_epoch = BATCHES

    def batches() -> Any:
        return list(learner.epoch(0))

    return batches, float(counted.cost_analysis()["flops"])


def theirs(prototype: Path) -> Callable[[], Any]:
    """A round of the prototype's, with what its loop does."""
    os.chdir(prototype.parent)
    sys.argv = [prototype.name]
    source = prototype.read_text().split("t0=time.time()")[0]
    names: dict[str, Any] = {"__name__": "prototype"}
    exec(compile(source, prototype.name, "exec"), names)

    def batches() -> Any:
        for _ in range(BATCHES):
            drawn, key = names["tbatch"](), names["key"]
            state = names["tstep"](names["p"], names["e"], names["os"], drawn, key)
            names["p"], names["e"], names["os"] = state[:3]
            np.array(state[3])

    return batches


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("split", type=Path)
    parser.add_argument("prototype", type=Path, nargs="?")
    chosen = parser.parse_args()
    ours_batches, operations = ours(chosen.folder.resolve(), chosen.split.resolve())
    kinds = {"stride": ours_batches}
    if chosen.prototype:
        kinds["prototype"] = theirs(chosen.prototype.resolve())
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for batches in kinds.values():
        batches()
    for _ in range(ROUNDS):
        for name, batches in kinds.items():
            began = time.perf_counter()
            batches()
            times[name].append((time.perf_counter() - began) / BATCHES)
    rate, steps = matrix_rate(), StrideConfig().batch * StrideConfig().sequence_length
    for name, seconds in times.items():
        pace = steps / median(seconds)
        print(f"{name}: {median(seconds):.3f} s a batch, {pace:,.0f} steps a second")
    share = operations / median(times["stride"]) / rate
    print(f"matrix product: {rate / 1e9:.0f} GFLOP/s; stride reaches {share:.0%} of it "
          f"({operations / 1e9:.0f} GFLOP a batch)")  # fmt: skip


if __name__ == "__main__":
    main()
