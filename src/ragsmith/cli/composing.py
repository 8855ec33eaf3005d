"""`ragsmith compose`: new pieces, new bars of old ones, and old ones again from their recipes."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragsmith import options
from ragsmith.cli import options as typed
from ragsmith.cli.options import (
    Grid,
    Json,
    Paper,
    Part,
    Parts,
    Piano,
    Quiet,
    argument,
    bars_of,
    beats_in,
    metre_of,
    part_of,
    path_option,
    weights_of,
)
from ragsmith.cli.unused_options import refuse_unused
from ragsmith.errors import BadOption

if TYPE_CHECKING:
    from ragsmith.bundle.bundle import Bundle
    from ragsmith.cli.composed import Chosen
    from ragsmith.cli.render import Report
    from ragsmith.composer import Wish
    from ragsmith.composer.variants import Variant
    from ragsmith.piece import Piece

__all__ = ["compose"]

FIRST_SEEDS = 1_000_000
"""Where no seed is named the first is drawn below this: short enough to be typed again."""

Span = tuple[tuple[int, int] | None, str, list[int] | None]
"""Bars, hand and beats to compose again."""

Models = Annotated[
    list[Path] | None,
    argument(
        help="A .ragsmith file or a built-in name (ragtime, piano), or several that compose "
        "together. [default: ragtime, the built-in model of rags]",
    ),
]
Weights = Annotated[
    str | None, typer.Option(help="How much each of several models counts, like 0.7,0.3.")
]
Out = Annotated[
    Path, path_option(help="The folder to write to; - writes one piece to standard output.")
]
Rules = Annotated[
    bool,
    typer.Option(help="Without rules the model may copy, loop, want three hands, omit cadences."),
]
Primer = Annotated[
    Path | None, path_option(help="A music file to continue; its bars open the piece.")
]
More = Annotated[list[str] | None, typer.Option(help="A dial to turn up, like syncopation.")]
Less = Annotated[list[str] | None, typer.Option(help="A dial to turn down, like left-notes.")]
Vary = Annotated[Path | None, path_option(help="A music file of which to compose --bars again.")]
Accompany = Annotated[
    Path | None,
    path_option(help="A melody to compose a left hand to: the same as --vary and --hand left."),
]
Of = Annotated[
    Path | None,
    path_option(help="A music file to compose variants of; --bars and --hand say what may change."),
]
Like = Annotated[
    Path | None, path_option(help="A .mid file that compose wrote: the same piece again.")
]
To = Annotated[str, typer.Option(help="Formats, like mid,musicxml,pdf,mp3.")]


def compose(
    context: typer.Context,
    model: Models = None,
    weights: Weights = None,
    mix: typed.Mix = options.MIX.default,
    out: Out = Path(),
    count: typed.Count = options.COUNT.default,
    keep: typed.Keep = options.KEEP.default,
    form: typed.Form = options.FORM.default,
    bars: typed.Bars = None,
    key: typed.Key = options.KEY.default,
    chords: typed.Chords = options.CHORDS.default,
    metre: typed.Signature = options.METRE.default,
    tempo: typed.Tempo = options.TEMPO.default,
    dials: typed.Dials = options.DIALS.default,
    difficulty: typed.Difficulty = options.DIFFICULTY.default,
    more: More = None,
    less: Less = None,
    seed: typed.Seed = options.SEED.default,
    sampling: typed.Sampling = options.SAMPLING.default,
    temperature: typed.Temperature = options.TEMPERATURE.default,
    min_p: typed.MinP = options.MIN_P.default,
    tries: typed.Tries = options.TRIES.default,
    copy_limit: typed.CopyLimit = options.COPY_LIMIT.default,
    melody_limit: typed.MelodyLimit = options.MELODY_LIMIT.default,
    rules: Rules = True,
    time_limit: typed.TimeLimit = options.TIME_LIMIT.default,
    primer: Primer = None,
    vary: Vary = None,
    hand: typed.Hand = options.HAND.default,
    on_beats: typed.OnBeats = options.ON_BEATS.default,
    accompany: Accompany = None,
    of: Of = None,
    variants: typed.Variants = options.VARIANTS.default,
    distance: typed.Distance = options.DISTANCE.default,
    harmony: typed.Harmony = options.HARMONY.default,
    like: Like = None,
    to: To = "mid",
    grid: Grid = None,
    part: Part = None,
    parts: Parts = None,
    piano: Piano = "upright",
    paper: Paper = "a4",
    expression: typed.Expression = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Compose new pieces.

    Several candidates are composed, and those kept that lie closest to how the corpus is. No
    passage longer than the limits stands in the corpus, in any key; what is written has passed an
    independent check. Files are named after the piece's seed (rag-1.mid).
    """
    from ragsmith.cli.composed import Destination, show
    from ragsmith.cli.lead_sheet import chords_from
    from ragsmith.cli.models import opened
    from ragsmith.cli.render import reporting
    from ragsmith.cli.streams import is_standard, to_output
    from ragsmith.cli.variants import VariantsAsked, show_variants

    refuse_unused(context)
    if accompany:
        vary, hand = accompany, "left"
    _check_counts(count, keep)
    seconds = 60 * options.TIME_LIMIT.check(time_limit)
    output = Destination.checked(out, to, piano, paper, expression)
    options.VARIANTS.check(variants)
    if is_standard(out) and (keep, len(output.suffixes), json, of) != (1, 1, False, None):
        rule = "is one piece in one format"
        raise BadOption("--out -", rule, "leave --keep and --json out, name one format with --to")
    laid_out: list[Variant] = []
    with reporting(quiet) as report:
        bundle, mix = opened(model or [], weights_of(weights), mix)
        given = partial(_read, grid=grid, part=part_of(part, parts), bundle=bundle)
        if like:
            chosen = _again(bundle, like, given(primer or vary or of), report, seconds)
        else:
            turned = _dials(dials, more, less)
            values = context.params | {"vary": vary or of, "dials": turned, "mix": mix}
            wish = _wish(values, given(primer), chords_from(chords))
            seeds = _seeds(seed, variants if of else count)
            if original := given(of):
                change = VariantsAsked(distance, bars_of(bars) if bars else None, hand, harmony)
                laid_out = change.compose(bundle, original, wish, seeds, report, seconds)
            elif before := given(vary):
                chosen = _varied(
                    bundle, before, _span(bars, hand, on_beats), wish, seeds, report, seconds
                )
            else:
                chosen = _best(bundle, wish, seeds, report, seconds)
    if laid_out:
        show_variants(laid_out, output, of.stem if of else "", json)
        return
    chosen = chosen.first(keep)
    if is_standard(out):
        to_output(chosen.pieces[0].piece, output.suffixes[0], **output.how)
        return
    show(chosen, output.write(chosen, vary.stem if vary else "rag"), json)


