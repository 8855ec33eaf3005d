"""The key signatures of a piece that only says its first one, as most MIDI files do."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence, Set

from ragsmith.io.score.found_repeats import Content, contents_of, repeats_in
from ragsmith.piece import Bar, Key, Note, Piece
from ragsmith.spelling import DIATONIC

__all__ = ["keys_of_strains", "strain_starts"]

SIGNATURES = range(-6, 7)
TONIC, DOMINANT_SEVENTH = (0, 4, 7), (7, 11, 2, 5)
"""Degrees, in semitones above the tonic of the major key."""
LEADING, SEVENTH = 11, 5
"""What a dominant seventh is known by: no other major key has both of them."""
NEW_KEY, FARTHER_KEY, IN_TONIC, IN_DOMINANT = 1.0, 0.5, 0.5, 0.35
"""Cost of a new signature, and of each fifth beyond the first that it lies away, in bars that lie
wholly outside the scale; and how much bars make up for that lie wholly in the tonic triad, or in
the dominant seventh."""
INSIDE_STRAIN = 0.25
"""What a new signature costs more where no strain seems to begin."""
NEAR = 4
"""Bars that a new signature is moved to where a strain seems to begin."""
PHRASE = 8
"""Bars after which a strain comes back to its beginning."""
ALIKE = 0.8
"""Share of strokes that such bars have in common."""


def keys_of_strains(piece: Piece, first: int) -> tuple[Key, ...]:
    """The key signatures of a piece of which only the first is known.

    The likeliest way through all keys, bar by bar (Viterbi's algorithm): few notes by their
    durations outside the scale, many in the tonic triad or the dominant seventh, few changes,
    rather where a strain begins and to a neighbour on the line of fifths. A change near such a
    beginning goes there.
    `benchmarks/page_figures.py` measures it.

    Args:
        piece: its own signatures do not count.
        first: sharps (positive) or flats of the first signature.
    """
    starts = strain_starts(contents_of(piece))
    costs = {fifths: 0.0 if fifths == first else float("inf") for fifths in SIGNATURES}
    came: list[dict[int, int]] = []
    for number, weights in enumerate(_weights_of_bars(piece.notes, piece.bars)):
        dearer = 0.0 if number in starts else INSIDE_STRAIN
        before, new = {}, {}
        for fifths in SIGNATURES:
            ways = {last: costs[last] + _change(last, fifths, dearer) for last in SIGNATURES}
            before[fifths] = min(SIGNATURES, key=ways.__getitem__) if number else fifths
            new[fifths] = ways[before[fifths]] + _misfit(weights, fifths)
        costs = new
        came.append(before)
    last = min(SIGNATURES, key=costs.__getitem__)
    return _changes(piece.bars, came, last, starts) if piece.bars else ()


def strain_starts(bars: Sequence[Content | None]) -> set[int]:
    """Bars at which a strain seems to begin: a repeat begins or ends there, or two bars come nearly
    the same again after `PHRASE` bars, but not the bar before them.

    Args:
        bars: what they strike, from `contents_of`.
    """
    repeats = repeats_in(bars)
    edges = {repeat.start for repeat in repeats} | {repeat.end for repeat in repeats}
    again = [_alike(bar, later) for bar, later in zip(bars, bars[PHRASE:], strict=False)]
    pairs = zip(again, again[1:], again[2:], strict=False)
    return (edges - {len(bars)}) | {
        place for place, (last, one, two) in enumerate(pairs, start=1) if one and two and not last
    }


def _alike(one: Content | None, other: Content | None) -> bool:
    """Whether two bars share so much of what they strike."""
    if one is None or other is None:
        return False
    return len(one & other) >= ALIKE * len(one | other)


def _changes(
    bars: Sequence[Bar], came: Sequence[Mapping[int, int]], last: int, starts: Set[int]
) -> tuple[Key, ...]:
    """The signatures along the way that ends with the last one, where they change; each goes to the
    nearest beginning of a strain, if one is near."""
    fifths = [last]
    for before in reversed(came[1:]):
        fifths.append(before[fifths[-1]])
    fifths.reverse()
    keys = {0: fifths[0]}
    for place in (n for n in range(1, len(bars)) if fifths[n] != fifths[n - 1]):
        keys[_nearest(starts, place)] = fifths[place]
    changes = sorted(keys.items())
    return tuple(
        Key(bars[place].start, own)
        for n, (place, own) in enumerate(changes)
        if not n or changes[n - 1][1] != own
    )


def _nearest(starts: Set[int], place: int) -> int:
    """The nearest beginning within `NEAR` bars, of two the earlier; else the place itself."""
    near = [start for start in starts if abs(start - place) <= NEAR]
    return min(near, key=lambda start: (abs(start - place), start), default=place)


def _change(last: int, fifths: int, dearer: float) -> float:
    return NEW_KEY + dearer + FARTHER_KEY * (abs(fifths - last) - 1) if last != fifths else 0.0


def _misfit(weights: Sequence[int], fifths: int) -> float:
    """The share of a bar's steps outside a scale, less a part of that in one of its chords."""
    whole = sum(weights)
    if not whole:
        return 0.0
    of_degree = [weights[(degree + 7 * fifths) % 12] for degree in range(12)]
    inside = sum(map(of_degree.__getitem__, DIATONIC))
    chord = IN_TONIC * sum(map(of_degree.__getitem__, TONIC))
    if of_degree[LEADING] and of_degree[SEVENTH]:
        dominant = IN_DOMINANT * sum(map(of_degree.__getitem__, DOMINANT_SEVENTH))
        chord = max(chord, dominant)
    return (whole - inside - chord) / whole


def _weights_of_bars(notes: Sequence[Note], bars: Sequence[Bar]) -> list[list[int]]:
    """Steps that each pitch class sounds, by the bar in which it begins."""
    starts = [bar.start for bar in bars]
    weights = [[0] * 12 for _ in bars]
    for note in notes:
        weights[bisect_right(starts, note.onset) - 1][note.pitch % 12] += note.duration
    return weights
