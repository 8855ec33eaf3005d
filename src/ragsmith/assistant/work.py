"""What an assistant can have done with the files of a folder; each answer is plain JSON data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ragsmith.assistant.folder import Folder
from ragsmith.bundle.bundle import Bundle, load_bundle
from ragsmith.bundle.mix import mix
from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.composer.ranking import rank_composed
from ragsmith.composer.variants import variants as variants_of
from ragsmith.composer.vary import vary as vary_bars
from ragsmith.corpus import doctor as examine
from ragsmith.easier.simplify import simplified
from ragsmith.errors import BadOption
from ragsmith.io import read, write
from ragsmith.io.score.bar_numbers import printed_bars
from ragsmith.measure.difficulty import demands_of, difficulty_of, shares_of
from ragsmith.options import HAND, SEED, SHOWN_COUNT
from ragsmith.originality.check import check as check_piece
from ragsmith.originality.check import with_names
from ragsmith.originality.search import Limits
from ragsmith.piece import Piece
from ragsmith.shipped import BUILT_IN, load_model, shipped_model

__all__ = ["check", "compose", "doctor", "export", "simplify", "variants", "vary"]

SECONDS = 120
"""After which composing ends with what there is; assistants wait for an answer."""
VARIED = 4
"""Candidates for bars that are composed again."""


def compose(
    folder: Folder, model: str, fields: dict[str, Any], seed: int, count: int
) -> dict[str, Any]:
    """Compose, and write the best of `count` candidates as MIDI.

    Args:
        folder: of the assistant.
        model: a file of it, or several with commas, which compose together; "" is the built-in one.
        fields: of `ragsmith.composer.Wish`; what is empty is left open.
        seed: of the first candidate.
        count: of candidates.
    """
    bundle = _bundle(folder, model)
    SHOWN_COUNT.check(count)
    if fields["form"] and fields["bars"]:
        raise BadOption("a form and bars", "say two lengths", "leave one of them out")
    SEED.check(seed)
    wish = Wish(**{name: value for name, value in fields.items() if value})
    outcomes = compose_all(bundle, wish, seeds=range(seed, seed + count), seconds=SECONDS)
    composed = [outcome for outcome in outcomes if isinstance(outcome, Composed)]
    if not composed:
        raise next(outcome for outcome in outcomes if not isinstance(outcome, Composed))
    ranks = rank_composed(bundle.profile, composed, wish.limits, wish.difficulty, wish.dials)
    best = composed[ranks[0].number]
    path = write(best.piece, folder.new(f"rag-{best.seed}", ".mid"))
    return _facts(path, best.piece) | {"seed": best.seed, **_originality(bundle, best, wish.limits)}


def vary(
    folder: Folder,
    piece: str,
    model: str,
    first_bar: int,
    last_bar: int,
    hand: str,
    dials: str,
    seed: int,
) -> dict[str, Any]:
    """Compose bars of a piece again, by the numbers that its score prints, or one hand of them, in
    a new file; without bars one hand of all."""
    bundle = _bundle(folder, model)
    SEED.check(seed)
    path = folder.file(piece)
    before = read(path, bundle.model.steps_per_quarter, isolated=True)
    span = _span(first_bar, last_bar)
    if span is None and hand == HAND.default:
        raise BadOption("vary", "does not say which bars", "name them, or a hand")
    wish, seeds = Wish(dials=dials or None), range(seed, seed + VARIED)
    varied = vary_bars(bundle, before, span, wish, seeds=seeds, hand=hand, seconds=SECONDS)
    best = varied[0].composed
    name = f"{path.stem}-{first_bar}-{last_bar}" if span else f"{path.stem}-{hand}"
    return _facts(write(best.piece, folder.new(name, ".mid")), best.piece)


def variants(
    folder: Folder,
    piece: str,
    model: str,
    distance: str,
    count: int,
    first_bar: int,
    last_bar: int,
    hand: str,
    dials: str,
    seed: int,
) -> dict[str, Any]:
    """Write variants of a piece, the nearest first."""
    bundle = _bundle(folder, model)
    SEED.check(seed), SHOWN_COUNT.check(count)
    path = folder.file(piece)
    made = variants_of(
        bundle,
        read(path, bundle.model.steps_per_quarter, isolated=True),
        Wish(dials=dials or None),
        seeds=range(seed, seed + count),
        distance=distance,
        bars=_span(first_bar, last_bar),
        hand=hand,
        seconds=SECONDS,
    )
    rows = []
    for variant in made:
        new = write(variant.composed.piece, folder.new(f"{path.stem}-variant", ".mid"))
        shares = {"bars_kept": variant.bars_kept, "harmony_kept": variant.harmony_kept}
        figures = {"distance": variant.distance, **shares}
        figures = {name: round(figure, 2) for name, figure in figures.items()}
        rows.append(_facts(new, variant.composed.piece) | figures)
    return {"variants": rows}


def _span(first_bar: int, last_bar: int) -> tuple[int, int] | None:
    """The bars that are named; 0 names none, and a last bar of 0 is the first."""
    return (first_bar, last_bar or first_bar) if first_bar else None


def simplify(folder: Folder, piece: str, difficulty: int) -> dict[str, Any]:
    """Write an easier version of a piece."""
    path = folder.file(piece)
    easier = simplified(read(path, isolated=True), difficulty)
    new = write(easier.piece, folder.new(f"{path.stem}-easier", ".mid"))
    return _facts(new, easier.piece) | {
        "difficulty_before": round(easier.before, 2),
        "steps": list(easier.steps),
        "semitones": easier.semitones,
    }


def check(folder: Folder, piece: str, model: str) -> dict[str, Any]:
    """What a piece shares with the corpus of a model, and how difficult it is."""
    bundle = _bundle(folder, model)
    music = read(folder.file(piece), bundle.model.steps_per_quarter, isolated=True)
    demands = demands_of(music)
    shares = {name: round(share, 2) for name, share in shares_of(demands).items()}
    return check_piece(music, bundle).as_json() | {
        "difficulty": round(difficulty_of(demands), 2),
        "difficulty_by_demand": shares,
    }


def export(folder: Folder, piece: str, suffix: str) -> dict[str, Any]:
    """Write a piece in another format."""
    path = folder.file(piece)
    music = read(path, isolated=True)
    place = folder.new(path.stem, f".{suffix.lstrip('.')}")
    return {"file": write(music, place, isolated=True).name}


def doctor(folder: Folder) -> dict[str, Any]:
    """Which files of the folder can be learnt from, and why others cannot."""
    return examine(folder.music())


def _bundle(folder: Folder, model: str) -> Bundle:
    """The model of a name, or several with commas between them as one."""
    names = [name.strip() for name in model.split(",") if name.strip()]
    bundles = [load_model(n) if n in BUILT_IN else load_bundle(folder.file(n)) for n in names]
    if len(bundles) > 1:
        return mix(bundles)
    return bundles[0] if bundles else shipped_model()


def _facts(path: Path, piece: Piece) -> dict[str, Any]:
    return {
        "file": path.name,
        "bars": len(printed_bars(piece)),
        "notes": len(piece.notes),
        "difficulty": round(difficulty_of(demands_of(piece)), 2),
    }


def _originality(bundle: Bundle, composed: Composed, limits: Limits) -> dict[str, Any]:
    if composed.originality is None:
        return {}
    return with_names(composed.originality, bundle.passages, limits).as_json()
