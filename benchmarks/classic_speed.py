"""The classic network's speed and memory: the write-up's unrolled one-hot design against ours.

    python benchmarks/classic_speed.py FOLDER
    python benchmarks/classic_speed.py FOLDER classic-float64 6 6   (one run: design, files, epochs)

Both are Keras 3 on JAX with the classic settings (sequences of 16 steps, hidden 64, batches of 64,
Adam 0.01 with decay 0.01) on the first six files of the folder by name, with the same categories.
Every run is a fresh process, the designs in turn, three rounds; a table row is the median of its
runs. Seconds per epoch: the median of a run's epochs after the first, which compiles. Memory: the
peak of resident memory of that process, Python and libraries included. The last row is our design
on all files of the folder. Works on Linux and macOS.

The classic design is written from the write-up's own words: X one-hot (m, 16, categories) and Y a
list of 16 one-hot arrays, made with numpy; an LSTM(64, return_state=True) and a Dense softmax, made
once and called in a Python loop over the 16 steps on Lambda slices of X; 16 separate outputs;
accuracy measured as in its `compile`; `fit` with batches of 64, shuffled, compiled. Its one-hot
arrays are float32 in the table, which spares it a conversion; float64, as np.zeros makes them
where nothing else is said, can be run by itself and wants 8 GB.

Work of an epoch: three times (one pass forwards, two back) the products of the recurrent weights
and of the output layer, 2 * 64 * (256 + categories) operations for every step of every sequence.
Its rate is given as a share of that of a product of two 2000 x 2000 float32 matrices, measured in
the same process. The classic design does more work, its one-hot products, which is not counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES, read
from ragsmith.models.classic.configs import ElementConfig
from ragsmith.models.classic.vocabulary import vocabulary_of
from ragsmith.models.registry import learner_for
from ragsmith.piece import Piece

FILES, ROUNDS, EPOCHS, EPOCHS_OF_ALL = 6, 3, 6, 2
LENGTH, HIDDEN, BATCH = 16, 64, 64
SIDE = 2000
DESIGNS = ("classic-float32", "ours")


def run_classic(pieces: Sequence[Piece], epochs: int, dtype: str) -> tuple[list[float], int, int]:
    """The write-up's design: the seconds of each epoch, sequences and categories."""
    from ragsmith.models.backend import keras

    vocabulary = vocabulary_of(pieces)
    x, y = one_hot([vocabulary.indices(p) for p in pieces], len(vocabulary), dtype)
    model = unrolled(len(vocabulary), keras)
    seconds: list[float] = []

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
            self.began = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            seconds.append(time.perf_counter() - self.began)

    zeros = np.zeros((len(x), HIDDEN), dtype)
    model.fit(
        [x, zeros, zeros],
        y,
        batch_size=BATCH,
        epochs=epochs,
        shuffle=True,
        verbose=0,
        callbacks=[Clock()],
    )
    return seconds, len(x), len(vocabulary)


def one_hot(pieces: Sequence[Any], categories: int, dtype: str) -> tuple[Any, list[Any]]:
    """All overlapping sequences, (m, 16, categories), and the same one step later, 16 arrays."""
    cut = [np.lib.stride_tricks.sliding_window_view(p, LENGTH + 1) for p in pieces]
    sequences = np.concatenate(cut)
    x = np.zeros((len(sequences), LENGTH, categories), dtype)
    np.put_along_axis(x, sequences[:, :-1, None], 1, -1)
    y = [np.zeros((len(sequences), categories), dtype) for _ in range(LENGTH)]
    for t, output in enumerate(y):
        np.put_along_axis(output, sequences[:, t + 1, None], 1, -1)
    return x, y


def unrolled(categories: int, keras: Any) -> Any:
    """The write-up's `create_model`, compiled."""
    cell = keras.layers.LSTM(HIDDEN, return_state=True)
    densor = keras.layers.Dense(categories, activation="softmax")
    reshapor = keras.layers.Reshape((1, categories))
    inputs = keras.Input((LENGTH, categories))
    a0, c0 = keras.Input((HIDDEN,)), keras.Input((HIDDEN,))
    a, c = a0, c0
    outputs = []
    for t in range(LENGTH):
        x = keras.layers.Lambda(lambda x, t=t: x[:, t, :])(inputs)
        a, _, c = cell(reshapor(x), initial_state=[a, c])
        outputs.append(densor(a))
    model = keras.Model([inputs, a0, c0], outputs)
    rate = keras.optimizers.schedules.InverseTimeDecay(0.01, 1, 0.01)
    model.compile(
        keras.optimizers.Adam(rate, beta_1=0.9, beta_2=0.999),
        "categorical_crossentropy",
        metrics=[["accuracy"] for _ in outputs],
    )
    return model


