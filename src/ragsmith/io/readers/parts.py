"""Which parts of a score, or tracks of a MIDI file, are the pianist's.

A part says what it is by its name, by its abbreviation, by the label of its group, by its General
MIDI program, or by its number of staves, in this order; the first that says anything decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache

from ragsmith.errors import BadOption
from ragsmith.piece import Hand

__all__ = [
    "ALL",
    "WHOLE",
    "Instrument",
    "Part",
    "Taken",
    "hands_of",
    "instrument_of",
    "names_a_part",
    "take",
]

ALL = "all"
"""The wish that reads every part."""

PIANO = re.compile(
    r"\b(piano(s|forte|-forte)?|forte-?pian(o|os)?|fortep(jan)?|pfte?|p-?no|pf|klav(ier)?"
    r"|clavier|hammerklavier|fl[uü]gel|zongora|klav[ií]r)\b"
    r"|фортепиано|рояль|ピアノ|钢琴|鋼琴|피아노",
    re.IGNORECASE,
)
KEYBOARD = re.compile(
    r"\b(harpsichord|hpschd?|cembalo|clavicembalo|clavecin|spinet|clavichord|clavi|cemba"
    r"|keyboards?|keys|kbd|manuals?|organ|org|orgel|orgue|[oó]rgano|celesta?|hammd|harmonium)\b",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"\b(voice|voices|vocals?|vox|voc|sing(er|stimme|en)?|gesang|stimme|chant|canto"
    r"|solo|lyrics|words|choir|chor|chorus|ch(oe|œ)ur|coro|men|women|sopran[oe]?|mezzo(-?soprano)?"
    r"|(contr)?alt(o|us)?|cantus|tenor[ei]?|bar[iy]ton[eo]?|bass(us|o)"
    r"|viol[aeino]*|violon(celles?|celli|cello|s)?|fiddle|geige|bratsche|vla|vln|vl|vlc|vc|cell[oi]"
    r"|contrabass\w*|double ?bass|kontrabass|strings?|streicher|fl(ute|auto|öte|ûte)?s?|piccolo"
    r"|traverso|recorder|blockflöte|obo[ei]s?|hautbois|cor|clarin\w*|klarinet\w*|cl|bassoons?"
    r"|fagott?o?|bn|sax\w*|horns?|corn[io]|trumpets?|tromb\w*|trompet\w*|tuba|euphonium|brass"
    r"|drums?|percussion|timpani|pauken|cymbals?|triangle|xylo\w*|marimba|vibra\w*|glockenspiel"
    r"|bells|guitars?|guitarr?a|gitarre|guitare|lute|laute|banjo|mandol\w*|ukulele|harp|harfe|arpa"
    r"|harpe|accordion|akkordeon|bandone[oó]n|synth\w*|pad|bass ?guitar)\b",
    re.IGNORECASE,
)
"""Words that name another instrument or a voice; "bass" alone may be the left hand."""
GENERIC = re.compile(
    r"(musicxml |midi )?(part|staff|stave|track|instrument|channel|system|unnamed|untitled"
    r"|default|new|p|right|left|rechts|links|droite|gauche|destra|sinistra|r\.?h|l\.?h|hands?|upper|lower|up|down|treble|bass|\W|\d|[ivx]+\b)*",
    re.IGNORECASE,
)
"""Names that say nothing of the instrument."""
HANDS = re.compile(
    r"\b(right|left|rechts|links|droite|gauche|destra|sinistra|[rl]\.?h)\b", re.IGNORECASE
)
"""Names of a pianist's hands."""
PIANOS = range(8)
KEYBOARDS = range(16, 21)
"""General MIDI programs, counted from 0: pianos with their kin, and organs."""


