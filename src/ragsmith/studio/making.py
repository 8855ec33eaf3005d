"""Files, pages and verdicts, made in a child process when they are asked for."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from ragsmith.bundle.bundle import load_bundle
from ragsmith.corpus import NothingUsable, read_corpus
from ragsmith.corpus.folder import report
from ragsmith.files import write_whole
from ragsmith.harmony.symbols import with_chord_symbols
from ragsmith.io import write as write_file
from ragsmith.io.score.engrave import screen_page, svg_pages
from ragsmith.io.sound.instrument import PIANOS
from ragsmith.io.sound.keyboard import write_keyboard
from ragsmith.piece import Hand, Piece
from ragsmith.report import report_html
from ragsmith.shipped import shipped_model
from ragsmith.studio.composing import Tell, on_grid, piece_at
from ragsmith.studio.facts import facts_of_model

__all__ = ["engrave", "examine", "inspect", "keys", "report_page", "write"]


def write(
    tell: Tell,
    piece: str,
    title: str,
    composer: str | None,
    recipe: str,
    out: str,
    piano: str = "upright",
) -> None:
    """Write a piece in the format that `out` ends in; where it is sound, on that piano."""
    write_file(replace(_music(piece, title, composer), recipe=recipe), out, piano=piano)


def report_page(
    tell: Tell, piece: str, title: str, composer: str | None, recipe: str, model: str, out: str
) -> None:
    """Write the page about a piece, beside the corpus of a model."""
    music = replace(_music(piece, title, composer), recipe=recipe)
    bundle = load_bundle(model) if model else shipped_model()
    write_whole(Path(out), report_html(music, bundle, compared=on_grid(music, bundle)).encode())


def engrave(
    tell: Tell,
    piece: str,
    title: str,
    composer: str | None,
    out: str,
    width: int = 0,
    chords: bool = False,
) -> None:
    """Write the pages of the score as a JSON list of SVG: of paper, or one for a screen so many
    pixels wide; with the names of its chords on wish."""
    music = _music(piece, title, composer)
    if chords:
        music = with_chord_symbols(music)
    pages = [screen_page(music, width)] if width else svg_pages(music)
    write_whole(Path(out), json.dumps({"pages": pages}).encode())


def _music(path: str, title: str, composer: str | None) -> Piece:
    """A stored piece under the names that it goes by; without a composer's it keeps its own."""
    music: Piece = piece_at(Path(path))
    return replace(music, title=title, composer=music.composer if composer is None else composer)


def keys(tell: Tell, out: str, piano: str) -> None:
    """Write the sound of every key of a piano."""
    write_keyboard(Path(out), PIANOS[piano])


def examine(tell: Tell, folder: str) -> dict[str, Any]:
    """The doctor's verdicts on a folder, on the grid that most of it needs, with the hands of every
    usable file."""
    try:
        corpus = read_corpus(folder)
    except NothingUsable as nothing:
        return report(nothing.entries)
    verdicts = corpus.report
    usable = {entry.path: entry for entry in corpus.usable}
    for row in verdicts["files"]:
        if entry := usable.get(row["path"]):
            hands = Counter(note.hand for note in corpus.piece(entry).notes)
            row["hands"] = {
                "left": hands[Hand.LEFT],
                "right": hands[Hand.RIGHT],
                "unknown": hands[Hand.UNKNOWN],
            }
    return verdicts


def inspect(tell: Tell, path: str) -> dict[str, Any]:
    """The facts in a model file; those of the built-in model where the path is empty."""
    return facts_of_model(load_bundle(path) if path else shipped_model())