def run_ours(pieces: Sequence[Piece], epochs: int) -> tuple[list[float], int, int]:
    """The package's own `element`."""
    learner: Any = learner_for("element", ElementConfig(), pieces, 0)
    seconds = []
    for epoch in range(epochs):
        began = time.perf_counter()
        for _ in learner.epoch(epoch):
            pass
        seconds.append(time.perf_counter() - began)
    categories = len(learner.model().vocabulary())
    sequences = sum(p.steps + 1 - LENGTH for p in pieces)  # START is before every piece
    return seconds, sequences, categories


def matrix_rate() -> float:
    """Operations a second of a large matrix product, the best of ten."""
    import jax
    import jax.numpy as jnp

    a = jax.random.normal(jax.random.key(0), (SIDE, SIDE), jnp.float32)
    product = jax.jit(jnp.matmul)
    product(a, a).block_until_ready()
    taken = []
    for _ in range(10):
        began = time.perf_counter()
        product(a, a).block_until_ready()
        taken.append(time.perf_counter() - began)
    return 2 * SIDE**3 / min(taken)


def child(folder: Path, design: str, files: int, epochs: int) -> None:
    """One run in this process; its figures as JSON on standard output."""
    import resource

    pieces = [read(p, 4) for p in music(folder)[:files]]
    if design == "ours":
        seconds, sequences, categories = run_ours(pieces, epochs)
    else:
        dtype = design.removeprefix("classic-")
        seconds, sequences, categories = run_classic(pieces, epochs, dtype)
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    work = 3 * 2 * HIDDEN * (4 * HIDDEN + categories) * sequences * LENGTH
    figures = {
        "seconds": median(seconds[1:]),
        "memory": peak,
        "sequences": sequences,
        "categories": categories,
        "work": work,
        "matrix": matrix_rate(),
    }
    print(json.dumps(figures))


def music(folder: Path) -> list[Path]:
    """The music files of a folder, by name."""
    suffixes = MIDI_SUFFIXES + NOTATION_SUFFIXES
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in suffixes)


def run(folder: Path, design: str, files: int, epochs: int) -> dict[str, float]:
    """One run in a fresh process."""
    command = [sys.executable, __file__, str(folder), design, str(files), str(epochs)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    figures["files"] = files
    words = f"{design}: {figures['seconds']:.2f} s, {figures['memory'] / 1e9:.2f} GB"
    load = os.getloadavg()[0]
    print(
        f"{words}, matrix {figures['matrix'] / 1e9:.0f} GFLOP/s, load {load:.1f}",
        file=sys.stderr,
    )
    return figures


def middle(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """The median of every figure."""
    return {name: median(run[name] for run in runs) for name in runs[0]}


def row(name: str, f: dict[str, float], ours: dict[str, float] | None) -> str:
    """A design's figures as a line of the table, with ratios to ours."""
    times, space = ("", "")
    if ours:
        times = f"{f['seconds'] / ours['seconds']:.1f}"
        space = f"{f['memory'] / ours['memory']:.1f}"
    rate = f["work"] / f["seconds"]
    cells = [
        name,
        f"{f['files']:.0f}",
        f"{f['sequences']:,.0f}",
        f"{f['categories']:,.0f}",
        f"{f['seconds']:.2f}",
        times,
        f"{f['memory'] / 1e9:.2f}",
        space,
        f"{rate / 1e9:.0f}",
        f"{f['matrix'] / 1e9:.0f}",
        f"{rate / f['matrix']:.0%}",
    ]
    return f"| {' | '.join(cells)} |"


COLUMNS = (
    "design",
    "files",
    "sequences",
    "categories",
    "s an epoch",
    "times ours",
    "peak GB",
    "times ours",
    "GFLOP/s",
    "matrix GFLOP/s",
    "share",
)


def main(folder: Path) -> None:
    """Run all and print the table."""
    runs: dict[str, list[dict[str, float]]] = {design: [] for design in DESIGNS}
    for _ in range(ROUNDS):
        for design, done in runs.items():
            done.append(run(folder, design, FILES, EPOCHS))
    everything = run(folder, "ours", len(music(folder)), EPOCHS_OF_ALL)
    ours = middle(runs["ours"])
    print(f"| {' | '.join(COLUMNS)} |\n|---{'|--:' * (len(COLUMNS) - 1)}|")
    for design in DESIGNS:
        print(row(design, middle(runs[design]), ours))
    print(row("ours", everything, None))
    numbers = 2 * everything["sequences"] * LENGTH * everything["categories"]
    print(
        f"\nOne-hot X and Y of all {everything['files']:.0f} files would take "
        f"{8 * numbers / 1e9:.0f} GB as float64, {4 * numbers / 1e9:.0f} GB as float32."
    )


if __name__ == "__main__":
    if len(sys.argv) == 2:
        main(Path(sys.argv[1]))
    elif len(sys.argv) == 5:
        child(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        sys.exit(__doc__)
