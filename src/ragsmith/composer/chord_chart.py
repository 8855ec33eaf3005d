"""The chords of what is to be composed, as somebody gives them: a chart as text.

Strains that the chart says nothing of have no chords; what is drawn for them, or for all, is in
`ragsmith.composer.harmony_plan`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from ragsmith.chords import Chord, ChordMark, moved_chord
from ragsmith.errors import BadOption
from ragsmith.harmony.finder import fitness
from ragsmith.harmony.progression import ALL, Bars, chords_in_bar, parse_progression, symbol_chord
from ragsmith.harmony.roman import is_roman
from ragsmith.harmony.spans import beats_of
from ragsmith.keys import key_at, tonic_of
from ragsmith.piece import Bar, Key, Piece
from ragsmith.strains import Strain, full_bars_in, strains_of
from ragsmith.verbs import without_repeated_marks

__all__ = ["chordless_strains", "form_for", "given_chords", "key_for", "strain_marks"]

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


def _is_minor(chord: Chord) -> bool:
    return chord.quality.startswith("m") and not chord.quality.startswith("maj")


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
            marks += strain_marks(outline, strain, bars, home if not own else None)
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


def strain_marks(outline: Piece, strain: Strain, bars: Bars, home: Key | None) -> list[ChordMark]:
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