def _check_counts(count: int, keep: int) -> None:
    options.COUNT.check(count)
    if not 1 <= keep <= count:
        rule = "must be 1 to the count"
        raise BadOption(f"keep {keep} of count {count}", rule, "try --count 8 --keep 2")


def _read(path: Path | None, grid: int | None, part: str | None, bundle: Bundle) -> Piece | None:
    """A piece to go on from, on the model's grid; None where none is named."""
    from ragsmith.cli.reading import read_for_model
    from ragsmith.cli.streams import from_input

    if path is None:
        return None
    with from_input(path) as place:
        return read_for_model(place, grid, bundle.model.steps_per_quarter, part)


def _wish(values: Mapping[str, Any], primer: Piece | None, chords: str | Piece | None) -> Wish:
    """What to compose, from the options as they were typed."""
    from ragsmith.composer import Limits, Sampling, Wish

    bars, again = values["bars"], values["vary"]
    own_form = bars or primer or again or chords not in (None, options.AUTO, options.NONE)
    usual_form = None if own_form else options.FORM.first
    return Wish(
        bars=_number_of_bars(bars) if bars and not again else options.BARS.default,
        form=values["form"] or usual_form,
        key=values["key"],
        metre=metre_of(values["metre"]),
        tempo=values["tempo"],
        sampling=Sampling(
            values["sampling"], values["temperature"], values["min_p"], values["tries"]
        ),
        primer=primer,
        limits=Limits(values["copy_limit"], values["melody_limit"]),
        rules=values["rules"],
        chords=chords,
        dials=values["dials"],
        difficulty=values["difficulty"],
        mix=values["mix"],
    )


