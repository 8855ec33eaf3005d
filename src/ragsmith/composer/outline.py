"""The outline of what is to be composed: bars, keys and sections, without notes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from string import ascii_uppercase

from ragsmith.bundle.profile import Profile
from ragsmith.composer.form import Form, parse_form
from ragsmith.composer.wish import USUAL_STRAIN, Wish
from ragsmith.errors import BadPrimer
from ragsmith.keys import key_named
from ragsmith.piece import Bar, Key, Piece, Section, Tempo, regular_bars
from ragsmith.strains import PICKUP

__all__ = ["outline_of"]


def outline_of(wish: Wish, profile: Profile, grid: int) -> Piece:
    """The outline of a wish: bars, keys, sections and tempo; what the wish leaves open is as in the
    corpus.

    Args:
        wish: what to compose.
        profile: of the model.
        grid: its steps per quarter.

    Raises:
        BadPrimer: the primer lies on another grid, or is as long as the wish.
    """
    primer, form = wish.primer, None
    length = wish.bars
    if wish.form is not None:
        form = parse_form(wish.form, profile.strain or USUAL_STRAIN)
        length = form.bars
    opening = _primer_bars(primer, length, grid) if primer else ()
    metre = wish.metre or (opening[-1].metre if opening else profile.metre)
    start = opening[-1].start + opening[-1].length if opening else 0
    missing = length - sum(bar.is_full for bar in opening)
    new = regular_bars(missing * metre.steps(grid), [(0, metre)], grid) if missing else ()
    bars = (*opening, *(bar._replace(start=bar.start + start) for bar in new))
    sections = _form_sections(bars, form) if form else _free_sections(bars, profile.strain)
    tempos = primer.tempos if primer else ()
    if wish.tempo is not None:
        tempos = (Tempo(0, round(60_000_000 / wish.tempo)),)
    begins = {section.name: section.start for section in sections}
    changes = [(begins[p.name], p.in_trio) for p in form.parts] if form else [(0, False)]
    return Piece(
        notes=(),
        bars=bars,
        steps_per_quarter=grid,
        keys=_keys(wish, profile, changes, start),
        sections=sections,
        order=_order(form, sections) if form else (),
        tempos=tempos or (Tempo(0, profile.tempo),),
    )


def _free_sections(bars: Sequence[Bar], length: int) -> tuple[Section, ...]:
    """Strains of so many bars, A, B, C ..., a pickup before the first; none when length is 0."""
    firsts = [bar.start for bar in bars if bar.is_full][:: length or None]
    ends = [*firsts[1:], bars[-1].start + bars[-1].length]
    names = cycle(ascii_uppercase)
    return tuple(map(Section, names, firsts, ends)) if length else ()


def _form_sections(bars: Sequence[Bar], form: Form) -> tuple[Section, ...]:
    """The sections of a form, in written order, a primer's pickup before the first: it is played
    once, whatever is repeated."""
    starts = [bar.start for bar in bars if bar.is_full]
    starts.append(bars[-1].start + bars[-1].length)
    sections = [Section(PICKUP, 0, starts[0])] if starts[0] else []
    done = 0
    for part in form.parts:
        for name, count in part.written:
            sections.append(Section(name, starts[done], starts[done + count]))
            done += count
    return tuple(sections)


def _order(form: Form, sections: Sequence[Section]) -> tuple[str, ...]:
    pickup = (PICKUP,) if sections[0].name == PICKUP else ()
    return pickup + form.order


def _keys(
    wish: Wish, profile: Profile, changes: Sequence[tuple[int, bool]], start: int
) -> tuple[Key, ...]:
    """The keys of the primer, then the home key and, in the trio, the key a fourth higher.

    Args:
        wish: what to compose.
        profile: of the model.
        changes: where each part of the form begins, and whether it is in the trio.
        start: where the primer ends. A part that it began goes on in the primer's key, unless
            another is wished for.
    """
    primer_keys = wish.primer.keys if wish.primer else ()
    home = _home_key(wish, profile, next((step for step, in_trio in changes if in_trio), None))
    if home is None:
        return primer_keys
    trio = home._replace(fifths=home.fifths - 1 if home.fifths > -7 else home.fifths + 11)
    signed: dict[int, Key] = {}
    before = None
    for step, in_trio in changes:
        if (step >= start and in_trio != before) or (step < start and wish.key is not None):
            signed[max(step, start)] = trio if in_trio else home
        before = in_trio
    keys = [*primer_keys]
    for step, key in signed.items():
        if not keys or keys[-1][1:] != key[1:]:
            keys.append(key._replace(step=step))
    return tuple(keys)


def _home_key(wish: Wish, profile: Profile, trio: int | None) -> Key | None:
    """The key that is wished for, else that of the primer before the trio, else the corpus's."""
    if wish.key is not None:
        return key_named(wish.key)
    if wish.primer:
        before = [key for key in wish.primer.keys if trio is None or key.step < trio]
        return before[-1] if before else None
    return profile.key


def _primer_bars(primer: Piece, length: int, grid: int) -> tuple[Bar, ...]:
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
    count = len(primer.full_bars)
    if count > length or (count == length and filled == last):
        raise BadPrimer(
            f"primer of {count} bars",
            f"leaves nothing to compose in a piece of {length} written bars",
            f"ask for more than {count} bars, or give a shorter primer",
        )
    return (*before, filled)
