"""Does it help to go on learning while a piece is read?

    python benchmarks/dynamic_evaluation.py FOLDER SPLIT.json [--model ragtime] [--part valid]
        [--rate 0.01 0.05 0.2] [--only-biases]

Dynamic evaluation (Krause et al., ICML 2018): after every phrase of 64 steps the network takes two
steps down the gradient of the nats of what there is of the piece so far, four random stretches of
64 steps each, without dropout; each step is as long as --rate, shorter where the gradient's norm is
under 1. Every piece begins from the model as it is. Printed: nats a step with the memory beside the
network, pooled, and seconds of the processor, compiling included; rate 0 is the model as it is.
"""

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ragsmith.io import read
from ragsmith.models.mixture.memory import RememberingStride
from ragsmith.models.stride.batches import BatchSampler
from ragsmith.models.stride.config import StrideConfig
from ragsmith.models.stride.loss import batch_nats
from ragsmith.models.stride.model import StrideModel
from ragsmith.piece import Piece
from ragsmith.shipped import load_model
from ragsmith.verbs import clip

PHRASE = 64
"""Steps."""
STEPS, STRETCHES = 2, 4

Weights = dict[str, Any]


class Reader:
    """Reads pieces, and learns from each while it reads it."""

    def __init__(self, model: RememberingStride, rate: float, only_biases: bool) -> None:
        self._model, self._rate, self._only_biases = model, rate, only_biases
        self._config: StrideConfig = replace(
            model.network.config,
            **{"dropout": 0.0, "context_dropout": 0.0, "blanks": 0.0, "deaf": 0.0},
            **{"horizons": 0.0, "chordless": 1.0, "batch": STRETCHES, "sequence_length": PHRASE},
        )
        self._gradient = jax.jit(jax.grad(self._nats))

    def nats(self, piece: Piece) -> float:
        """The negative log-likelihood of a piece."""
        weights: Weights = {k: jnp.asarray(v) for k, v in self._model.network.arrays().items()}
        total = 0.0
        for start in range(0, piece.steps, PHRASE):
            end = min(start + PHRASE, piece.steps)
            log_p = self._with(weights).log_likelihood(clip(piece, 0, end))
            total -= float(log_p[start:].sum())
            if start and end < piece.steps and self._rate:  # the first phrase is too short to draw
                weights = self._learnt(weights, clip(piece, 0, end))
        return total

    def _nats(self, weights: Weights, batch: Any) -> Any:
        key = jax.random.key(0, impl="rbg")
        return batch_nats(weights, batch, self._config, key) / (STRETCHES * PHRASE)

    def _with(self, weights: Weights) -> RememberingStride:
        """The model with other weights of the network."""
        arrays = {name: np.asarray(value) for name, value in weights.items()}
        return RememberingStride(
            StrideModel(self._model.network.config, arrays), self._model.memory
        )

    def _learnt(self, weights: Weights, past: Piece) -> Weights:
        """The weights after some steps down the gradient."""
        sampler = BatchSampler(self._config, [past], STRETCHES)
        for number in range(STEPS):
            gradient: Mapping[str, Any] = self._gradient(weights, sampler.sample(0, number))
            moved = [n for n in weights if not self._only_biases or n.endswith("bias")]
            norm = float(jnp.sqrt(sum((gradient[name] ** 2).sum() for name in moved)))
            scale = self._rate / max(1.0, norm)
            weights = weights | {name: weights[name] - scale * gradient[name] for name in moved}
        return weights


def main() -> None:
    """Print a row for each rate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("split", type=Path)
    parser.add_argument("--model", default="ragtime")
    parser.add_argument("--part", default="valid")
    parser.add_argument("--rate", type=float, nargs="*", default=[0.01, 0.05, 0.2])
    parser.add_argument("--only-biases", action="store_true")
    chosen = parser.parse_args()
    names = json.loads(chosen.split.read_text())[chosen.part]
    model = load_model(chosen.model).model
    assert isinstance(model, RememberingStride)
    pieces = [read(chosen.folder / f"{name}.krn", model.steps_per_quarter) for name in names]
    steps = sum(piece.steps for piece in pieces)
    print("| rate | nats a step | seconds |\n|---|---|---|")
    for rate in [0.0, *chosen.rate]:
        began = time.process_time()
        reader = Reader(model, rate, chosen.only_biases)
        nats = sum(map(reader.nats, pieces)) / steps
        print(f"| {rate:g} | {nats:.3f} | {time.process_time() - began:.0f} |", flush=True)


if __name__ == "__main__":
    main()
