"""The columns of kern tables (spines), and the parts that they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ragsmith.io.readers.parts import Part

__all__ = ["Spine", "parts_of"]

KEYBOARDS = frozenset(
    ("piano", "fortp", "forte", "clavi", "cemba", "cembalo", "organ", "celest", "hammd", "clest")
)
CODES = {
    **{"fortp": "fortepiano", "forte": "fortepiano", "empty": "", "vox": "voice"},
    **{"soprn": "soprano", "bass": "basso", "flt": "flute", "violn": "violin", "vioal": "viola"},
    **{"clars": "clarinet", "clara": "clarinet", "cor": "horn"},
}
"""Humdrum's codes of keyboards, and those of instruments that are no words, or other words.
https://www.humdrum.org/guide/append2"""


@dataclass(slots=True, eq=False)
class Spine:
    """A staff's column, its place among the columns, and what the file says of it."""

    place: int
    is_kern: bool
    is_dynam: bool = False
    is_fing: bool = False
    staff: int | None = None
    part: int | None = None
    instrument: str = ""
    names: dict[str, str] = field(default_factory=dict)


def parts_of(spines: Sequence[Spine]) -> list[Part]:
    """The parts that the spines, highest first, belong to: by number, else by instrument; a spine
    that says nothing belongs to the one beside it."""
    groups: dict[object, list[Spine]] = {}
    unsaid: list[Spine] = []
    for spine in spines:
        says = spine.part or (spine.instrument, *spine.names.values())
        if says != ("",):
            groups.setdefault(says, [*unsaid]).append(spine)
            unsaid.clear()
        elif groups:
            list(groups.values())[-1].append(spine)
        else:
            unsaid.append(spine)
    return [_part(group) for group in (*groups.values(), unsaid) if group]


def _part(spines: Sequence[Spine]) -> Part:
    def first(texts: Iterable[str]) -> str:
        return next((text for text in texts if text), "")

    name = first(spine.names.get('"', "") for spine in spines)
    short = first(spine.names.get("'", "") for spine in spines)
    code = first(spine.instrument for spine in spines)
    instrument = CODES.get(code, code)
    kind = "voice" if instrument and code not in KEYBOARDS else ""
    return Part(name, (short, instrument, kind), tuple(spine.place for spine in spines))
