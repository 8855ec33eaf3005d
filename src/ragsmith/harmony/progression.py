"""Progressions as text: chords bar by bar, for all strains of a form or for some by name.

    Bb | Bb | F7 | Bb / F7
    A: I | vi | ii7 V7 | I ; B: IV | % | I | V7

Bars are divided by |, strains by ; or a new line, a name with a colon opens a strain (A to Z,
Intro, Coda). Chords have usual names, or are Roman numerals in the key of their strain. Several
chords share a bar evenly; a slash between them only separates, and where chords and slashes are as
many as the beats, each slash is a beat of the chord before it. % is the bar before. Signs of
repeats say nothing here: the form does. Lines that begin with "# " are comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ragsmith.chords import NO_CHORD, Chord, chord_at, chord_name, chord_named
from ragsmith.errors import BadOption
from ragsmith.harmony.roman import is_roman, roman_chord
from ragsmith.harmony.spans import beats_of
from ragsmith.keys import tonic_of
from ragsmith.piece import Bar, Key, Metre, Piece
from ragsmith.strains import full_bars_in, strains_of

__all__ = ["ALL", "Bars", "chords_in_bar", "parse_progression", "progression_text", "symbol_chord"]

ALL = ""
"""The name under which the chords for all strains stand."""
NAME = re.compile(r"\s*(Intro|Coda|[A-Z])\s*:(?!\|)")
BARLINE = re.compile(r"[\[\]:]*\|[\[\]:|\s]*")
EMPTY_BAR = re.compile(r"(?<=[^\s|:\[\]])\s*\|\s+\|(?![|:\[\]])")
"""Two plain barlines behind a chord, with nothing but space between them."""
AGAIN, SLASH = "%", "/"
MOST_CHARACTERS, MOST_BARS = 1 << 14, 256

Bars = tuple[tuple[str, ...], ...]
"""For each bar its chords and slashes, as they are written."""


def parse_progression(text: str) -> Mapping[str, Bars]:
    """The bars of each strain by its name, `ALL` for those that have no name.

    Raises:
        BadOption: it has no chords, a name that nobody knows, a strain twice, or too many bars.

    >>> parse_progression("Bb | % | F7 / Bb")
    {'': (('Bb',), ('Bb',), ('F7', '/', 'Bb'))}
    """
    if len(text) > MOST_CHARACTERS:
        raise BadOption("chords", f"have more than {MOST_CHARACTERS:,} characters", "give fewer")
    strains: dict[str, list[tuple[str, ...]]] = {}
    name = ALL
    for line in re.split(r"[\n;]", text):
        if line.startswith("# ") or not line.strip():
            continue
        if opening := NAME.match(line):
            name = opening[1]
            if name in strains:
                raise BadOption(f"chords for {name}", "are given twice", "leave one of them out")
        bars = strains.setdefault(name, [])
        bars += _bars(line[opening.end() if opening else 0 :], bars, name)
    if not any(strains.values()):
        raise BadOption(f"chords {text.strip()!r}", "are none", "write them like Bb | F7 | Bb")
    if (most := max(map(len, strains.values()))) > MOST_BARS:
        raise BadOption(f"chords of {most} bars", f"are more than {MOST_BARS}", "give fewer")
    return {name: tuple(bars) for name, bars in strains.items()}


def _bars(line: str, before: Sequence[tuple[str, ...]], strain: str) -> list[tuple[str, ...]]:
    """The bars of a line; every chord in it has a name that somebody knows."""
    if gap := EMPTY_BAR.search(line):
        number = len(before) + len(_cells(line[: gap.start()])) + 1
        remedy = f"write {AGAIN} for the bar before, or {NO_CHORD} for no chord"
        raise BadOption(f"chords {_place(number, strain)}", "are none", remedy)
    bars: list[tuple[str, ...]] = []
    for words in map(str.split, _cells(line)):
        number = len(before) + len(bars) + 1
        last = (bars or before)[-1:]
        if words == [AGAIN]:
            if not last:
                raise BadOption(
                    f"chord '%' {_place(number, strain)}", "has no bar before", "name it"
                )
            words = [*last[0]]
        for word in words:
            if word.endswith(":"):
                raise BadOption(
                    f"{word!r} {_place(number, strain)}",
                    "is no name of a strain",
                    "call strains A to Z, Intro or Coda",
                )
            if word != SLASH:
                symbol_chord(word, Key(0, 0), _place(number, strain))
        if words[0] == SLASH:
            raise BadOption(
                f"chord '/' {_place(number, strain)}", "has no chord before", "name one"
            )
        bars.append(tuple(words))
    return bars


def _cells(line: str) -> list[str]:
    """What stands between the barlines of a line."""
    return [cell for cell in BARLINE.split(line.strip()) if cell.strip()]


def _place(number: int, strain: str) -> str:
    return f"in bar {number} of {strain}" if strain else f"in bar {number}"


def symbol_chord(word: str, key: Key, place: str = "") -> Chord | None:
    """The chord that a name or a Roman numeral means in a key.

    Raises:
        BadOption: nobody knows it; `place` says where it stands.
    """
    if is_roman(word):
        return roman_chord(word, tonic_of(key), key.minor, place)
    return chord_named(word, place)


def chords_in_bar(words: Sequence[str], metre: Metre, place: str = "") -> list[tuple[int, str]]:
    """The chords of a bar, each with the beat on which it begins.

    Args:
        words: chords and slashes.
        metre: of the bar.
        place: of the bar, for the error.

    Raises:
        BadOption: so many chords do not share the beats of such a bar.

    >>> chords_in_bar(["Bb", "/", "F7"], Metre(2, 4)), chords_in_bar(["C", "/", "G7"], Metre(3, 4))
    ([(0, 'Bb'), (1, 'F7')], [(0, 'C'), (2, 'G7')])
    """
    beats = beats_of(metre)
    if SLASH in words and len(words) == beats:
        return [(beat, word) for beat, word in enumerate(words) if word != SLASH]
    chords = [word for word in words if word != SLASH]
    if beats % len(chords):
        fitting = [str(n) for n in range(1, beats + 1) if beats % n == 0]
        rule = f"do not fit a bar of {metre.beats}/{metre.unit}, which has {' or '.join(fitting)}"
        remedy = "write a slash for each beat that a chord goes on, or another metre"
        raise BadOption(f"{len(chords)} chords{place and f' {place}'}", rule, remedy)
    share = beats // len(chords)
    return [(number * share, word) for number, word in enumerate(chords)]


def progression_text(piece: Piece) -> str:
    """The chords of a piece (`Piece.chords`) as text, strain by strain where it has several; ""
    where it has none. What begins between beats counts from the beat before.

    >>> piece = Piece.from_array([[0, 60, 16]], metre="2/4")
    >>> from dataclasses import replace
    >>> from ragsmith.chords import ChordMark
    >>> progression_text(replace(piece, chords=(ChordMark(4, Chord(7, "7")),)))
    'N.C. / G7 | G7'
    """
    if not piece.chords:
        return ""
    strains = strains_of(piece)
    bodies = [
        [
            bar
            for section in (strain.body, *(s for e in strain.numbered_endings[:1] for s in e))
            for bar in full_bars_in(piece, section)
        ]
        for strain in strains
    ]
    bodies = [bars for bars in bodies if bars]
    if len(bodies) < 2:
        return " | ".join(_written(piece, bar) for bar in (bodies or [[*piece.full_bars]])[0])
    letters = (chr(ord("A") + number) for number in range(26))
    return "\n".join(
        f"{letter}: {' | '.join(_written(piece, bar) for bar in bars)}"
        for letter, bars in zip(letters, bodies, strict=False)
    )


def _written(piece: Piece, bar: Bar) -> str:
    """The chords of a bar: one, one for each half, or one for each beat."""
    beats = beats_of(bar.metre)
    beat = max(1, bar.metre.steps(piece.steps_per_quarter) // beats)
    fifths = piece.keys[0].fifths if piece.keys else 0
    names = [
        chord_name(_chord_within(piece, bar.start + beat * number, beat), fifths)
        for number in range(beats)
    ]
    for parts in (n for n in range(1, beats + 1) if beats % n == 0):
        size = beats // parts
        groups = [names[at : at + size] for at in range(0, beats, size)]
        if all(len(set(group)) == 1 for group in groups):
            return " / ".join(group[0] for group in groups) if parts < 3 else " ".join(names)
    return NO_CHORD


def _chord_within(piece: Piece, start: int, length: int) -> Chord | None:
    """The chord of a beat: the one in force, or one that begins within where none is."""
    inside = [mark.chord for mark in piece.chords if start <= mark.step < start + length]
    return inside[0] if inside else chord_at(piece.chords, start)
