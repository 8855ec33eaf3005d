"""Markings as files hold them: edges of slurs and hairpins that have to find each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ragsmith.io.printable import printable
from ragsmith.io.readers.exact_score import Ticks
from ragsmith.markings import Marking
from ragsmith.notes import Hand

__all__ = ["Edge", "joined"]

LONGEST_TEXT = 120
HAIRPINS = ("crescendo", "diminuendo", "hairpin")
START, STOP = "start", "stop"


class Edge(NamedTuple):
    """A marking, or one end of it.

    Attributes:
        tick: where it stands.
        kind: of `Marking`; a hairpin's end may be called "hairpin".
        staff: number of the staff, as heads have it.
        pitch: of the note; -1 for markings of staves.
        text: of `Marking`.
        edge: "start" or "stop"; "" for what has no ends.
        group: edges that can belong together; a voice or a number.
        is_early: whether it stands on a grace note, before what else stands at its tick.
    """

    tick: Ticks
    kind: str
    staff: int
    pitch: int = -1
    text: str = ""
    edge: str = ""
    group: tuple[object, ...] = ()
    is_early: bool = False


def joined(
    edges: Iterable[Edge], hands: Mapping[int, Hand], between: Iterable[int] = ()
) -> tuple[Marking, ...]:
    """The markings of the staves that have a hand, in ticks; ends without a beginning, and
    beginnings without an end, are left out.

    Args:
        edges: in any order.
        hands: by staff; others are left out.
        between: staves whose dynamics hold for both hands.
    """
    markings: list[Marking] = []
    waiting: dict[tuple[object, ...], list[Edge]] = {}
    both = set(between)
    for edge in sorted(edges, key=_order):
        if edge.staff not in hands and edge.staff not in both:
            continue
        family = "hairpin" if edge.kind in HAIRPINS else edge.kind
        opened = waiting.setdefault((family, *edge.group), [])
        text = printable(edge.text, LONGEST_TEXT, "…")
        hand = Hand.UNKNOWN if edge.staff in both else hands[edge.staff]
        if not edge.edge:
            markings.append(Marking(round(edge.tick), edge.kind, edge.pitch, hand, text))
        elif edge.edge == START:
            opened.append(edge)
        elif opened:
            begun = opened.pop()
            tick = round(begun.tick)
            own = Hand.UNKNOWN if begun.staff in both else hands[begun.staff]
            markings.append(
                Marking(tick, begun.kind, begun.pitch, own, text, round(edge.tick), edge.pitch)
            )
    return tuple(sorted(markings, key=lambda marking: marking.step))


def _order(edge: Edge) -> tuple[Ticks, int]:
    """Grace notes first, then ends, then beginnings."""
    return edge.tick, 0 if edge.is_early else 1 if edge.edge == STOP else 2
