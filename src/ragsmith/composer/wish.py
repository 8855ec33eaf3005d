"""What is to be composed."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ragsmith import options
from ragsmith.composer.form import parse_form
from ragsmith.composer.sampling import Sampling
from ragsmith.keys import key_name, key_named
from ragsmith.originality.search import Limits, checked_limits
from ragsmith.piece import Key, Metre, Piece, as_metre, checked_piece

__all__ = ["USUAL_STRAIN", "Wish"]

USUAL_STRAIN = 16
USUAL_LIMITS = Limits()


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Wish:
    """What to compose. Values become what the attributes say, whichever way they are written.

    Attributes:
        bars: length in full bars, the primer included, where no form is asked for; a pickup is not
            counted.
        form: see `ragsmith.composer.form`; None goes on for `bars` bars.
        key: of what is composed, before its trio, like "Eb" or "F# minor", or a `Key`; None goes on
            in the primer's, or takes the commonest of the model's corpus.
        metre: of the bars to compose: a `Metre`, a pair, or text like "2/4"; None takes the
            commonest of the model's corpus, or that in which the primer ends.
        tempo: quarter notes a minute; None takes the commonest of the corpus, or the primer's own.
        sampling: a `Sampling`, or "sample", "argmax" or "unloop".
        primer: an opening to continue, right where its last bar ends; it is kept to the note, and
            so are its bars and keys. A last bar that is not full is filled up.
        limits: the longest runs that may stand in the corpus, texture and melody, in quarter-note
            beats: `Limits` or a pair; what the primer holds is not counted.
        rules: whether rules and the check on originality are asked; without them the model does
            what it likes, as the classic does.

    Raises:
        BadOption: a value is of another kind, or out of range.

    >>> Wish(form="AABB", key="Eb", metre="2/4")
    Wish(form='AABB', key='Eb', metre=Metre(beats=2, unit=4))
    """

    bars: int
    form: str | None
    key: str | None
    metre: Metre | None
    tempo: float | None
    sampling: Sampling
    primer: Piece | None
    limits: Limits
    rules: bool

    def __init__(
        self,
        bars: int = options.BARS.default,
        form: str | None = options.FORM.default,
        key: str | Key | None = options.KEY.default,
        metre: Metre | tuple[int, int] | str | None = None,
        tempo: float | None = options.TEMPO.default,
        sampling: Sampling | str = options.SAMPLING.default,
        primer: Piece | None = None,
        limits: Limits | tuple[float, float] = USUAL_LIMITS,
        rules: bool = True,
    ) -> None:
        if form is not None:
            parse_form(form, USUAL_STRAIN)
        if isinstance(key, Key):
            key = key_name(key)
        elif key is not None:
            key_named(key)
        values = {
            "bars": options.BARS.check(bars),
            "form": form,
            "key": key,
            "metre": None if metre is None else as_metre(metre),
            "tempo": options.TEMPO.check(tempo),
            "sampling": sampling if isinstance(sampling, Sampling) else Sampling(sampling),
            "primer": None if primer is None else checked_piece(primer),
            "limits": checked_limits(limits),
            "rules": bool(rules),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        usual = Wish()
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        shown = (f"{k}={v!r}" for k, v in values.items() if v != getattr(usual, k))
        return f"Wish({', '.join(shown)})"
