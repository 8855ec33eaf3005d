"""Clefs and octave lines of a staff: few ledger lines, few changes, seen over the whole piece.

A clef changes at barlines, or at beats where that saves many ledger lines; where a note sounds
through only if nothing else helps. An octave line (8va over the treble staff, 8vb under the bass)
stands where a note would have more than four ledger lines. All ways are weighed at once
(Viterbi's algorithm), so that a passage is looked through to its end before a clef is chosen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Literal, NamedTuple

__all__ = ["Clef", "Moment", "StaffClefs", "StaffSign", "clefs_in", "ledger_lines"]


class Clef(NamedTuple):
    """A clef's sign, G or F, and the octaves by which an octave line moves what is written: 1
    under 8va, -1 over 8vb, 0 without."""

    sign: str
    octaves: int = 0


class Moment(NamedTuple):
    """What a staff strikes at a step.

    Attributes:
        step: of the metre.
        heights: of its heads, in letters above C0.
        end: where the last of what it strikes ends in the measure.
        on_beat: whether a beat begins there.
        is_clear: whether no note of the staff sounds on from before.
    """

    step: int
    heights: tuple[int, ...]
    end: int
    on_beat: bool = True
    is_clear: bool = True


class StaffSign(NamedTuple):
    """A sign between the notes of a measure: a clef before what begins at a step, the beginning of
    an octave line, or the end of one after what ends there."""

    step: int
    kind: Literal["clef", "line", "end of line"]
    clef: Clef


class StaffClefs(NamedTuple):
    """The clef at the beginning of a measure, the signs inside it, and the clef of its moments."""

    first: Clef
    signs: tuple[StaffSign, ...] = ()
    moments: tuple[tuple[int, Clef], ...] = ()

    @property
    def last(self) -> Clef:
        """The clef at its end."""
        return self.moments[-1][1] if self.moments else self.first

    def at(self, step: int) -> Clef:
        """The clef, and the octave line, of what is struck at a step or sounds on there."""
        place = bisect_right(self.moments, step, key=itemgetter(0))
        return self.moments[place - 1][1] if place else self.first


CLEFS = (Clef("G"), Clef("F"), Clef("G", 1), Clef("F", -1))
FREE_LEDGERS, MOST_LEDGERS = 1, 4
"""Ledger lines that cost nothing, and beyond which each costs as much as `BEYOND_MOST`."""
BEYOND_MOST = 10.0
CLEF_CHANGE, INSIDE_BAR, OFF_BEAT = 8.0, 2.0, 30.0
"""Cost of a change of clef, and what is added to it inside a bar and between beats, in ledger
lines."""
THROUGH_NOTES = 12.0
"""Cost of any change while a note sounds on."""
OCTAVE_LINE, UNDER_LINE = 8.0, 4.0
"""Cost of an octave line, and of each moment under it."""
FOREIGN_AT_FIRST, FOREIGN = 4.0, 0.1
"""Cost of beginning in the other hand's clef, and of each moment in it."""
BOTTOM_LINES = {"G": 30, "F": 18}
"""Lowest line of the treble and the bass staff, in letters above C0."""


def clefs_in(measures: Sequence[Sequence[Moment]], home: str) -> list[StaffClefs]:
    """The clefs of a staff, measure by measure.

    Args:
        measures: what the staff strikes in each.
        home: the sign of the hand's own clef.

    >>> low, high = Moment(0, (20,), 4), Moment(0, (40, 42, 44, 46), 4)
    >>> [clefs.first.sign for clefs in clefs_in([[low], [high], [high], [low]], "F")]
    ['F', 'G', 'G', 'F']
    """
    chosen = _chosen(measures, home)
    last = next((clefs[0] for clefs in chosen if clefs), Clef(home))._replace(octaves=0)
    signs: list[list[StaffSign]] = [[] for _ in measures]
    firsts = []
    under: tuple[int, int] | None = None
    for place, (moments, clefs) in enumerate(zip(measures, chosen, strict=True)):
        firsts.append(clefs[0] if clefs else last)
        for number, (moment, clef) in enumerate(zip(moments, clefs, strict=True)):
            if under and clef.octaves != last.octaves:
                signs[under[0]].append(StaffSign(under[1], "end of line", last))
                under = None
            if number and clef.sign != last.sign:
                signs[place].append(StaffSign(moment.step, "clef", clef))
            if clef.octaves and not under:
                signs[place].append(StaffSign(moment.step, "line", clef))
            if clef.octaves:
                under = (place, max(moment.end, under[1] if under and under[0] == place else 0))
            last = clef
    if under:
        signs[under[0]].append(StaffSign(under[1], "end of line", last))
    return [
        StaffClefs(
            first, tuple(own), tuple((m.step, c) for m, c in zip(moments, clefs, strict=True))
        )
        for first, own, moments, clefs in zip(firsts, signs, measures, chosen, strict=True)
    ]


def _chosen(measures: Sequence[Sequence[Moment]], home: str) -> list[list[Clef]]:
    """The cheapest clef for each moment of each measure."""
    cost = {
        clef: FOREIGN_AT_FIRST * (clef.sign != home) + OCTAVE_LINE * abs(clef.octaves)
        for clef in CLEFS
    }
    came: list[dict[Clef, Clef]] = []
    for moments in measures:
        for number, moment in enumerate(moments):
            before = {}
            for clef in CLEFS:
                change = {c: cost[c] + _change(c, clef, moment, number == 0) for c in CLEFS}
                before[clef] = min(CLEFS, key=change.__getitem__) if came else clef
            cost = {
                clef: cost[last]
                + (_change(last, clef, moment, number == 0) if came else 0.0)
                + sum(_price(ledger_lines(height, clef)) for height in moment.heights)
                + FOREIGN * (clef.sign != home)
                + UNDER_LINE * abs(clef.octaves)
                for clef, last in before.items()
            }
            came.append(before)
    forwards = _path(came, min(CLEFS, key=cost.__getitem__))
    return [[next(forwards) for _ in moments] for moments in measures]


def _path(came: Sequence[Mapping[Clef, Clef]], last: Clef) -> Iterator[Clef]:
    """The clefs in order that lead to the last one, by the best before each at every moment."""
    backwards = []
    for before in reversed(came):
        backwards.append(last)
        last = before[last]
    return reversed(backwards)


def ledger_lines(height: int, clef: Clef) -> int:
    """Ledger lines of a head, by its height in letters above C0.

    >>> ledger_lines(35 + 7, Clef("G")), ledger_lines(35 + 14, Clef("G", 1))
    (2, 2)
    """
    above_bottom = height - 7 * clef.octaves - BOTTOM_LINES[clef.sign]
    return max(-above_bottom // 2, (above_bottom - 8) // 2, 0)


def _price(ledgers: int) -> float:
    return max(0, ledgers - FREE_LEDGERS) + BEYOND_MOST * max(0, ledgers - MOST_LEDGERS)


def _change(last: Clef, clef: Clef, moment: Moment, opens_bar: bool) -> float:
    """The cost of a change right before a moment."""
    if last == clef:
        return 0.0
    cost = 0.0 if moment.is_clear else THROUGH_NOTES
    if last.sign != clef.sign:
        cost += CLEF_CHANGE
        if not opens_bar:
            cost += INSIDE_BAR if moment.on_beat else OFF_BEAT
    return cost + OCTAVE_LINE * (last.octaves != clef.octaves != 0)
