"""The kinds of piano: a few numbers each, and how they change along the keyboard.

Sources:
    Rigaud, David & Daudet, JASA 133 (2013): inharmonicity and tuning along the whole keyboard.
    Young, JASA 24 (1952): plain strings are alike in all pianos, B doubles every 8 semitones.
    Weinreich, JASA 62 (1977): coupled strings, hence a prompt sound and an aftersound.
    Van Duyne & Smith, ICMC 1995, tables in CLM's piano.ins: decay of a string, how fast they damp.
    Askenfelt & Jansson, JASA 88 (1990) and 93 (1993): how long hammers touch the strings.
    Palmer & Brown, JASA 90 (1991): sound pressure grows as the hammer's speed.
    Goebl & Bresin, JASA 114 (2003): which speed a MIDI velocity means.
    Hall & Askenfelt, JASA 83 (1988): spectra of struck strings; felt hardens as it is pressed.
    Fletcher & Rossing, The Physics of Musical Instruments, ch. 12: decay and knock.
Colour, decay and knock were then set by a recorded grand, see `benchmarks/piano_reference.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ragsmith.piece import LOWEST_PITCH

__all__ = ["GRAND", "HONKY_TONK", "PIANOS", "UPRIGHT", "USUAL_SPEED", "Piano", "hammer_speed"]

A4 = 69
LAST_DAMPED = 89
"""F6: above it strings die fast enough by themselves."""
STRETCH = 4.0
"""Cents that the outermost keys are tuned wide; tuners take up to 30, and leave the key's pitch."""
USUAL_SPEED = 1.4
"""Metres per second of a hammer at MIDI velocity 64."""


@dataclass(frozen=True, slots=True)
class Piano:
    """A piano.

    Attributes:
        wound: inharmonicity B of the lowest string; long strings have less.
        detuning: cents from one string of a key to the next.
        hardness: of the hammers; 1 is a recorded grand, more is brighter.
        sustain: how long strings sound; 1 is an upright.
        knock: level of hammer and key noise against the strings; 0.1 is -20 dB.
        aftersound: share of middle C's sound that moves along the soundboard and lasts.
        room: level of the room against the direct sound.
    """

    wound: float = 5.0e-4
    detuning: float = 0.7
    hardness: float = 1.5
    sustain: float = 1.0
    knock: float = 0.22
    aftersound: float = 0.5
    room: float = 0.5

    def inharmonicity(self, pitch: int) -> float:
        """B in f_n = n f_0 sqrt(1 + B n^2): from both bridges (Rigaud)."""
        wound = self.wound * math.exp(-0.0847 * (pitch - LOWEST_PITCH))
        return wound + math.exp(0.0926 * pitch - 13.64)

    def fundamental(self, pitch: int) -> float:
        """Frequency of the first partial in Hz, stretched by at most `STRETCH` cents."""
        middle, reach = 64.5, 43.5
        cents = STRETCH * ((pitch - middle) / reach) ** 3
        return float(440 * 2 ** ((pitch - A4) / 12 + cents / 1200))

    def strings(self, pitch: int) -> int:
        """The number of strings of a key."""
        return 1 if pitch < 31 else 2 if pitch < 46 else 3

    def prompt_decay(self, pitch: int) -> float:
        """The decay of a fundamental at first, in dB per second."""
        return 7.0 * 2 ** ((pitch - LOWEST_PITCH) / 32) / self.sustain

    def after_decay(self, pitch: int) -> float:
        """The decay of a single string, and so of the aftersound, in dB per second."""
        return (2.0 + 0.116 * (pitch - LOWEST_PITCH)) / self.sustain

    def along(self, pitch: int) -> float:
        """The share of the sound that moves along the soundboard, less in the treble."""
        return float(self.aftersound * 2 ** (-(pitch - 60) / 30))

    def damper(self, pitch: int) -> float | None:
        """Seconds to fall by 60 dB when the key is let go; None where there is no damper."""
        return None if pitch > LAST_DAMPED else 0.25 + 0.35 * 2 ** (-(pitch - LOWEST_PITCH) / 15)

    def contact(self, pitch: int, speed: float) -> float:
        """Seconds that the hammer touches the strings: fewer in the treble and when it is fast."""
        slow = 0.004 * 2 ** (-(pitch - LOWEST_PITCH) / 31)
        return float(slow * (speed / USUAL_SPEED) ** -0.4 / self.hardness)

    def felt(self, pitch: int, speed: float) -> float:
        """Hz above which a hammer's felt takes the sound away: it hardens as it is pressed, so that
        a fast hammer is brighter."""
        usual = 850 * 2 ** ((pitch - LOWEST_PITCH) / 33)
        return float(usual * (speed / USUAL_SPEED) ** 0.42 * self.hardness)

    def full_blow(self, pitch: int) -> tuple[float, float]:
        """Hz up to which partials get all of a blow, and the share that the others get."""
        full = 130 * 2 ** ((pitch - 33) / 13) if pitch < 72 else 1040 * 2 ** ((pitch - 72) / 20)
        return max(130.0, full), 0.2 * 2 ** (-(pitch - LOWEST_PITCH) / 40)


def hammer_speed(velocity: int) -> float:
    """Metres per second for a MIDI velocity (Goebl & Bresin, a computer-controlled grand)."""
    return float(2 ** ((velocity - 52) / 25))


UPRIGHT = Piano()
HONKY_TONK = Piano(detuning=8.0, hardness=2.2, sustain=0.8, knock=0.28)
GRAND = Piano(
    wound=1.0e-4, detuning=0.3, hardness=1.0, sustain=1.25, knock=0.18, aftersound=0.18, room=0.7
)
PIANOS = {"upright": UPRIGHT, "honky-tonk": HONKY_TONK, "grand": GRAND}
