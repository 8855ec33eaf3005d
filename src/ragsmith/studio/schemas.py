"""What the pages ask for, typed: whatever does not fit is answered with one plain line."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, Field, StringConstraints

__all__ = [
    "Compare",
    "ComposeAsked",
    "Id",
    "LearnAsked",
    "Leftover",
    "Named",
    "PieceChange",
    "PlainName",
    "SortBy",
    "State",
    "VaryAsked",
]

ID = r"^[0-9a-z]{1,32}$"
Id = Annotated[str, Path(pattern=ID, description="An id that the library has given.")]
IdIn = Annotated[str, StringConstraints(pattern=ID)]
PlainName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=120,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$",
    ),
]
Short = Annotated[str, StringConstraints(max_length=200)]
State = Literal["candidate", "kept", "sample"]
Leftover = Literal["candidate", "sample"]
SortBy = Literal["created", "rating", "title"]
LAST_SEED = 2**32 - 1 - 16


class _Asked(BaseModel):
    def asked(self) -> dict[str, Any]:
        """As plain JSON."""
        return self.model_dump(mode="json")


class ComposeAsked(_Asked):
    """What to compose; see `ragsmith.composer.Wish`."""

    model: IdIn = "joplin"
    form: Short | None = None
    bars: int | None = Field(default=None, ge=1, le=1024)
    key: Short | None = None
    metre: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}/[0-9]{1,2}$")] | None = None
    tempo: float | None = Field(default=None, allow_inf_nan=False)
    temperature: float = Field(default=1.0, allow_inf_nan=False)
    min_p: float = Field(default=0.02, allow_inf_nan=False)
    sampling: Short = "sample"
    copy_limit: float = Field(default=2.5, allow_inf_nan=False)
    melody_limit: float = Field(default=4.0, allow_inf_nan=False)
    seed: int | None = Field(default=None, ge=0, le=LAST_SEED)
    count: int = Field(default=4, ge=1, le=8)


class VaryAsked(_Asked):
    """Which bars to compose again, counted from 1."""

    first_bar: int = Field(ge=1, le=100_000)
    last_bar: int = Field(ge=1, le=100_000)
    seed: int | None = Field(default=None, ge=0, le=LAST_SEED)


class Named(_Asked):
    """A name for something new."""

    name: PlainName


class LearnAsked(_Asked):
    """What to learn, and how long."""

    corpus: IdIn
    name: PlainName
    model: Literal["stride", "markov"] = "stride"
    minutes: float = Field(default=10, gt=0, le=10_000, allow_inf_nan=False)


class PieceChange(_Asked):
    """What to change of a piece."""

    title: PlainName | None = None
    rating: int | None = Field(default=None, ge=0, le=5)
    state: Literal["kept"] | None = None


class Compare(_Asked):
    """Which of two pieces was liked better."""

    a: IdIn
    b: IdIn
    better: Literal["a", "b"]