def _dials(text: str | None, more: Sequence[str] | None, less: Sequence[str] | None) -> str | None:
    """All dials as one text."""
    turned = [f"{name}=high" for name in more or ()] + [f"{name}=low" for name in less or ()]
    return "; ".join(([text] if text else []) + turned) or None


def _number_of_bars(text: str) -> int:
    first, last = bars_of(text)
    if first != last:
        raise BadOption(f"bars {text}", "are two numbers", "write one, or name a piece to --vary")
    return first


def _span(bars: str | None, hand: str, on_beats: str | None) -> Span:
    """The bars to compose again, the hand and the beats; None for all of them."""
    beats = beats_in(on_beats)
    if bars is None and options.HAND.check(hand) == options.HAND.default and beats is None:
        raise BadOption("--vary", "does not say which bars", "name them, like --bars 9-16")
    return bars_of(bars) if bars else None, hand, beats


def _seeds(first: int | None, count: int) -> list[int]:
    if first is None:
        first = random.randrange(FIRST_SEEDS)
    return list(range(first, first + count))


def _progress(report: Report) -> Callable[[int, int], None]:
    return lambda done, steps: report.update(done, steps, f"step {done} of {steps}")


def _best(
    bundle: Bundle, wish: Wish, seeds: Sequence[int], report: Report, seconds: float
) -> Chosen:
    """New pieces, the best first, whole ones before others; a seed that found no way forward, or
    that was broken off, costs a line."""
    from ragsmith.cli.composed import Chosen
    from ragsmith.composer import Composed, compose_all
    from ragsmith.composer.easing import missed_difficulty
    from ragsmith.composer.ranking import rank_composed

    progress = _progress(report)
    outcomes = compose_all(bundle, wish, seeds=seeds, on_step=progress, seconds=seconds)
    composed = [outcome for outcome in outcomes if isinstance(outcome, Composed)]
    failures = [outcome for outcome in outcomes if not isinstance(outcome, Composed)]
    if not composed:
        raise failures[0]
    for failure in failures:
        report.line(str(failure))
    for piece in composed:
        if piece.broken_off:
            report.line(str(piece.broken_off))
    ranks = rank_composed(bundle.profile, composed, wish.limits, wish.difficulty, wish.dials)
    ranks = sorted(ranks, key=lambda rank: bool(composed[rank.number].broken_off))
    if miss := missed_difficulty(composed[ranks[0].number].piece, wish):
        report.line(miss)
    return Chosen([composed[rank.number] for rank in ranks], ranks)


def _again(
    bundle: Bundle, like: Path, made_from: Piece | None, report: Report, seconds: float
) -> Chosen:
    """The piece of a recipe."""
    from ragsmith.cli.composed import Chosen
    from ragsmith.composer.recompose import compose_again
    from ragsmith.io.readers.recipe import recipe_in

    recipe = recipe_in(like)
    progress = _progress(report)
    again = compose_again(bundle, recipe, like.name, made_from, progress, seconds)
    return Chosen([again], [])


def _varied(
    bundle: Bundle,
    piece: Piece,
    span: Span,
    wish: Wish,
    seeds: Sequence[int],
    report: Report,
    seconds: float,
) -> Chosen:
    """The piece with other bars, the best join first."""
    from ragsmith.cli.composed import Chosen
    from ragsmith.composer.vary import vary

    bars, hand, beats = span
    progress = _progress(report)
    varied = vary(
        bundle,
        piece,
        bars,
        wish,
        seeds=seeds,
        hand=hand,
        beats=beats,
        on_step=progress,
        seconds=seconds,
    )
    return Chosen([candidate.composed for candidate in varied], [])
