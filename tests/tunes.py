"""Small pieces to learn from."""

import random

from ragsmith.piece import Metre, Note, Piece, normalise, regular_bars


def tune(seed: int, steps: int = 24) -> Piece:
    """A bass and a melody that wander over a few keys, on the grid of sixteenths."""
    draw = random.Random(seed)
    notes = [Note(t, 60 + draw.randrange(4), 1 + draw.randrange(2)) for t in range(0, steps, 2)]
    notes += [Note(t, 40 + draw.randrange(2), 2) for t in range(0, steps - 1, 4)]
    return Piece(normalise(notes), regular_bars(steps, [(0, Metre(2, 4))], 4))
