"""From a trained model to new pieces: an outline is filled step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ragsmith.compose.choosing import Choosing
from ragsmith.compose.sampler import walk
from ragsmith.errors import BadOption, BadPrimer
from ragsmith.hands import split_hands
from ragsmith.models.base import Step, notes_of, steps_of
from ragsmith.models.bundle import Bundle
from ragsmith.piece import Metre, Piece, Tempo, normalise, regular_bars

__all__ = ["Choosing", "Wish", "compose", "compose_many"]

MOST_BARS = 4096


@dataclass(frozen=True, slots=True)
class Wish:
    """What to compose.

    Attributes:
        bars: length, the primer included.
        metre: None takes the commonest of the model's corpus, or the primer's.
        tempo: quarter notes a minute; None likewise.
        choosing: see `Choosing`.
        primer: an opening to continue.
    """

    bars: int = 32
    metre: Metre | None = None
    tempo: float | None = None
    choosing: Choosing = Choosing()  # noqa: RUF009, frozen
    primer: Piece | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.bars <= MOST_BARS:
            raise BadOption(f"bars {self.bars}", f"must be 1 to {MOST_BARS}", "try 32")
        if self.tempo is not None and not 10 <= self.tempo <= 400:
            raise BadOption(
                f"tempo {self.tempo:g}", "must be 10 to 400 quarter notes a minute", "try 90"
            )
        if self.metre is not None and not (
            1 <= self.metre.beats <= 32 and self.metre.unit in (1, 2, 4, 8, 16, 32)
        ):
            raise BadOption(
                f"metre {self.metre.beats}/{self.metre.unit}",
                "is not a time signature",
                "write it like 2/4",
            )


def compose(bundle: Bundle, wish: Wish | None = None, *, seed: int = 0) -> Piece:
    """One new piece; the same seed gives the same piece on the same machine."""
    return compose_many(bundle, wish or Wish(), seeds=[seed])[0]


def compose_many(
    bundle: Bundle,
    wish: Wish,
    *,
    seeds: list[int],
    on_step: Callable[[int, int], None] | None = None,
) -> list[Piece]:
    """New pieces side by side, one for each seed.

    Args:
        bundle: a trained model.
        wish: what to compose.
        seeds: one for each piece.
        on_step: told (steps done, steps in all) as the pieces grow.

    Raises:
        BadPrimer: the primer lies on another grid, is as long as the wish, or holds what the model
            cannot represent.
        ClosedDoor: a rule left no way forward.
    """
    outline = _outline(bundle, wish)
    primer = _primer_steps(bundle, wish, outline)
    length = outline.steps
    walks = walk(
        bundle.model,
        outline,
        length,
        choosing=wish.choosing,
        seeds=seeds,
        primer=primer,
        on_step=on_step and (lambda done: on_step(done, length)),
    )
    return [
        replace(_filled(outline, w.steps), title=f"Rag no. {seed}", composer="Ragsmith")
        for seed, w in zip(seeds, walks, strict=True)
    ]


def _outline(bundle: Bundle, wish: Wish) -> Piece:
    """The wished piece without its notes."""
    card, primer, grid = bundle.card, wish.primer, bundle.model.steps_per_quarter
    metre = wish.metre or (primer.bars[0].metre if primer else Metre(*card.metre))
    pickup = primer.pickup if primer and not wish.metre else 0
    steps = wish.bars * metre.steps(grid) + pickup
    tempo = card.tempo
    if wish.tempo is not None:
        tempo = round(60_000_000 / wish.tempo)
    elif primer and primer.tempos:
        tempo = primer.tempos[0].microseconds
    return Piece(
        notes=(),
        bars=regular_bars(steps, [(0, metre)], grid, pickup),
        steps_per_quarter=grid,
        keys=primer.keys[:1] if primer else (),
        tempos=(Tempo(0, tempo),),
    )


def _primer_steps(bundle: Bundle, wish: Wish, outline: Piece) -> list[Step]:
    if wish.primer is None:
        return []
    grid = bundle.model.steps_per_quarter
    if wish.primer.steps_per_quarter != grid:
        raise BadPrimer(
            f"primer on a grid of {wish.primer.steps_per_quarter} steps a quarter",
            f"cannot be continued on this model's grid of {grid}",
            f"read the primer with steps_per_quarter={grid}",
        )
    if wish.primer.steps >= outline.steps:
        raise BadPrimer(
            f"primer of {len(wish.primer.bars)} bars",
            f"leaves nothing to compose in a piece of {wish.bars} bars",
            "ask for more bars, or give a shorter primer",
        )
    return steps_of(wish.primer)


def _filled(outline: Piece, steps: list[Step]) -> Piece:
    """The outline with its notes, hands assigned, nothing sounding past the end."""
    inside = [
        n._replace(duration=min(n.duration, outline.steps - n.onset)) for n in notes_of(steps)
    ]
    return replace(outline, notes=split_hands(normalise(inside), outline.steps_per_quarter))
