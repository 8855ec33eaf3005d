"""What can be asked of composing and of learning: the only place for ranges and defaults.

`Wish`, `Sampling`, `Limits` and `Plan` check their fields by this table, the command line takes its
help and defaults from it, the studio its schemas, and the studio's pages the fields that they draw.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ragsmith.option import Option

__all__ = [
    "AUTO",
    "BARS",
    "BASE",
    "CHORDS",
    "COMPOSE",
    "COPY_LIMIT",
    "COUNT",
    "DIALS",
    "DIFFICULTY",
    "DISTANCE",
    "EPOCHS",
    "EXPRESSION",
    "FORM",
    "HAND",
    "HARMONY",
    "HELD_OUT",
    "HIGHEST_TEMPERATURE",
    "KEEP",
    "KEY",
    "LEARN",
    "LEARNING_SEED",
    "LONGEST_LIMIT",
    "MELODY_LIMIT",
    "METRE",
    "MINUTES",
    "MIN_P",
    "MIX",
    "MODEL",
    "NONE",
    "ON_BEATS",
    "PATIENCE",
    "SAMPLING",
    "SEED",
    "SHORTEST_LIMIT",
    "SHOWN_COUNT",
    "SWING",
    "TEMPERATURE",
    "TEMPO",
    "TIME_LIMIT",
    "TRIES",
    "VARIANTS",
    "VARIATION",
    "Option",
]

SHORTEST_LIMIT, LONGEST_LIMIT = 1, 16
"""Quarter-note beats that can be asked for as the longest copy."""
HIGHEST_TEMPERATURE = 100
AUTO, NONE = "auto", "none"
"""Chords that are drawn from those of the corpus, and none at all."""
COMMON_KEYS = (
    *("C", "G", "D", "A", "E", "F", "Bb", "Eb", "Ab", "Db"),
    *("A minor", "E minor", "D minor", "G minor", "C minor", "F minor"),
)

BARS: Option[int] = Option(
    "bars",
    32,
    "Instead of a form: 32 for so many bars. With --vary: 9-16, as the score numbers them.",
    whole=True,
    low=1,
    high=4096,
    remedy="try 32",
)
FORM: Option[str | None] = Option(
    "form",
    None,
    "Letters are strains, twice in a row with two endings; A(8) has 8 bars; Intro, Coda and DC are "
    "words.",
    first="Intro AABBACCDD",
    proposals=("Intro AABBACCDD", "AABBACCDD", "AABB", "ABA", "A(8)A(8)B(8)A(8)"),
)
CHORDS: Option[str | None] = Option(
    "chords",
    None,
    "Like 'Bb | Eb | F7 | Bb', for every strain, or 'A: I | V7 ; B: ...'; a lead sheet (text, "
    "MusicXML, ABC); auto: drawn from the corpus's own; or none. [default: auto, where the model "
    "has learnt to follow them and nothing is continued]",
)
KEY: Option[str | None] = Option(
    "key",
    None,
    "Like Eb or 'F# minor'. [default: the primer's or the chords', else drawn from the corpus's]",
    proposals=COMMON_KEYS,
)
METRE: Option[str | None] = Option(
    "metre",
    None,
    "Like 2/4. [default: the primer's, else the corpus's]",
    proposals=("2/4", "3/4", "4/4", "6/8"),
)
TEMPO: Option[float | None] = Option(
    "tempo",
    None,
    "Quarter notes a minute. [default: the primer's, else the corpus's]",
    low=10,
    high=400,
    unit="quarter notes a minute",
    remedy="try 90",
)
SAMPLING: Option[str] = Option(
    "sampling",
    "sample",
    "How a step is chosen. sample: drawn; argmax: always the likeliest; unloop: the likeliest "
    "until it repeats itself, then drawn.",
    choices=("sample", "argmax", "unloop"),
)
TEMPERATURE: Option[float] = Option(
    "temperature",
    1.0,
    "For draws: above 1 bolder, below 1 safer.",
    above=0,
    high=HIGHEST_TEMPERATURE,
    remedy="1 draws as the model has learnt; to always take the likeliest use argmax",
    step=0.05,
    slider=(0.5, 1.5),
)
MIN_P: Option[float] = Option(
    "min_p",
    0.02,
    "For draws: leave out what is less likely than the likeliest times this.",
    low=0,
    below=1,
    remedy="try 0.02",
    step=0.01,
)
TRIES: Option[int] = Option(
    "tries",
    4,
    "For draws: how often every bar is tried, where the model has a critic to choose by; four "
    "times as often before a bar that comes back.",
    whole=True,
    low=1,
    high=64,
    remedy="1 takes every bar as it comes",
)
COPY_LIMIT: Option[float] = Option(
    "copy_limit",
    2.5,
    "Beats in a row that may stand in the corpus, all notes.",
    low=SHORTEST_LIMIT,
    high=LONGEST_LIMIT,
    unit="beats (two notes may be anyone's)",
    remedy="try 2.5",
    step=0.25,
)
MELODY_LIMIT: Option[float] = replace(
    COPY_LIMIT,
    name="melody_limit",
    default=4.0,
    help="The same for the melody alone.",
    remedy="try 4",
)
SEED: Option[int | None] = Option(
    "seed",
    None,
    "The first piece's number: it fixes every choice. [default: at random]",
    whole=True,
    low=0,
    high=2**32 - 1,
    remedy="any such number will do",
)
COUNT: Option[int] = Option(
    "count", 4, "How many candidates to compose.", whole=True, low=1, high=1000, remedy="try 4"
)
SHOWN_COUNT = replace(COUNT, high=8)
"""The studio draws every candidate while it is written, side by side."""
KEEP: Option[int] = Option(
    "keep", 1, "How many of them to keep, the best.", whole=True, low=1, high=1000, remedy="try 1"
)

DIALS: Option[str | None] = Option(
    "dials",
    None,
    "Like syncopation=high or 'B: left-notes=low, height=74': low, middle, high are the corpus's, "
    "or a number; density, left-notes, right-notes, left-chords, right-chords, height, "
    "syncopation, chromaticism, chord-changes.",
    proposals=(
        *("density", "left-notes", "right-notes", "left-chords", "right-chords", "height"),
        *("syncopation", "chromaticism", "chord-changes"),
    ),
)
DIFFICULTY: Option[int | None] = Option(
    "difficulty",
    None,
    "1 to 9: how hard to play. [default: as the corpus is]",
    whole=True,
    low=1,
    high=9,
    remedy="try 4",
)
MIX: Option[str | None] = Option(
    "mix",
    None,
    "Which of several models writes which strain: 'A: joplin, B: chopin', or with weights 'A: "
    "joplin 0.7 chopin 0.3'.",
)
HAND: Option[str] = Option(
    "hand",
    "both",
    "With --vary: the hand to compose. The other one is kept; without --bars in all of them.",
    choices=("both", "left", "right"),
)
VARIANTS: Option[int] = Option(
    "variants",
    6,
    "With --of: how many variants of the piece to compose.",
    whole=True,
    low=1,
    high=1000,
    remedy="try 6",
)
DISTANCE: Option[str] = Option(
    "distance",
    "middle",
    "With --of: how far variants are from the piece: small, a bar here and there; middle, about "
    "half of it; large, hardly a bar stays.",
    choices=("small", "middle", "large"),
)
HARMONY: Option[str] = Option(
    "harmony",
    "kept",
    "With --of: kept composes under the chords of the piece, free under others.",
    choices=("kept", "free"),
)
ON_BEATS: Option[str | None] = Option(
    "on_beats",
    None,
    "With --vary: the only beats of every bar to compose, like 2,4; what is struck on the others "
    "is kept. [default: all]",
)
TIME_LIMIT: Option[float] = Option(
    "time_limit",
    10.0,
    "Minutes after which composing ends with what there is.",
    above=0,
    high=100_000,
    remedy="try 10",
)

EXPRESSION: Option[float] = Option(
    "expression",
    0.7,
    "How freely it is played: 0 as written, 1 as romantic music is.",
    low=0,
    high=1,
    remedy="try 0.7",
    step=0.05,
)
SWING: Option[float] = Option(
    "swing",
    0.0,
    "How uneven pairs of short notes are played: 1 is long and short as 2 to 1.",
    low=0,
    high=1,
    remedy="try 0.5",
    step=0.05,
)
MODEL: Option[str] = Option(
    "model",
    "stride",
    "element, many-to-one, multihot, markov or stride.",
)
BASE: Option[str | None] = Option(
    "base",
    None,
    "The model to begin from: a built-in name or a file; none begins from nothing. [default: "
    "piano, where it fits]",
)
MINUTES: Option[float | None] = Option(
    "minutes",
    None,
    "Stop after this long.",
    above=0,
    high=100_000,
    remedy="try 10",
    first=10,
    step=0.05,
)
EPOCHS: Option[int | None] = Option(
    "epochs",
    None,
    "Stop after this many passes. [default: the model's]",
    whole=True,
    low=1,
    remedy="try 20",
)
PATIENCE: Option[int] = Option(
    "patience",
    10,
    "Stop after this many passes without progress; 0 never.",
    whole=True,
    low=0,
    remedy="0 never stops early",
)
HELD_OUT: Option[float] = Option(
    "held_out",
    0.1,
    "Share of the works to measure with (at most 100 works); 0 learns them all.",
    low=0,
    below=1,
    remedy="try 0.1",
)
LEARNING_SEED: Option[int] = Option(
    "seed",
    0,
    "The same seed gives the same model.",
    whole=True,
    low=0,
    high=2**32 - 1,
    remedy="any such number will do",
)


def _table(*options: Option[Any]) -> dict[str, Option[Any]]:
    return {option.name: option for option in options}


COMPOSE = _table(
    *(FORM, BARS, KEY, METRE, TEMPO, SAMPLING, TEMPERATURE, MIN_P, COPY_LIMIT, MELODY_LIMIT),
    *(DIALS, DIFFICULTY, SEED, COUNT, KEEP),
)
VARIATION = _table(DISTANCE, HAND, HARMONY)
LEARN = _table(MODEL, MINUTES, EPOCHS, PATIENCE, HELD_OUT, LEARNING_SEED)
