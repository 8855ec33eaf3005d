"""Roman numerals: chords by their degree in a key, as V7, ii, bVI, vii°7, V7/V, I6.

Convention: an upper-case numeral has a major third, a lower-case one a minor third; ° is
diminished, ø half-diminished, + augmented. Degrees count along the scale of the key, in minor the
natural one; but vii° and viiø stand on the raised seventh, and bIII, bVI, bVII mean there what III,
VI, VII do. Figures 6, 64, 65, 43, 42 are inversions; an added sixth is written add6. A slash names
the degree that the chord leads to: V7/V.
Source: any book on harmony; Piston, *Harmony* (1941).
"""

from __future__ import annotations

import re

from ragsmith.chords import QUALITIES, Chord, quality_named
from ragsmith.errors import BadOption

__all__ = ["is_roman", "roman_chord", "roman_name"]

NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")
MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
SIGNED = re.compile(r"([#b♯♭]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?![IViv])(.*)")
ALTERS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
INVERSIONS = {"6": ("", 1), "64": ("", 2), "65": ("7", 1), "43": ("7", 2), "42": ("7", 3)}
"""The figures of inversions: the seventh that they imply, and which tone is lowest."""
LOWERED = (2, 5, 6)
"""Degrees that a flat does not lower in minor, where they are low already."""
MARKS = {"°": "dim", "o": "dim", "ø": "m7b5", "+": "aug"}
MAJOR_THIRD = 4
NAMES = {
    **{pitch: name for name, pitch in zip(NUMERALS, MAJOR, strict=True)},
    **{1: "bII", 3: "bIII", 6: "#IV", 8: "bVI", 10: "bVII"},
}
LEADING = {1: "#I", 3: "#II", 8: "#V"}
"""Numerals of diminished chords, which lead upwards."""
IN_WORDS = {"dim": "°", "dim7": "°7", "m7b5": "ø7", "aug": "+", "6": "add6", "m6": "add6"}


def is_roman(text: str) -> bool:
    """Whether this is meant as a Roman numeral rather than as the name of a chord.

    >>> is_roman("bVI"), is_roman("Bb")
    (True, False)
    """
    return SIGNED.match(text.strip()) is not None


def roman_chord(text: str, tonic: int, minor: bool = False, place: str = "") -> Chord:
    """The chord that a numeral means in a key.

    Args:
        text: the numeral.
        tonic: pitch class of the key's.
        minor: whether the key is.
        place: where it stands, for the error.

    Raises:
        BadOption: it is no numeral; the error says from which character on.

    >>> roman_chord("V7/V", tonic=10), roman_chord("vii°7", tonic=9, minor=True)
    (Chord(root=0, quality='7', bass=None), Chord(root=8, quality='dim7', bass=None))
    """
    above, slash, target = text.strip().partition("/")
    if slash:
        leads_to = roman_chord(target, tonic, minor, place)
        return roman_chord(above, leads_to.root, leads_to.quality[:1] == "m", place)
    parts = SIGNED.fullmatch(above)
    if not parts:
        raise _unknown(text, 0, place)
    sign, numeral, rest = parts.groups()
    quality, inversion = _quality(numeral, rest)
    if quality is None:
        raise _unknown(text, len(above) - len(rest), place)
    degree = NUMERALS.index(numeral.upper())
    semitones = (MINOR if minor else MAJOR)[degree] + ALTERS[sign]
    if minor and sign in ("b", "♭") and degree in LOWERED:
        semitones += 1
    if minor and not sign and numeral == "vii" and quality in ("dim", "dim7", "m7b5"):
        semitones += 1
    root = (tonic + semitones) % 12
    bass = (root + QUALITIES[quality][inversion]) % 12 if inversion else None
    return Chord(root, quality, bass)


def roman_name(chord: Chord, tonic: int, minor: bool = False) -> str:
    """The numeral of a chord in a key, relative to its tonic's major scale but for vii° in minor,
    with its bass as a figure where there is one for it, else not at all.

    >>> roman_name(Chord(5, "7"), tonic=10), roman_name(Chord(8, "dim7"), tonic=9, minor=True)
    ('V7', 'vii°7')
    """
    above = (chord.root - tonic) % 12
    leads = chord.quality in ("dim", "dim7", "m7b5")
    name = LEADING.get(above, NAMES[above]) if leads else NAMES[above]
    quality = chord.quality
    low = leads or (quality.startswith("m") and not quality.startswith("maj"))
    numeral = name.lower() if low else name
    if minor:
        numeral = {"III": "#III", "VI": "#VI", "VII": "#VII", "iii": "#iii", "vi": "#vi"}.get(
            numeral, numeral if leads or numeral != "vii" else "#vii"
        )
    behind = IN_WORDS.get(quality, quality.removeprefix("m") if low else quality)
    return numeral + _with_inversion(chord, behind)


def _with_inversion(chord: Chord, behind: str) -> str:
    """What stands behind a numeral, with the figure of its inversion."""
    tones = [(chord.root + tone) % 12 for tone in QUALITIES[chord.quality]]
    place = tones.index(chord.bass) if chord.bass in tones else 0
    seventh = "7" if behind.endswith("7") else ""
    figures = {value: figure for figure, value in INVERSIONS.items()}
    figure = figures.get((seventh, place))
    plain = behind in ("", "7", "°", "°7", "ø7")
    return behind.removesuffix("7") + figure if figure and plain else behind


def _quality(numeral: str, rest: str) -> tuple[str | None, int]:
    """The quality of a numeral with what stands behind it, and which tone is lowest."""
    mark = MARKS.get(rest[:1], "")
    figure = rest[1:] if mark else rest
    implied, inversion = INVERSIONS.get(figure, (figure, 0))
    if mark == "m7b5":
        return ("m7b5" if implied in ("", "7") else None), inversion
    if mark:
        seventh = {"dim": "dim7", "aug": "7#5"}[mark]
        return {"": mark, "7": seventh}.get(implied), inversion
    implied = "6" if implied == "add6" else implied
    if numeral.islower():
        return quality_named(f"m{implied}") or _without_major_third(implied), inversion
    return quality_named(implied), inversion


def _without_major_third(name: str) -> str | None:
    """The quality of that name, where a lower-case numeral may have it."""
    quality = quality_named(name)
    return None if quality is None or MAJOR_THIRD in QUALITIES[quality] else quality


def _unknown(text: str, at: int, place: str) -> BadOption:
    rule = f"is no Roman numeral from character {at + 1} on ({text[at:][:20]!r})"
    return BadOption(f"chord {text!r}{place and f' {place}'}", rule, "write it like V7, ii or bVI")
