"""How well learnt dynamics foretell loudness in new files, and how far composed loudness spreads.

    python benchmarks/dynamics.py FOLDER

Of the files whose velocities vary, those with even numbers foretell the odd ones, and the other way
round. Errors are pooled over all notes. R² is the share of the variance explained: around each
piece's own mean where that is known, around the mean of the other half's pieces where it is not.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ragsmith.dynamics.accents import accented
from ragsmith.dynamics.learning import dynamics_of
from ragsmith.dynamics.velocity import Dynamics
from ragsmith.errors import BadFile
from ragsmith.hands import split_hands
from ragsmith.io import MIDI_SUFFIXES, read
from ragsmith.piece import DEFAULT_VELOCITY, Piece

SEEDS = range(8)
FLAT, FEWEST = 3.0, 30

Floats = NDArray[np.float64]
Foretell = Callable[[Dynamics, Piece], Floats]


def velocities(piece: Piece) -> Floats:
    """The velocity of each note."""
    return np.array([note.velocity for note in piece.notes], float)


def varied_pieces(folder: Path) -> tuple[list[Piece], int]:
    """The pieces whose velocities vary, with hands, and how many files the folder has."""
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in MIDI_SUFFIXES)
    pieces = []
    for path in paths:
        try:
            piece = read(path, 4)
        except BadFile:
            continue
        if len(piece.notes) >= FEWEST and velocities(piece).std() >= FLAT:
            pieces.append(replace(piece, notes=split_hands(piece.notes, piece.steps_per_quarter)))
    return pieces, len(paths)


def constant(_: Dynamics, piece: Piece) -> Floats:
    """No difference between notes."""
    return np.zeros(len(piece.notes))


def by_metre(_: Dynamics | None, piece: Piece) -> Floats:
    """The rule of `ragsmith.dynamics.accents`, around its mean."""
    silent = replace(
        piece, notes=tuple(note._replace(velocity=DEFAULT_VELOCITY) for note in piece.notes)
    )
    loud = velocities(accented(silent))
    return loud - loud.mean()


def learnt(dynamics: Dynamics, piece: Piece) -> Floats:
    """The velocities that learnt dynamics expect."""
    return dynamics.expected(piece)


def errors(pieces: list[Piece], foretell: Foretell, level_known: bool) -> tuple[float, float]:
    """R² and mean absolute error over all notes of the pieces, each by the other half."""
    lost, varied, absolute = 0.0, 0.0, []
    for half in (0, 1):
        dynamics = dynamics_of(pieces[half::2])
        if dynamics is None:
            sys.exit("velocities vary in too few of the files")
        for piece in pieces[1 - half :: 2]:
            true = velocities(piece)
            level = true.mean() if level_known else dynamics.level
            error = true - level - foretell(dynamics, piece)
            lost += float(error @ error)
            varied += float(np.sum((true - level) ** 2))
            absolute.append(np.abs(error))
    return round(1 - lost / varied, 3) + 0.0, float(np.concatenate(absolute).mean())


def spreads(pieces: list[Piece]) -> tuple[Floats, Floats]:
    """Standard deviations within pieces: as they are, and as the other half plays them."""
    real = [velocities(piece).std() for piece in pieces]
    anew = []
    for half in (0, 1):
        dynamics = dynamics_of(pieces[half::2])
        for piece in pieces[1 - half :: 2]:
            anew += (
                [velocities(dynamics.play(piece, seed)).std() for seed in SEEDS] if dynamics else []
            )
    return np.array(real), np.array(anew)


def main(folder: Path) -> None:
    """Print the table."""
    pieces, files = varied_pieces(folder)
    if len(pieces) < 4:
        sys.exit(
            f"{folder}: {len(pieces)} of {files} files have velocities that vary; 4 are needed"
        )
    notes = sum(len(piece.notes) for piece in pieces)
    print(f"{len(pieces)} of {files} files have velocities that vary: {notes:,} notes\n")
    print("| | R², level known | error | R², level unknown | error |\n|---|---|---|---|---|")
    rows = {"constant": constant, "rule by metre": by_metre, "learnt": learnt}
    for name, foretell in rows.items():
        known, unknown = (errors(pieces, foretell, is_known) for is_known in (True, False))
        print(f"| {name} | {known[0]:.3f} | {known[1]:.2f} | {unknown[0]:.3f} | {unknown[1]:.2f} |")
    real, anew = spreads(pieces)
    ruled = np.array([by_metre(None, piece).std() for piece in pieces])
    began = time.perf_counter()
    dynamics_of(pieces)
    took = time.perf_counter() - began
    print("\nStandard deviation of velocities within a piece, median (and middle half of pieces):")
    for name, values in (("corpus", real), ("rule by metre", ruled), ("learnt", anew)):
        low, middle, high = np.percentile(values, [25, 50, 75])
        print(f"{name} {middle:.1f} ({low:.1f} to {high:.1f})")
    print(f"\nLearnt in {took:.2f} s, {took / notes * 1e5:.2f} s for 100,000 notes.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
