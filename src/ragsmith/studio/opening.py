"""Pieces that others have written, opened: read in a child process, and compared with a model."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from ragsmith.bundle.bundle import Bundle, load_bundle
from ragsmith.composer import Composed, Limits
from ragsmith.corpus.cache_files import store
from ragsmith.corpus.record import Record
from ragsmith.io import MIDI_SUFFIXES, read_report
from ragsmith.io.readers.recipe import recipe_in
from ragsmith.io.score.bar_numbers import printed_bars
from ragsmith.io.sound.piano import sample_clock
from ragsmith.measure.difficulty import difficulty
from ragsmith.measure.likelihood import score
from ragsmith.originality.check import check
from ragsmith.piece import Piece
from ragsmith.playing_order import unfold
from ragsmith.shipped import shipped_model
from ragsmith.studio.composing import Tell, on_grid, piece_at
from ragsmith.studio.facts import facts_of_piece, signature_of

__all__ = ["bare_facts", "compare", "open_file"]

MICROSECONDS = 1_000_000
UNTITLED = "Untitled"


def open_file(tell: Tell, source: str, name: str, folder: str) -> dict[str, Any]:
    """Read a file of music into the folder of pieces; returns what the library is to know of it,
    with `notes`: what somebody must know of how it was read.

    Raises:
        UserError: it cannot be read as music.
    """
    path = Path(source)
    reading = read_report(path, isolated=True)
    piece = replace(reading.piece, title=reading.piece.title or name)
    if path.suffix.lower() in MIDI_SUFFIXES:
        piece = replace(piece, recipe=recipe_in(path))
    number = secrets.token_hex(6)
    store(Path(folder) / f"{number}.npz", Record(""), piece, durable=True)
    moved = reading.moved.words(piece.steps_per_quarter, reading.fitting_grid)
    remarks = [*reading.remarks, *([moved] if reading.moved.share else [])]
    return {"row": {"id": number} | bare_facts(piece), "remarks": remarks}


def bare_facts(piece: Piece) -> dict[str, Any]:
    """The facts of a piece that nobody has compared with anything yet."""
    played = unfold(piece)
    return {
        "title": piece.title or UNTITLED,
        "seed": None,
        "recipe": piece.recipe,
        "composer": piece.composer,
        **signature_of(piece),
        "bars": len(printed_bars(piece)),
        "seconds": sample_clock(played, MICROSECONDS)(played.steps) / MICROSECONDS,
        "notes": len(played.notes),
        "originality": {"longest_texture": None, "longest_melody": None},
        "scores": [],
        "penalty": None,
        "difficulty": round(difficulty(piece), 1),
        "compared": False,
    }


def compare(tell: Tell, piece: str, model: str) -> dict[str, Any]:
    """The facts of a stored piece beside the corpus of a model.

    Raises:
        UserError: the piece does not lie on the model's grid, or is gone.
    """
    music = piece_at(Path(piece))
    bundle = load_bundle(model) if model else shipped_model()
    return bare_facts(music) | _beside(bundle, on_grid(music, bundle)) | {"compared": True}


def _beside(bundle: Bundle, music: Piece) -> dict[str, Any]:
    nats = score(bundle.model, music).nats_per_step
    checked = check(music, bundle) if bundle.passages else None
    facts = facts_of_piece(bundle, Composed(music, 0, nats, {}, None), Limits(), checked)
    return {name: facts[name] for name in ("originality", "scores", "penalty")}
