"""What the scores of a corpus mark, and where: dynamics of strains and inside them, accents and
staccato by their place in the bar, slurs over runs.

Definition: a strike is what a hand strikes together: a chord (three notes or more) or a note, on a
downbeat, on another beat, between beats, or between beats and held over the next one
(syncopation). A run is three single notes or more of the right hand that follow each other closely
within a beat.
Convention: pieces without any marking say nothing. A kind counts that at least half of the marked
pieces have, and then its rate in these; bars are those of strains, 17 counted as 1 again.
Source: ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from ragsmith.markings import SPELLING, Marking
from ragsmith.performance.tempo import beats
from ragsmith.piece import Hand, Note, Piece, place_in_bar
from ragsmith.strains import Strain, is_introduction, strain_bars, strains_of

__all__ = [
    "BARS_OF_STRAIN",
    "Conventions",
    "Marks",
    "conventions_of",
    "marks_of",
    "runs_of",
    "strain_roles",
    "strikes_of",
]

FEWEST_MARKED = 3
"""Pieces with markings, from which on a corpus has conventions."""
RAREST = 0.02
"""Share of strains, or of strikes, below which nothing is a convention."""
FEWEST_UNDER_SLUR, WIDEST_STEP = 3, 4
"""Notes of a run, and semitones from one to the next."""
FULL_CHORD = 3
BARS_OF_STRAIN = 16
KINDS = {
    **{"accent": "accent", "marcato": "accent"},
    **{"staccato": "staccato", "staccatissimo": "staccato"},
}
INSIDE = ("dynamic", "crescendo", "diminuendo")


class Conventions(NamedTuple):
    """What the scores of a corpus mark.

    Attributes:
        strains: the dynamic of a strain by its role (`strain_roles`).
        inside: how many strains of all have a dynamic or a hairpin in one of their bars, "9 p",
            "8 diminuendo": a share.
        strikes: the share of strikes that are marked, by kind, hand, size and place, "accent right
            chord syncopation".
        slurs: the share of runs that lie under a slur.
    """

    strains: Mapping[str, str] = {}
    inside: Mapping[str, float] = {}
    strikes: Mapping[str, float] = {}
    slurs: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The conventions as `from_json` reads them."""
        return {name: value for name, value in self._asdict().items() if value}

    @classmethod
    def from_json(cls, data: Any) -> Conventions:
        """The inverse of `to_json`.

        Raises:
            ValueError, TypeError, AttributeError: the data is none.
        """
        conventions = cls(**data)
        shares = [*conventions.inside.values(), *conventions.strikes.values(), conventions.slurs]
        if not all(type(share) in (int, float) and 0 <= share <= 1 for share in shares):
            raise ValueError("a share of what is marked is none")
        bars = [name.split(" ") for name in conventions.inside]
        if not all(len(parts) == 2 and parts[0].isdecimal() for parts in bars):
            raise ValueError("what is marked inside strains names no bar")
        texts = [*conventions.strains.values(), *(text for _, text in bars)]
        if not all(text.isascii() and text.isalpha() and len(text) <= 12 for text in texts):
            raise ValueError("a dynamic is none")
        return conventions


class Marks(NamedTuple):
    """What one piece marks: counts for `conventions_of`."""

    kinds: frozenset[str]
    roles: Counter[tuple[str, str]]
    strains: int
    inside: Counter[str]
    strikes: Counter[str]
    marked: Counter[tuple[str, str]]
    runs: int
    slurred: int


def marks_of(piece: Piece) -> Marks | None:
    """What a piece marks; None where it marks nothing. Names of notes are not counted."""
    markings = [marking for marking in piece.markings if marking.kind != SPELLING]
    if not markings:
        return None
    at: dict[tuple[int, Hand], set[str]] = {}
    for marking in markings:
        if marking.kind in KINDS:
            at.setdefault((marking.step, marking.hand), set()).add(KINDS[marking.kind])
    strikes, marked = Counter[str](), Counter[tuple[str, str]]()
    for place, notes in strikes_of(piece):
        strikes[place] += 1
        marked.update((kind, place) for kind in at.get((notes[0].onset, notes[0].hand), ()))
    slurs = [m for m in markings if m.kind == "slur" and m.hand != Hand.LEFT]
    runs = list(runs_of(piece))
    under = [any(s.step <= run[0].onset and s.end >= run[-1].onset for s in slurs) for run in runs]
    kinds = frozenset(KINDS.get(marking.kind, marking.kind) for marking in markings)
    roles, inside = Counter[tuple[str, str]](), Counter[str]()
    strains = _strains(piece)
    for role, bars in strains:
        first, *others = _marked_bars(piece, bars)
        roles.update((role, m.text) for m in first if m.kind == "dynamic")
        for number, markings in enumerate(others, 1):
            inside.update(
                {f"{number % BARS_OF_STRAIN + 1} {m.text or m.kind}" for m in markings if _plain(m)}
            )
    return Marks(kinds, roles, len(strains), inside, strikes, marked, len(runs), sum(under))


