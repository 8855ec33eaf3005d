"""What kern says beside notes: signs in its tokens, columns of dynamics and fingers, pedals, texts.
https://www.humdrum.org/rep/kern, https://www.humdrum.org/rep/dynam,
https://www.humdrum.org/rep/fing"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ragsmith.io.readers.exact_score import Head
from ragsmith.io.readers.markings import Edge
from ragsmith.io.readers.repeats import signs_in

__all__ = [
    "PEDALS",
    "dynamics_in",
    "fingers_in",
    "grace_in",
    "markings_in_token",
    "pedal_of",
    "words_in",
]

SIGNS = {
    "'": "staccato",
    "`": "staccatissimo",
    "~": "tenuto",
    ";": "fermata",
    ":": "arpeggio",
    "t": "trill",
    "T": "trill",
    "w": "mordent",
    "W": "mordent",
    "S": "turn",
}
INVERTED = {"m": "mordent", "M": "mordent", "$": "turn"}
"""Kern's M is the mordent upwards, which MusicXML calls inverted; $ a turn that begins below."""
HAIRPINS = {"<": ("crescendo", "start"), ">": ("diminuendo", "start")}
DYNAMIC = re.compile(r"(?<![A-Za-z])(sfzp|sffz|s?fz|sfp?|rfz?|f{1,4}p?|p{1,4}|m[pf])(?![A-Za-z])")
FINGER = re.compile("[1-5]")
TEXT = re.compile(r"!LO:TX\b.*?:t=([^:]*)")
PEDALS = {"*ped": "start", "*Ped": "start", "*Xped": "stop"}
GRACE_KINDS = {"1": "whole", "2": "half", "4": "quarter", "8": "eighth", "16": "16th", "32": "32nd"}


def markings_in_token(part: str, place: Edge) -> Iterator[Edge]:
    """What the signs of one note of a token say; `place` has its tick, staff and pitch."""
    if "^" in part:
        yield place._replace(kind="marcato" if "^^" in part else "accent")
    for sign, kind in SIGNS.items():
        if sign in part:
            yield place._replace(kind=kind)
    for sign, kind in INVERTED.items():
        if sign in part:
            yield place._replace(kind=kind, text="inverted")
    # A slur may end and the next begin on one note.
    for sign, edge in ((")", "stop"), ("(", "start")):
        slur = place._replace(kind="slur", edge=edge, group=(place.staff,))
        yield from [slur] * part.count(sign)


def grace_in(part: str, place: Edge, is_first: bool) -> Edge:
    """A grace note; one of several in a token sounds with the one before."""
    number = re.search(r"\d{1,2}", part)
    kind = GRACE_KINDS.get(number[0] if number else "8", "eighth")
    slash = "/" if "q" in part and "qq" not in part else ""
    return place._replace(
        kind="grace", text=f"{'' if is_first else '+'}{kind}{slash}", is_early=True
    )


def dynamics_in(token: str, place: Edge) -> Iterator[Edge]:
    """What a token of a `**dynam` column says."""
    if "[" in token or "]" in token:
        yield place._replace(kind="hairpin", edge="stop", group=(place.staff,))
    for match in DYNAMIC.finditer(token):
        yield place._replace(kind="dynamic", text=match[1])
    for sign in token:
        if sign in HAIRPINS:
            kind, edge = HAIRPINS[sign]
            yield place._replace(kind=kind, edge=edge, group=(place.staff,))


def fingers_in(token: str, struck: Sequence[Head], place: int) -> Iterator[Edge]:
    """The finger of a `**fing` column, which belongs to the staff on its left; where that strikes
    several notes, kern does not say which is meant."""
    staff = max((head.staff for head in struck if head.staff < place), default=-1)
    notes = [head for head in struck if head.staff == staff]
    if len(notes) == 1 and FINGER.fullmatch(token):
        yield Edge(notes[0].onset, "fingering", staff, notes[0].pitch, text=token)


def pedal_of(token: str, place: Edge) -> Edge:
    """The pedal that one of the `PEDALS` presses or lets go."""
    return place._replace(kind="pedal", edge=PEDALS[token], group=(place.staff,))


def words_in(token: str, place: Edge) -> Iterator[Edge]:
    """The text of a layout comment."""
    match = TEXT.match(token)
    if match and any(map(str.isalnum, match[1])) and not signs_in(match[1]):
        yield place._replace(kind="words", text=match[1].replace("&colon;", ":"))
