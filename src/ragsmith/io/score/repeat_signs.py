"""A piece in its written form: repeat signs, endings and D.C. that say its playing order.

Returns that signs cannot express are written out: a strain that comes back later stands there in
full again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ragsmith.piece import Note, Piece, Section
from ragsmith.playing_order import played_steps, unfold
from ragsmith.strains import ending_number, strains_of

__all__ = ["Ending", "Folded", "fold", "sections_as_signed", "steps_as_signed"]

REPRISE = "reprise"
LONGEST_BODY = 16
"""Sections that one pair of repeat signs may enclose."""


class Ending(NamedTuple):
    """An ending: its steps, and the passes in which it is played."""

    start: int
    end: int
    passes: tuple[int, ...]

    @property
    def label(self) -> str:
        """The numbers above the ending, "1" or "2, 3"."""
        return ", ".join(map(str, self.passes))


class Group(NamedTuple):
    """Sections that are played `times` times, with or without endings."""

    body: tuple[Section, ...]
    endings: tuple[Section, ...] = ()
    passes: tuple[tuple[int, ...], ...] = ()
    times: int = 1

    @property
    def start(self) -> int:
        return self.body[0].start

    @property
    def end(self) -> int:
        return (self.endings or self.body)[-1].end

    @property
    def once(self) -> tuple[str, ...]:
        """The names of the sections that are played when the repeat is not taken."""
        return tuple(s.name for s in (*self.body, *self.endings[-1:]))


@dataclass(frozen=True, slots=True)
class Folded:
    """A piece as it is written, with its signs; all places are its steps.

    Attributes:
        piece: the music in written order; of sections that come back, copies.
        opens: where repeats begin.
        closes: where repeats end, and how often the music before is played.
        endings: first, second ... endings.
        ends: where strains end and double barlines stand.
        fine: where the piece ends after a da capo from its last bar (D.C. al Fine); None without.
    """

    piece: Piece
    opens: frozenset[int] = frozenset()
    closes: tuple[tuple[int, int], ...] = ()
    endings: tuple[Ending, ...] = ()
    ends: frozenset[int] = frozenset()
    fine: int | None = None

    @property
    def cuts(self) -> frozenset[int]:
        """The places of all signs; a bar around one is cut in two."""
        closes = {end for end, _ in self.closes}
        endings = {edge for ending in self.endings for edge in ending[:2]}
        return self.opens | closes | endings | ({self.fine} if self.fine is not None else set())

    def strains_in(self, start: int, end: int) -> list[str]:
        """Names of the strains that begin in these steps, as a score shows them; a pickup is none,
        and one that has been written before is a reprise."""
        shown = []
        before: set[str] = set()
        for strain in strains_of(self.piece):
            if strain.body.end <= self.piece.pickup:
                continue
            if start <= strain.start < end:
                again = strain.name in before
                shown.append(f"{strain.name} ({REPRISE})" if again else strain.name)
            before.add(strain.name)
        return shown


def fold(piece: Piece) -> Folded:
    """The written form of a piece.

    A note that is held over the end of a repeat ends there. Sections that do not cover the piece
    are only named. An order that leaves sections out is not followed, since nothing may be lost:
    then strains with endings are repeated, others are not.
    """
    sections = piece.sections
    if not _cover(sections, piece.steps) or not piece.order:
        return Folded(piece, ends=frozenset(s.end for s in sections))
    order = piece.order
    if set(order) != {s.name for s in sections}:
        order = _usual_order(piece)
    groups = _groups(sections, order)
    groups, fine = _without_da_capo(groups)
    return _laid_out(piece, groups, fine)


def steps_as_signed(piece: Piece, folded: Folded) -> list[int]:
    """The steps of a piece's written form in the order in which its signs have them played; none
    where that is not the whole piece as it is played."""
    if not piece.order:
        return list(range(piece.steps))
    sections = sections_as_signed(folded)
    steps = [step for section in sections for step in range(section.start, section.end)]
    return steps if len(steps) == len(played_steps(piece)) else []


def sections_as_signed(folded: Folded) -> list[Section]:
    """The sections of a written form in the order in which its signs have them played."""
    sections = folded.piece.sections
    passes = {ending.start: ending.passes for ending in folded.endings}
    turns = _turns(folded)
    order: list[Section] = []
    place, begins, turn = 0, 0, 1
    while place < len(sections):
        section = sections[place]
        if section.start in folded.opens and place != begins:
            begins, turn = place, 1
        if turn in passes.get(section.start, (turn,)):
            order.append(section)
            if turn < turns.get(section.end, 0):
                place, turn = begins, turn + 1
                continue
        place += 1
    if folded.fine is not None:
        starts = {ending.start for ending in folded.endings}
        once = (s for s in sections if s.start not in starts or s.end not in starts)
        order += [section for section in once if section.end <= folded.fine]
    return order


def _turns(folded: Folded) -> dict[int, int]:
    """For every place where a repeat may close, how often the music before it is played."""
    turns = dict(folded.closes)
    chain: list[Ending] = []
    for ending in folded.endings:
        if chain and chain[-1].end != ending.start:
            chain = []
        chain.append(ending)
        times = max(number for link in chain for number in link.passes)
        turns |= {link.end: times for link in chain}
    return turns


def _cover(sections: Sequence[Section], steps: int) -> bool:
    """Whether sections follow each other from the beginning to the end, each name once."""
    edges = [0, *(s.end for s in sections)]
    starts = [*(s.start for s in sections), steps]
    names = {s.name for s in sections}
    return edges == starts and len(names) == len(sections)


def _usual_order(piece: Piece) -> tuple[str, ...]:
    """Strains with endings once for each ending, others once."""
    order: list[str] = []
    for strain in strains_of(piece):
        for ending in strain.numbered_endings:
            order += [strain.name, *(section.name for section in ending)]
        if not strain.endings:
            order.append(strain.name)
    return tuple(order)


def _groups(sections: Sequence[Section], order: Sequence[str]) -> list[Group]:
    """The order, read as repeats where signs can say them."""
    places = {section.name: place for place, section in enumerate(sections)}
    played = [places[name] for name in order]
    groups = []
    at = 0
    while at < len(played):
        group, used = Group((sections[played[at]],)), 1
        for size in range(1, LONGEST_BODY + 1):
            first = played[at]
            if played[at : at + size] != list(range(first, first + size)):
                break
            repeat, length = _repeat(sections, played[at:], size)
            if repeat.times > 1 and length > used:
                group, used = repeat, length
        groups.append(group)
        at += used
    return groups


def _repeat(sections: Sequence[Section], played: Sequence[int], size: int) -> tuple[Group, int]:
    """The repeat whose body is the first `size` sections played, and how many of the sections
    played it takes up, all passes together."""
    body = list(played[:size])
    strain = sections[body[-1]]
    last: list[int | None] = []  # the ending of each pass
    used = 0
    while list(played[used : used + size]) == body:
        after = played[used + size] if used + size < len(played) else None
        is_ending = after is not None and ending_number(sections[after].name, strain.name)
        ending = after if is_ending else None
        if last and (ending is None) != (last[0] is None):
            break
        last.append(ending)
        used += size + (ending is not None)
    numbers = [n for n in last if n is not None]
    distinct = sorted(set(numbers))
    in_order = numbers == sorted(numbers) and distinct == list(
        range(body[-1] + 1, body[-1] + 1 + len(distinct))
    )
    if not in_order or len(distinct) == 1:
        return Group(tuple(sections[n] for n in body)), size
    passes = tuple(tuple(i for i, n in enumerate(numbers, 1) if n == e) for e in distinct)
    endings = tuple(sections[n] for n in distinct)
    return Group(tuple(sections[n] for n in body), endings, passes, len(last)), used


def _without_da_capo(groups: list[Group]) -> tuple[list[Group], int | None]:
    """The groups before a da capo that plays the first of them again without repeats, and how
    many these are; all groups and None where there is no da capo."""
    for count in range(len(groups) - 1, 0, -1):
        tail = [name for group in groups[-count:] for name in group.once]
        if any(group.times > 1 for group in groups[-count:]):
            continue
        for fine in range(1, len(groups)):
            before = [name for group in groups[:fine] for name in group.once]
            if before == tail and fine + count < len(groups):
                return groups[:-count], fine
    return groups, None


def _laid_out(piece: Piece, groups: Sequence[Group], fine: int | None) -> Folded:
    """The groups one after another, and their signs."""
    starts = [0]
    for group in groups:
        starts.append(starts[-1] + group.end - group.start)
    opens, closes, endings = set(), [], []
    sections: list[Section] = []
    for group, start in zip(groups, starts, strict=False):
        shift = start - group.start
        sections += _moved((*group.body, *group.endings), shift)
        if group.times == 1:
            continue
        opens.add(start)
        moved = _moved(group.endings, shift)
        endings += [Ending(s.start, s.end, p) for s, p in zip(moved, group.passes, strict=True)]
        again = [e.end for e, p in zip(moved, group.passes, strict=True) if min(p) < group.times]
        closes += [(end, 2) for end in again] or [(group.end + shift, group.times)]
    written = _written(piece, groups)
    notes = _let_go(written.notes, [end for end, _ in closes])
    return Folded(
        replace(written, notes=notes, sections=tuple(sections), order=()),
        frozenset(opens),
        tuple(closes),
        tuple(endings),
        _ends_of_strains(groups, starts[1:]),
        None if fine is None else starts[fine],
    )


def _moved(sections: Iterable[Section], shift: int) -> list[Section]:
    return [s._replace(start=s.start + shift, end=s.end + shift) for s in sections]


def _ends_of_strains(groups: Sequence[Group], ends: Sequence[int]) -> frozenset[int]:
    """The ends of those groups after which another strain begins, or nothing."""
    return frozenset(
        end
        for end, group, following in zip(ends, groups, [*groups[1:], None], strict=True)
        if following is None or not _is_ending(following, group)
    )


def _is_ending(group: Group, before: Group) -> bool:
    """Whether a group is nothing but the ending of the strain before it, as in a reprise."""
    return ending_number(group.body[0].name, before.body[0].name) is not None


def _written(piece: Piece, groups: Sequence[Group]) -> Piece:
    """The music of the groups one after another; what follows itself in the piece stays whole."""
    spans = tuple(Section(str(place), g.start, g.end) for place, g in enumerate(groups))
    return unfold(replace(piece, sections=spans, order=tuple(s.name for s in spans)))


def _let_go(notes: Sequence[Note], closes: Sequence[int]) -> tuple[Note, ...]:
    """The notes, cut where a repeat ends: what follows there in the score is played later."""
    ends = sorted(closes)

    def until(note: Note) -> int:
        place = bisect_right(ends, note.onset)
        last = note.onset + note.duration
        return min(last, ends[place]) if place < len(ends) else last

    return tuple(note._replace(duration=until(note) - note.onset) for note in notes)
