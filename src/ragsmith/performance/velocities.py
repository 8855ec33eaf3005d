"""The loudness of a performance: a velocity for each note.

Rules and their sources; numbers are velocity steps at full expression, of which four make about a
decibel (Goebl & Bresin, *Measurement and reproduction accuracy of computer-controlled grand
pianos*, JASA 114, 2003):

- voices: the melody stands out, the accompaniment stands back (Repp, *Patterns of note onset
  asynchronies in expressive piano performance*, JASA 100, 1996; Goebl, *Melody lead in piano
  performance*, JASA 110, 2001: by 10 to 30 steps);
- phrase arch: louder towards the middle of a phrase and of a strain, softer at its end (Todd, *The
  dynamics of dynamics*, JASA 91, 1992; Friberg, Bresin & Sundberg 2006: phrase arch);
- high loud: the higher, the louder (the same: high loud);
- metre, and syncopations: the beat is marked, and what is struck before a beat and held over it
  (accents by Parncutt's rule of thumb: *Accents and expression in piano performance*, 2003);
- harmonic charge: chords far from the key are louder (Friberg, Bresin & Sundberg 2006);
- strains: by their dynamics (`marked.py`), else mf, f, p, f, as most ragtime editions are marked,
  the introduction f; a strain that is repeated is played otherwise the second time;
- noise: hands are not even (the same: performance noise).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ragsmith.chords import Chord
from ragsmith.harmony.spans import half_bars
from ragsmith.keys import key_at, tonic_of
from ragsmith.performance.marked import accents_marked, dynamics_marked
from ragsmith.performance.phrasing import Phrase, PlayedStrain
from ragsmith.performance.roles import Role
from ragsmith.performance.tempo import arch, beats
from ragsmith.piece import Piece, place_in_bar

__all__ = ["has_own_dynamics", "velocities_played"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OWN_DYNAMICS = 12
"""A piece with more velocities than so many was played, or composed after pieces that were."""
VOICES = {Role.MELODY: 6.0, Role.INNER: -10.0, Role.BASS: -6.0, Role.ACCOMPANIMENT: -18.0}
PHRASE_ARCH, STRAIN_ARCH = 14.0, 10.0
HEIGHT = 4.0
"""An octave above the middle of the keyboard."""
DOWNBEAT, BEAT, SYNCOPATION = 4.0, 2.0, 6.0
FIFTH, MOST_FIFTHS = 2.0, 4
"""A root a fifth further from the key than its dominants; no more of them count."""
STRAINS = (0.0, 7.0, -12.0, 10.0)
INTRODUCTION = 7.0
SECOND_TIME = 10.0
LAST_STRAIN = 6.0
CHORD_NOISE, NOTE_NOISE = 2.0, 3.0
SOFTEST, LOUDEST = 16, 120


def has_own_dynamics(piece: Piece) -> bool:
    """Whether the velocities of a piece are a pianist's, and not those of rules or of a score."""
    return len({note.velocity for note in piece.notes}) > OWN_DYNAMICS


def velocities_played(
    piece: Piece,
    roles: Sequence[Role],
    strains: Sequence[PlayedStrain],
    phrases: Sequence[Phrase],
    chords: Sequence[Chord | None],
    expression: float,
    draw: np.random.Generator,
) -> list[int]:
    """The velocity of every note; those of a piece that has dynamics of its own stay."""
    if has_own_dynamics(piece):
        return [note.velocity for note in piece.notes]
    onsets, pitches, durations, velocities, _ = piece.to_array().T
    louder = np.array([VOICES[role] for role in roles])
    louder += PHRASE_ARCH * (0.5 - _arch_at(phrases, onsets))
    louder += STRAIN_ARCH * (0.5 - _arch_at(strains, onsets))
    louder += HEIGHT * (pitches - 64) / 12
    louder += _metric(piece, onsets, durations, roles)
    louder += _levels(piece, strains, onsets) + accents_marked(piece)
    louder += _harmonic_charge(piece, chords, onsets)
    _, together = np.unique(onsets, return_inverse=True)
    louder += CHORD_NOISE * draw.standard_normal(len(onsets))[together]
    louder += NOTE_NOISE * draw.standard_normal(len(onsets))
    played = np.rint(velocities + expression * louder).astype(int)
    softest, loudest = np.minimum(SOFTEST, velocities), np.maximum(LOUDEST, velocities)
    return list(map(int, np.clip(played, softest, loudest)))


def _which(spans: Sequence[Phrase] | Sequence[PlayedStrain], onsets: Ints) -> NDArray[np.int64]:
    """Which span each onset lies in."""
    starts = [span.start for span in spans]
    return np.clip(np.searchsorted(starts, onsets, "right") - 1, 0, None)


def _arch_at(spans: Sequence[Phrase] | Sequence[PlayedStrain], onsets: Ints) -> Floats:
    which = _which(spans, onsets)
    starts, ends = np.array([span[:2] for span in spans], float)[which].T
    return arch((onsets - starts) / (ends - starts))


def _levels(piece: Piece, strains: Sequence[PlayedStrain], onsets: Ints) -> Floats:
    """How loud each note's strain is, by the dynamics that are marked, else by its place."""
    which = _which(strains, onsets)
    usual = [INTRODUCTION if s.number < 0 else STRAINS[s.number % len(STRAINS)] for s in strains]
    dynamics = dynamics_marked(piece)
    levels = np.where(np.isnan(dynamics), np.array(usual)[which], dynamics)
    second = np.array([strain.time % 2 == 0 for strain in strains])[which]
    levels += SECOND_TIME * second * np.where(levels < 0, 1, -1)
    last = len(strains) > 1
    return np.asarray(
        np.where(last & (which == len(strains) - 1), np.maximum(levels, LAST_STRAIN), levels)
    )


def _metric(piece: Piece, onsets: Ints, durations: Ints, roles: Sequence[Role]) -> Floats:
    """Accents of the metre, and of syncopations of the melody."""
    on_beat = np.zeros(piece.steps + 1, bool)
    on_beat[beats(piece)] = True
    before = np.concatenate([[0], np.cumsum(on_beat)])
    ends = np.minimum(onsets + durations, piece.steps)
    over_beat = before[ends] > before[onsets]
    syncopated = over_beat & ~on_beat[onsets] & (np.array(roles) == Role.MELODY)
    downbeat = place_in_bar(piece)[onsets] == 0
    return np.asarray(DOWNBEAT * downbeat + BEAT * on_beat[onsets] + SYNCOPATION * syncopated)


def _harmonic_charge(piece: Piece, chords: Sequence[Chord | None], onsets: Ints) -> Floats:
    """What the chord of the half bar adds, by its distance from the key along the fifths."""
    spans = half_bars(piece)
    charges = np.zeros(len(spans))
    for place, (span, chord) in enumerate(zip(spans, chords, strict=True)):
        if chord is not None:
            fifths = (7 * (chord.root - tonic_of(key_at(piece.keys, span.start))) + 6) % 12 - 6
            charges[place] = FIFTH * min(MOST_FIFTHS, max(0, abs(fifths) - 1))
    starts = [span.start for span in spans]
    return charges[np.clip(np.searchsorted(starts, onsets, "right") - 1, 0, None)]
