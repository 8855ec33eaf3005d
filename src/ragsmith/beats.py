"""Beats and bars of a performance, found from its notes alone, by dynamic programming.

As in Ellis, "Beat Tracking by Dynamic Programming" (Journal of New Music Research 36, 2007), the
best sequence of beats is sought by dynamic programming over frames; as in Dixon, "Automatic
Extraction of Tempo and Beat from Expressive Performances" (the same journal, 30, 2001), what is
looked at are onsets, weighted by what speaks for a beat. Here all onsets between two beats speak,
by where they divide it, and the tempo may change from beat to beat: a state is a frame and the
length of the beat that ends there.
"""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragsmith.errors import BadOption

__all__ = [
    "AUTO",
    "LEAST_CLEAR",
    "LEAST_KEPT",
    "LONGEST_TRACKED",
    "Beats",
    "Performance",
    "checked",
    "track",
]

AUTO = "auto"
"""The way of finding beats that may be asked for: they are tracked where a file has none."""
LONGEST_TRACKED = 300
"""Seconds: tracking takes about a hundredth of the time that playing does."""
LEAST_KEPT = 0.75
"""Clustering of the onsets on tracked beats (`quantise.clustering`) below which these are not
trusted: what is left when all onsets stray by 0.03 quarter notes."""
LEAST_CLEAR = 0.7
"""How far downbeats must stand out from the other beats for bars to be trusted, in standard
deviations of bass, loudness and change of harmony, added up."""

FRAME = 0.0125
"""Seconds."""
SHORTEST, LONGEST = 24, 104
"""Frames that a beat may last: 200 to 46 beats a minute."""
USUAL_BEAT, SPREAD = 0.65, 0.35
"""Seconds, and the spread of its logarithm: how long beats of music mostly last."""
PREFERENCE = 1.5
"""How much a usual tempo counts, a second of music."""
STEADINESS = 120.0
"""How much a change of tempo costs: times the squared change of the beat's logarithm."""
STRAY = 0.022
"""Seconds that an onset may stray from its place (standard deviation)."""


class Texture(NamedTuple):
    """How often onsets, and bass notes, fall on which place of a beat; the rest lie anywhere."""

    division: int
    places: dict[float, float]
    low_places: dict[float, float]


TEXTURES = (
    Texture(2, {0.0: 0.40, 0.25: 0.13, 0.5: 0.28, 0.75: 0.13}, {0.0: 0.75, 0.5: 0.17, 0.75: 0.03}),
    Texture(2, {0.0: 0.68, 0.25: 0.03, 0.5: 0.20, 0.75: 0.03}, {0.0: 0.90, 0.5: 0.05}),
    Texture(
        3,
        {0.0: 0.44, 1 / 6: 0.03, 1 / 3: 0.17, 0.5: 0.03, 2 / 3: 0.24, 5 / 6: 0.03},
        {0.0: 0.75, 1 / 3: 0.07, 2 / 3: 0.13},
    ),
)
"""Sixteenths as in a rag, quarters as in a waltz, dotted quarters as in a jig."""
TOGETHER = 0.04
"""Seconds within which notes are one chord."""
METRES = (2, 3, 4)
HARMONY = 1.0
"""How much a change of harmony counts against bass, and loudness."""
CLEARER = {2: 1.0, 3: 1.3, 4: 1.5}
"""How many times as clear as 2/4 another metre must be to be taken."""


Floats = NDArray[Any]


class Performance(NamedTuple):
    """Notes as they were played, in the order of their onsets.

    Attributes:
        onsets: seconds, shape (notes,).
        pitches: MIDI numbers, shape (notes,).
        velocities: 1 to 127, shape (notes,).
    """

    onsets: Floats
    pitches: NDArray[np.integer[Any]]
    velocities: NDArray[np.integer[Any]]


