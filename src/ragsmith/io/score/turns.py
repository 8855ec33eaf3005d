"""Where the pages of a score begin: evenly filled, and turned where a hand is free.

All ways to divide the lines are weighed at once, as those to break lines are
(`ragsmith.io.score.lines`). A hand is free that neither strikes nor holds a key for a beat before
the turn or after it (Gould, *Behind Bars*, 2011, on page turns: at rests; in piano music one free
hand turns).
"""

from __future__ import annotations

from collections.abc import Sequence

from ragsmith.hands import in_hands
from ragsmith.io.score.repeat_signs import fold
from ragsmith.io.score.staves import measures_of
from ragsmith.piece import Hand, Piece

__all__ = ["free_turns", "page_starts"]

BUSY = 2.0
"""Cost of a turn for which no hand is free; a page that is one line off the even share costs 1."""


def free_turns(piece: Piece, line_starts: Sequence[int]) -> list[bool]:
    """Whether a hand is free where each of these lines begins.

    Args:
        piece: as `ragsmith.io.score.lines.line_starts` takes it.
        line_starts: the places of the measures that begin a line, but the first.
    """
    folded = fold(piece)
    written = in_hands(folded.piece)
    steps = written.steps_per_quarter
    measures = measures_of(written.bars, folded.cuts, written.keys, steps)
    spans = {
        hand: [(n.onset, n.onset + n.duration) for n in written.notes if n.hand == hand]
        for hand in (Hand.RIGHT, Hand.LEFT)
    }

    def is_free(hand: Hand, start: int, end: int) -> bool:
        return not any(onset < end and start < stop for onset, stop in spans[hand])

    turns = (measures[place].start for place in line_starts)
    return [
        any(
            is_free(hand, turn - steps, turn) or is_free(hand, turn, turn + steps) for hand in spans
        )
        for turn in turns
    ]


def page_starts(free: Sequence[bool], capacities: Sequence[int]) -> list[int]:
    """The lines that begin a page, but the first line.

    Args:
        free: whether a hand is free where each line but the first begins.
        capacities: how many lines each page holds at most.

    >>> page_starts([False, True, False, False, False], [4, 4])
    [2]
    >>> page_starts([False] * 5, [4, 4])
    [3]
    """
    lines = len(free) + 1
    even = lines / len(capacities)
    costs: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for capacity in capacities:
        ways: dict[int, tuple[float, list[int]]] = {}
        for start, (cost, starts) in costs.items():
            for end in range(start + 1, min(start + capacity, lines) + 1):
                turn = 0.0 if end == lines or free[end - 1] else BUSY
                whole = cost + (end - start - even) ** 2 + turn
                if end not in ways or whole < ways[end][0]:
                    ways[end] = whole, [*starts, end]
        costs = ways
    return costs[lines][1][:-1] if lines in costs else []
