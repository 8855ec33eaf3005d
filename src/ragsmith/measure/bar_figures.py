"""Figures of single bars, given the bars before them: what a critic goes by (`measure.critic`).

Of every bar: what each hand strikes and how thick, how its melody and its bass move, how its notes
sit in their chords and in the key; how alike it is to earlier bars; whether its half bars say again
what an earlier one said (a left hand, the figure of a melody at any height); and how far it lies
from what the last bars did, which is the piece's character.
Convention: bars are full ones, in written order; a half bar is that of `ragsmith.harmony.spans`;
alike is the Jaccard similarity of what begins where; a figure that cannot be had (no bar so far
back, no note in a hand) is left out.
Source: ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import fmean

from ragsmith.chords import Chord, tones_of
from ragsmith.harmony.finder import chords_of
from ragsmith.harmony.spans import halves_of
from ragsmith.keys import degrees_of, key_at
from ragsmith.models.base import Step, notes_of, steps_of
from ragsmith.piece import Bar, Hand, Key, Note, Piece, pitches_by_onset
from ragsmith.strains import strain_bars

__all__ = ["FAR", "BarNotes", "figures_after", "new_bars_of", "notes_of_bar"]

Figures = dict[str, float]
Struck = frozenset[tuple[int, int]]

LAGS = (1, 2, 4, 8)
NEAR, FAR = 16, 32
"""Bars in which a half bar is looked for that is said again, and a chord that is struck again."""
RETURN = 4
"""Bars back from which on a bar comes back."""
FEWEST = 4
"""Bars from which on a piece has a character."""
OCTAVE, FIFTH, TONE = 12, 7, 2
MAJOR, MINOR = {0, 2, 4, 5, 7, 9, 11}, {0, 2, 3, 5, 7, 8, 11}


@dataclass(frozen=True)
class BarNotes:
    """What a bar strikes.

    Attributes:
        notes: with onsets counted from the barline.
        steps, beat: how many steps the bar has, and how many a quarter note.
        key: in force.
        halves: the steps of each half bar.
        chords: of each half bar.
    """

    notes: tuple[Note, ...]
    steps: int
    beat: int
    key: Key
    halves: tuple[range, ...]
    chords: tuple[Chord | None, ...]

    @cached_property
    def left(self) -> dict[int, list[int]]:
        """The pitches that the left hand strikes, by step."""
        return pitches_by_onset(note for note in self.notes if note.hand is Hand.LEFT)

    @cached_property
    def right(self) -> dict[int, list[int]]:
        """The pitches that the right hand strikes, by step."""
        return pitches_by_onset(note for note in self.notes if note.hand is not Hand.LEFT)

    @cached_property
    def left_struck(self) -> Struck:
        """(step, pitch) of the left hand."""
        return _struck(self.left)

    @cached_property
    def right_struck(self) -> Struck:
        """(step, pitch) of the right hand."""
        return _struck(self.right)

    @cached_property
    def struck(self) -> Struck:
        """(step, pitch) of both hands."""
        return self.left_struck | self.right_struck

    @cached_property
    def sets(self) -> frozenset[frozenset[int]]:
        """The sets of pitches that are struck together."""
        return frozenset(map(frozenset, pitches_by_onset(self.notes).values()))

    @cached_property
    def melody(self) -> list[int]:
        """The highest pitches of the right hand."""
        return [max(chord) for chord in self.right.values()]

    @cached_property
    def bass(self) -> list[int]:
        """The lowest pitches of the left hand."""
        return [min(chord) for chord in self.left.values()]

    @cached_property
    def left_halves(self) -> list[Struck]:
        """The pairs (step, pitch) of the left hand in each half bar."""
        return [_struck(_within(half, self.left)) for half in self.halves]

    @cached_property
    def melody_figures(self) -> list[tuple[tuple[int, int], ...]]:
        """The pairs (step, semitones above its first note) of the melody in each half bar."""
        figures = []
        for half in self.halves:
            tops = [(step, max(chord)) for step, chord in _within(half, self.right).items()]
            figures.append(tuple((step, pitch - tops[0][1]) for step, pitch in tops))
        return figures

    @cached_property
    def character(self) -> Figures:
        """What the bars of a piece have in common."""
        figures = {}
        hands = ("left", self.left, self.bass), ("right", self.right, self.melody)
        for hand, chords, line in hands:
            figures[f"{hand}_onsets"] = len(chords) / self.steps
            if chords:
                figures[f"{hand}_chord"] = fmean(map(len, chords.values()))
                figures[f"{hand}_height"] = fmean(line)
        return figures


def notes_of_bar(outline: Piece, bar: Bar, steps: Sequence[Step]) -> BarNotes:
    """What a full bar strikes; its chords go on from those of the bar before.

    Args:
        outline: with the keys and the grid.
        bar: one of its full bars.
        steps: those of the piece, with hands, at least up to the end of the bar.
    """
    shift = min(bar.start, bar.length)
    key = key_at(outline.keys, bar.start)._replace(step=0)
    notes = notes_of(steps[bar.start - shift : bar.start + bar.length])
    now = bar._replace(start=shift)
    bars = (Bar(0, shift, bar.metre), now) if shift else (now,)
    halves = halves_of(now, outline.steps_per_quarter)
    chords = chords_of(Piece(notes, bars, outline.steps_per_quarter, keys=(key,)))
    return BarNotes(
        tuple(note._replace(onset=note.onset - shift) for note in notes if note.onset >= shift),
        bar.length,
        outline.steps_per_quarter,
        key,
        tuple(range(half.start - shift, half.stop - shift) for half in halves),
        tuple(chords[-len(halves) :]),
    )


def new_bars_of(piece: Piece) -> Iterator[Figures]:
    """The figures of the full bars of a piece that are no literal repeat within their strain: those
    that a composer has to find."""
    steps = steps_of(piece)
    strain_of = {bar.start: n for n, bars in enumerate(strain_bars(piece)) for bar in bars}
    past: list[BarNotes] = []
    known: set[tuple[int | None, Struck]] = set()
    for bar in piece.full_bars:
        now = notes_of_bar(piece, bar, steps)
        place = strain_of.get(bar.start), now.struck
        if place not in known:
            yield figures_after(past, now)
        known.add(place)
        past.append(now)


def figures_after(past: Sequence[BarNotes], now: BarNotes) -> Figures:
    """The figures of a bar after those bars, by name."""
    figures = _hand_figures("left", now.left, now) | _hand_figures("right", now.right, now)
    figures |= _moves("melody", [*past[-1].melody[-1:], *now.melody] if past else now.melody)
    figures |= _moves("bass", [*past[-1].bass[-1:], *now.bass] if past else now.bass)
    figures |= _harmony(past, now) | _likeness(past, now) | _themes(past, now)
    return figures | _strangeness(past, now)


def _hand_figures(hand: str, chords: dict[int, list[int]], now: BarNotes) -> Figures:
    """How often a hand strikes, where, how much at once, and how high."""
    figures = {f"{hand}_onsets": len(chords) / now.steps}
    if not chords:
        return figures
    pitches = [pitch for chord in chords.values() for pitch in chord]
    wholes = [max(chord) - min(chord) for chord in chords.values()]
    return figures | {
        f"{hand}_notes": len(pitches) / now.steps,
        f"{hand}_chord": len(pitches) / len(chords),
        f"{hand}_single": fmean(len(chord) == 1 for chord in chords.values()),
        f"{hand}_octaves": fmean(width == OCTAVE for width in wholes),
        f"{hand}_on_beat": fmean(step % now.beat == 0 for step in chords),
        f"{hand}_off_half_beat": fmean(2 * step % now.beat != 0 for step in chords),
        f"{hand}_pitch": fmean(pitches),
        f"{hand}_lowest": min(pitches),
        f"{hand}_highest": max(pitches),
        f"{hand}_lasts": fmean(
            note.duration for note in now.notes if (note.hand is Hand.LEFT) == (hand == "left")
        ),
    }


def _moves(voice: str, pitches: Sequence[int]) -> Figures:
    """How a voice goes from note to note, in semitones."""
    moves = [abs(after - before) for before, after in pairwise(pitches)]
    if not moves:
        return {}
    return {
        f"{voice}_moves": fmean(moves),
        f"{voice}_repeats": fmean(move == 0 for move in moves),
        f"{voice}_semitones": fmean(move == 1 for move in moves),
        f"{voice}_tones": fmean(move == TONE for move in moves),
        f"{voice}_leaps": fmean(move > FIFTH for move in moves),
    }


def _harmony(past: Sequence[BarNotes], now: BarNotes) -> Figures:
    """How its notes sit in the chords of the half bars and in the key, and how these chords go."""
    inside, on_beat, of_left = [], [], []
    for half, chord in zip(now.halves, now.chords, strict=True):
        tones = tones_of(chord) if chord else ()
        for note in now.notes:
            if note.onset in half:
                inside.append(note.pitch % 12 in tones)
                on_beat += inside[-1:] if note.onset % now.beat == 0 else []
                of_left += inside[-1:] if note.hand is Hand.LEFT else []
    scale = MINOR if now.key.minor else MAJOR
    chords = [chord for chord in [*(past[-1].chords[-1:] if past else ()), *now.chords] if chord]
    roots = [(after.root - before.root) % 12 for before, after in pairwise(chords)]
    known = {chord for bar in past[-2 * RETURN :] for chord in bar.chords}
    means = {
        "in_chord": inside,
        "in_chord_on_beat": on_beat,
        "left_in_chord": of_left,
        "in_scale": [degrees_of([note.pitch], now.key) <= scale for note in now.notes],
        "chord_changes": [root != 0 for root in roots],
        "falling_fifths": [root == OCTAVE - FIFTH for root in roots],
        "new_chords": [chord not in known for chord in now.chords] if past else [],
    }
    figures = {name: fmean(values) for name, values in means.items() if values}
    figures["classes"] = fmean(
        len({note.pitch % 12 for note in now.notes if note.onset in half}) for half in now.halves
    )
    return figures


def _likeness(past: Sequence[BarNotes], now: BarNotes) -> Figures:
    """How alike it is to the bars some bars back, and to the likeliest of those that come back."""
    figures = {}
    for lag in LAGS:
        if lag <= len(past):
            then = past[-lag]
            figures[f"alike_{lag}"] = _alike(now.struck, then.struck)
            figures[f"left_alike_{lag}"] = _alike(now.left_struck, then.left_struck)
            figures[f"rhythm_{lag}"] = _alike(now.right.keys(), then.right.keys())
    if len(past) >= RETURN:
        back = past[-FAR : 1 - RETURN]
        figures["returns"] = max(_alike(now.struck, bar.struck) for bar in back)
    if past:
        near = past[-NEAR:]
        figures["left_returns"] = max(_alike(now.left_struck, bar.left_struck) for bar in near)
        figures["right_returns"] = max(_alike(now.right_struck, bar.right_struck) for bar in near)
    return figures


def _themes(past: Sequence[BarNotes], now: BarNotes) -> Figures:
    """How much of it the piece has said before, half bar by half bar and chord by chord."""
    if len(past) < 2:
        return {}
    near = past[-NEAR:]
    figures = {figure for bar in near for figure in bar.melody_figures}
    lefts = {half for bar in near for half in bar.left_halves}
    sets = {struck for bar in past[-FAR:] for struck in bar.sets}
    known = [figure in figures for figure in now.melody_figures if len(figure) > 1]
    return {
        "new_sets": len(now.sets - sets) / max(1, len(now.sets)),
        "left_said": fmean(half in lefts for half in now.left_halves),
        "halves_alike": _alike(now.left_halves[0], now.left_halves[-1]),
    } | ({"figures_said": fmean(known)} if known else {})


def _strangeness(past: Sequence[BarNotes], now: BarNotes) -> Figures:
    """How far it lies from the mean of the last bars."""
    near = past[-NEAR:]
    figures = {}
    for name, value in now.character.items():
        before = [bar.character[name] for bar in near if name in bar.character]
        if len(before) >= FEWEST:
            figures[f"{name}_strange"] = abs(value - fmean(before))
    return figures


def _struck(chords: dict[int, list[int]]) -> Struck:
    return frozenset((step, pitch) for step, chord in chords.items() for pitch in chord)


def _within(half: range, chords: dict[int, list[int]]) -> dict[int, list[int]]:
    """What begins in a half bar, by its steps from there."""
    return {step - half.start: chord for step, chord in chords.items() if step in half}


def _alike(one: Iterable[object], other: Iterable[object]) -> float:
    """The Jaccard similarity; 1 of two that are empty."""
    first, second = frozenset(one), frozenset(other)
    return len(first & second) / len(first | second) if first or second else 1.0
