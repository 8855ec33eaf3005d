"""The form of a piece, in a small language: "Intro AABBACCDD Coda".

A capital letter is a strain, twice in a row a strain that is repeated, with a first and a second
ending; "Intro" and "Coda" are what they say; "DC" plays the strains before the trio once more.
Bars stand behind a name where they are not the usual: "A(8)A B". Intro, Coda and DC are words of
their own, letters may stand together or apart. From the third strain on, the trio, the key is a
fourth higher, that is one flat more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from ragsmith.errors import BadOption
from ragsmith.strains import CODA, INTRO, ending_name

__all__ = ["Form", "Part", "parse_form"]

DA_CAPO = "DC"
SHORT = 4
"""Bars of an introduction and of a coda."""
TRIO = 3
"""The third strain is the trio."""
MOST_PARTS = 64
MOST_BARS = 256
WORD = re.compile(r"(Intro|Coda)(?:\((\d+)\))?", re.ASCII)
STRAIN = re.compile(r"([A-Z])(?:\((\d+)\))?", re.ASCII)


class Part(NamedTuple):
    """A strain, introduction or coda: how many bars it has, and where its bars lie."""

    name: str
    bars: int
    endings: bool
    """Whether its last bar is written twice, as first and second ending."""
    in_trio: bool

    @property
    def written(self) -> tuple[tuple[str, int], ...]:
        """The sections that it is written in, each with its bars."""
        if not self.endings:
            return ((self.name, self.bars),)
        endings = ((ending_name(self.name, number), 1) for number in (1, 2))
        return ((self.name, self.bars - 1), *endings)


@dataclass(frozen=True, slots=True)
class Form:
    """Parts in written order, and the names of their sections in playing order."""

    parts: tuple[Part, ...]
    order: tuple[str, ...]

    @property
    def bars(self) -> int:
        """Bars as they are written."""
        return sum(bars for part in self.parts for _, bars in part.written)


def parse_form(text: str, strain: int) -> Form:
    """A form from its text.

    Args:
        text: as above.
        strain: bars of a strain whose bars are not named.

    Raises:
        BadOption: it is not in the language, or has no bars.
    """
    if not isinstance(text, str):
        raise _bad(text, f"cannot be read at {text!r}")
    played = _items(text)
    counts: dict[str, int] = {}
    for name, count in played:
        if count is not None and counts.setdefault(name, count) != count:
            raise _bad(text, f"gives {name} both {counts[name]} and {count} bars")
    usual = {INTRO: SHORT, CODA: SHORT}
    bars = {name: counts.get(name, usual.get(name, strain)) for name, _ in played}
    for name, count in bars.items():
        if not 1 <= count <= MOST_BARS:
            raise _bad(text, f"gives {name} {count} bars, not 1 to {MOST_BARS}")
    names = [name for name, _ in played]
    repeated = {name for name, run in groupby(names) if len(list(run)) > 1 and bars[name] > 1}
    trio = [name for name in bars if len(name) == 1][TRIO - 1 :]
    if trio and names[-1] == CODA and names[-2:-1] == trio[-1:]:
        trio.append(CODA)  # a rag ends in the key that it has come to
    parts = [Part(name, bars[name], name in repeated, name in trio) for name in bars]
    return Form(tuple(parts), tuple(_order(names, repeated)))


def _items(text: str) -> list[tuple[str, int | None]]:
    """Names and bars as they are played, da capo written out."""
    items: list[tuple[str, int | None]] = []
    for word in text.split():
        if items and items[-1][0] == CODA:
            raise _bad(text, "goes on after its Coda")
        if word.startswith(INTRO) and items:
            raise _bad(text, "has its Intro in the middle")
        items += _da_capo(items) if word == DA_CAPO else _named(text, word)
    if not items:
        raise _bad(text, "has no parts")
    if len(items) > MOST_PARTS:
        raise _bad(text, f"has {len(items)} parts, more than {MOST_PARTS}")
    return items


def _named(text: str, word: str) -> list[tuple[str, int | None]]:
    """The items of one word: one part with a name of its own, or strains."""
    whole = WORD.fullmatch(word)
    items = [whole] if whole else list(STRAIN.finditer(word))
    if "".join(item[0] for item in items) != word:
        raise _bad(text, f"cannot be read at {word[:20]!r}")
    return [(item[1], int(item[2][:6]) if item[2] else None) for item in items]


def _da_capo(items: Sequence[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
    """The strains up to the trio, each once."""
    strains = [name for name, _ in items if len(name) == 1]
    first = list(dict.fromkeys(strains))
    return [(name, None) for name in first[: TRIO - 1]]


def _order(names: Sequence[str], repeated: set[str]) -> list[str]:
    """Sections in playing order: the last time in a row takes the second ending."""
    order = []
    for name, run in groupby(names):
        times = len(list(run))
        for time in range(1, times + 1):
            order.append(name)
            if name in repeated:
                order.append(ending_name(name, 2 if time == times else 1))
    return order


def _bad(text: str, rule: str) -> BadOption:
    return BadOption(f"form {text!r}", rule, 'write it like "Intro AABBACCDD" or "A(8)A(8)B"')
