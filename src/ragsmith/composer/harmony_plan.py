"""The chords of what is to be composed: given as text, or drawn from those of the corpus's strains.

Drawn: the chords of a strain are those of one of the corpus's strains of its length, nobody's
property: of one of those that repeat themselves most where the plan of repeats does; a bar that
does not loses its repeat. Where the corpus has too few strains of that length, bar after bar
follows as in one of its strains that has the same two bars before at the same place (or one, or
none, where too few do), so that half cadences and cadences stand where they do there; a bar that is
to repeat an earlier one has its chords. Strains close.
Source: variable-order prediction (Conklin & Witten 1995), with the place as in Paiement et al.,
*A Probabilistic Model for Chord Progressions* (ISMIR 2005).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain

import numpy as np

from ragsmith.chords import Chord, ChordMark, chord_at, chord_name, moved_chord, tones_of
from ragsmith.composer.draws import drawn_by_weight
from ragsmith.composer.harmonic_rhythm import nearest_draw
from ragsmith.errors import BadOption
from ragsmith.harmony.finder import fitness
from ragsmith.harmony.progression import ALL, Bars, chords_in_bar, parse_progression, symbol_chord
from ragsmith.harmony.roman import is_roman
from ragsmith.harmony.spans import beats_of
from ragsmith.keys import degrees_of, key_at, tonic_of, triad_of
from ragsmith.measure.cadence import is_dominant
from ragsmith.piece import Bar, Key, Piece
from ragsmith.strains import Strain, full_bars_in, is_introduction, strains_of
from ragsmith.verbs import without_repeated_marks

__all__ = [
    "chordless_strains",
    "chords_within",
    "closes",
    "drawn_chords",
    "form_for",
    "given_chords",
    "is_within",
    "key_for",
    "place_words",
    "repeats_under",
]

STREAM = 2
"""Keeps these draws apart from those of the steps and of the strain plans."""
FEWEST = 3
"""Strains of the corpus that have to agree with what was drawn before for it to count, or to be of
a length for one of them to be taken whole."""
TONIC, DOMINANT = {False: "I", True: "i"}, "V7"
ENDS = 4.0
"""Nats that speak for the key on which the last chord stands, and the first."""
DOMINANT_ABOVE, TURNING = 7, ("7", "9", "13", "7b9", "7#5", "7sus4")
"""Semitones from a tonic up to its dominant, and the qualities with which one leads back."""
KEYS = [Key(0, fifths, minor) for minor in (False, True) for fifths in range(-6, 6)]


def form_for(text: str) -> str:
    """The form that chords are for, where nobody names one: each strain twice.

    >>> form_for("C | G7 | C | C"), form_for("A: C | C ; B: F | F")
    ('A(4)A(4)', 'A(2)A(2)B(2)B(2)')
    """
    strains = parse_progression(text)
    bars = {name or "A": len(bars) for name, bars in strains.items()}
    intro = f"Intro({bars.pop('Intro')}) " if "Intro" in bars else ""
    coda = f" Coda({bars.pop('Coda')})" if "Coda" in bars else ""
    return intro + "".join(f"{name}({count})" * 2 for name, count in bars.items()) + coda


def key_for(text: str) -> Key | None:
    """The key that chords by name stand in: the one to which most of those of the first strain
    belong, rather that of the last and the first; None where all are numerals. A turnaround, which
    leads back to the first chord, ends on it.

    >>> key_for("Bb | Eb | F7 | Bb"), key_for("C7 | F7 | G7"), key_for("I | V7 | I")
    (Key(step=0, fifths=-2, minor=False), Key(step=0, fifths=0, minor=False), None)
    """
    strains = parse_progression(text)
    chords = next(filter(None, (_named(strains[name]) for name in _by_place(strains))), None)
    if not chords:
        return None
    first, last = chords[0], chords[-1]
    turns = last.quality in TURNING and (last.root - first.root) % 12 == DOMINANT_ABOVE
    ends = (first, first if turns else last)

    def fit(key: Key) -> float:
        at_home = [chord.root == tonic_of(key) and _is_minor(chord) == key.minor for chord in ends]
        return sum(fitness(chord, key) for chord in chords) + ENDS * sum(at_home)

    return max(KEYS, key=fit)


def _by_place(strains: Mapping[str, Bars]) -> list[str]:
    """The names of strains as a piece has them: what opens and closes it says least of its key."""
    return sorted(strains, key=lambda name: (len(name) > 1, name))


def _named(bars: Bars) -> list[Chord]:
    """The chords that are given by name."""
    words = chain.from_iterable(bars)
    named = [symbol_chord(word, KEYS[0]) for word in words if word != "/" and not is_roman(word)]
    return [chord for chord in named if chord]


def given_chords(outline: Piece, text: str) -> tuple[ChordMark, ...]:
    """The chords of an outline as somebody gives them.

    Chords for all strains stand in each of them (not in introductions and codas); by name they are
    meant in the first key, and move along into the key of a trio. Those for one strain stand as
    they are written. A piece without a form may have chords for all its bars instead. Strains that
    get none (`chordless_strains`) have no chord.

    Args:
        outline: with its strains and keys.
        text: see `ragsmith.harmony.progression`.

    Raises:
        BadOption: strains and bars are not those of the outline, or chords do not fit its metre.
    """
    progression = parse_progression(text)
    home = key_at(outline.keys, 0)
    strains = [s for s in strains_of(outline) if full_bars_in(outline, s.body) or s.endings]
    names = [strain.name for strain in strains]
    for name in progression:
        if name != ALL and name not in names:
            rule = f"have no strain in a form of {', '.join(names) or 'none'}"
            raise BadOption(f"chords for {name}", rule, "name one of these, or another form")
    whole = progression.get(ALL, ())
    if not outline.order and len(whole) == len(outline.full_bars):
        return _marks(outline, outline.full_bars, whole, ALL, home)
    marks: list[ChordMark] = []
    for strain in strains:
        own = progression.get(strain.name)
        bars = own or (whole if len(strain.name) == 1 else ())
        if bars:
            marks += _strain_marks(outline, strain, bars, home if not own else None)
        elif len(marks) and marks[-1].chord is not None:
            marks.append(ChordMark(strain.start, None))
    if not marks:
        count = len(whole)
        rule = f"have no strain in a piece of {len(outline.full_bars)} bars"
        raise BadOption(f"chords of {count} bars", rule, f"ask for {count} bars, or a form")
    return without_repeated_marks(sorted(marks, key=lambda mark: mark.step))


def chordless_strains(outline: Piece, text: str) -> tuple[range, ...]:
    """The steps of each strain to which a text gives no chords, while it gives some to others."""
    progression = parse_progression(text)
    whole = progression.get(ALL, ())
    if not outline.order and len(whole) == len(outline.full_bars):
        return ()
    strains = strains_of(outline)
    ends = [*(strain.start for strain in strains[1:]), outline.steps]
    return tuple(
        range(strain.start, end)
        for strain, end in zip(strains, ends, strict=True)
        if strain.name not in progression and not (whole and len(strain.name) == 1)
    )


def is_within(step: int, spans: Sequence[range]) -> bool:
    """Whether a step lies in one of these spans."""
    return any(step in span for span in spans)


def chords_within(
    marks: Sequence[ChordMark], spans: Sequence[range], inside: bool
) -> tuple[ChordMark, ...]:
    """The chords that begin in these spans, or in none of them; no chord where the others are.

    >>> marks = [ChordMark(0, Chord(0)), ChordMark(8, Chord(7, "7"))]
    >>> [mark.chord for mark in chords_within(marks, [range(8, 16)], inside=False)]
    [Chord(root=0, quality='', bass=None), None]
    """
    return tuple(
        mark if is_within(mark.step, spans) is inside else mark._replace(chord=None)
        for mark in marks
    )


def _strain_marks(outline: Piece, strain: Strain, bars: Bars, home: Key | None) -> list[ChordMark]:
    """The chords of a strain; each of its endings has those of its last bars."""
    body = full_bars_in(outline, strain.body)
    endings = [
        [bar for section in sections for bar in full_bars_in(outline, section)]
        for sections in strain.numbered_endings
    ]
    count = len(body) + len(endings[0] if endings else [])
    if len(bars) != count:
        rule = f"do not fit strain {strain.name}, which has {count}"
        remedy = f"give {count}, or write the form with {strain.name}({len(bars)})"
        raise BadOption(f"chords of {len(bars)} bars", rule, remedy)
    marks = [*_marks(outline, body, bars, strain.name, home)]
    for ending in endings:
        marks += _marks(outline, ending, bars, strain.name, home, len(body))
    return marks


def _marks(
    outline: Piece,
    bars: Sequence[Bar],
    chords: Bars,
    strain: str,
    home: Key | None,
    first: int = 0,
) -> tuple[ChordMark, ...]:
    """The chords of some bars of a strain, its first one or those after so many; names move from
    the home key, where one is named, into the key of their bar."""
    marks = []
    for number, (bar, words) in enumerate(zip(bars, chords[first:], strict=False), first + 1):
        key = key_at(outline.keys, bar.start)
        place = f"in bar {number} of {strain}" if strain else f"in bar {number}"
        beat = max(1, bar.metre.steps(outline.steps_per_quarter) // beats_of(bar.metre))
        for beats, word in chords_in_bar(words, bar.metre, place):
            chord = symbol_chord(word, key, place)
            if home and not is_roman(word):
                chord = moved_chord(chord, tonic_of(key) - tonic_of(home))
            marks.append(ChordMark(bar.start + beat * beats, chord))
    return tuple(marks)


def drawn_chords(
    outline: Piece,
    progressions: Mapping[str, int],
    repeats: Mapping[int, int],
    seed: int,
    rates: Mapping[str, float] = {},
) -> tuple[ChordMark, ...]:
    """Chords for every strain of an outline, drawn at random.

    Args:
        outline: with its strains and keys.
        progressions: how many strains of the corpus have each
            (`ragsmith.measure.progressions`).
        repeats: step to the earlier step that it repeats (`ragsmith.composer.strain_plans`).
        seed: of the piece.
        rates: how often they change, by strain (`ragsmith.composer.harmonic_rhythm`); "" is for all
            others.
    """
    draw = np.random.default_rng([STREAM, seed])
    rows = [
        ([" ".join(bar) for bar in parse_progression(text)[ALL]], count)
        for text, count in sorted(progressions.items())
    ]
    marks: list[ChordMark] = []
    strains = strains_of(outline)
    for strain in strains:
        bars = full_bars_in(outline, strain.body)
        bars += [
            bar for s in strain.numbered_endings[:1] for e in s for bar in full_bars_in(outline, e)
        ]
        if not bars or not rows:
            continue
        starts = [bar.start for bar in bars]
        earlier = {
            number: starts.index(repeats[start])
            for number, start in enumerate(starts)
            if repeats.get(start) in starts
        }
        rate = rates.get(strain.name, rates.get(""))
        chords = nearest_draw(partial(_drawn, rows, len(bars), earlier, draw), rate)
        if not is_introduction(strain, strains):
            _close(chords, key_at(outline.keys, starts[-1]).minor)
        fitted = tuple(
            _over_beats(text.split(), beats_of(bar.metre))
            for text, bar in zip(chords, bars, strict=True)
        )
        marks += _strain_marks(outline, strain, fitted, None)
    return without_repeated_marks(sorted(marks, key=lambda mark: mark.step))


def _close(chords: list[str], minor: bool) -> None:
    """Let bars end on the tonic, after a dominant."""
    chords[-1] = TONIC[minor]
    if len(chords) > 1 and not _leads(chords[-2], minor):
        chords[-2] = f"{chords[-2].split()[0]} {DOMINANT}"


def _over_beats(chords: Sequence[str], beats: int) -> tuple[str, ...]:
    """The chords of a drawn bar in a metre of so many beats: where they do not share it evenly the
    last has the last beat.

    >>> _over_beats(["ii7", "V7"], 3), _over_beats(["ii7", "V7"], 1)
    (('ii7', '/', 'V7'), ('V7',))
    """
    if beats % len(chords) == 0:
        return tuple(chords)
    return (chords[0], *["/"] * (beats - 2), chords[-1])[-beats:]


def _drawn(
    rows: Sequence[tuple[list[str], int]],
    length: int,
    earlier: Mapping[int, int],
    draw: np.random.Generator,
) -> list[str]:
    """So many bars: a whole row, where enough are as long, or bar by bar."""
    same = [(row, count) for row, count in rows if len(row) == length]
    if sum(count for _, count in same) >= FEWEST:
        return _whole(same, earlier, draw)
    return _bar_by_bar([(_stretched(row, length), n) for row, n in rows], length, earlier, draw)


def _whole(
    rows: Sequence[tuple[list[str], int]], earlier: Mapping[int, int], draw: np.random.Generator
) -> list[str]:
    """One of the rows that repeat most of what is to be repeated."""
    missing = [sum(row[bar] != row[first] for bar, first in earlier.items()) for row, _ in rows]
    nearest = [row for row, gaps in zip(rows, missing, strict=True) if gaps == min(missing)]
    return [*_one_of(nearest, draw)]


def _one_of(rows: Sequence[tuple[list[str], int]], draw: np.random.Generator) -> list[str]:
    """One of the rows, by their counts."""
    return drawn_by_weight(rows, (count for _, count in rows), draw)[0]


def _bar_by_bar(
    fitting: Sequence[tuple[list[str], int]],
    length: int,
    earlier: Mapping[int, int],
    draw: np.random.Generator,
) -> list[str]:
    """So many bars, each after those drawn before it as in a row that goes on alike."""
    bars: list[str] = []
    for number in range(length):
        if number in earlier:
            bars.append(bars[earlier[number]])
            continue
        alike = fitting
        for order in (2, 1):
            past = bars[max(0, number - order) : number]
            agreeing = [(row, n) for row, n in fitting if row[number - len(past) : number] == past]
            if sum(count for _, count in agreeing) >= FEWEST:
                alike = agreeing
                break
        bars.append(_one_of(alike, draw)[number])
    return bars


def _stretched(row: Sequence[str], length: int) -> list[str]:
    """A progression of another length: its beginning, and its end."""
    times = -(-length // len(row))
    whole = [*row] * times
    half = length // 2
    return whole[: length - half] + whole[len(whole) - half :] if half else whole[:length]


def _leads(bar: str, minor: bool) -> bool:
    """Whether a bar ends on a dominant."""
    key = Key(0, 0, minor)
    chord = symbol_chord(bar.split()[-1], key)
    return chord is not None and is_dominant(tones_of(chord), key)


def repeats_under(
    outline: Piece, repeats: Mapping[int, int], marks: Sequence[ChordMark]
) -> dict[int, int]:
    """The repeats that stay: of bars that stand under the same chords as the bars they repeat."""

    def chords(bar: Bar) -> list[Chord | None]:
        return [chord_at(marks, step) for step in range(bar.start, bar.start + bar.length)]

    starts = {bar.start: bar for bar in outline.bars}
    stay: dict[int, int] = {}
    for bar in outline.bars:
        first = starts.get(repeats.get(bar.start, -1))
        if first and chords(first) == chords(bar):
            stay |= {
                s: repeats[s] for s in range(bar.start, bar.start + bar.length) if s in repeats
            }
    return stay


def closes(outline: Piece, marks: Sequence[ChordMark], before: int, arrival: int) -> bool:
    """Whether chords make a cadence on an arrival, or say nothing of it.

    Args:
        outline: with its keys.
        marks: the chords.
        before: the step that is played before the arrival.
        arrival: the downbeat of a strain's last bar.
    """
    key = key_at(outline.keys, arrival)
    lead, tonic = chord_at(marks, before), chord_at(marks, arrival)
    leads = lead is None or is_dominant(tones_of(lead), key)
    arrives = tonic is None or (
        (tonic.bass or tonic.root) == tonic_of(key)
        and triad_of(key) <= degrees_of(tones_of(tonic), key)
    )
    return leads and arrives


def _is_minor(chord: Chord) -> bool:
    return chord.quality.startswith("m") and not chord.quality.startswith("maj")


def place_words(outline: Piece, marks: Sequence[ChordMark], step: int) -> str:
    """The bar of a step, and its chord, for an error."""
    number = sum(bar.start <= step for bar in outline.full_bars)
    chord = chord_at(marks, step)
    under = f" under {chord_name(chord, key_at(outline.keys, step).fifths)}" if chord else ""
    return f"bar {number}{under}"
