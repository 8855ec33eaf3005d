"""What an assistant can have done with the files of a folder; each answer is plain JSON data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ragsmith.assistant.folder import Folder
from ragsmith.bundle.bundle import Bundle, load_bundle
from ragsmith.composer import Composed, Wish, compose_all
from ragsmith.composer.ranking import rank_composed
from ragsmith.composer.vary import vary as vary_bars
from ragsmith.corpus import doctor as examine
from ragsmith.easier.simplify import simplified
from ragsmith.errors import BadOption
from ragsmith.io import read, write
from ragsmith.io.score.bar_numbers import printed_bars
from ragsmith.measure.difficulty import demands_of, difficulty_of, shares_of
from ragsmith.options import SEED, SHOWN_COUNT
from ragsmith.originality.check import check as check_piece
from ragsmith.originality.check import with_names
from ragsmith.originality.search import Limits
from ragsmith.piece import Piece
from ragsmith.shipped import shipped_model

__all__ = ["check", "compose", "doctor", "export", "simplify", "vary"]

SECONDS = 120
"""After which composing ends with what there is; assistants wait for an answer."""
VARIED = 4
"""Candidates for bars that are composed again."""


def compose(
    folder: Folder, model: str, form: str, bars: int, key: str, seed: int, count: int
) -> dict[str, Any]:
    """Compose, and write the best of `count` candidates as MIDI."""
    bundle = _bundle(folder, model)
    SHOWN_COUNT.check(count)
    if form and bars:
        raise BadOption("a form and bars", "say two lengths", "leave one of them out")
    SEED.check(seed)
    wish = Wish(form=form or None, bars=bars or Wish().bars, key=key or None)
    outcomes = compose_all(bundle, wish, seeds=range(seed, seed + count), seconds=SECONDS)
    composed = [outcome for outcome in outcomes if isinstance(outcome, Composed)]
    if not composed:
        raise next(outcome for outcome in outcomes if not isinstance(outcome, Composed))
    best = composed[rank_composed(bundle.profile, composed, wish.limits)[0].number]
    path = write(best.piece, folder.new(f"rag-{best.seed}", ".mid"))
    return _facts(path, best.piece) | {"seed": best.seed, **_originality(bundle, best, wish.limits)}


def vary(
    folder: Folder, piece: str, model: str, first_bar: int, last_bar: int, seed: int
) -> dict[str, Any]:
    """Compose bars of a piece again, by the numbers that its score prints, into a new file."""
    bundle = _bundle(folder, model)
    SEED.check(seed)
    path = folder.file(piece)
    before = read(path, bundle.model.steps_per_quarter, isolated=True)
    seeds = range(seed, seed + VARIED)
    span = (first_bar, last_bar)
    varied = vary_bars(bundle, before, span, Wish(), seeds=seeds, seconds=SECONDS)
    best = varied[0].composed
    new = write(best.piece, folder.new(f"{path.stem}-{first_bar}-{last_bar}", ".mid"))
    return _facts(new, best.piece)


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
    return load_bundle(folder.file(model)) if model else shipped_model()


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
