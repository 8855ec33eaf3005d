"""A piece composed again, from the recipe that its file carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import ragsmith
from ragsmith.bundle.bundle import Bundle
from ragsmith.composer import Composed, compose_all
from ragsmith.composer.recipe import digest_of, digest_of_piece, read_recipe
from ragsmith.composer.variants import Change, variant
from ragsmith.composer.vary import vary
from ragsmith.errors import BadOption
from ragsmith.piece import Piece

__all__ = ["compose_again"]


def compose_again(
    bundle: Bundle,
    recipe: str,
    name: str,
    primer: Piece | None = None,
    on_step: Callable[[int, int], None] | None = None,
    seconds: float | None = None,
) -> Composed:
    """The piece composed again; its MIDI file has the same bytes on the same machine.

    Args:
        bundle: the model that it was composed by.
        recipe: what its file carries.
        name: of that file, for errors.
        primer: what it was given to continue or to vary, if anything.
        on_step: called with (steps done, steps in all).
        seconds: after which composing ends; None takes its time.

    Raises:
        BadOption: there is no recipe, or it asks for another model, version or primer.
        OutOfTime: it is not whole when the time is up.
    """
    read = read_recipe(recipe, name)
    if read.ragsmith != ragsmith.__version__:
        rule = f"was composed by version {read.ragsmith}, and this is {ragsmith.__version__}"
        raise BadOption(name, rule, f"install that one (pip install ragsmith=={read.ragsmith})")
    if read.model != digest_of(bundle.model, bundle.profile, read.wish.sampling.tries):
        rule = "was composed by another model"
        remedy = "name that model's .ragsmith file before --like, or those of a mix, by its weights"
        raise BadOption(name, rule, remedy)
    if read.primer != (digest_of_piece(primer) if primer else ""):
        option = "--of" if read.variant else "--vary" if read.vary else "--primer"
        rule = "was made from another piece" if primer else "was made from a piece"
        raise BadOption(name, rule, f"give that one with {option}")
    if read.variant and primer:
        change = Change(**read.variant)
        return variant(bundle, primer, read.wish, read.seed, change, seconds).composed
    if read.vary and primer:
        varied = vary(
            bundle,
            primer,
            read.vary,
            read.wish,
            seeds=read.seeds,
            hand=read.hand,
            beats=read.beats,
            particles=read.particles,
            on_step=on_step,
            seconds=seconds,
        )
        pieces = [made.composed for made in varied if made.composed.seed == read.seed]
        if not pieces:
            raise BadOption(
                name,
                f"cannot be made again on this computer: seed {read.seed} found no way through",
                "allow it more time, or use the computer that it was made on: sums differ in "
                "their last bits",
            )
        return pieces[0]
    wish = replace(read.wish, primer=primer)
    # Whatever the model's card says now; where the recipe names none, the profile's key is meant.
    bundle = bundle._replace(card=replace(bundle.card, keys=dict(read.keys)))
    outcomes = compose_all(bundle, wish, seeds=read.seeds, on_step=on_step, seconds=seconds)
    outcome = outcomes[read.seeds.index(read.seed)]
    if not isinstance(outcome, Composed):
        raise outcome
    if outcome.broken_off:
        raise outcome.broken_off
    return outcome
