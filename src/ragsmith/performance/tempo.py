"""The tempo of a performance: one value for each beat.

Rules and their sources, with what they do at full expression:

- phrase arch: a phrase and a strain speed up to their middle and slow down to their end, slowness
  being a parabola of the place (Todd, *A model of expressive timing in tonal music*, Music
  Perception 3, 1985; *The dynamics of dynamics*, JASA 91, 1992; Repp, *Diversity and commonality in
  music performance*, JASA 92, 1992, measured it in 28 pianists). Beginnings are slowed half as much
  as ends (Friberg, Bresin & Sundberg, *Overview of the KTH rule system*, Advances in Cognitive
  Psychology 2, 2006: phrase arch);
- ritardando: v(x) = (1 + (w^q - 1) x)^(1/q) with q = 3, as a runner stops (Friberg & Sundberg,
  *Does music performance allude to locomotion?*, JASA 105, 1999): over the last two bars of a
  piece, and a slight one over the last bar of a strain before another;
- fermata: the beat lasts twice as long, as textbooks say at least;
- drift: the beats of an inner clock wander slowly (Gilden, *Cognitive emissions of 1/f noise*,
  Psychological Review 108, 2001; here an autoregression of first order).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ragsmith.harmony.spans import beats_of
from ragsmith.performance.performance import USUAL_TEMPO
from ragsmith.performance.phrasing import Phrase, PlayedStrain
from ragsmith.piece import Piece, Tempo
from ragsmith.verbs import without_repeated_marks

__all__ = ["Speed", "arch", "beats", "speed_of", "tempos_played"]

Floats = NDArray[np.float64]
Speed = Callable[[NDArray[np.int64]], Floats]
"""Ticks that pass in a millisecond at each of some steps."""

PHRASE_ARCH, STRAIN_ARCH = 0.06, 0.05
"""How much slower than its middle a phrase or strain ends, as a share of the tempo."""
SHARE_OF_BEGINNING = 0.5
FINAL_TEMPO, STRAIN_TEMPO = 0.55, 0.88
"""Tempo to which a piece, and a strain, is slowed at last; the first is usual (Friberg &
Sundberg)."""
FINAL_BARS, STRAIN_BARS = 2, 1
CURVATURE = 3
FERMATA = 1.0
"""How much longer its beat lasts."""
DRIFT, MEMORY = 0.012, 0.8
"""Standard deviation of the drift, and how much of it is left a beat later."""


def beats(piece: Piece) -> list[int]:
    """The steps on which the beats of a piece fall; 0 is one."""
    steps = {0}
    for bar in piece.bars:
        beat = max(1, bar.metre.steps(piece.steps_per_quarter) // beats_of(bar.metre))
        steps.update(range(bar.start + -bar.offset % beat, bar.start + bar.length, beat))
    return sorted(steps)


def arch(places: Floats) -> Floats:
    """How far each place of a phrase (0 its beginning, 1 its end) lies from its middle: 0 there, 1
    at the end, less at the beginning."""
    distances = np.square(2 * places - 1)
    return np.asarray(np.where(places < 0.5, SHARE_OF_BEGINNING, 1.0) * distances)


def tempos_played(
    piece: Piece,
    strains: Sequence[PlayedStrain],
    phrases: Sequence[Phrase],
    expression: float,
    draw: np.random.Generator,
) -> list[Tempo]:
    """The tempo on every beat and at every tempo mark of the piece."""
    marks = {0: USUAL_TEMPO} | {tempo.step: tempo.microseconds for tempo in piece.tempos}
    steps = sorted({*beats(piece), *(step for step in marks if step < piece.steps)})
    slower = _slowness(piece, np.array(steps), strains, phrases, expression, draw)
    tempos, written = [], USUAL_TEMPO
    for step, factor in zip(steps, slower, strict=True):
        written = marks.get(step, written)
        tempos.append(Tempo(step, max(1, round(written * float(factor)))))
    return list(without_repeated_marks(tempos))


def speed_of(tempos: Sequence[Tempo], ticks_per_quarter: int) -> Speed:
    """How many ticks pass in a millisecond at each step; the first tempo stands at step 0."""
    starts = [tempo.step for tempo in tempos]
    microseconds = np.array([tempo.microseconds for tempo in tempos])

    def ticks_a_millisecond(steps: NDArray[np.int64]) -> Floats:
        at = np.searchsorted(starts, steps, "right") - 1
        return np.asarray(1000 * ticks_per_quarter / microseconds[at])

    return ticks_a_millisecond


def _slowness(
    piece: Piece,
    steps: NDArray[np.int64],
    strains: Sequence[PlayedStrain],
    phrases: Sequence[Phrase],
    expression: float,
    draw: np.random.Generator,
) -> Floats:
    """How many times longer than written each of these beats lasts; but for ritardandos, the
    average is 1."""
    middles = (steps + np.append(steps[1:], piece.steps)) / 2
    slower = 1 + expression * (
        PHRASE_ARCH * _within(phrases, middles)
        + STRAIN_ARCH * _within(strains, middles)
        + _drift(len(steps), draw)
    )
    slower /= slower.mean()
    for strain, following in zip(strains, [*strains[1:], None], strict=True):
        if following is None:
            slower /= _ritardando(piece, strain, FINAL_BARS, FINAL_TEMPO, middles, expression)
        elif following.number != strain.number:
            slower /= _ritardando(piece, strain, STRAIN_BARS, STRAIN_TEMPO, middles, expression)
    for marking in piece.markings:
        if marking.kind == "fermata" and marking.step < piece.steps:
            held = max(0, int(np.searchsorted(steps, marking.step, "right")) - 1)
            slower[held] = max(slower[held], 1 + expression * FERMATA)
    return np.asarray(slower)


def _within(spans: Sequence[Phrase] | Sequence[PlayedStrain], places: Floats) -> Floats:
    """The arch of whichever span each place lies in."""
    starts, ends = np.array([span[:2] for span in spans], float).T
    which = np.clip(np.searchsorted(starts, places, "right") - 1, 0, None)
    return arch(np.clip((places - starts[which]) / (ends - starts)[which], 0, 1))


def _drift(count: int, draw: np.random.Generator) -> Floats:
    kicks = DRIFT * np.sqrt(1 - MEMORY**2) * draw.standard_normal(count)
    drift = np.zeros(count)
    for beat in range(1, count):
        drift[beat] = MEMORY * drift[beat - 1] + kicks[beat]
    return drift


def _ritardando(
    piece: Piece,
    strain: PlayedStrain,
    bars: int,
    last_tempo: float,
    places: Floats,
    expression: float,
) -> Floats:
    """The tempo at each place against that before the ritardando, which ends with the strain."""
    inside = [bar.start for bar in piece.bars if strain.start <= bar.start < strain.end]
    start = inside[-bars:][0] if inside else strain.start
    x = np.clip((places - start) / (strain.end - start), 0, 1)
    x[places > strain.end] = 0
    slowed = (1 - expression * (1 - last_tempo)) ** CURVATURE
    return np.asarray((1 + (slowed - 1) * x) ** (1 / CURVATURE))