class Beats(NamedTuple):
    """Where the beats of a performance lie.

    Attributes:
        times: seconds, shape (beats,); the first is not after the first onset, the last not before
            the last, give or take 0.04.
        metre: beats a bar: 2, 3 or 4.
        downbeat: number of the first beat that begins a bar.
        division: what beats are divided by: 2 for quarter notes, 3 for dotted ones.
        clearness: how far downbeats stand out from the other beats (see `LEAST_CLEAR`).
    """

    times: Floats
    metre: int
    downbeat: int
    division: int
    clearness: float

    @property
    def per_minute(self) -> float:
        """The tempo of most of the beats."""
        return float(60 / np.median(np.diff(self.times)))


def checked(beats: str | None) -> str | None:
    """How beats are to be found: None for where the file has them, or "auto".

    Raises:
        BadOption: there is no such way.
    """
    if beats not in (None, AUTO):
        raise BadOption(f"beats {beats}", "is not auto", "write auto, or leave it out")
    return beats


def track(played: Performance) -> Beats:
    """The beats of a performance of at least one note.

    >>> onsets = np.arange(64) / 4
    >>> pitches = np.where(np.arange(64) % 2, 60, 40)
    >>> track(Performance(onsets, pitches, np.full(64, 80))).per_minute
    120.0
    """
    first = float(played.onsets[0])
    played = played._replace(onsets=played.onsets - first)
    weights = _weights(played.onsets)
    bass = _bass(played)
    last = int(np.ceil(played.onsets[-1] / FRAME))
    frames = last + 2 * LONGEST + 1
    onsets, basses = (
        np.bincount(np.rint(played.onsets / FRAME).astype(int) + LONGEST, w, frames)
        for w in (weights, weights * bass)
    )
    paths = [_best_path(_evidence(onsets, basses, texture), last) for texture in TEXTURES]
    best = max(range(len(paths)), key=lambda number: paths[number].evidence)
    ends, division = paths[best].frames, TEXTURES[best].division
    times = _centred((ends - LONGEST) * FRAME, played.onsets, weights)
    times = _trimmed(times, played.onsets)
    metre, downbeat, clearness = _metre(_accents(played, bass, times))
    return Beats(times + first, metre, downbeat, division, clearness)


def _weights(onsets: Floats) -> Floats:
    """How much each note counts: chords by the square roots of their sizes."""
    sizes = np.searchsorted(onsets, onsets + TOGETHER, "right") - np.searchsorted(
        onsets, onsets - TOGETHER
    )
    weights: Floats = 1 / np.sqrt(sizes)
    return weights


def _bass(played: Performance) -> Floats:
    """How far each note is a bass note: 1 for an octave below the middle of the lower half."""
    lower = np.median(played.pitches[played.pitches <= np.median(played.pitches)])
    bass: Floats = np.clip((lower - played.pitches) / 12 + 0.1, 0.0, 1.0)
    return bass


def _template(frames: int, places: dict[float, float]) -> Floats:
    """Log-likelihood of an onset, against one anywhere, at each frame of a beat; shape (frames,).

    Its last frame is the beat that ends it.
    """
    phases = np.arange(1, frames + 1) / frames
    stray = STRAY / (frames * FRAME)
    density = np.full(frames, 1 - sum(places.values()))
    for (place, weight), turn in product(places.items(), (-1, 0, 1)):
        bump = np.exp(-(((phases - place - turn) / stray) ** 2) / 2)
        density += weight * bump / (stray * np.sqrt(2 * np.pi))
    likelihood: Floats = np.log(density)
    return likelihood


def _evidence(onsets: Floats, basses: Floats, texture: Texture) -> Floats:
    """What speaks for a beat of each length that ends at each frame, shape (frames, lengths)."""
    lengths = np.arange(SHORTEST, LONGEST + 1)
    usual = -((np.log(lengths * FRAME / USUAL_BEAT) / SPREAD) ** 2) / 2
    evidence = np.empty((len(onsets), len(lengths)))
    for column, length in enumerate(lengths.tolist()):
        matching = np.convolve(onsets, _template(length, texture.places)[::-1])[: len(onsets)]
        low = np.convolve(basses, _template(length, texture.low_places)[::-1])[: len(onsets)]
        evidence[:, column] = matching + low + PREFERENCE * usual[column] * length * FRAME
    return evidence


class _Path(NamedTuple):
    """Frames of beats, first to last, shape (beats,), and what speaks for them."""

    evidence: float
    frames: NDArray[np.int64]


