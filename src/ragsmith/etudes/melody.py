"""A melody over a harmony: sixteen bars planned from motifs, then sung in the best pitches.

The plan says when notes come and about how high (`Slot`); `sing` finds the pitches by dynamic
programming: chord tones where it counts, steps through what lies between, contours kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from statistics import mean
from typing import NamedTuple

from ragsmith.etudes.figures import Figure, Tone, Vocabulary, draw_motif, inverted
from ragsmith.etudes.harmony import Chord, scale_over

__all__ = ["Slot", "plan_introduction", "plan_strain", "sing"]

LOWEST, HIGHEST = 63, 89
"""MIDI pitches between which the right hand's top line stays."""
PLANS = ("MSHKMSRF", "MNSKMNHF", "MINKMISF", "MMSKMMHF", "MNIKMNRF", "MSNKMSHF", "MNHKMNSF")
"""Strains in pairs of bars: M motif, S in sequence, I inverted, N second motif, H its head twice,
R a run and the head, K half close, F full close. Bars 9 to 12 repeat bars 1 to 4."""
DEGREE = 1.7
"""Semitones that a scale step is wide, on the average."""
LEAPS = (0.9, 0.0, 0.0, 0.2, 0.2, 0.5, 2.5, 0.7, 1.0, 1.0, 4.0, 5.0, 1.2)
"""What a melodic interval costs, by its size in semitones."""
TOO_FAR = 8.0


class Slot(NamedTuple):
    """A note to be: onset and duration in pulses, `target` the pitch that the contour wants.

    `under` asks for the semitone under the next note, `home` for the tonic.
    """

    onset: int
    duration: int
    target: float
    under: bool = False
    home: bool = False


class Candidate(NamedTuple):
    """A pitch that a slot may take, what it costs there, and whether it belongs to the chord."""

    pitch: int
    cost: float
    stable: bool


def plan_strain(
    random: Random, words: Vocabulary, heads: Sequence[Figure], tonic: int, centre: float
) -> list[Slot]:
    """Sixteen bars from two motifs, around the pitch `centre`; `tonic` is a pitch near it."""
    motif, other = (draw_motif(random, words, head) for head in heads)
    run, mirror = random.choice(words.runs), inverted(motif.whole)
    home = _base(motif.whole, centre)
    step = random.choice((-2, -1, 1, 2)) * DEGREE
    lift = random.choice((1, 2)) * DEGREE
    shapes: dict[str, list[tuple[Figure, float]]] = {
        "M": [(motif.whole, home)],
        "S": [(motif.whole, home + step)],
        "I": [(mirror, _base(mirror, centre))],
        "N": [(other.whole, _base(other.whole, centre + DEGREE))],
        "H": [(motif.head, home + lift), (motif.head, home + 2 * lift)],
        "R": [(run, _base(run, centre + DEGREE)), (motif.head, home + lift)],
        "K": [(random.choice(words.half_closes), tonic)],
        "F": [(random.choice(words.full_closes), tonic)],
    }
    plan = random.choice(PLANS)
    slots = _place([part for letter in plan for part in shapes[letter]])
    return [*slots[:-1], slots[-1]._replace(home=True)]


def plan_introduction(random: Random, words: Vocabulary, head: Figure, tonic: int) -> list[Slot]:
    """Four bars: a figure twice, falling, then a run to a long note."""
    run, high = random.choice(words.runs), _base(head, tonic + 9)
    goal = (Tone(4, 1.0),)
    return _place(
        [(head, high), (head, high - 3 * DEGREE), (run, _base(run, tonic + 2)), (goal, tonic)]
    )


def _base(figure: Figure, centre: float) -> float:
    """The pitch of degree 0 that makes the figure lie around `centre`."""
    return centre - DEGREE * mean(t.degree for t in figure if t.degree is not None)


def _place(parts: Sequence[tuple[Figure, float]]) -> list[Slot]:
    """Figures one after the other, each with the pitch of its degree 0."""
    slots = []
    onset = 0
    for figure, base in parts:
        for tone in figure:
            if tone.degree is not None:
                target = base + DEGREE * tone.degree
                slots.append(Slot(onset, tone.duration, target, tone.under))
            onset += tone.duration
    return slots


def sing(
    slots: Sequence[Slot],
    chords: Sequence[Chord],
    tonic: int,
    pulses: int,
    sung: Mapping[int, int] | None = None,
) -> list[int]:
    """The pitches of the cheapest melody through the slots.

    Args:
        slots: notes to be, in order.
        chords: the chord at every pulse.
        tonic: any pitch of the tonic.
        pulses: pulses in a bar.
        sung: pitches that are settled, by onset.
    """
    sung = sung or {}
    paths: list[tuple[float, list[Candidate]]] = [(0.0, [])]
    for slot, previous in zip(slots, [slots[0], *slots], strict=False):
        candidates = _candidates(slot, chords, tonic, pulses)
        if slot.onset in sung:
            candidates = [Candidate(sung[slot.onset], 0.0, True)]
        paths = [
            min(
                (
                    (cost + candidate.cost + _move(previous, path[-1:], slot, candidate), path)
                    for cost, path in paths
                ),
                key=lambda option: option[0],
            )
            for candidate in candidates
        ]
        paths = [
            (cost, [*path, candidate])
            for (cost, path), candidate in zip(paths, candidates, strict=True)
        ]
    return [c.pitch for c in min(paths, key=lambda option: option[0])[1]]


def _candidates(slot: Slot, chords: Sequence[Chord], tonic: int, pulses: int) -> list[Candidate]:
    """The pitches near the slot's target that its harmony allows."""
    held = chords[slot.onset : slot.onset + slot.duration]
    scale = scale_over(held[0]) & scale_over(held[-1])
    strong = slot.onset % pulses % 4 == 0
    passing = (1.0 if slot.duration == 1 else 3.5) + (slot.onset % 2 == 0) + 5.0 * strong
    found = []
    for pitch in range(LOWEST, HIGHEST + 1):
        tone = (pitch - tonic) % 12
        distance = abs(pitch - slot.target)
        cost = 0.4 * distance + 0.04 * distance**2
        if slot.under:
            found.append(Candidate(pitch, cost, False))
        elif slot.home:
            found += [Candidate(pitch, cost, True)] if tone == 0 else []
        elif tone in held[0].tones or tone in held[-1].tones:
            found.append(Candidate(pitch, cost + _strangeness(tone, held), True))
        elif tone in scale and slot.duration <= 2:
            found.append(Candidate(pitch, cost + passing, False))
    return found


def _strangeness(tone: int, held: Sequence[Chord]) -> float:
    """What it costs to hold a tone through chords that lack it; one pulse early is ragtime."""
    strange = [tone not in chord.tones for chord in held]
    return 1.5 * strange[0] + 5.0 * sum(strange[1:])


def _move(a: Slot, before: Sequence[Candidate], b: Slot, after: Candidate) -> float:
    """What it costs to go on to a candidate; nothing at the beginning."""
    if not before:
        return 0.0
    rise = after.pitch - before[0].pitch
    size, wanted = abs(rise), b.target - a.target
    cost = LEAPS[size] if size < len(LEAPS) else TOO_FAR
    if a.under:
        return 0.0 if rise == 1 and after.stable else 20.0
    if abs(wanted) < 0.5:
        cost = 0.0 if rise == 0 else cost + 0.5
    elif rise * wanted <= 0:
        cost += 3.0
    if not before[0].stable and size not in (1, 2):
        cost += 6.0
    if not after.stable and size > (4 if b.under else 2):
        cost += 3.0
    return cost
