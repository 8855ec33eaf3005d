"""What right hands are made of: one-bar figures, cadences, and how motifs are put together.

A figure is written `duration/degree` note by note, durations in pulses, degrees in scale steps
against each other: they give the contour, the harmony decides the pitches. `u` is the semitone
under the next note, `r` a rest.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

__all__ = ["DUPLE", "TRIPLE", "Figure", "Motif", "Tone", "Vocabulary", "draw_motif", "inverted"]


class Tone(NamedTuple):
    """A note of a figure: duration in pulses, degree in scale steps; a rest has no degree."""

    duration: int
    degree: float | None
    under: bool = False


Figure = tuple[Tone, ...]


class Motif(NamedTuple):
    """Two bars to be remembered, and their first bar, which is what they are broken down to."""

    whole: Figure
    head: Figure


class Vocabulary(NamedTuple):
    """The figures of a metre: `pulses` a bar; half and full closes are two bars long."""

    pulses: int
    heads: tuple[Figure, ...]
    tails: tuple[Figure, ...]
    runs: tuple[Figure, ...]
    half_closes: tuple[Figure, ...]
    full_closes: tuple[Figure, ...]


def _figure(line: str) -> Figure:
    """Read a figure; a `u` lies a little under the degree that follows it."""
    tones: list[Tone] = []
    for duration, degree in reversed([token.split("/") for token in line.split()]):
        if degree == "u":
            following = tones[-1].degree
            tones.append(Tone(int(duration), (following or 0) - 0.6, under=True))
        else:
            tones.append(Tone(int(duration), None if degree == "r" else float(degree)))
    return tuple(reversed(tones))


def _figures(text: str) -> tuple[Figure, ...]:
    return tuple(_figure(line) for line in text.strip().splitlines())


DUPLE = Vocabulary(
    pulses=8,
    heads=_figures(
        """
        1/0 2/2 1/0 2/4 2/2
        1/0 2/4 2/3 2/2 1/1
        1/u 1/0 1/2 2/4 1/2 2/4
        1/r 1/0 1/2 2/4 1/2 2/5
        1/4 1/3 1/2 2/4 1/0 2/2
        2/4 1/u 2/4 1/2 1/1 1/0
        1/0 1/2 1/4 1/0 1/2 1/4 1/0 1/2
        1/5 1/4 1/2 1/5 1/4 1/2 1/5 1/4
        3/0 3/2 2/4
        1/0 2/7 1/6 1/5 2/4 1/2
        1/u 1/2 1/0 1/u 1/2 2/4 1/2
        2/4 2/2 1/0 1/1 1/2 1/3
        1/0 1/1 1/2 1/3 1/4 2/6 1/4
        1/6 1/4 2/2 1/4 1/2 2/0
        1/2 2/0 1/2 1/4 2/2 1/4
        1/7 2/4 1/5 1/4 1/3 2/2
        2/0 1/u 1/4 1/3 1/2 1/1 1/0
        1/0 1/u 1/0 1/2 1/u 1/2 2/4
        1/4 1/0 1/4 2/0 1/u 1/2 1/4
        1/0 1/4 1/2 1/4 1/3 1/5 2/4
        2/5 2/4 1/u 1/2 1/1 1/0
        1/2 1/3 1/4 3/6 1/4 1/2
        1/4 1/4 1/2 2/4 1/4 2/2
        1/0 2/0 1/0 2/1 1/2 1/3
        """
    ),
    tails=_figures(
        """
        1/0 2/2 1/1 4/0
        1/2 2/1 1/0 2/0 2/r
        1/0 1/1 1/2 3/4 1/2 1/0
        1/4 2/3 1/2 1/1 1/0 2/1
        2/2 1/0 3/2 1/1 1/0
        1/u 1/0 1/2 1/3 2/4 2/2
        1/4 1/3 1/2 1/1 2/0 2/2
        1/r 1/4 1/2 2/0 1/2 2/4
        2/4 1/2 1/u 2/2 2/0
        1/0 2/4 3/3 1/2 1/1
        1/1 1/0 1/1 1/2 1/3 3/4
        1/0 1/u 1/0 1/2 4/4
        """
    ),
    runs=_figures(
        """
        1/0 1/1 1/2 1/3 1/4 1/5 1/6 1/7
        1/7 1/6 1/5 1/4 1/3 1/2 1/1 1/0
        1/0 1/2 1/1 1/3 1/2 1/4 1/3 1/5
        1/5 1/7 1/4 1/6 1/3 1/5 1/2 1/4
        1/0 1/u 1/0 1/2 1/u 1/2 1/4 1/5
        """
    ),
    half_closes=_figures(
        """
        1/4 2/3 1/2 1/3 2/1 1/0 4/1 4/r
        1/0 1/1 1/2 1/u 2/4 2/3 2/1 1/u 3/1 2/r
        1/4 1/3 1/2 1/1 1/0 2/2 1/0 4/1 2/4 2/r
        1/2 1/4 1/3 2/2 1/1 2/0 1/1 1/2 2/1 4/r
        2/4 1/3 1/4 1/2 2/0 1/2 3/1 1/u 2/1 2/r
        """
    ),
    full_closes=_figures(
        """
        1/4 2/3 1/2 1/3 2/1 1/-1 4/0 2/0 2/r
        1/2 1/4 1/3 1/2 1/1 2/-1 1/1 2/0 2/r 2/0 2/r
        1/5 1/4 1/3 1/2 1/4 1/2 1/1 1/-1 1/0 1/-2 2/-3 2/0 2/r
        2/4 1/u 1/3 1/2 2/1 1/-1 2/0 1/2 1/1 2/0 2/r
        1/4 2/2 2/1 1/2 1/1 1/-1 1/0 2/-3 1/-1 2/0 2/r
        """
    ),
)

TRIPLE = Vocabulary(
    pulses=6,
    heads=_figures(
        """
        1/0 2/2 1/1 2/4
        2/0 1/2 2/4 1/2
        1/0 1/1 1/2 1/3 2/4
        3/4 1/3 1/2 1/1
        1/u 2/2 1/1 2/0
        1/0 2/4 2/3 1/1
        1/4 1/u 1/2 2/4 1/5
        """
    ),
    tails=_figures(
        """
        4/0 2/2
        2/1 4/0
        1/0 2/1 3/2
        3/2 1/1 1/0 1/1
        1/2 1/1 4/0
        """
    ),
    runs=_figures(
        """
        1/0 1/1 1/2 1/3 1/4 1/5
        1/5 1/4 1/3 1/2 1/1 1/0
        """
    ),
    half_closes=_figures(
        """
        2/4 1/3 2/2 1/1 4/1 2/r
        1/2 2/4 1/3 1/2 1/0 3/1 1/u 2/1
        1/4 1/3 2/2 2/0 6/1
        """
    ),
    full_closes=_figures(
        """
        1/4 2/2 1/1 2/-1 4/0 2/r
        2/4 1/3 1/2 1/1 1/-1 4/0 2/r
        1/2 1/3 2/4 1/1 1/-1 2/0 2/0 2/r
        """
    ),
)


def draw_motif(random: Random, vocabulary: Vocabulary, head: Figure) -> Motif:
    """A head and a tail that goes on near its end, often tied to it over the barline."""
    tail = random.choice(vocabulary.tails)
    ends = [t.degree for t in head if t.degree is not None][-1]
    begins = next(t.degree for t in tail if t.degree is not None)
    shift = round(0.5 * (ends - begins))
    moved = tuple(t if t.degree is None else t._replace(degree=t.degree + shift) for t in tail)
    last, first = head[-1], moved[0]
    tied = first.duration == 1 and last.duration <= 2 and not first.under
    if tied and random.random() < 0.5:
        joint = last._replace(duration=last.duration + first.duration)
        return Motif((*head[:-1], joint, *moved[1:]), head)
    return Motif(head + moved, head)


def inverted(figure: Figure) -> Figure:
    """The figure upside down; a note from under becomes a plain one."""
    return tuple(t if t.degree is None else Tone(t.duration, -t.degree) for t in figure)
