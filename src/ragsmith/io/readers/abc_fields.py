"""Fields of ABC: keys, metres, tempos, clefs, the order of parts.
https://abcnotation.com/wiki/abc:standard:v2.1"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from ragsmith.piece import Metre

__all__ = [
    "COMMON_TIME",
    "C_MAJOR",
    "Shift",
    "Signature",
    "metre_of",
    "order_of_parts",
    "properties",
    "shifted",
    "signature_of",
    "tempo_of",
]

COMMON_TIME = Metre(4, 4)
SHARPENED = "FCGDAEB"
"""Letters in the order in which signatures sharpen them; they are flattened from the end."""
KEY = re.compile(
    r"([A-G])([#b]?)\s*((?:maj|ion|mix|dor|min|aeo|phr|loc|lyd)[a-z]*|m(?![a-z]))?", re.IGNORECASE
)
MODES = {"mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3, "phr": -4, "loc": -5, "lyd": 1}
"""Fifths that a mode lies from the major key on its tonic."""
ACCIDENTAL = re.compile(r"(\^\^|\^|__|_|=)([A-Ga-g])(?![a-z])")
ALTERS = {"^^": 2, "^": 1, "__": -2, "_": -1, "=": 0}
PROPERTY = re.compile(r"\b([a-z]{2,}|[mts])=(\"[^\"]*\"|\S+)", re.IGNORECASE)
CLEF = re.compile(r"\b(?:treble|bass|alto|tenor|soprano|mezzosoprano|baritone)\d?([+-](?:8|15))?")
CLEF_OCTAVES = {"+8": 1, "-8": -1, "+15": 2, "-15": -2}
PART = re.compile(r"[A-Za-z]|\(|\)|\d{1,2}")
MOST_PARTS = 500
NARROWEST, WIDEST = -60, 60
"""Semitones by which a voice may be shifted."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A key: sharps (or flats, negative) as they are usually drawn, and what it does to each
    letter that it alters."""

    fifths: int
    minor: bool
    alters: tuple[tuple[str, int], ...]

    def alter(self, letter: str) -> int:
        return dict(self.alters).get(letter, 0)


@dataclass(frozen=True, slots=True)
class Shift:
    """How a voice sounds against what is written: octaves of its clef, its own, and semitones."""

    clef: int = 0
    octave: int = 0
    transpose: int = 0

    @property
    def semitones(self) -> int:
        total = 12 * (self.clef + self.octave) + self.transpose
        return max(NARROWEST, min(WIDEST, total))


def _standard(fifths: int) -> dict[str, int]:
    if fifths >= 0:
        return dict.fromkeys(SHARPENED[:fifths], 1)
    return dict.fromkeys(SHARPENED[fifths:], -1)


C_MAJOR = Signature(0, False, ())


def signature_of(value: str, before: Signature) -> Signature:
    """`K:Dm`, `K:F# dorian`, `K:Ephr ^g`, `K:D exp _b ^f`; a field that only names a clef changes
    nothing."""
    if value.startswith("Hp"):
        return Signature(2, False, tuple(_standard(2).items()))
    text = PROPERTY.sub("", value)
    match = KEY.match(text)
    accidentals = {letter.upper(): ALTERS[mark] for mark, letter in ACCIDENTAL.findall(text)}
    if not match or CLEF.match(text):
        if value.lower().startswith(("none", "hp")):
            return C_MAJOR
        return Signature(0, False, tuple(accidentals.items())) if accidentals else before
    mode = (match[3] or "").lower()
    mode = mode if mode == "m" else mode[:3]
    fifths = SHARPENED.index(match[1].upper()) - 1 + MODES.get(mode, 0)
    fifths += 7 * {"#": 1, "b": -1, "": 0}[match[2].lower()]
    fifths = max(-7, min(7, fifths))
    is_explicit = re.match(r"\s*exp\b", text[match.end() :]) is not None
    alters = ({} if is_explicit else _standard(fifths)) | accidentals
    alters = {letter: alter for letter, alter in alters.items() if alter}
    drawn = next((n for n in range(-7, 8) if _standard(n) == alters), None)
    if drawn is None:
        drawn = max(-7, min(7, sum(alters.values()))) if is_explicit else fifths
    return Signature(drawn, mode in ("m", "min", "aeo"), tuple(alters.items()))


def properties(value: str) -> dict[str, str]:
    """What a V: or K: field says as name=value; a bare clef is `clef`."""
    pairs = {name.lower(): text.strip('"') for name, text in PROPERTY.findall(value)}
    bare = CLEF.search(re.sub(r'"[^"]*"', "", PROPERTY.sub("", value)))
    return ({"clef": bare[0]} if bare else {}) | pairs


def shifted(shift: Shift, properties: dict[str, str]) -> Shift:
    """The shift after what a field says of clef, octave and transposition."""
    numbers = {
        name: int(properties[name])
        for name in ("octave", "transpose")
        if re.fullmatch(r"[+-]?\d{1,2}", properties.get(name, ""))
    }
    if clef := CLEF.search(properties.get("clef", "")):
        numbers["clef"] = CLEF_OCTAVES.get(clef[1] or "", 0)
    return replace(shift, **numbers)


def metre_of(value: str) -> Metre:
    """`M:6/8`, `M:C|`, `M:(2+3)/8`; "none" and what is no metre are common time."""
    if value.startswith("C|"):
        return Metre(2, 2)
    match = re.match(r"\(?(\d{1,2}(?:\+\d{1,2})*)\)?/([1-9]\d?)\b", value)
    beats = sum(int(part) for part in match[1].split("+")) if match else 0
    return Metre(beats, int(match[2])) if match and beats else COMMON_TIME


def tempo_of(value: str) -> int | None:
    """Microseconds per quarter note of `Q:1/4=100` or, of old, `Q:100`."""
    match = re.search(r"((?:\d{1,2}/\d{1,2}\s*)*)=?\s*(\d{1,4})\s*(?:\"|$)", value)
    if not match or not int(match[2]):
        return None
    beats = [Fraction(int(a), int(b) or 1) for a, b in re.findall(r"(\d+)/(\d+)", match[1])]
    quarters = float(int(match[2]) * 4 * (sum(beats) or Fraction(1, 4)))
    return round(60_000_000 / quarters)


def order_of_parts(value: str) -> list[str]:
    """The parts in playing order.

    >>> "".join(order_of_parts("A2(BC)2.A"))
    'AABCBCA'
    """
    groups: list[list[str]] = [[]]
    last: list[str] = []
    for token in PART.findall(value):
        if token == "(":
            groups.append([])
            last = []
        elif token.isdecimal():
            groups[-1] += last * (min(int(token), MOST_PARTS) - 1)
            last = []
        else:
            closed = groups.pop() if token == ")" and len(groups) > 1 else []
            last = closed if token == ")" else [token]
            groups[-1] += last
        if len(groups[-1]) > MOST_PARTS:
            return []
    return [part for group in groups for part in group]
