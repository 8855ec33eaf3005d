"""From a trained model to new pieces, and to new bars of old ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ragsmith.bundle.bundle import Bundle, checked_bundle
from ragsmith.bundle.profile import Profile
from ragsmith.composer.arguments import checked_seeds, checked_wish
from ragsmith.composer.chord_chart import key_for
from ragsmith.composer.chord_leaning import NOT_LED, is_told
from ragsmith.composer.conventions import RAGTIME, with_conventions
from ragsmith.composer.dials import settings_for
from ragsmith.composer.draft import DeadEnd
from ragsmith.composer.easing import made_easier
from ragsmith.composer.fill import Composed, Outcome, fill_outline
from ragsmith.composer.frame import Frame
from ragsmith.composer.hardening import made_harder
from ragsmith.composer.harmonic_rhythm import rates_for, refuse_chord_changes, turns_chords
from ragsmith.composer.home_keys import keys_by_seed
from ragsmith.composer.outline import outline_of
from ragsmith.composer.recipe import recipe_for
from ragsmith.composer.sampling import Sampling
from ragsmith.composer.strain_mix import mixed_over_strains
from ragsmith.composer.wish import Wish
from ragsmith.errors import BadOption
from ragsmith.hands import in_hands
from ragsmith.harmony.progression import progression_text
from ragsmith.keys import key_name
from ragsmith.models.base import Model, Step, steps_of
from ragsmith.options import AUTO, NONE
from ragsmith.originality.corpora import indices_of
from ragsmith.originality.gate import Guarantee, NotOriginal
from ragsmith.originality.search import Limits
from ragsmith.piece import Piece

__all__ = [
    "Composed",
    "DeadEnd",
    "Limits",
    "NotOriginal",
    "Outcome",
    "Sampling",
    "Wish",
    "compose",
    "compose_all",
    "compose_many",
]


def compose(bundle: Bundle, wish: Wish | None = None, *, seed: int = 0) -> Piece:
    """One new piece; the same seed gives the same piece on the same machine.

    >>> import ragsmith
    >>> compose(ragsmith.load_model("ragtime"), Wish(bars=2), seed=7)
    <Piece 'Rag no. 7': ... notes in 2 bars of 2/4, 4 steps a quarter>
    """
    return compose_many(bundle, Wish() if wish is None else wish, seeds=[seed])[0]


def compose_many(
    bundle: Bundle,
    wish: Wish,
    *,
    seeds: Sequence[int],
    on_step: Callable[[int, int], None] | None = None,
) -> list[Piece]:
    """The pieces of `compose_all`.

    Raises:
        DeadEnd: the rules left no way forward for one of them.
        NotOriginal: the check found a run in one of them that is too long.

    >>> import ragsmith
    >>> pieces = compose_many(ragsmith.load_model("ragtime"), Wish(bars=2), seeds=[7, 8])
    >>> [piece.title for piece in pieces]
    ['Rag no. 7', 'Rag no. 8']
    """
    pieces = []
    for outcome in compose_all(bundle, wish, seeds=seeds, on_step=on_step):
        if not isinstance(outcome, Composed):
            raise outcome
        pieces.append(outcome.piece)
    return pieces


def compose_all(
    bundle: Bundle,
    wish: Wish,
    *,
    seeds: Sequence[int],
    on_step: Callable[[int, int], None] | None = None,
    on_steps: Callable[[Sequence[Sequence[Step]]], None] | None = None,
    seconds: float | None = None,
) -> list[Outcome]:
    """New pieces side by side: for each seed the piece, or why there is none.

    Args:
        bundle: a trained model.
        wish: what to compose.
        seeds: one for each piece, 0 to 4294967295.
        on_step: called with (steps done, steps in all) as the pieces grow.
        on_steps: called with the steps that every piece has; they may still be taken back.
        seconds: after which composing ends with what there is: pieces that are not finished end
            with their last full bar, and say so (`Composed.broken_off`). None takes its time.

    Raises:
        BadOption: a seed is out of range, or what is given is no model, no wish or no seeds.
        BadPrimer: the primer lies on another grid, is as long as the wish, or holds what the model
            cannot represent.
        BadBundle: rules are wanted, and the bundle has no index of its corpus.
        BadOption: chords or dials do not fit the form or the metre, or the model cannot be led by
            any.

    >>> import ragsmith
    >>> outcomes = compose_all(ragsmith.load_model("ragtime"), Wish(bars=2), seeds=[7])
    >>> isinstance(outcomes[0], Composed)
    True
    """
    model, card, profile, _ = checked_bundle(bundle)
    wish, seeds = _with_usual_chords(checked_wish(wish), model, profile), checked_seeds(seeds)
    guarantee = Guarantee(indices_of(bundle), wish.limits) if wish.rules else None
    chords = _planned_chords(wish)
    _check_chords(chords, model, profile)
    in_key, grid = _in_key_of_chords(wish), model.steps_per_quarter
    outline = outline_of(in_key, profile, grid)
    counts = card.keys if in_key.key is None and not wish.primer else {}
    keys = keys_by_seed(counts, in_key, profile, grid, seeds)
    model = mixed_over_strains(model, wish.mix, outline)
    plans = profile.strain_plans if wish.form is not None else {}
    before = steps_of(in_hands(wish.primer)) if wish.primer else ()
    dials = settings_for(wish.dials, outline, model, profile, wish.difficulty)
    rhythm_plans = profile.rhythm_plans if plans and not dials else {}  # dials steer rhythms
    rates = rates_for(wish.dials, chords, outline, profile)
    frame = Frame(
        outline,
        before,
        plans=plans,
        rhythm_plans=rhythm_plans,
        chords=chords,
        dials=dials,
        rates=rates,
        keys=keys,
    )
    outcomes = fill_outline(
        model, profile, guarantee, frame, wish.sampling, seeds, on_step, on_steps, seconds
    )
    outcomes = [made_easier(outcome, wish, guarantee) for outcome in outcomes]
    outcomes = [made_harder(outcome, wish, guarantee, profile.habits) for outcome in outcomes]
    return [
        outcome
        if not isinstance(outcome, Composed)
        else replace(
            outcome,
            piece=replace(
                with_conventions(outcome.piece, profile.conventions or RAGTIME),
                title=f"Rag no. {outcome.seed}",
                composer="Ragsmith",
                recipe=""
                if outcome.broken_off  # where time ends it is no matter of the recipe
                else recipe_for(
                    model,
                    profile,
                    wish,
                    seeds,
                    outcome.seed,
                    progression=progression_text(outcome.piece),
                    keys=counts,
                ),
            ),
        )
        for outcome in outcomes
    ]


def _with_usual_chords(wish: Wish, model: Model, profile: Profile) -> Wish:
    """The wish with chords drawn, where it says nothing of them and the model has learnt to follow
    such. A primer has chords of its own, and without rules the model does what it likes."""
    follows = profile.chord_nats is not None and is_told(model)
    if wish.chords is None and follows and wish.rules and not wish.primer:
        return replace(wish, chords=AUTO)
    return wish


def _planned_chords(wish: Wish) -> str | None:
    """The chords to compose under; None plans none.

    Raises:
        BadOption: none are wished for, and a dial turns them.
    """
    if wish.chords == NONE:
        refuse_chord_changes(wish.dials)
        return None
    return AUTO if wish.chords is None and turns_chords(wish.dials) else wish.chords


def _check_chords(chords: str | None, model: Model, profile: Profile) -> None:
    """Refuse chords that nothing comes of.

    Raises:
        BadOption: the model cannot be led by chords, or has none of its own to draw from.
    """
    if chords is None:
        return
    if model.name in NOT_LED:
        rule = f"cannot be asked of a model of the kind {model.name}, which chords do not lead"
        raise BadOption("chords", rule, "use a model of the kind stride, or leave them out")
    if chords == AUTO and not profile.progressions:
        rule = "cannot be drawn: the model knows no progressions of its corpus"
        raise BadOption(f"chords {AUTO}", rule, "learn it again, or write chords")


def _in_key_of_chords(wish: Wish) -> Wish:
    """The wish with the key that its chords stand in, where they are named and it says none."""
    if wish.chords in (None, AUTO, NONE) or wish.key is not None or wish.primer:
        return wish
    key = key_for(str(wish.chords))
    return replace(wish, key=key_name(key)) if key else wish
