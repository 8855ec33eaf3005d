"""Figures of what ragtime is made of: bars that come back, oom-pah, syncopation, hands.

Definitions stand at the fields of `Structure`. Convention: bars are those of the piece as it is
written, a repeat counted once, for a repeat that is played says nothing of who wrote it; a pickup
is a bar too. An onset step is a step with at least one onset. The melody is the highest onset of
the right hand at each of its onset steps. A figure is None where there is nothing to count.
Sources: syncopation after Longuet-Higgins and Lee, "The rhythmic interpretation of monophonic
music" (Music Perception 1984); histograms are compared by the Jensen-Shannon divergence (Lin, IEEE
Trans. Information Theory 1991); the others ours.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ragsmith.measure.style import style_of
from ragsmith.piece import Hand, Metre, Note, Piece, pitches_by_onset
from ragsmith.verbs import clip

__all__ = [
    "HISTOGRAMS",
    "Histogram",
    "Structure",
    "divergence",
    "histograms_of",
    "mean_histogram",
    "structure_of",
]

LAGS = (1, 2, 4, 8, 16)
"""Bars."""
RETURN = range(4, 33)
"""How many bars back a bar is looked for that comes back."""
NEARBY = 4
"""Bars in which one key should hold."""
WIDEST_INTERVAL = 12

Histogram = Mapping[str, float]
"""Shares by name; they add up to 1, or there are none."""
HISTOGRAMS = ("intervals", "durations", "rhythms")
Chords = dict[int, list[int]]
"""The pitches that begin at each onset step, in order of time."""


@dataclass(frozen=True, slots=True)
class Structure:
    """Figures of a piece with hands.

    Attributes:
        alike_1 to alike_16: how alike a bar is to the bar 1, 2, 4, 8, 16 bars before: the Jaccard
            similarity (common over all) of their sets of (place in the bar, pitch) that begin, the
            mean over bars; two empty bars are left out.
        rhythm_1 to rhythm_8: likewise, but only of the places where the right hand begins a note.
        returns: the mean over bars of the highest such similarity (place and pitch) with any bar 4
            to 32 bars before.
        left_alike: as alike_1, of the left hand alone.
        oom_pah: share of half-bars (whole bars where the metre has an odd number of beats) that
            open with a left-hand onset and go on with a left-hand chord that lies above it.
        syncopation: of the right hand, per onset step: how much heavier than its own place in the
            metre is the heaviest place that it does not strike before its next onset; 0 for a place
            that is no lighter. Weights fall by 1 with every division of the bar.
        left_notes, right_notes: the hand's notes over all steps.
        left_chord, right_chord: the hand's notes over its onset steps.
        right_rests: share of steps where the right hand holds nothing.
        leap: the mean distance from one note of the melody to the next, in semitones.
        repeated_notes: share of the melody's moves that stay on the same note.
        local_scale_share: `Style.scale_share` of every four bars, the mean.
    """

    alike_1: float | None
    alike_2: float | None
    alike_4: float | None
    alike_8: float | None
    alike_16: float | None
    rhythm_1: float | None
    rhythm_2: float | None
    rhythm_4: float | None
    rhythm_8: float | None
    returns: float | None
    left_alike: float | None
    oom_pah: float | None
    syncopation: float | None
    left_notes: float | None
    right_notes: float | None
    left_chord: float | None
    right_chord: float | None
    right_rests: float | None
    leap: float | None
    repeated_notes: float | None
    local_scale_share: float | None


def structure_of(piece: Piece) -> Structure:
    """The figures of a piece, as it is written."""
    left = [n for n in piece.notes if n.hand == Hand.LEFT]
    right = [n for n in piece.notes if n.hand == Hand.RIGHT]
    bass, treble = pitches_by_onset(left), pitches_by_onset(right)
    bars = _bars(piece, piece.notes)
    rhythm = [frozenset(place for place, _ in bar) for bar in _bars(piece, right)]
    moves = [abs(b - a) for a, b in pairwise(map(max, treble.values()))]
    silent = np.ones(piece.steps, np.bool_)
    for n in right:
        silent[n.onset : n.onset + n.duration] = False
    alike = {f"alike_{lag}": _alike(bars, lag) for lag in LAGS}
    rhythms = {f"rhythm_{lag}": _alike(rhythm, lag) for lag in LAGS[:-1]}
    return Structure(
        **alike,
        **rhythms,
        returns=_returns(bars),
        left_alike=_alike(_bars(piece, left), 1),
        oom_pah=_oom_pah(piece, bass),
        syncopation=_syncopation(piece, list(treble)),
        left_notes=len(left) / piece.steps if piece.steps else None,
        right_notes=len(right) / piece.steps if piece.steps else None,
        left_chord=_mean([len(chord) for chord in bass.values()]),
        right_chord=_mean([len(chord) for chord in treble.values()]),
        right_rests=_mean(silent.tolist()),
        leap=_mean(moves),
        repeated_notes=_mean([move == 0 for move in moves]),
        local_scale_share=_local_scale_share(piece),
    )


def histograms_of(piece: Piece) -> dict[str, Histogram]:
    """The three histograms named in `HISTOGRAMS`, each with shares that add up to 1, or empty.

    intervals: of the melody's moves, in semitones up, beyond an octave counted as an octave and
    one. durations: of the right hand's notes, in quarter notes ("1/4" is a sixteenth). rhythms: of
    the quarter-note beats in which the right hand begins something, where in the beat it does
    ("0 3/4": on the beat and on its last sixteenth); beats are counted from the barline.
    """
    right = [n for n in piece.notes if n.hand == Hand.RIGHT]
    tops = [max(chord) for chord in pitches_by_onset(right).values()]
    widest = WIDEST_INTERVAL + 1
    grid = piece.steps_per_quarter
    beats: dict[tuple[int, int], list[str]] = {}
    for number, bar in enumerate(_bars(piece, right)):
        for place in sorted({place for place, _ in bar}):
            beats.setdefault((number, place // grid), []).append(str(Fraction(place % grid, grid)))
    return {
        "intervals": _shares(str(max(-widest, min(widest, b - a))) for a, b in pairwise(tops)),
        "durations": _shares(str(Fraction(n.duration, grid)) for n in right),
        "rhythms": _shares(" ".join(places) for places in beats.values()),
    }


def mean_histogram(histograms: Iterable[Histogram]) -> dict[str, float]:
    """The mean of the histograms that are not empty: every piece counts the same."""
    full = [h for h in histograms if h]
    names = sorted({name for h in full for name in h})
    return {name: math.fsum(h.get(name, 0.0) for h in full) / len(full) for name in names}


def divergence(one: Histogram, other: Histogram) -> float | None:
    """The Jensen-Shannon divergence in bits, 0 (equal) to 1 (nothing in common).

    None where one of the two is empty.
    """
    if not one or not other:
        return None
    total = 0.0
    for name in one.keys() | other.keys():
        p, q = one.get(name, 0.0), other.get(name, 0.0)
        middle = (p + q) / 2
        total += sum(s * math.log2(s / middle) for s in (p, q) if s > 0) / 2
    return min(1.0, max(0.0, total))


def _bars(piece: Piece, notes: Iterable[Note]) -> list[frozenset[tuple[int, int]]]:
    """For each bar, its (place in the metre, pitch) that begin."""
    starts = [bar.start for bar in piece.bars]
    bars: list[set[tuple[int, int]]] = [set() for _ in piece.bars]
    for note in notes:
        number = bisect_right(starts, note.onset) - 1
        bars[number].add((piece.bars[number].offset + note.onset - starts[number], note.pitch))
    return [frozenset(bar) for bar in bars]


def _jaccard(one: frozenset[object], other: frozenset[object]) -> float:
    return len(one & other) / len(one | other)


def _alike(bars: Sequence[frozenset[object]], lag: int) -> float | None:
    pairs = zip(bars, bars[lag:], strict=False)
    return _mean([_jaccard(before, bar) for before, bar in pairs if before or bar])


def _returns(bars: Sequence[frozenset[object]]) -> float | None:
    best = []
    for number, bar in enumerate(bars[RETURN.start :], RETURN.start):
        earlier = bars[max(0, number - RETURN.stop + 1) : number - RETURN.start + 1]
        if bar:
            best.append(max(_jaccard(bar, other) for other in earlier))
    return _mean(best)


def _oom_pah(piece: Piece, bass: Chords) -> float | None:
    """See `Structure.oom_pah`; a pickup, and a bar that is cut, are left out."""
    half_bars = []
    for bar in piece.bars:
        if not bar.is_full or bar.length != bar.metre.steps(piece.steps_per_quarter):
            continue
        length = bar.length // 2 if bar.metre.beats % 2 == 0 else bar.length
        for start in range(bar.start, bar.start + bar.length, length):
            oom = bass.get(start)
            later = (bass.get(step, []) for step in range(start + 1, start + length))
            half_bars.append(
                oom is not None and any(len(pah) > 1 and min(pah) > min(oom) for pah in later)
            )
    return _mean(half_bars)


def _syncopation(piece: Piece, onsets: Sequence[int]) -> float | None:
    weights = _weights(piece)
    spans = pairwise([*onsets, piece.steps])
    return _mean([int(weights[start:end].max() - weights[start]) for start, end in spans])


def _weights(piece: Piece) -> NDArray[np.int64]:
    """The weight of each step in the metre, 0 the downbeat, -1 the next heaviest ...: (steps,)."""
    weights = np.zeros(piece.steps, np.int64)
    for bar in piece.bars:
        within = _weights_of(bar.metre, piece.steps_per_quarter)
        places = (bar.offset + np.arange(bar.length)) % len(within)
        weights[bar.start : bar.start + bar.length] = within[places]
    return weights


def _weights_of(metre: Metre, steps_per_quarter: int) -> NDArray[np.int64]:
    """The weights over one bar. The bar is divided by 2 as long as its beats allow, then by 3, then
    into single beats; each beat is divided in the same way."""
    span = metre.steps(steps_per_quarter)
    places = np.arange(span)
    weights = np.zeros(span, np.int64)
    while span > 1:
        weights -= places % span > 0
        beats = span * metre.unit // (4 * steps_per_quarter)
        count = beats if beats > 1 else span
        span //= next((k for k in (2, 3, count) if count % k == span % k == 0), span)
    return weights


def _local_scale_share(piece: Piece) -> float | None:
    starts = [bar.start for bar in piece.bars[::NEARBY]] + [piece.steps]
    parts = [clip(piece, start, end) for start, end in pairwise(starts)]
    return _mean([style_of(part).scale_share for part in parts if part.notes])


def _shares(names: Iterable[str]) -> dict[str, float]:
    counts = Counter(names)
    return {name: count / counts.total() for name, count in sorted(counts.items())}


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
