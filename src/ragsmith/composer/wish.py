"""What is to be composed."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ragsmith import options
from ragsmith.composer.chord_chart import form_for
from ragsmith.composer.dials import parse_dials
from ragsmith.composer.form import parse_form
from ragsmith.composer.sampling import Sampling
from ragsmith.composer.strain_mix import parse_mix
from ragsmith.errors import BadPiece
from ragsmith.harmony.progression import progression_text
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
            in the primer's, or takes that of the chords; else each piece's is drawn by its seed
            from those of the pieces of the model's corpus.
        chords: to compose under: text (`ragsmith.harmony.progression`), a piece that has chord
            symbols, or "auto", drawn from the corpus's own, or "none". None: drawn where the model
            has learnt to follow them, no primer is given and rules are asked. Without a form and
            bars of its own the piece has the strains that they are for.
        dials: figures to steer, like "syncopation=high" (`ragsmith.composer.dials`).
        difficulty: 1 to 9 (`ragsmith.measure.difficulty`), by dials, and where those do not reach
            it by the steps of `ragsmith.easier`; None as the corpus is.
        mix: the weights of a mixture's models by strain, like "A: 1 0; B: 0 1"
            (`ragsmith.composer.strain_mix`); None: its own, everywhere.
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
    chords: str | None
    metre: Metre | None
    tempo: float | None
    sampling: Sampling
    primer: Piece | None
    limits: Limits
    rules: bool
    dials: str | None
    difficulty: int | None
    mix: str | None

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
        chords: str | Piece | None = options.CHORDS.default,
        dials: str | None = options.DIALS.default,
        difficulty: int | None = options.DIFFICULTY.default,
        mix: str | None = options.MIX.default,
    ) -> None:
        if dials is not None:
            parse_dials(dials)
        if mix is not None:
            parse_mix(mix)
        if form is not None:
            parse_form(form, USUAL_STRAIN)
        if isinstance(chords, Piece):
            metre = metre or (chords.full_bars[0].metre if chords.full_bars else None)
            chords = _symbols_of(chords)
        if chords not in (None, options.AUTO, options.NONE):
            usual = form_for(chords)
            form = usual if form is None and not primer and bars == options.BARS.default else form
        if isinstance(key, Key):
            key = key_name(key)
        elif key is not None:
            key_named(key)
        values = {
            "bars": options.BARS.check(bars),
            "form": form,
            "key": key,
            "chords": chords,
            "metre": None if metre is None else as_metre(metre),
            "tempo": options.TEMPO.check(tempo),
            "sampling": sampling if isinstance(sampling, Sampling) else Sampling(sampling),
            "primer": None if primer is None else checked_piece(primer),
            "limits": checked_limits(limits),
            "rules": bool(rules),
            "dials": dials,
            "difficulty": options.DIFFICULTY.check(difficulty),
            "mix": mix,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        usual = Wish()
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        shown = (f"{k}={v!r}" for k, v in values.items() if v != getattr(usual, k))
        return f"Wish({', '.join(shown)})"


def _symbols_of(piece: Piece) -> str:
    """The chords of a lead sheet as text.

    Raises:
        BadPiece: it has none.
    """
    if text := progression_text(piece):
        return text
    remedy = "give one with chord symbols above its notes"
    raise BadPiece(piece.title or "the lead sheet", "has no chords", remedy)