def _best_path(evidence: Floats, last: int) -> _Path:
    """The beats for which most speaks.

    Frames are taken so many at a time as the shortest beat lasts: none depends on another.
    """
    frames = len(evidence)
    lengths = np.arange(SHORTEST, LONGEST + 1)
    change = -STEADINESS * np.log(lengths[:, None] / lengths) ** 2
    onward = np.zeros((frames, len(lengths)))
    came_by = np.full((frames, len(lengths)), -1, np.int16)
    total = np.zeros((frames, len(lengths)))
    columns = np.arange(len(lengths))
    for begin in range(LONGEST + 1, frames, SHORTEST):
        block = np.arange(begin, min(begin + SHORTEST, frames))
        total[block] = onward[block[:, None] - lengths, columns] + evidence[block]
        choices = total[block][:, :, None] + change
        came_by[block] = choices.argmax(1)
        onward[block] = np.take_along_axis(choices, came_by[block][:, None, :], 1)[:, 0]
    ends = np.arange(max(LONGEST + last, LONGEST + 1), frames)
    place, column = np.unravel_index(total[ends].argmax(), (len(ends), len(lengths)))
    frame, beats = int(ends[place]), [int(ends[place])]
    best = float(total[frame, column])
    while column >= 0 and frame > LONGEST:
        frame -= int(lengths[column])
        beats.append(frame)
        column = came_by[frame, column]
    return _Path(best, np.array(beats[::-1], np.int64))


def _centred(beats: Floats, onsets: Floats, weights: Floats) -> Floats:
    """Beats moved to the middle of the onsets that are played on them."""
    nearest = np.abs(onsets[:, None] - beats).argmin(1)
    away = onsets - beats[nearest]
    close = np.abs(away) < TOGETHER
    sums = [
        np.bincount(nearest[close], values[close], len(beats))
        for values in (weights * away, weights)
    ]
    centred: Floats = beats + sums[0] / np.maximum(sums[1], 1e-9)
    return centred


def _trimmed(beats: Floats, onsets: Floats) -> Floats:
    """The beats from the one that the first onset lies on or after; two at least."""
    before = int(np.searchsorted(beats, onsets[0] + TOGETHER, "right")) - 1
    return beats[min(max(before, 0), len(beats) - 2) :]


def _accents(played: Performance, bass: Floats, beats: Floats) -> Floats:
    """How strong each beat is: bass, loudness and change of harmony; shape (beats,)."""
    numbers = np.searchsorted(beats, played.onsets + TOGETHER, "right") - 1
    numbers = np.clip(numbers, 0, len(beats) - 1)
    on_beat = np.abs(played.onsets - beats[numbers]) < TOGETHER
    low: Floats = np.bincount(numbers[on_beat], bass[on_beat], len(beats))
    loud: Floats = np.bincount(numbers[on_beat], played.velocities[on_beat] / 127.0, len(beats))
    chroma = np.zeros((len(beats), 12))
    np.add.at(chroma, (numbers, played.pitches % 12), 1.0)
    chroma /= np.maximum(np.linalg.norm(chroma, axis=1, keepdims=True), 1e-9)
    novelty: Floats = 1 - (chroma[1:] * chroma[:-1]).sum(1)
    novelty = np.concatenate([[novelty.mean()], novelty])
    return _standard(low) + _standard(loud) + _standard(novelty) * HARMONY


def _standard(values: Floats) -> Floats:
    standard: Floats = (values - values.mean()) / max(float(values.std()), 1e-9)
    return standard


def _metre(accents: Floats) -> tuple[int, int, float]:
    """Beats a bar and the first downbeat, where downbeats stand out most from the other beats; and
    how far they do."""
    best, chosen = -np.inf, (2, 0)
    for metre in METRES:
        for downbeat in range(min(metre, len(accents))):
            on = np.arange(len(accents)) % metre == downbeat
            clear = float(accents[on].mean() - accents[~on].mean()) if not on.all() else 0.0
            if clear / CLEARER[metre] > best:
                best, chosen = clear / CLEARER[metre], (metre, downbeat)
    return *chosen, float(best)