class Instrument(IntEnum):
    """What a part is for; the higher, the surer that it is a pianist's."""

    OTHER = 0
    UNSAID = 1
    KEYBOARD_BY_SIGHT = 2
    KEYBOARD = 3
    PIANO = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a score or a track, as the file describes it.

    Attributes:
        name: its own name; "" where the file gives none.
        others: what else names it, the surest first: abbreviation, label of its group.
        staves: numbers of its staves, from the top; of a track, its own number.
        program: General MIDI program, counted from 0; None where the file gives none.
        notes: how many notes it has; a part without any is never taken.
    """

    name: str
    others: tuple[str, ...] = ()
    staves: tuple[int, ...] = (1,)
    program: int | None = None
    notes: int = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """The parts that were read.

    Attributes:
        places: which of the parts, counted from 0.
        names: what these are called.
        left_out: what the others are called that have notes.
        without_piano: whether several instruments were read together, none of them a keyboard.
    """

    places: tuple[int, ...]
    names: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    without_piano: bool = False

    @property
    def remark(self) -> str:
        """What to tell the user; "" when there was nothing to choose."""
        if self.without_piano:
            several = f"{len(self.names)} instruments, no piano: {_listed(self.names)}"
            return f"{several}; name one with --part, or take --parts all"
        if self.left_out:
            return f"{_listed(self.names)} read, {_listed(self.left_out)} left out"
        return ""

    def also_without(self, name: str) -> Taken:
        """These parts, with something else left out that is no part."""
        return replace(self, left_out=(*self.left_out, name))


WHOLE = Taken(())
"""A file read whole, without a look at its parts."""


def _listed(names: Sequence[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(dict.fromkeys(names[:most])) + more


def instrument_of(part: Part) -> Instrument:
    """What a part is for.

    >>> instrument_of(Part("Singstimme")).name, instrument_of(Part("Klavier")).name
    ('OTHER', 'PIANO')
    """
    for name in (part.name, *part.others):
        if name and (instrument := _named_instrument(name)) is not None:
            return instrument
    if part.program is not None:
        keyboard = part.program in PIANOS or part.program in KEYBOARDS
        return Instrument.KEYBOARD_BY_SIGHT if keyboard else Instrument.OTHER
    if len(part.staves) in (2, 3):
        return Instrument.KEYBOARD_BY_SIGHT
    return Instrument.UNSAID if GENERIC.fullmatch(part.name) else Instrument.OTHER


def names_a_part(name: str) -> bool:
    """Whether a name is only that of an instrument or a hand, and no title.

    >>> names_a_part("Klavier rechts"), names_a_part("Violin I"), names_a_part("Piano Rag")
    (True, True, False)
    """
    rest = name
    for words in (PIANO, KEYBOARD, OTHER):
        rest = words.sub(" ", rest)
    return bool(name) and GENERIC.fullmatch(rest) is not None


@lru_cache(maxsize=1024)
def _named_instrument(name: str) -> Instrument | None:
    """What a name says, kept: a thousand files call their parts by the same few names."""
    for words, instrument in (
        (PIANO, Instrument.PIANO),
        (KEYBOARD, Instrument.KEYBOARD),
        (OTHER, Instrument.OTHER),
        (HANDS, Instrument.KEYBOARD_BY_SIGHT),
    ):
        if words.search(name):
            return instrument
    return None


def _informed(parts: Sequence[Part]) -> Sequence[Part]:
    """The parts, without their programs where these say nothing: the same for all, though a name
    says another instrument, and none a keyboard."""
    sounding = [part for part in parts if part.notes]
    alike = len({part.program for part in sounding}) == 1
    others = any(_named_instrument(part.name) is Instrument.OTHER for part in sounding)
    if not alike or not others:
        return parts
    plain = [replace(part, program=None) for part in parts]
    keyboards = any(instrument_of(part) >= Instrument.KEYBOARD for part in plain)
    return parts if keyboards else plain


def take(parts: Sequence[Part], wish: str | None = None) -> Taken:
    """Chooses the parts to read.

    Args:
        parts: all parts of the file, in its order.
        wish: the name or number (from 1) of a part, "all", or None for the pianist's: the surest
            keyboard part of two or three staves, or else all keyboard parts of one staff. Where
            no part is a keyboard's, all are taken.

    Raises:
        BadOption: no part has that name.
    """
    parts = _informed(parts)
    sounding = [place for place, part in enumerate(parts) if part.notes]
    if wish is None:
        places = _pianist(parts, sounding)
    elif wish.casefold() == ALL:
        places = sounding
    else:
        places = [_named(parts, sounding, wish)]
    instruments = {instrument_of(parts[place]) for place in places}
    return Taken(
        tuple(places),
        tuple(_title(parts, place) for place in places),
        tuple(_title(parts, place) for place in sounding if place not in places),
        wish is None
        and len(places) > 1
        and Instrument.OTHER in instruments
        and max(instruments) <= Instrument.UNSAID,
    )


def _pianist(parts: Sequence[Part], sounding: Sequence[int]) -> list[int]:
    instruments = {place: instrument_of(parts[place]) for place in sounding}
    surest = max(instruments.values(), default=Instrument.OTHER)
    if len(sounding) < 2 or surest <= Instrument.UNSAID:
        return list(sounding)
    best = [p for p in sounding if instruments[p] == surest and len(parts[p].staves) > 1]
    if best:
        return [max(best, key=lambda place: parts[place].notes)]
    return [p for p in sounding if instruments[p] > Instrument.UNSAID and len(parts[p].staves) == 1]


def _title(parts: Sequence[Part], place: int) -> str:
    part = parts[place]
    return next((name for name in (part.name, *part.others) if name), f"part {place + 1}")


def _named(parts: Sequence[Part], sounding: Sequence[int], wish: str) -> int:
    """The place of the part with a name; an exact name goes before one that contains it."""
    wanted = wish.strip().casefold()
    titles = {place: _title(parts, place).casefold() for place in sounding}
    for place, title in titles.items():
        if wanted in (title, str(place + 1)):
            return place
    for place, title in titles.items():
        if wanted and wanted in title:
            return place
    choice = ", ".join(_title(parts, place) for place in sounding)
    raise BadOption(f"part {wish}", "is not in the file", f"choose {choice} or {ALL}")


def hands_of(parts: Sequence[Part], taken: Taken) -> Mapping[int, Hand]:
    """Which hand plays each staff of the parts that were taken.

    Of a keyboard's two or three staves the lowest is the left hand's, whether they are one part or
    a part each. Nobody knows for other instruments or numbers of staves, or for two pianists.
    """
    parts = _informed(parts)
    chosen = [parts[place] for place in taken.places]
    staves = [staff for part in chosen for staff in part.staves]
    hands = dict.fromkeys(staves, Hand.UNKNOWN)
    keyboards = [part for part in chosen if instrument_of(part) > Instrument.UNSAID]
    if not keyboards and all(instrument_of(part) is Instrument.UNSAID for part in chosen):
        keyboards = chosen
    own = [staff for part in keyboards for staff in part.staves]
    if len(own) in (2, 3):
        hands.update(dict.fromkeys(own[:-1], Hand.RIGHT))
        hands[own[-1]] = Hand.LEFT
    return hands