def conventions_of(marks: Iterable[Marks]) -> Conventions | None:
    """The conventions of pieces; None where too few of them are marked.

    >>> conventions_of([]) is None
    True
    """
    rows = list(marks)
    if len(rows) < FEWEST_MARKED:
        return None
    having = {
        kind: [row for row in rows if kind in row.kinds]
        for kind in ("dynamic", "crescendo", "diminuendo", "accent", "staccato", "slur")
    }
    used = {kind: has if 2 * len(has) >= len(rows) else [] for kind, has in having.items()}
    runs = sum(row.runs for row in used["slur"])
    slurs = sum(row.slurred for row in used["slur"]) / runs if runs else 0.0
    return Conventions(
        _dynamics(used["dynamic"]), _inside(used), _strike_rates(used), round(slurs, 3)
    )


def _dynamics(rows: Sequence[Marks]) -> dict[str, str]:
    """The commonest dynamic of each role."""
    counts = sum((row.roles for row in rows), Counter[tuple[str, str]]())
    commonest: dict[str, str] = {}
    for (role, text), _ in counts.most_common():
        commonest.setdefault(role, text)
    return commonest


def _inside(used: Mapping[str, Sequence[Marks]]) -> dict[str, float]:
    shares: dict[str, float] = {}
    for kind in INSIDE:
        strains = sum(row.strains for row in used[kind])
        counts = sum((row.inside for row in used[kind]), Counter[str]())
        for name, count in sorted(counts.items()):
            text = name.split(" ")[1]
            is_of_kind = kind == (text if text in INSIDE else "dynamic")
            if is_of_kind and count >= RAREST * strains:
                shares[name] = round(count / strains, 3)
    return shares


def _strike_rates(used: Mapping[str, Sequence[Marks]]) -> dict[str, float]:
    rates: dict[str, float] = {}
    for kind in ("accent", "staccato"):
        strikes = sum((row.strikes for row in used[kind]), Counter[str]())
        marked = sum((row.marked for row in used[kind]), Counter[tuple[str, str]]())
        for place, count in sorted(strikes.items()):
            if marked[kind, place] >= RAREST * count:
                rates[f"{kind} {place}"] = round(marked[kind, place] / count, 3)
    return rates


def strain_roles(piece: Piece) -> list[tuple[str, Strain]]:
    """The strains of a piece, each with its role: introduction, first, second, third, last, other;
    a strain that comes back has the role that it had."""
    strains = strains_of(piece)
    names = list(dict.fromkeys(s.name for s in strains if not is_introduction(s, strains)))
    usual = ("first", "second", "third")
    roles = {name: usual[place] if place < 3 else "other" for place, name in enumerate(names)}
    if len(names) > 1:
        roles[names[-1]] = "last"
    return [("introduction" if is_introduction(s, strains) else roles[s.name], s) for s in strains]


def strikes_of(piece: Piece) -> Iterator[tuple[str, list[Note]]]:
    """What each hand strikes together, from the lowest note up, with its hand, size and place."""
    on_beat = np.array([*beats(piece), piece.steps])
    places = place_in_bar(piece)
    for hand in (Hand.RIGHT, Hand.LEFT):
        own = (note for note in piece.notes if note.hand == hand)
        for onset, struck in groupby(own, key=lambda note: note.onset):
            notes = list(struck)
            following = int(on_beat[np.searchsorted(on_beat, onset, "right")])
            if places[onset] == 0:
                where = "downbeat"
            elif onset in on_beat:
                where = "beat"
            else:
                held = min(note.onset + note.duration for note in notes) > following
                where = "syncopation" if held else "offbeat"
            size = "chord" if len(notes) >= FULL_CHORD else "note"
            yield f"{hand.name.lower()} {size} {where}", notes


def runs_of(piece: Piece) -> Iterator[list[Note]]:
    """The right hand's runs."""
    on_beat = np.array(beats(piece))
    single = _single(piece.notes)
    for _, notes in groupby(single, key=lambda n: int(np.searchsorted(on_beat, n.onset, "right"))):
        run: list[Note] = []
        for note in notes:
            if run and not _follows(run[-1], note):
                yield from [run] if len(run) >= FEWEST_UNDER_SLUR else []
                run = []
            run.append(note)
        yield from [run] if len(run) >= FEWEST_UNDER_SLUR else []


def _single(notes: Sequence[Note]) -> Iterator[Note]:
    """The notes of the right hand that it strikes alone."""
    right = (note for note in notes if note.hand == Hand.RIGHT)
    for _, struck in groupby(right, key=lambda note: note.onset):
        together = list(struck)
        if len(together) == 1:
            yield together[0]


def _follows(note: Note, following: Note) -> bool:
    joined = note.onset + note.duration == following.onset
    return joined and 0 < abs(note.pitch - following.pitch) <= WIDEST_STEP


def _strains(piece: Piece) -> list[tuple[str, list[range]]]:
    """The steps of the bars of each strain, with its role."""
    return [
        (role, [range(bar.start, bar.start + bar.length) for bar in bars])
        for (role, _), bars in zip(strain_roles(piece), strain_bars(piece), strict=True)
        if bars
    ]


def _marked_bars(piece: Piece, bars: Sequence[range]) -> list[list[Marking]]:
    """The dynamics and hairpins that begin in each of some bars."""
    return [[m for m in piece.markings if m.kind in INSIDE and m.step in bar] for bar in bars]


def _plain(marking: Marking) -> bool:
    """Whether it is a hairpin, or one of the usual dynamics."""
    return marking.kind != "dynamic" or set(marking.text) <= set("pmf")
