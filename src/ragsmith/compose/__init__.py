"""From a trained model to new pieces: an outline is filled step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from string import ascii_uppercase

from ragsmith.compose.accents import accented
from ragsmith.compose.choosing import Choosing
from ragsmith.compose.sampler import walk
from ragsmith.errors import BadOption, BadPrimer
from ragsmith.hands import split_hands
from ragsmith.keys import key_named
from ragsmith.models.base import Step, notes_of, steps_of
from ragsmith.models.bundle import Bundle
from ragsmith.piece import Bar, Metre, Piece, Section, Tempo, normalise, regular_bars

__all__ = ["Choosing", "Wish", "compose", "compose_many"]

MOST_BARS = 4096
MOST_SEEDS = 2**32


@dataclass(frozen=True, slots=True)
class Wish:
    """What to compose.

    Attributes:
        bars: length in full bars, the primer included; a pickup is not counted.
        metre: of the bars to compose; None takes the commonest of the model's corpus, or that in
            which the primer ends.
        tempo: quarter notes a minute; None takes the commonest of the corpus, or the primer's own.
        choosing: see `Choosing`.
        primer: an opening to continue, right where its last bar ends; it is kept to the note, and
            so are its bars and keys. A last bar that is not full is filled up.
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
        seeds: one for each piece, 0 to 4294967295.
        on_step: told (steps done, steps in all) as the pieces grow.

    Raises:
        BadOption: a seed is out of range.
        BadPrimer: the primer lies on another grid, is as long as the wish, or holds what the model
            cannot represent.
        ClosedDoor: a rule left no way forward.
    """
    for seed in seeds:
        if not 0 <= seed < MOST_SEEDS:
            rule = f"must be 0 to {MOST_SEEDS - 1}"
            raise BadOption(f"seed {seed}", rule, "any such number will do")
    outline = _outline(bundle, wish)
    primer = steps_of(wish.primer) if wish.primer else []
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
        replace(
            accented(_filled(outline, w.steps), len(primer)),
            title=f"Rag no. {seed}",
            composer="Ragsmith",
        )
        for seed, w in zip(seeds, walks, strict=True)
    ]


def _outline(bundle: Bundle, wish: Wish) -> Piece:
    """The wished piece without its notes."""
    card, primer, grid = bundle.card, wish.primer, bundle.model.steps_per_quarter
    begun = _begun(primer, wish, grid) if primer else ()
    metre = wish.metre or (begun[-1].metre if begun else Metre(*card.metre))
    missing = wish.bars - _full_bars(begun)
    start = begun[-1].start + begun[-1].length if begun else 0
    new = regular_bars(missing * metre.steps(grid), [(0, metre)], grid) if missing else ()
    tempos = primer.tempos if primer else ()
    if wish.tempo is not None:
        tempos = (Tempo(0, round(60_000_000 / wish.tempo)),)
    keys = primer.keys if primer else ()
    if not primer and card.keys:
        keys = (key_named(max(card.keys, key=lambda name: card.keys[name])),)
    bars = (*begun, *(bar._replace(start=bar.start + start) for bar in new))
    return Piece(
        notes=(),
        bars=bars,
        steps_per_quarter=grid,
        keys=keys,
        sections=_strains(bars, card.strain),
        tempos=tempos or (Tempo(0, card.tempo),),
    )


def _strains(bars: Sequence[Bar], length: int) -> tuple[Section, ...]:
    """Strains of so many bars, A, B, C ..., a pickup before the first; none when length is 0."""
    firsts = [bar.start for bar in bars if not bar.offset][:: length or None]
    ends = [*firsts[1:], bars[-1].start + bars[-1].length]
    names = cycle(ascii_uppercase)
    return tuple(map(Section, names, firsts, ends)) if length else ()


def _full_bars(bars: Sequence[Bar]) -> int:
    return sum(not bar.offset for bar in bars)


def _begun(primer: Piece, wish: Wish, grid: int) -> tuple[Bar, ...]:
    """The primer's bars, the last one filled up."""
    if primer.steps_per_quarter != grid:
        raise BadPrimer(
            f"primer on a grid of {primer.steps_per_quarter} steps a quarter",
            f"cannot be continued on this model's grid of {grid}",
            f"read the primer with steps_per_quarter={grid}",
        )
    if not primer.bars:
        raise BadPrimer("primer", "has no bars", "give one with music, or none")
    *before, last = primer.bars
    filled = last._replace(length=max(last.length, last.metre.steps(grid) - last.offset))
    count = _full_bars(primer.bars)
    if count > wish.bars or (count == wish.bars and filled == last):
        raise BadPrimer(
            f"primer of {count} bars",
            f"leaves nothing to compose in a piece of {wish.bars} bars",
            f"ask for more than {count} bars, or give a shorter primer",
        )
    return (*before, filled)


def _filled(outline: Piece, steps: list[Step]) -> Piece:
    """The outline with its notes, hands assigned, nothing sounding past the end."""
    inside = [
        n._replace(duration=min(n.duration, outline.steps - n.onset)) for n in notes_of(steps)
    ]
    return replace(outline, notes=split_hands(normalise(inside), outline.steps_per_quarter))
