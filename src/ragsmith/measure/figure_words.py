"""The figures of style and structure in words, and what to say of a piece with too little or too
much of one."""

from __future__ import annotations

from ragsmith.measure.portrait import Outlier

__all__ = ["WORDS", "in_words"]

LIKENESS, RHYTHM = ("loose", "repetitive"), ("irregular", "uniform")
WORDS = {
    "alike_1": ("likeness to the bar before", *LIKENESS),
    "alike_2": ("likeness to two bars before", *LIKENESS),
    "alike_4": ("likeness to four bars before", *LIKENESS),
    "alike_8": ("likeness to eight bars before", *LIKENESS),
    "alike_16": ("likeness to sixteen bars before", *LIKENESS),
    "distinct_steps": ("different chords and notes", "repetitive", "varied"),
    "durations_unlike": ("distance of the durations", "average", "unlike"),
    "empty_bars": ("empty bars", "crowded", "empty"),
    "empty_steps": ("empty steps", "crowded", "empty"),
    "intervals_unlike": ("distance of the melody's intervals", "average", "unlike"),
    "leap": ("mean leap of the melody", "narrow", "wild"),
    "left_alike": ("likeness of the left hand to the bar before", *LIKENESS),
    "left_chord": ("notes a left-hand chord", "thin", "thick"),
    "left_notes": ("left-hand notes a step", "sparse", "dense"),
    "left_on_beat": ("left hand on the beat", "far off the beat", "square"),
    "left_pitch": ("mean pitch of the left hand", "low", "high"),
    "left_range": ("range of the left hand", "narrow", "wide"),
    "local_scale_share": ("notes in one scale within four bars", "chromatic", "plain"),
    "nats_per_step": ("nats a step", "predictable", "surprising"),
    "notes_per_step": ("notes a step", "sparse", "dense"),
    "on_beat": ("onsets on the beat", "far off the beat", "square"),
    "oom_pah": ("oom-pah", "rare", "constant"),
    "pitch_class_entropy": ("entropy of the pitch classes", "plain", "chromatic"),
    "polyphony": ("notes struck together", "thin", "thick"),
    "repeated_notes": ("repeated notes of the melody", "few", "many"),
    "returns": ("bars that come back", "few", "many"),
    "rhythm_1": ("likeness in rhythm to the bar before", *RHYTHM),
    "rhythm_2": ("likeness in rhythm to two bars before", *RHYTHM),
    "rhythm_4": ("likeness in rhythm to four bars before", *RHYTHM),
    "rhythm_8": ("likeness in rhythm to eight bars before", *RHYTHM),
    "rhythms_unlike": ("distance of the rhythms", "average", "unlike"),
    "right_chord": ("notes a right-hand chord", "thin", "thick"),
    "right_notes": ("right-hand notes a step", "sparse", "dense"),
    "right_pitch": ("mean pitch of the right hand", "low", "high"),
    "right_range": ("range of the right hand", "narrow", "wide"),
    "right_rests": ("rests of the right hand", "breathless", "silent"),
    "scale_share": ("notes in one scale", "chromatic", "plain"),
    "syncopation": ("syncopation", "straight", "syncopated"),
}
"""For each figure its name, and the words for a piece that has too little and too much of it."""


def in_words(outlier: Outlier) -> str:
    """A figure outside its band as a user reads it.

    >>> from ragsmith.measure.style import Band
    >>> in_words(Outlier("leap", 5.25, Band(3.0, 3.5, 4.0), 1.25))
    'mean leap of the melody 5.25, corpus 3 to 4: too wild'
    """
    name, low, high = WORDS.get(outlier.name, (outlier.name.replace("_", " "), "low", "high"))
    band = f"{outlier.band.low:.3g} to {outlier.band.high:.3g}"
    return f"{name} {outlier.figure:.3g}, corpus {band}: too {high if outlier.far > 0 else low}"
