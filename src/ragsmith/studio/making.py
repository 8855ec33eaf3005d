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
from ragsmith.io.score.engrave import svg_pages
from ragsmith.io.sound.keyboard import write_keyboard
from ragsmith.piece import Hand
from ragsmith.shipped import shipped_model
from ragsmith.studio.composing import Tell, piece_at
from ragsmith.studio.facts import facts_of_model

__all__ = ["engrave", "examine", "inspect", "keys", "write"]


def write(tell: Tell, piece: str, title: str, recipe: str, out: str) -> None:
    """Write a piece in the format that `out` ends in."""
    replace(piece_at(Path(piece)), title=title, recipe=recipe).save(out)


def engrave(tell: Tell, piece: str, title: str, out: str) -> None:
    """Write the pages of the score as a JSON list of SVG."""
    pages = svg_pages(replace(piece_at(Path(piece)), title=title))
    write_whole(Path(out), json.dumps({"pages": pages}).encode())


def keys(tell: Tell, out: str) -> None:
    """Write the sound of every key of the piano."""
    write_keyboard(Path(out))


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
