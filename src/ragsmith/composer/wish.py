"""What is to be composed."""

from __future__ import annotations

from dataclasses import dataclass

from ragsmith import options
from ragsmith.composer.form import parse_form
from ragsmith.composer.sampling import Sampling
from ragsmith.keys import key_named
from ragsmith.originality.search import Limits, checked_limits
from ragsmith.piece import Metre, Piece, as_metre

__all__ = ["USUAL_STRAIN", "Wish"]

USUAL_STRAIN = 16


@dataclass(frozen=True, slots=True)
class Wish:
    """What to compose.

    Attributes:
        bars: length in full bars, the primer included, where no form is asked for; a pickup is not
            counted.
        form: see `ragsmith.composer.form`; None goes on for `bars` bars.
        key: of what is composed, before its trio; None goes on in the primer's, or takes the
            commonest of the model's corpus.
        metre: of the bars to compose; None takes the commonest of the model's corpus, or that in
            which the primer ends. Text like "2/4" and pairs become a `Metre`, pairs `Limits`.
        tempo: quarter notes a minute; None takes the commonest of the corpus, or the primer's own.
        sampling: see `Sampling`.
        primer: an opening to continue, right where its last bar ends; it is kept to the note, and
            so are its bars and keys. A last bar that is not full is filled up.
        limits: the longest runs that may stand in the corpus; what the primer holds is not counted.
        rules: whether rules and the check on originality are asked; without them the model does
            what it likes, as the classic does.
    """

    bars: int = options.BARS.default
    form: str | None = options.FORM.default
    key: str | None = options.KEY.default
    metre: Metre | None = None
    tempo: float | None = options.TEMPO.default
    sampling: Sampling = Sampling()  # noqa: RUF009, frozen
    primer: Piece | None = None
    limits: Limits = Limits()  # noqa: RUF009, frozen
    rules: bool = True

    def __post_init__(self) -> None:
        options.BARS.check(self.bars)
        if self.form is not None:
            parse_form(self.form, USUAL_STRAIN)
        if self.key is not None:
            key_named(self.key)
        object.__setattr__(self, "limits", checked_limits(*self.limits))
        options.TEMPO.check(self.tempo)
        if self.metre is not None:
            object.__setattr__(self, "metre", as_metre(self.metre))
