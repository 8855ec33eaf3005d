"""Repeat signs, endings and jumps (D.C., D.S., coda, fine): sections and the order they are
played in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, pairwise
from typing import NamedTuple

from ragsmith.piece import Metre, Section
from ragsmith.strains import ending_name

__all__ = [
    "MOST_TIMES",
    "Cut",
    "Measure",
    "Sign",
    "cut_up",
    "listed_sections",
    "passes_of",
    "repeated_sections",
    "signs_in",
]

MOST_TIMES = 16
"""How often a repeat is played at most; a larger number is a slip of the file."""
MOST_PLAYED = 1000
"""The most sections in playing order; more come from a broken file."""


class Sign:
    """Where the music leaps to, and from where; see `Measure.signs`."""

    SEGNO, CODA = "segno", "coda"
    TO_CODA, FINE, DA_CAPO, DAL_SEGNO = "to coda", "fine", "da capo", "dal segno"


WORDS = (
    (Sign.DA_CAPO, re.compile(r"\bd\. ?c\.|\bd\.?c\b|\bda capo\b", re.IGNORECASE)),
    (Sign.DAL_SEGNO, re.compile(r"\bd\. ?s\.|\bd\.?s\b|\bdal segno\b", re.IGNORECASE)),
    (Sign.TO_CODA, re.compile(r"\b(to|al|alla) coda\b", re.IGNORECASE)),
    (Sign.CODA, re.compile(r"\s*coda\b", re.IGNORECASE)),
    (Sign.FINE, re.compile(r"\s*fine\b", re.IGNORECASE)),
)
"""Words that stand for a sign; where a text has several, the first in this list counts."""
TARGETS = frozenset((Sign.SEGNO, Sign.CODA))
JUMPS = frozenset((Sign.DA_CAPO, Sign.DAL_SEGNO))
LEAVES = JUMPS | {Sign.TO_CODA, Sign.FINE}


class Measure(NamedTuple):
    """What stands between two barlines.

    Attributes:
        start, length: in ticks.
        metre: its time signature.
        opens, closes: whether a repeat begins with it, or ends with it.
        passes: those in which it is played, where it is part of an ending; else empty.
        times: how often what it closes is played in all.
        signs: of `Sign`; segno and coda stand at its beginning, all others at its end.
        is_free: whether the file says that it need not fill its metre.
    """

    start: int
    length: int
    metre: Metre
    opens: bool = False
    closes: bool = False
    passes: tuple[int, ...] = ()
    times: int = 2
    signs: frozenset[str] = frozenset()
    is_free: bool = False


class Cut(NamedTuple):
    """A repeat sign within a measure: whether a repeat ends there, or begins, and how often what it
    closes is played in all."""

    closes: bool = False
    opens: bool = False
    times: int = 2


def cut_up(measure: Measure, cuts: Mapping[int, Cut]) -> list[Measure]:
    """The parts of a measure between the repeat signs within it, by their ticks from its start."""
    parts: list[Measure] = []
    inside = sorted(tick for tick in cuts if 0 < tick < measure.length)
    edges = [0, *inside, measure.length]
    for begin, end in pairwise(edges):
        before = cuts[begin] if begin else None
        after = cuts[end] if end < measure.length else None
        part = measure._replace(start=measure.start + begin, length=end - begin)
        if before:
            part = part._replace(opens=before.opens, signs=part.signs - TARGETS)
        if after:
            signs = part.signs & TARGETS
            part = part._replace(closes=after.closes, times=after.times, signs=signs)
        parts.append(part)
    return parts


class Run(NamedTuple):
    """Measures that are always played one after the other.

    Attributes:
        name: its section's.
        passes: as of its measures.
        last_pass: the last one of its endings; 0 outside endings.
    """

    name: str
    measures: tuple[Measure, ...]
    passes: tuple[int, ...] = ()
    last_pass: int = 0

    @property
    def section(self) -> Section:
        last = self.measures[-1]
        return Section(self.name, self.measures[0].start, last.start + last.length)

    @property
    def times(self) -> int:
        """How often what it closes is played; 1 where it closes nothing."""
        if self.last_pass:
            closes = self.measures[-1].closes or max(self.passes) < self.last_pass
            return self.last_pass if closes else 1
        return self.measures[-1].times if self.measures[-1].closes else 1


def passes_of(ending: str) -> tuple[int, ...]:
    """The passes in which an ending is played, by its number: "1", "1, 2", "1-3"."""
    numbers: set[int] = set()
    for first, last in re.findall(r"(\d{1,2})(?:\s*-\s*(\d{1,2}))?", ending):
        numbers.update(range(int(first), int(last or first) + 1))
    return tuple(sorted(numbers)) or (1,)


def signs_in(words: str) -> list[str]:
    """The sign that words over a measure say, if any."""
    for sign, pattern in WORDS:
        if pattern.match(words) if sign in (Sign.CODA, Sign.FINE) else pattern.search(words):
            return [sign]
    return []


def repeated_sections(measures: Sequence[Measure]) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """Strains and endings that the signs show, and their playing order.

    Strains are named A, B, C ..., endings A1, A2 ... Both are empty when nothing is repeated, or
    when the endings make no sense. After a jump repeats are played once, with their last ending.
    """
    jumps = any(JUMPS & measure.signs for measure in measures)
    runs = _named(_cut(measures, jumps))
    order = [runs[place].name for place in _played(runs)]
    if order == [run.name for run in runs]:
        return (), ()
    return (tuple(run.section for run in runs), tuple(order)) if order else ((), ())


def listed_sections(
    stretches: Sequence[tuple[int, int]], end: int
) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """Sections of a piece that lists what is played in which order, and that order.

    Args:
        stretches: first tick and the tick after the last, in the order in which they are played;
            they may overlap and leave something out.
        end: of the piece.

    >>> sections, order = listed_sections([(0, 8), (8, 16), (0, 8)], 16)
    >>> [section.name for section in sections], order
    (['A', 'B'], ('A', 'B', 'A'))
    """
    edges = sorted({0, end, *chain(*stretches)})
    sections = tuple(Section(_letters(place), *edge) for place, edge in enumerate(pairwise(edges)))
    inside = [[s.name for s in sections if a <= s.start and s.end <= b] for a, b in stretches]
    order = tuple(chain(*inside))
    return (sections, order) if order != tuple(s.name for s in sections) else ((), ())


def _cut(measures: Sequence[Measure], jumps: bool) -> list[list[Measure]]:
    """The measures, cut wherever the music may go elsewhere or come from elsewhere."""
    runs: list[list[Measure]] = []
    for measure in measures:
        last = runs[-1][-1] if runs else None
        leaps = jumps and last and (TARGETS & measure.signs or LEAVES & last.signs)
        if last is None or leaps or measure.opens or last.closes or measure.passes != last.passes:
            runs.append([])
        runs[-1].append(measure)
    return runs


def _named(cuts: Sequence[Sequence[Measure]]) -> list[Run]:
    """Runs with their names; none when the endings make no sense."""
    runs: list[Run] = []
    strains = 0
    for in_endings, group in groupby(cuts, key=lambda cut: bool(cut[0].passes)):
        endings = list(group)
        if not in_endings:
            runs += [Run(_letters(strains + n), tuple(c)) for n, c in enumerate(endings)]
            strains += len(endings)
            continue
        if not runs or runs[-1].measures[-1].closes or not (last := _last_pass(endings)):
            return []
        stem = runs[-1].name
        for passes, parts in groupby(endings, key=lambda ending: ending[0].passes):
            for part, ending in enumerate(parts):  # a jump may cut an ending
                name = ending_name(stem, passes[0], part)
                runs.append(Run(name, tuple(ending), passes, last))
    return runs


def _last_pass(endings: Sequence[Sequence[Measure]]) -> int:
    """The last pass of the endings after one strain; 0 when a pass is missing or comes twice."""
    passes = [n for key, _ in groupby(ending[0].passes for ending in endings) for n in key]
    if sorted(passes) != list(range(1, len(passes) + 1)):
        return 0
    # A lone first ending is left out the last time.
    alone = len(endings) == 1 and endings[0][-1].closes
    return len(passes) + alone


@dataclass(slots=True)
class Walk:
    """Where a player is: the run, where its repeat began, the pass, and whether a jump (each is
    obeyed once) led here."""

    runs: Sequence[Run]
    place: int = 0
    begin: int = 0
    number: int = 1
    after_jump: bool = False
    jumps: set[int] = field(default_factory=set)

    def leave_out(self, run: Run) -> bool:
        """Whether the run is an ending for another pass."""
        number = run.last_pass if self.after_jump else self.number
        return bool(run.passes) and number not in run.passes

    def go_to(self, place: int, after_jump: bool) -> None:
        self.place = self.begin = place
        self.number, self.after_jump = 1, after_jump

    def go_on(self) -> None:
        run = self.runs[self.place]
        self.place += 1
        if self.place < len(self.runs):
            following = self.runs[self.place]
            ended = run.measures[-1].closes or run.passes
            if following.measures[0].opens or (ended and not following.passes):
                self.begin, self.number = self.place, 1

    def go_on_from(self, run: Run) -> None:
        """Goes where the signs at the end of the run lead."""
        signs = run.measures[-1].signs
        coda = self._next_coda() if self.after_jump and Sign.TO_CODA in signs else None
        if self.after_jump and Sign.FINE in signs:
            self.place = len(self.runs)
        elif self.number < run.times and not self.after_jump:
            self.number += 1
            self.place = self.begin
        elif coda is not None:
            self.go_to(coda, False)
        elif JUMPS & signs and self.place not in self.jumps:
            self.jumps.add(self.place)
            self.go_to(self._last_segno() if Sign.DAL_SEGNO in signs else 0, True)
        else:
            self.go_on()

    def _next_coda(self) -> int | None:
        later = range(self.place + 1, len(self.runs))
        return next((n for n in later if Sign.CODA in self.runs[n].measures[0].signs), None)

    def _last_segno(self) -> int:
        earlier = range(self.place, -1, -1)
        return next((n for n in earlier if Sign.SEGNO in self.runs[n].measures[0].signs), 0)


def _played(runs: Sequence[Run]) -> list[int]:
    """Places of the runs in playing order; empty when there is no end to it."""
    order: list[int] = []
    walk = Walk(runs)
    while walk.place < len(runs):
        run = runs[walk.place]
        if walk.leave_out(run):
            walk.go_on()
            continue
        order.append(walk.place)
        if len(order) > MOST_PLAYED:
            return []
        walk.go_on_from(run)
    return order


def _letters(number: int) -> str:
    """A to Z, then AA, AB, ..."""
    head, letter = divmod(number, 26)
    return (_letters(head - 1) if head else "") + chr(ord("A") + letter)
