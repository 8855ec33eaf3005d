"""Composing under given chords: do the notes agree, and what does it cost?

    python benchmarks/chords_composed.py [SEEDS [MODEL.ragsmith]]

Ten progressions of the kinds that popular and jazz tunes have, in several keys and metres; so many
seeds (2) of each, with rules, by the shipped model or another, as strains that are repeated. Agree:
share of half bars in which the chord that is found has the root and the triad of the one that was
given (`ragsmith.measure.harmony.agreement`); notes: share of the notes that are tones of the given
chord; nats a step under the model when it is told no chords; seconds of processor time. Beside them
the same seeds, form, key and metre without chords, whose agreement is what chance gives. Then
eight times as many pieces AABB under chords that the model draws of itself. Last, twice as many of
three progressions with basses that are named: how often one lies lowest on its downbeat.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ragsmith.bundle.bundle import Bundle, load_bundle
from ragsmith.chords import chord_at
from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.composer.chord_chart import form_for, key_for
from ragsmith.harmony.spans import half_bars
from ragsmith.measure.harmony import agreement, in_chord_share
from ragsmith.options import AUTO, NONE
from ragsmith.piece import Piece
from ragsmith.shipped import shipped_model

FIRST_SEED = 1
FORM, DRAWN = "AABB", 8
TUNES = (
    (
        "ragtime circle",
        "2/4",
        "C | % | A7 | % | D7 | G7 | C | G7 | C | % | A7 | % | D7 | G7 | C | C",
    ),
    (
        "blues of 12 bars",
        "4/4",
        "F7 | Bb7 | F7 | F7 | Bb7 | Bdim7 | F7 | D7 | Gm7 | C7 | F7 D7 | Gm7 C7",
    ),
    ("turnarounds", "4/4", "Bb Gm7 | Cm7 F7 | Bb Gm7 | Cm7 F7 | Bb Bb7 | Eb Ebm | Bb F7 | Bb"),
    ("falling fifths in minor", "4/4", "Cm7 | F7 | Bbmaj7 | Ebmaj7 | Am7b5 | D7 | Gm | Gm"),
    ("four chords", "4/4", "G | D | Em | C | G | D | C D7 | G"),
    ("doo-wop", "4/4", "A | F#m | D | E7 | A F#m | D E7 | A D | A"),
    ("waltz", "3/4", "F | F | C7 | C7 | Bb | F | C7 | F"),
    ("minor swing", "4/4", "Am | Dm | E7 | Am | Dm | Am | E7 | Am"),
    ("jig", "6/8", "D | G A7 | D | A7 | D | G | A7 | D"),
    (
        "ii V I by slashes",
        "4/4",
        "Fm7 / Bb7 / | Ebmaj7 | Cm7 F7 | Bb7 | Ab Abm | Eb/G C7 | Fm7 Bb7 | Eb",
    ),
)
"""Name, metre and chords."""
ON_BASSES = (
    ("2/4", "C/E | F/A | G7/B | C | C/G | Dm7/F | G7 | C"),
    ("4/4", "Eb/G | Ab | Eb/Bb | Bb7/D | Eb | Fm/Ab | Bb7 | Eb"),
    ("3/4", "Am/C | Dm/F | E7/G# | Am | Am/E | Dm | E7 | Am"),
)
"""Metre and chords."""


class Measured(NamedTuple):
    """Means over the pieces of a tune."""

    pieces: int
    agree: float
    notes: float
    nats: float
    seconds: float


def measured(bundle: Bundle, wish: Wish, seeds: Sequence[int], given: Piece | None) -> Measured:
    """What is composed, measured against its own chords or those of another piece."""
    began = time.process_time()
    outcomes = compose_all(bundle, wish, seeds=seeds)
    seconds = (time.process_time() - began) / len(seeds)
    composed = [outcome for outcome in outcomes if isinstance(outcome, Composed)]
    pieces = [
        replace(one.piece, chords=given.chords if given else one.piece.chords) for one in composed
    ]
    return Measured(
        len(pieces),
        float(np.mean([agreement(piece) or 0.0 for piece in pieces])),
        float(np.mean([in_given_chords(piece) for piece in pieces])),
        float(np.mean([one.nats_per_step for one in composed])),
        seconds,
    )


def in_given_chords(piece: Piece) -> float:
    """Share of the notes that are tones of the given chord."""
    chords = [chord_at(piece.chords, span.start) for span in half_bars(piece)]
    return in_chord_share(piece, chords) or 0.0


def main(count: int, model: Path | None) -> None:
    """Print the table."""
    bundle = load_bundle(model) if model else shipped_model()
    seeds = range(FIRST_SEED, FIRST_SEED + count)
    print("| chords | key, metre | pieces | agree | notes | nats | s | without: agree | nats | s |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    rows = []
    for name, metre, chords in TUNES:
        wish = Wish(chords=chords, metre=metre)
        key = key_for(chords)
        own = Wish(form=form_for(chords), key=key, metre=metre, chords=NONE)
        led = compose_all(bundle, wish, seeds=seeds[:1])[0]
        if not isinstance(led, Composed):
            print(f"| {name} | {own.key}, {metre} | 0: {led} |" + " |" * 7)
            continue
        one, other = measured(bundle, wish, seeds, None), measured(bundle, own, seeds, led.piece)
        rows.append((*one[1:], other.agree, *other[3:]))
        print(f"| {name} | {own.key}, {metre} | {one.pieces} | {_cells(rows[-1])} |", flush=True)
    print(f"| **mean** | | | {_cells(np.mean(rows, axis=0))} |", flush=True)
    drawn = measured(bundle, Wish(form=FORM, chords=AUTO), range(DRAWN * count), None)
    print(
        f"| drawn | each its own | {drawn.pieces} | {drawn.agree:.0%} | {drawn.notes:.0%} | "
        f"{drawn.nats:.2f} | {drawn.seconds:.2f} |" + " |" * 3
    )
    lowest, named = named_basses(bundle, count)
    print(f"\nbasses that are named: lowest on {lowest} of {named} downbeats")


def named_basses(bundle: Bundle, count: int) -> tuple[int, int]:
    """How many downbeats have the bass that is named as their lowest note, and how many have one
    that is named."""
    lowest, named = 0, 0
    for metre, chords in ON_BASSES:
        seeds = range(FIRST_SEED, FIRST_SEED + 2 * count)
        for outcome in compose_all(bundle, Wish(chords=chords, metre=metre), seeds=seeds):
            if not isinstance(outcome, Composed):
                continue
            for bar in outcome.piece.full_bars:
                chord = chord_at(outcome.piece.chords, bar.start)
                struck = [n.pitch for n in outcome.piece.notes if n.onset == bar.start]
                if chord and chord.bass is not None and struck:
                    named += 1
                    lowest += min(struck) % 12 == chord.bass
    return lowest, named


def _cells(row: Sequence[float]) -> str:
    agree, notes, nats, seconds, without, nats_without, seconds_without = row
    return (
        f"{agree:.0%} | {notes:.0%} | {nats:.2f} | {seconds:.2f} | {without:.0%} | "
        f"{nats_without:.2f} | {seconds_without:.2f}"
    )


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 2,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
