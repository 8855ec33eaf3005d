"""`ragsmith compose`: new pieces, and new bars of old ones."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragsmith.cli.options import (
    Grid,
    Json,
    Paper,
    Piano,
    Seed,
    argument,
    bars_of,
    check_writable,
    metre_of,
    path_option,
)
from ragsmith.errors import BadOption, UserError

if TYPE_CHECKING:
    from ragsmith.bundle.bundle import Bundle
    from ragsmith.cli.render import Report
    from ragsmith.composer import Composed, Wish
    from ragsmith.composer.ranking import Ranked

__all__ = ["compose"]

USUAL_FORM = "Intro AABBACCDD"
MOST = 1000


def compose(
    model: Annotated[
        Path | None,
        argument(help="A .ragsmith file. [default: the built-in model of rags]"),
    ] = None,
    out: Annotated[Path, path_option(help="The folder to write to.")] = Path(),
    count: Annotated[int, typer.Option(help="How many candidates to compose.")] = 4,
    keep: Annotated[int, typer.Option(help="How many of them to keep, the best.")] = 1,
    form: Annotated[
        str | None,
        typer.Option(
            help="Letters are strains, twice in a row with two endings; A(8) has 8 bars; Intro, "
            f"Coda and DC are words. [default: {USUAL_FORM}]"
        ),
    ] = None,
    bars: Annotated[
        str | None,
        typer.Option(help="Instead of a form: 32 for so many bars. With --vary: 9-16."),
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="Like Eb or 'F# minor'. [default: the corpus's commonest]")
    ] = None,
    metre: Annotated[
        str | None, typer.Option(help="Like 2/4. [default: the primer's, else the corpus's]")
    ] = None,
    tempo: Annotated[
        float | None, typer.Option(help="Quarter notes a minute. [default: likewise]")
    ] = None,
    seed: Seed = None,
    sampling: Annotated[
        str,
        typer.Option(
            help="How a step is chosen. sample: drawn; argmax: always the likeliest; unloop: the "
            "likeliest until it repeats itself, then drawn."
        ),
    ] = "sample",
    temperature: Annotated[
        float, typer.Option(help="For draws: above 1 bolder, below 1 safer.")
    ] = 1.0,
    min_p: Annotated[
        float,
        typer.Option(
            help="For draws: leave out what is less likely than the likeliest times this."
        ),
    ] = 0.02,
    copy_limit: Annotated[
        float, typer.Option(help="Beats in a row that may stand in the corpus, all notes.")
    ] = 2.5,
    melody_limit: Annotated[float, typer.Option(help="The same for the melody alone.")] = 4.0,
    rules: Annotated[
        bool,
        typer.Option(
            help="Without rules: copies, loops, hands and cadences are the model's own affair."
        ),
    ] = True,
    primer: Annotated[
        Path | None, path_option(help="A music file to continue; its bars open the piece.")
    ] = None,
    vary: Annotated[
        Path | None, path_option(help="A music file of which to compose --bars again.")
    ] = None,
    like: Annotated[
        Path | None, path_option(help="A .mid file that compose wrote: compose it again.")
    ] = None,
    to: Annotated[str, typer.Option(help="Formats, like mid,musicxml,pdf,mp3.")] = "mid",
    grid: Grid = None,
    piano: Piano = "upright",
    paper: Paper = "a4",
    json: Json = False,
) -> None:
    """Compose new pieces.

    Several candidates are composed, and those kept that lie closest to how the corpus is. No
    passage longer than the limits stands in the corpus, in any key; what is written has passed an
    independent check. Files are named after the piece's seed (rag-1.mid).
    """
    from ragsmith.bundle.bundle import load_bundle
    from ragsmith.cli.output import free_name
    from ragsmith.cli.render import reporting
    from ragsmith.composer import Choosing, Limits, Wish
    from ragsmith.io import write
    from ragsmith.shipped import shipped_model

    if not 1 <= keep <= count <= MOST:
        rule = f"must be 1 to the count, and the count at most {MOST}"
        raise BadOption(f"keep {keep} of count {count}", rule, "try --count 8 --keep 2")
    check_writable(out)
    suffixes = _suffixes(to)
    bundle = load_bundle(model) if model else shipped_model()
    ranks: list[Ranked] = []
    with reporting() as report:
        if like:
            composed = _composed_like(bundle, like, primer or vary, grid, report)
        else:
            wish = Wish(
                bars=_bars(bars) if bars and not vary else 32,
                form=form or (None if bars or primer or vary else USUAL_FORM),
                key=key,
                metre=metre_of(metre),
                tempo=tempo,
                choosing=Choosing(sampling, temperature, min_p),
                primer=_read(primer, grid, bundle) if primer else None,
                limits=Limits(copy_limit, melody_limit),
                rules=rules,
            )
            if form and bars and not vary:
                raise BadOption("--form and --bars", "say two lengths", "leave one of them out")
            first = random.randrange(1_000_000) if seed is None else seed
            seeds = list(range(first, first + count))
            if vary:
                composed = _varied(bundle, vary, bars, grid, wish, seeds, report)[:keep]
            else:
                composed, ranks = _best(bundle, wish, seeds, keep, report)
    out.mkdir(parents=True, exist_ok=True)
    stem = vary.stem if vary else "rag"
    paths = []
    for each in composed:
        place = free_name(out / f"{stem}-{each.seed}", suffixes)
        files = [place.with_name(place.name + suffix) for suffix in suffixes]
        paths.append([write(each.piece, path, piano=piano, paper=paper) for path in files])
    _show(composed, ranks, paths, json)


def _suffixes(to: str) -> list[str]:
    from ragsmith.io import check_suffix

    return [check_suffix(f".{name.strip().lstrip('.')}") for name in to.split(",")]


def _bars(text: str) -> int:
    first, last = bars_of(text)
    if first != last:
        raise BadOption(f"bars {text}", "are two numbers", "write one, or name a piece to --vary")
    return first


def _read(path: Path, grid: int | None, bundle: Bundle) -> Any:
    from ragsmith.cli.reading import read_for_model

    return read_for_model(path, grid, bundle.model.steps_per_quarter)


def _progress(report: Report) -> Any:
    return lambda done, steps: report.update(done, steps, f"step {done} of {steps}")


def _best(
    bundle: Bundle, wish: Wish, seeds: Sequence[int], keep: int, report: Report
) -> tuple[list[Composed], list[Ranked]]:
    """The best candidates, and why; what found no way forward costs a line."""
    from ragsmith.composer import Composed, compose_all
    from ragsmith.composer.best_of import ranked

    found: list[Composed] = []
    closed: dict[int, UserError] = {}
    outcomes = compose_all(bundle, wish, seeds=seeds, on_step=_progress(report))
    for seed, outcome in zip(seeds, outcomes, strict=True):
        if isinstance(outcome, Composed):
            found.append(outcome)
        else:
            closed[seed] = outcome
    if not found:
        raise closed[seeds[0]]
    for seed, why in closed.items():
        report.line(f"seed {seed}: {why}")
    ranks = ranked(bundle, found, wish.limits)[:keep]
    return [found[rank.number] for rank in ranks], ranks


def _composed_like(
    bundle: Bundle, like: Path, made_from: Path | None, grid: int | None, report: Report
) -> list[Composed]:
    """The piece of a recipe."""
    from ragsmith.composer.recompose import compose_again
    from ragsmith.io.midi_out import recipe_in

    given = _read(made_from, grid, bundle) if made_from else None
    return [compose_again(bundle, recipe_in(like), like.name, given, _progress(report))]


def _varied(
    bundle: Bundle,
    piece: Path,
    bars: str | None,
    grid: int | None,
    wish: Wish,
    seeds: Sequence[int],
    report: Report,
) -> list[Composed]:
    from ragsmith.composer.vary import vary

    if bars is None:
        raise BadOption("--vary", "does not say which bars", "name them, like --bars 9-16")
    found = vary(
        bundle,
        _read(piece, grid, bundle),
        bars_of(bars),
        wish,
        seeds=seeds,
        on_step=_progress(report),
    )
    return [each.composed for each in found]


def _show(
    composed: Sequence[Composed],
    ranks: Sequence[Ranked],
    paths: Sequence[Sequence[Path]],
    json: bool,
) -> None:
    from ragsmith.cli.render import print_json, print_table
    from ragsmith.measure.cadence import endings_of

    rows = []
    for number, (each, files) in enumerate(zip(composed, paths, strict=True)):
        found = each.originality
        endings = endings_of(each.piece)
        rows.append(
            {
                "paths": [str(path) for path in files],
                "seed": each.seed,
                "bars": len(each.piece.full_bars),
                "notes": len(each.piece.notes),
                "originality": found
                and {
                    "longest_texture_beats": float(found.texture.beats) if found.texture else 0.0,
                    "longest_melody_beats": float(found.melody.beats) if found.melody else 0.0,
                },
                "scores": {
                    "nats_per_step": round(each.nats_per_step, 4),
                    "closes": sum(ending.closes for ending in endings),
                    "strain_ends": len(endings),
                    "penalty": round(ranks[number].penalty, 3) if ranks else None,
                    "reasons": [reason.words for reason in ranks[number].reasons] if ranks else [],
                    "turned_down": dict(each.turned_down),
                },
            }
        )
    if json:
        print_json({"pieces": rows})
        return
    print_table(
        ("file", "bars", "notes", "beats copied, all notes", "melody", "closes", "stands out in"),
        [_row(row) for row in rows],
    )


def _row(row: dict[str, Any]) -> tuple[Any, ...]:
    scores, found = row["scores"], row["originality"]
    copied = ["not checked", ""]
    if found:
        runs = (found["longest_texture_beats"], found["longest_melody_beats"])
        copied = [f"{beats:g}" if beats else "at most 1" for beats in runs]
    ends = scores["strain_ends"]
    closes = f"{scores['closes']} of {ends} strains" if ends else "no strains"
    worst = "; ".join(scores["reasons"][:2]) or "-"
    return (", ".join(row["paths"]), row["bars"], row["notes"], *copied, closes, worst)
