"""What ABC says beside notes: decorations, slurs, grace notes, annotations.
Source: the ABC music standard 2.1, sections 4.11, 4.14 and 4.19."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ragsmith.io.readers.markings import Edge
from ragsmith.io.readers.repeats import Sign, signs_in

__all__ = ["AbcMark", "edges_on", "jumps_of", "marks_of", "words_of"]


class AbcMark(NamedTuple):
    """A marking that waits for its note: its kind and text as of `Marking`, whether it begins or
    ends there, and the pitch of a grace note."""

    kind: str
    text: str = ""
    edge: str = ""
    pitch: int = -1


DECORATIONS = {
    **dict.fromkeys((".", "staccato"), AbcMark("staccato")),
    **dict.fromkeys(("L", "accent", ">", "emphasis"), AbcMark("accent")),
    **dict.fromkeys(("^", "marcato"), AbcMark("marcato")),
    **dict.fromkeys(("H", "fermata", "invertedfermata"), AbcMark("fermata")),
    **dict.fromkeys(("T", "trill"), AbcMark("trill")),
    **dict.fromkeys(("M", "lowermordent", "mordent"), AbcMark("mordent")),
    **dict.fromkeys(("P", "uppermordent", "pralltriller"), AbcMark("mordent", "inverted")),
    **dict.fromkeys(("turn",), AbcMark("turn")),
    **dict.fromkeys(("invertedturn",), AbcMark("turn", "inverted")),
    **dict.fromkeys(("wedge",), AbcMark("staccatissimo")),
    **dict.fromkeys(("tenuto",), AbcMark("tenuto")),
    **dict.fromkeys(("arpeggio",), AbcMark("arpeggio")),
    **dict.fromkeys(("crescendo(", "<("), AbcMark("crescendo", edge="start")),
    **dict.fromkeys(("crescendo)", "<)"), AbcMark("hairpin", edge="stop")),
    **dict.fromkeys(("diminuendo(", ">("), AbcMark("diminuendo", edge="start")),
    **dict.fromkeys(("diminuendo)", ">)"), AbcMark("hairpin", edge="stop")),
    **dict.fromkeys(("ped",), AbcMark("pedal", edge="start")),
    **dict.fromkeys(("ped-up",), AbcMark("pedal", edge="stop")),
}
JUMPS = {
    **dict.fromkeys(("segno", "S"), Sign.SEGNO),
    **dict.fromkeys(("coda", "O"), Sign.CODA),
    **dict.fromkeys(("dacoda", "tocoda"), Sign.TO_CODA),
    **dict.fromkeys(("dacapo", "D.C.", "D.C.alfine", "D.C.alcoda"), Sign.DA_CAPO),
    **dict.fromkeys(("dalsegno", "D.S.", "D.S.alfine", "D.S.alcoda"), Sign.DAL_SEGNO),
    "fine": Sign.FINE,
}
DYNAMIC = re.compile("p{1,4}|f{1,4}|m[pf]|sfz|sf|fz")
OF_STAVES = ("dynamic", "words", "crescendo", "diminuendo", "hairpin", "pedal")


def marks_of(decoration: str) -> list[AbcMark]:
    """What a decoration, without its exclamation marks, says; nothing where it is unknown."""
    if DYNAMIC.fullmatch(decoration):
        return [AbcMark("dynamic", decoration)]
    if re.fullmatch("[0-5]", decoration):
        return [AbcMark("fingering", decoration)]
    return [DECORATIONS[decoration]] if decoration in DECORATIONS else []


def jumps_of(decoration: str, words: str) -> list[str]:
    """The signs of a decoration, or of the words of an annotation or of what stands where chord
    symbols do.

    >>> jumps_of("D.S.alcoda", ""), jumps_of("", "^Fine"), jumps_of("", "D.C. al Fine")
    (['dal segno'], ['fine'], ['da capo'])
    """
    if decoration:
        return [JUMPS[decoration]] if decoration in JUMPS else []
    return signs_in(words.lstrip("^_<>@ "))


def words_of(annotation: str) -> list[AbcMark]:
    """The words of an annotation, which begins with its place; a chord symbol has none."""
    words = annotation[1:].strip()
    is_words = annotation[:1] in tuple("^_<>@") and any(map(str.isalnum, words))
    return [AbcMark("words", words)] if is_words and not signs_in(words) else []


def edges_on(marks: Sequence[AbcMark], place: Edge) -> Iterator[Edge]:
    """The markings of an event; `place` has its tick and staff, and the pitch of its top note, -1
    where it is a rest."""
    for mark in marks:
        pitch = -1 if mark.kind in OF_STAVES else place.pitch
        early = mark.kind == "grace"
        edge = place._replace(kind=mark.kind, text=mark.text, edge=mark.edge, is_early=early)
        group = (place.staff,) if mark.edge else ()
        if early or mark.kind in OF_STAVES or place.pitch >= 0 or mark.kind == "fermata":
            yield edge._replace(pitch=mark.pitch if early else pitch, group=group)
