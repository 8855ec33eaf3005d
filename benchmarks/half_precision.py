"""What a model's weights lose as 16-bit numbers: nats a step with them as they are, and rounded.

    python benchmarks/half_precision.py BUNDLE FOLDER [--part valid]

The works of that part of the folder's split.json are measured, each alone and together.
"""

import argparse
from pathlib import Path

import numpy as np

from ragsmith.bundle.bundle import Bundle
from ragsmith.corpus import read_corpus, split_works
from ragsmith.measure.likelihood import pooled, score
from ragsmith.models.registry import model_from
from ragsmith.shipped import load_model


def rounded(bundle: Bundle) -> Bundle:
    """The model with its weights rounded to 16 bits."""
    model = bundle.model
    arrays = {
        name: array.astype(np.float16).astype(np.float32) if array.dtype == np.float32 else array
        for name, array in model.arrays().items()
    }
    return bundle._replace(model=model_from(model.name, model.config, model.vocabulary(), arrays))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=("valid", "test"), default="valid")
    chosen = parser.parse_args()
    whole = load_model(chosen.bundle)
    half = rounded(whole)
    corpus = read_corpus(chosen.folder)
    split = split_works(corpus)
    pieces = corpus.sequence(split.held_out if chosen.part == "valid" else split.test)
    print("| piece | nats a step, 32 bits | 16 bits | difference |\n|---|---|---|---|")
    scores = [(score(whole.model, piece), score(half.model, piece)) for piece in pieces]
    rows = [(piece.title, *pair) for piece, pair in zip(pieces, scores, strict=True)]
    rows.append(("all", *(pooled(list(column)) for column in zip(*scores, strict=True))))
    for name, before, after in rows:
        nats = before.nats_per_step, after.nats_per_step
        print(f"| {name} | {nats[0]:.5f} | {nats[1]:.5f} | {nats[1] - nats[0]:+.5f} |", flush=True)
    floats = [a for a in whole.model.arrays().values() if a.dtype == np.float32]
    size = sum(a.nbytes for a in floats)
    largest = max(float(np.abs(a).max()) for a in floats)
    print(f"\n{size:,} bytes of weights, {size // 2:,} as 16 bits; the largest is {largest:.3g}.")


if __name__ == "__main__":
    main()
