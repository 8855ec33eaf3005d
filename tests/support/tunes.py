"""Small pieces to learn from."""

import random

from ragsmith.piece import Metre, Note, Piece, normalise, regular_bars


def tune(seed: int, steps: int = 24) -> Piece:
    """A bass and a melody that wander over a few keys, on the grid of sixteenths."""
    draw = random.Random(seed)
    notes = [Note(t, 60 + draw.randrange(4), 1 + draw.randrange(2)) for t in range(0, steps, 2)]
    notes += [Note(t, 40 + draw.randrange(2), 2) for t in range(0, steps - 1, 4)]
    return Piece(normalise(notes), regular_bars(steps, [(0, Metre(2, 4))], 4))


def scale(bars: int = 16) -> Piece:
    """Up the scale of C major in eighths, over the tonic and the dominant; no other keys."""
    degrees = (0, 2, 4, 5, 7, 9, 11, 12)
    notes = [Note(2 * i, 60 + degrees[i % 8], 2) for i in range(4 * bars)]
    notes += [Note(8 * bar, 48 if bar % 2 else 43, 8) for bar in range(bars)]
    return Piece(normalise(notes), regular_bars(8 * bars, [(0, Metre(2, 4))], 4))
