"""The harmony of a ragtime strain: its chords, and how sixteen bars of them are put together.

Pitch classes are counted in semitones above the tonic of the strain.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

__all__ = [
    "CHORDS",
    "MAJOR",
    "Chord",
    "Harmony",
    "draw_harmony",
    "draw_introduction",
    "draw_openings",
    "over_time",
    "scale_over",
]

MAJOR = frozenset({0, 2, 4, 5, 7, 9, 11})


class Chord(NamedTuple):
    """Pitch classes above the tonic: `tones` root first, `bass` the lowest, `second` the bass that
    takes turns with it."""

    tones: tuple[int, ...]
    bass: int
    second: int


def _chord(*tones: int, bass: int | None = None) -> Chord:
    """A chord; one that does not stand on its root keeps its bass."""
    return Chord(tones, tones[0], tones[2]) if bass is None else Chord(tones, bass, bass)


CHORDS = {
    "I": _chord(0, 4, 7),
    "I/3": _chord(0, 4, 7, bass=4),
    "I/5": _chord(0, 4, 7, bass=7),
    "I7": _chord(0, 4, 7, 10),
    "#io": _chord(1, 4, 7, 10, bass=1),
    "ii": _chord(2, 5, 9),
    "II7": _chord(2, 6, 9, 0),
    "biiio": _chord(3, 6, 9, 0, bass=3),
    "III7": _chord(4, 8, 11, 2),
    "IV": _chord(5, 9, 0),
    "iv": _chord(5, 8, 0),
    "#ivo": _chord(6, 9, 0, 3, bass=6),
    "V7": _chord(7, 11, 2, 5),
    "bVI": _chord(8, 0, 3),
    "bVI7": _chord(8, 0, 3, 6),
    "vi": _chord(9, 0, 4),
    "VI7": _chord(9, 1, 4, 7),
}

OPENINGS = (
    "I | V7 | I | I7",
    "I | I | V7 | V7",
    "I | I7 | IV | iv",
    "I #io | ii V7 | I VI7 | ii V7",
    "I | VI7 | II7 | V7",
    "I | IV | I | V7",
    "I | III7 | vi | I7",
    "I | bVI | I | V7",
    "I | I/3 biiio | ii | V7",
    "I #io | V7 | I | VI7",
    "III7 | VI7 | II7 | V7",
    "IV | iv | I | VI7",
    "IV | I/5 | V7 | I7",
    "V7 | I | V7 | I",
    "V7 | V7 | I | I",
    "ii | V7 | I | VI7",
    "vi | III7 | vi | III7",
)
HALF_CLOSES = (
    "I | I | II7 | V7",
    "I | VI7 | II7 | V7",
    "I/5 | III7 | vi II7 | V7",
    "IV | I/5 VI7 | II7 | V7",
    "IV #ivo | I/5 | II7 | V7",
    "ii | #ivo | I/5 II7 | V7",
    "vi | III7 | vi II7 | V7",
    "vi | iv | I/5 II7 | V7",
    "II7 | V7 | I/5 II7 | V7",
)
FULL_CLOSES = (
    "I | VI7 | II7 V7 | I",
    "I I7 | IV iv | I/5 V7 | I",
    "I bVI7 | I/5 VI7 | II7 V7 | I",
    "IV | #ivo | I/5 V7 | I",
    "IV #ivo | I/5 VI7 | II7 V7 | I",
    "IV iv | I/5 VI7 | II7 V7 | I",
    "ii #ivo | I/5 VI7 | II7 V7 | I",
    "II7 | V7 | I/5 V7 | I",
    "vi iv | I/5 VI7 | II7 V7 | I",
    "VI7 | II7 | V7 | I",
)
INTRODUCTIONS = ("I | VI7 | II7 | V7", "I | II7 | I/5 II7 | V7", "V7 | I | II7 | V7")
RESOLUTIONS = {
    "I7": ("IV",),
    "iv": ("I", "I/5"),
    "III7": ("vi", "VI7"),
    "VI7": ("ii", "II7"),
    "V7": ("I", "I/5", "vi", "VI7"),
}
"""Where a chord that wants to go on may go; the others may go anywhere."""

Harmony = tuple[tuple[str, ...], ...]
"""For every bar the names of its chords, one or two."""


def _bars(line: str) -> Harmony:
    return tuple(tuple(bar.split()) for bar in line.split("|"))


def draw_harmony(random: Random, opening: str) -> Harmony:
    """Sixteen bars: an opening and a half close on V, the opening again and a full close on I."""
    goals = RESOLUTIONS.get(opening.split()[-1])
    halves, fulls = (
        [close for close in closes if goals is None or close.split()[0] in goals]
        for closes in (HALF_CLOSES, FULL_CLOSES)
    )
    antecedent = _bars(opening) + _bars(random.choice(halves))
    return antecedent + _bars(opening) + _bars(random.choice(fulls))


def draw_openings(random: Random, count: int) -> list[str]:
    """Openings of the strains of one piece, all different; the first begins on the tonic."""
    first = random.choice([o for o in OPENINGS if o.startswith("I ")])
    return [first, *random.sample([o for o in OPENINGS if o != first], count - 1)]


def draw_introduction(random: Random) -> Harmony:
    """Four bars that end on V7."""
    return _bars(random.choice(INTRODUCTIONS))


def over_time(harmony: Harmony, pulses: int) -> list[Chord]:
    """The chord at every pulse; a second chord takes the last four pulses of eight, two of six."""
    chords: list[Chord] = []
    for names in harmony:
        first = pulses if len(names) == 1 else 4
        chords += [CHORDS[names[0]]] * first + [CHORDS[names[-1]]] * (pulses - first)
    return chords


def scale_over(chord: Chord) -> frozenset[int]:
    """The major scale bent to the chord: each foreign tone takes the place of its neighbour."""
    flat_sixth = 0 in chord.tones
    bent = {1: 0, 3: 4, 6: 5, 8: 9 if flat_sixth else 7, 10: 11}
    foreign = set(chord.tones) - MAJOR
    return (MAJOR - {bent[tone] for tone in foreign}) | set(chord.tones)
