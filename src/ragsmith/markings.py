"""What a score says beyond pitches and values: dynamics, slurs, accents, fingering, words ...

A marking belongs to a note (an accent), to a stretch between two notes (a slur), or to a staff (a
dynamic, a pedal). Notes are named by the step and the pitch at which they sound, since a key is
struck once at a time; the pitch is -1 where a marking belongs to a staff.
Kinds are those of MusicXML 4.0, by the names that musicians use. A spelling is one too: it says
what a note is called where `ragsmith.spelling` would call it otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ragsmith.errors import BadPiece, as_whole
from ragsmith.note_names import names_of, read_name
from ragsmith.notes import Hand

__all__ = [
    "KINDS",
    "OF_NOTES",
    "OF_STAVES",
    "SPANS",
    "SPELLING",
    "Marking",
    "checked_markings",
    "clipped_markings",
    "moved_markings",
]

OF_NOTES = (
    *("accent", "marcato", "staccato", "staccatissimo", "tenuto", "fermata", "arpeggio"),
    *("fingering", "trill", "mordent", "turn", "grace"),
)
"""Kinds that are signs on a note; a grace note has the step of the note that it leads to."""
OF_STAVES = ("dynamic", "words", "crescendo", "diminuendo", "pedal")
SPANS = ("slur", "crescendo", "diminuendo", "pedal")
"""Kinds that have an end."""
SPELLING = "spelling"
KINDS = (*OF_NOTES, SPELLING, "slur", *OF_STAVES)


class Marking(NamedTuple):
    """A marking in a score.

    Attributes:
        step: where it stands, or begins.
        kind: one of `KINDS`.
        pitch: of its note, and of the first under a slur; -1 for those of staves.
        hand: whose staff; UNKNOWN stands for both.
        text: the dynamic ("mf"), the words, the finger; of a grace note its value ("eighth", with
            a slash behind it where it is struck through, with a + before it where it sounds with
            the one before); what a note is called, a letter with up to two signs ("G#", "Abb").
        end: the step where a hairpin or a pedal ends, or of the last note under a slur; else -1.
        end_pitch: of that last note; else -1.

    >>> Marking(0, "dynamic", text="mf").kind
    'dynamic'
    """

    step: int
    kind: str
    pitch: int = -1
    hand: Hand = Hand.UNKNOWN
    text: str = ""
    end: int = -1
    end_pitch: int = -1


def checked_markings(markings: Iterable[Marking]) -> tuple[Marking, ...]:
    """Markings in order of their steps; those of one step stay as they are.

    Raises:
        BadPiece: one is of no kind, ends before it begins, or calls a note what is another pitch.
    """
    markings = tuple(markings)
    for marking in markings:
        if not isinstance(marking, Marking) or marking.kind not in KINDS:
            remedy = f"give Marking(step, kind), kind one of {', '.join(KINDS)}"
            raise BadPiece(f"marking {marking!r}", "is none", remedy)
        if as_whole(marking.step) is None or marking.step < 0:
            rule = "does not stand at a step"
            raise BadPiece(f"{marking.kind} at {marking.step}", rule, "count steps from 0")
        if marking.kind in SPANS and marking.end < marking.step:
            rule = "ends before it begins"
            raise BadPiece(f"{marking.kind} at step {marking.step}", rule, "give it an end")
        if marking.kind == SPELLING and not _names(marking):
            rule = f"is no name of pitch {marking.pitch}"
            remedy = f"choose {', '.join(map(str, names_of(marking.pitch)))}"
            raise BadPiece(f"spelling {marking.text!r}", rule, remedy)
    return tuple(sorted(markings, key=lambda marking: marking.step))


def _names(marking: Marking) -> bool:
    """Whether a spelling says a name of its note."""
    is_pitch = as_whole(marking.pitch) is not None and marking.pitch >= 0
    return is_pitch and read_name(marking.text, marking.pitch) is not None


def moved_markings(
    markings: Sequence[Marking], steps: int = 0, semitones: int = 0
) -> tuple[Marking, ...]:
    """The markings so many steps later, their notes so many semitones higher.

    >>> moved_markings([Marking(4, "accent", 60)], steps=8, semitones=-2)[0][:3]
    (12, 'accent', 58)
    """
    return tuple(
        marking._replace(
            step=marking.step + steps,
            pitch=marking.pitch + semitones if marking.pitch >= 0 else -1,
            end=marking.end + steps if marking.end >= 0 else -1,
            end_pitch=marking.end_pitch + semitones if marking.end_pitch >= 0 else -1,
        )
        for marking in markings
    )


def clipped_markings(markings: Sequence[Marking], start: int, end: int) -> tuple[Marking, ...]:
    """The markings that begin from `start` up to `end`, moved to a beginning at `start`.

    Hairpins and pedals end at `end` at the latest; slurs that lead beyond it are left out, as the
    notes are that they lead to.
    """
    inside = [
        marking._replace(end=min(marking.end, end)) if marking.kind in OF_STAVES else marking
        for marking in markings
        if start <= marking.step < end and not (marking.kind == "slur" and marking.end >= end)
    ]
    return moved_markings(inside, steps=-start)
