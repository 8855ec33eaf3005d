"""Chord symbols of MusicXML, <harmony>, and the qualities that its <kind> names.
https://www.w3.org/2021/06/musicxml40/musicxml-reference/elements/harmony
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from ragsmith.chords import QUALITIES, Chord, quality_named

__all__ = ["KINDS", "chord_in"]

KINDS = {
    **{"": "major", "m": "minor", "7": "dominant", "m7": "minor-seventh"},
    **{"maj7": "major-seventh", "mmaj7": "major-minor", "6": "major-sixth", "m6": "minor-sixth"},
    **{"dim": "diminished", "dim7": "diminished-seventh", "m7b5": "half-diminished"},
    **{"aug": "augmented", "7#5": "augmented-seventh", "sus4": "suspended-fourth"},
    **{"sus2": "suspended-second", "5": "power", "9": "dominant-ninth", "m9": "minor-ninth"},
    **{"maj9": "major-ninth", "11": "dominant-11th", "13": "dominant-13th"},
    # These have <degree>s besides, which the reader looks at.
    **{"7b5": "dominant", "7sus4": "suspended-fourth", "add9": "major", "69": "major-sixth"},
    **{"7b9": "dominant", "7#9": "dominant"},
}
"""The <kind> of each quality."""
OTHER_KINDS = {
    **{"Italian": "7", "French": "7b5", "German": "7", "Neapolitan": "", "Tristan": "m7b5"},
    **{"minor-11th": "m9", "major-11th": "maj9", "minor-13th": "m9", "major-13th": "maj9"},
    **{"pedal": "5"},
}
"""The quality that sounds like a <kind> that has no name of ours."""
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
DEGREES = {1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 10, 9: 2, 11: 5, 13: 9}
ALTER = re.compile(r"[+-]?[0-3](\.0*)?")


def chord_in(harmony: Element) -> Chord | None:
    """The chord of a <harmony>; None where it says that there is none.

    Raises:
        ValueError: it has no root, or a kind or degrees that no usual name says.
    """
    kind = (harmony.findtext("kind") or "").strip()
    if kind == "none":
        return None
    root = _pitch_class(harmony, "root")
    by_kind = {name: quality for quality, name in reversed(KINDS.items())} | OTHER_KINDS
    quality = by_kind[kind] if kind in by_kind else _printed_quality(harmony)
    if root is None or quality is None:
        raise ValueError(f"a chord of the kind {kind[:20]!r} has no usual name")
    return Chord(root, _with_degrees(quality, harmony), _pitch_class(harmony, "bass", root))


def _printed_quality(harmony: Element) -> str | None:
    """The quality that is printed behind the root, where the kind is none of the standard's."""
    kind = harmony.find("kind")
    text = "" if kind is None else kind.get("text", "").strip()
    return quality_named(text) if text else None


def _with_degrees(quality: str, harmony: Element) -> str:
    """The quality whose tones are those of the kind with degrees added, altered and left out."""
    tones = set(QUALITIES[quality])
    for degree in harmony.iterfind("degree"):
        value, alter = (degree.findtext(f"degree-{part}", "0") for part in ("value", "alter"))
        change = degree.findtext("degree-type", "add").strip()
        place = DEGREES.get(int(value)) if value.strip().isdecimal() else None
        if place is None or not ALTER.fullmatch(alter.strip()):
            raise ValueError("a degree of a chord is none")
        if change in ("alter", "subtract"):
            tones.discard(place)
        if change != "subtract":
            tones.add((place + int(float(alter))) % 12)
    if tones == set(QUALITIES[quality]):
        return quality
    names = (name for name, own in QUALITIES.items() if set(own) == tones)
    # Rarer additions are left out: the name says less, and nothing wrong.
    return next(names, quality)


def _pitch_class(harmony: Element, part: str, but: int | None = None) -> int | None:
    """The pitch class of the root or the bass; None where there is none, or it is `but`."""
    letter = (harmony.findtext(f"{part}/{part}-step") or "").strip()
    alter = (harmony.findtext(f"{part}/{part}-alter") or "0").strip()
    if letter not in SEMITONES or not ALTER.fullmatch(alter):
        return None
    pitch_class = (SEMITONES[letter] + int(float(alter))) % 12
    return None if pitch_class == but else pitch_class
