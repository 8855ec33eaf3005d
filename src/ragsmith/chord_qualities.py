"""The qualities of chords, and what lead sheets call them behind a root: m7, -7, MI7, ø, Δ, 7(b9).

Names with rarer additions stand for the quality without them (m11 is m9, 7#11 is 7): it says less,
and nothing wrong.
Source: the usual names of jazz and popular lead sheets; Brandt and Roemer, *Standardized Chord
Symbol Notation* (1976), with the abbreviations that others use.
"""

from __future__ import annotations

import re

__all__ = ["ALIASES", "QUALITIES", "RARER", "quality_named"]

QUALITIES: dict[str, tuple[int, ...]] = {
    **{"": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10), "m7": (0, 3, 7, 10)},
    **{"maj7": (0, 4, 7, 11), "mmaj7": (0, 3, 7, 11), "6": (0, 4, 7, 9), "m6": (0, 3, 7, 9)},
    **{"dim": (0, 3, 6), "dim7": (0, 3, 6, 9), "m7b5": (0, 3, 6, 10), "aug": (0, 4, 8)},
    **{"7#5": (0, 4, 8, 10), "7b5": (0, 4, 6, 10), "sus4": (0, 5, 7), "sus2": (0, 2, 7)},
    **{"7sus4": (0, 5, 7, 10), "5": (0, 7), "add9": (0, 4, 7, 2), "69": (0, 4, 7, 9, 2)},
    **{"9": (0, 4, 7, 10, 2), "m9": (0, 3, 7, 10, 2), "maj9": (0, 4, 7, 11, 2)},
    **{"7b9": (0, 4, 7, 10, 1), "7#9": (0, 4, 7, 10, 3), "11": (0, 4, 7, 10, 2, 5)},
    **{"13": (0, 4, 7, 10, 2, 9)},
}
"""Semitones above the root of each quality's tones, the root first."""
ALIASES = {
    **dict.fromkeys(("M", "maj", "Maj", "ma", "major"), ""),
    **dict.fromkeys(("min", "mi", "-", "minor"), "m"),
    **dict.fromkeys(("dom7", "dom"), "7"),
    **dict.fromkeys(("min7", "mi7", "-7"), "m7"),
    **dict.fromkeys(("M7", "Maj7", "ma7", "^7", "^", "Δ", "Δ7", "j7", "7M"), "maj7"),
    **dict.fromkeys(("mM7", "m(maj7)", "minmaj7", "-maj7", "-M7", "mMaj7"), "mmaj7"),
    **dict.fromkeys(("M6", "maj6", "add6"), "6"),
    **dict.fromkeys(("min6", "mi6", "-6"), "m6"),
    **dict.fromkeys(("o", "°", "mb5", "m(b5)"), "dim"),
    **dict.fromkeys(("o7", "°7"), "dim7"),
    **dict.fromkeys(("ø", "ø7", "h7", "h", "min7b5", "mi7b5", "-7b5", "m7-5", "m7(b5)"), "m7b5"),
    **dict.fromkeys(("+", "aug5", "(#5)"), "aug"),
    **dict.fromkeys(("+7", "7+", "aug7", "7+5", "7(#5)", "7aug"), "7#5"),
    **dict.fromkeys(("7-5", "7(b5)"), "7b5"),
    **dict.fromkeys(("sus",), "sus4"),
    **dict.fromkeys(("7sus",), "7sus4"),
    **dict.fromkeys(("add2", "(add9)", "2"), "add9"),
    **dict.fromkeys(("6/9", "6add9", "6(9)"), "69"),
    **dict.fromkeys(("min9", "mi9", "-9"), "m9"),
    **dict.fromkeys(("M9", "Maj9", "ma9", "Δ9"), "maj9"),
    **dict.fromkeys(("7-9", "7(b9)"), "7b9"),
    **dict.fromkeys(("7+9", "7(#9)"), "7#9"),
}
RARER = {
    **dict.fromkeys(("add11", "add4"), ""),
    **dict.fromkeys(("madd9", "madd2", "madd11", "m2"), "m"),
    **dict.fromkeys(("m69", "m6/9"), "m6"),
    **dict.fromkeys(("m11", "m13"), "m9"),
    **dict.fromkeys(("mmaj9",), "mmaj7"),
    **dict.fromkeys(("m9b5", "m11b5", "ø9", "ø11"), "m7b5"),
    **dict.fromkeys(("6#11",), "6"),
    **dict.fromkeys(("maj7#11",), "maj7"),
    **dict.fromkeys(("maj9#11", "maj13", "maj13#11"), "maj9"),
    **dict.fromkeys(("maj7#5", "+maj7"), "aug"),
    **dict.fromkeys(("7#11",), "7"),
    **dict.fromkeys(("9#11",), "9"),
    **dict.fromkeys(("13#11",), "13"),
    **dict.fromkeys(("9sus4", "9sus", "sus9", "13sus4", "13sus"), "7sus4"),
    **dict.fromkeys(("7b9sus4", "7b9sus", "7sus4b9", "7susb9"), "7sus4"),
    **dict.fromkeys(("13b9", "7b9#9", "7b9#11"), "7b9"),
    **dict.fromkeys(("13#9", "7#9#11"), "7#9"),
    **dict.fromkeys(("9b5", "7b5b9", "7b9b5", "7b5#9", "7#9b5"), "7b5"),
    **dict.fromkeys(("9#5", "+9", "7#5b9", "7b9#5", "7#5#9", "7#9#5"), "7#5"),
    **dict.fromkeys(("7b13", "9b13", "7b9b13", "7#9b13", "7alt", "alt"), "7#5"),
}
"""Names with additions that no quality has, and the quality that lies within what they mean."""
LOOKALIKES = str.maketrans("♭♯△∆º∅Ø–−", "b#ΔΔ°øø--")
BRACKETS = re.compile(r"\(([^()]*)\)")
MINOR = re.compile(r"^(?:(?i:minor|min|mi)|-)")
MAJOR = re.compile(r"^(m?)(?:(?i:major|maj|ma)|[MΔ^j](?=\d|$))")


def quality_named(text: str) -> str | None:
    """The quality that stands behind a root; None where nobody knows it.

    >>> quality_named("min7"), quality_named("MA7(#11)"), quality_named("(b9)7")
    ('m7', 'maj7', None)
    """
    signs = text.translate(LOOKALIKES)
    plain = BRACKETS.sub(r"\1", signs).replace(",", "")
    short = MAJOR.sub(r"\1maj", MINOR.sub("m", plain))
    for spelling in (text, signs, plain, short):
        quality = ALIASES.get(spelling, RARER.get(spelling, spelling))
        if quality in QUALITIES:
            return quality
    return None
