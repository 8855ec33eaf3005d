"""What a part of a MusicXML score has between two barlines, and what is in force in the part."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ragsmith.chords import Chord
from ragsmith.io.readers.exact_score import TICKS, Ticks
from ragsmith.io.readers.markings import Edge
from ragsmith.io.readers.repeats import Cut
from ragsmith.piece import Metre

__all__ = ["MOST_STAVES", "NUMBER", "TYPES", "Content", "PartClock", "Sounding", "number", "whole"]

NUMBER = re.compile(r"\s*\+?(\d{1,9}(?:\.\d{1,6})?)\s*")
WHOLE = re.compile(r"[+-]?\d{1,6}")
LONGEST_FIRST = (
    *("maxima", "long", "breve", "whole", "half", "quarter", "eighth"),
    *("16th", "32nd", "64th", "128th", "256th"),
)
TYPES = {name: Fraction(32, 2**place) for place, name in enumerate(LONGEST_FIRST)}
"""Quarter notes of a note type."""
MOST_STAVES = 32


class Sounding(NamedTuple):
    """A note of a measure: onset from the barline and duration, in ticks; pitch as a MIDI number;
    its staff, from 1; whether it is tied to what follows or precedes; and its voice."""

    onset: Ticks
    pitch: int
    duration: Ticks
    staff: int
    to_next: bool
    to_last: bool
    voice: str


@dataclass(slots=True)
class Content:
    """What a part has between two barlines, in ticks from the first one.

    Attributes:
        now: where its clock stands.
        reach: how far it went.
        struck: the onset of the last note, which a chord shares.
        metre: a new time signature; None where nothing changes.
        free: whether what follows has no metre; None where nothing changes.
        keys: (tick, fifths, minor) of new key signatures.
        tempos: (tick, quarter notes a minute).
        chords: (tick, chord or none).
        cuts: repeat signs within the measure, by where they stand.
        edges: dynamics, slurs, accents and the like, or their ends.
        ending: the number of an ending that begins; "" where none does.
        ending_stops, opens, closes, times, signs: as of `Measure`.
    """

    now: Ticks = 0
    reach: Ticks = 0
    struck: Ticks = 0
    notes: list[Sounding] = field(default_factory=list)
    metre: Metre | None = None
    free: bool | None = None
    keys: list[tuple[Ticks, int, bool]] = field(default_factory=list)
    tempos: list[tuple[Ticks, float]] = field(default_factory=list)
    chords: list[tuple[Ticks, Chord | None]] = field(default_factory=list)
    cuts: dict[Ticks, Cut] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    ending: str = ""
    ending_stops: bool = False
    opens: bool = False
    opens_next: bool = False
    closes: bool = False
    closes_last: bool = False
    times: int = 2
    signs: set[str] = field(default_factory=set)


@dataclass(slots=True)
class PartClock:
    """What is in force in a part.

    Attributes:
        tie_tag: the element that ties notes; <tied> in files that have no <tie>.
        divisions: of a quarter note, in which durations are counted.
        fifths: of the key signature.
        semitones: transposition by staff; staff 0 stands for all others.
        as_before: by staff (0: all), after how many measures the music comes again.
        faults: what was mended, and how often.
    """

    tie_tag: str = "tie"
    divisions: Fraction = Fraction(1)
    fifths: int = 0
    staves: int = 1
    semitones: dict[int, int] = field(default_factory=dict)
    as_before: dict[int, int] = field(default_factory=dict)
    lengths: dict[str, Ticks] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    past: list[Content] = field(default_factory=list)

    def ticks(self, text: str | None) -> Ticks:
        """The length that a <duration> says."""
        length = self.lengths.get(text or "")
        if length is None:
            exact = TICKS * number(text) / self.divisions
            length = exact.numerator if exact.denominator == 1 else exact
            self.lengths[text or ""] = length
        return length


def number(text: str | None) -> Fraction:
    """The number, not below 0, that a text says.

    Raises:
        ValueError: it says none.
    """
    if not (match := NUMBER.fullmatch(text or "")):
        raise ValueError(f"{(text or '').strip()[:20] or 'nothing'} stands where a number should")
    return Fraction(match[1])


@lru_cache(1000)
def whole(text: str | None, least: int, most: int) -> int:
    """The whole number that a text says.

    Raises:
        ValueError: it says none, or one out of range.
    """
    value = (text or "").strip()
    if not WHOLE.fullmatch(value) or not least <= int(value) <= most:
        raise ValueError(f"{value[:20] or 'nothing'} is no number from {least} to {most}")
    return int(value)
