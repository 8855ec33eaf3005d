"""What the pages ask for, typed: whatever does not fit is answered with one plain line."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from fastapi import Path
from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from ragsmith import options
from ragsmith.options import Option
from ragsmith.piece import Hand
from ragsmith.shipped import BUILT_IN

__all__ = [
    "Compare",
    "ComposeRequest",
    "EditRequest",
    "Id",
    "KeyAndTempo",
    "LearnRequest",
    "Leftover",
    "Named",
    "PianoName",
    "PieceChange",
    "PlainName",
    "ProposeRequest",
    "Seen",
    "SimplifyRequest",
    "SortBy",
    "State",
    "StrainsRequest",
    "VariantsRequest",
    "VaryRequest",
    "VersionName",
]

ID = r"^[0-9a-z]{1,32}$"
Id = Annotated[str, Path(pattern=ID, description="An id that the library has given.")]
IdIn = Annotated[str, StringConstraints(pattern=ID)]
UNSEEN = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs, by their kind, of which nothing is seen."""
JOINERS = "\u200c\u200d"
"""What letters of some scripts and emoji need between them."""


def _visible(name: str) -> str:
    """A name without characters of no width; one of nothing else is none."""
    visible = [c for c in name if unicodedata.category(c) != "Cf" or c in JOINERS]
    if not any(unicodedata.category(c)[0] in "LNPS" and c not in UNSEEN for c in visible):
        raise ValueError("has nothing that can be seen")
    return "".join(visible).strip()


PlainName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=120,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$",
    ),
    AfterValidator(_visible),
]
MOST_TAGS = 20
Short = Annotated[str, StringConstraints(max_length=200)]
Dials = Annotated[str, StringConstraints(max_length=500)] | None
PianoName = Literal["upright", "honky-tonk", "grand"]
State = Literal["candidate", "kept", "sample"]
Leftover = Literal["candidate", "sample"]
SortBy = Literal["created", "rating", "title"]


def _number(option: Option[Any], default: Any = ...) -> Any:
    """A field with the range of an option, and its default unless the pages need another."""
    ends = {
        "minimum": option.low,
        "maximum": option.high,
        "exclusiveMinimum": option.above,
        "exclusiveMaximum": option.below,
    }
    return Field(
        default=option.default if default is ... else default,
        json_schema_extra={name: end for name, end in ends.items() if end is not None},
    )


class _Request(BaseModel):
    def as_json(self) -> dict[str, Any]:
        """The request as plain JSON."""
        return self.model_dump(mode="json")


class _Optional(_Request):
    """A request whose numbers are checked by the table of options, which says more than pydantic
    when one is out of range."""

    table: ClassVar[Mapping[str, Option[Any]]]

    @field_validator("*")
    @classmethod
    def _in_range(cls, value: Any, info: ValidationInfo) -> Any:
        option = cls.table.get(str(info.field_name))
        if option:
            option.check(value)
        return value


class ComposeRequest(_Optional):
    """What to compose; see `ragsmith.composer.Wish`."""

    table = options.COMPOSE | {"count": options.SHOWN_COUNT}

    model: IdIn = BUILT_IN[0]
    form: Short | None = options.FORM.default
    bars: int | None = _number(options.BARS, None)
    key: Short | None = options.KEY.default
    metre: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}/[0-9]{1,2}$")] | None = None
    tempo: float | None = _number(options.TEMPO)
    chords: Annotated[str, StringConstraints(max_length=10_000)] | None = options.CHORDS.default
    temperature: float = _number(options.TEMPERATURE)
    min_p: float = _number(options.MIN_P)
    sampling: Short = options.SAMPLING.default
    copy_limit: float = _number(options.COPY_LIMIT)
    melody_limit: float = _number(options.MELODY_LIMIT)
    seed: int | None = _number(options.SEED)
    count: int = _number(options.SHOWN_COUNT)
    primer: IdIn | None = None
    dials: Dials = options.DIALS.default
    difficulty: int | None = _number(options.DIFFICULTY)
    other: IdIn | None = None
    other_strains: Short | None = None


class VaryRequest(_Optional):
    """Which bars to compose again, by the numbers that the score prints, and which hand."""

    table = {"seed": options.SEED, "hand": options.HAND}

    first_bar: int = Field(ge=1, le=100_000)
    last_bar: int = Field(ge=1, le=100_000)
    hand: Short = options.HAND.default
    dials: Dials = options.DIALS.default
    seed: int | None = _number(options.SEED)


class ProposeRequest(VaryRequest):
    """Which bars to propose anew, and how many proposals to make."""

    table = VaryRequest.table | {"count": options.SHOWN_COUNT}

    count: int = _number(options.SHOWN_COUNT)


class VariantsRequest(_Optional):
    """How many variants to compose, how far from the piece, and what may change; without bars all
    of them."""

    table = {
        "count": options.SHOWN_COUNT,
        "distance": options.DISTANCE,
        "hand": options.HAND,
        "harmony": options.HARMONY,
        "seed": options.SEED,
    }

    first_bar: int | None = Field(default=None, ge=1, le=100_000)
    last_bar: int | None = Field(default=None, ge=1, le=100_000)
    hand: Short = options.HAND.default
    distance: Short = options.DISTANCE.default
    harmony: Short = options.HARMONY.default
    dials: Dials = options.DIALS.default
    count: int = _number(options.SHOWN_COUNT)
    seed: int | None = _number(options.SEED)


class Seen(_Request):
    """The version of a piece that was looked at; who has changed it since wins."""

    version: int = Field(ge=0)


NoteRow = tuple[int, int, int, int, Hand]
"""Onset, pitch, duration, velocity, hand, as `ragsmith.piece.Note`."""


class EditOfNote(_Request):
    """What becomes of the note at an onset and a pitch; see `ragsmith.edits.notes.Edit`."""

    place: tuple[int, int] | None = None
    note: NoteRow | None = None
    name: str | None = Field(default=None, pattern="^([A-G](##?|bb?)?)?$")


class EditRequest(Seen):
    """Notes to change."""

    edits: list[EditOfNote] = Field(max_length=20_000)


class StrainsRequest(Seen):
    """The names of strains in the order in which they are to be played."""

    strains: list[Short] = Field(max_length=200)


class KeyAndTempo(Seen):
    """How many semitones a piece is moved by, and how fast it is to begin; None leaves that."""

    semitones: int = Field(default=0, ge=-24, le=24)
    tempo: float | None = _number(options.TEMPO)

    @field_validator("tempo")
    @classmethod
    def _is_tempo(cls, value: float | None) -> float | None:
        options.TEMPO.check(value)
        return value


class VersionName(Seen):
    """A name for a version."""

    name: PlainName


class SimplifyRequest(_Request):
    """How difficult an easier version may be."""

    level: int = Field(ge=1, le=9)


class Named(_Request):
    """A name for something new."""

    name: PlainName


class LearnRequest(_Optional):
    """What to learn, and how long."""

    table = {"minutes": options.MINUTES}

    corpus: IdIn
    name: PlainName
    model: Literal["stride", "markov"] = "stride"
    minutes: float = _number(options.MINUTES, options.MINUTES.first)


class PieceChange(_Request):
    """What to change of a piece."""

    title: PlainName | None = None
    composer: PlainName | Literal[""] | None = None
    tags: list[PlainName] | None = Field(default=None, max_length=MOST_TAGS)
    rating: int | None = Field(default=None, ge=0, le=5)
    state: Literal["kept"] | None = None


class Compare(_Request):
    """Which of two pieces was liked better."""

    a: IdIn
    b: IdIn
    better: Literal["a", "b"]
