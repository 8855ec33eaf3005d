"""Composing, in a child process: what is written is told while it is."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ragsmith.bundle.bundle import Bundle, load_bundle
from ragsmith.composer import Composed, Limits, Sampling, Wish, compose_all
from ragsmith.composer.recipe import read_recipe
from ragsmith.composer.vary import vary as vary_bars
from ragsmith.corpus.record import Record
from ragsmith.corpus.stored import load_piece, store
from ragsmith.errors import BadFile, BadOption
from ragsmith.models.base import Step
from ragsmith.originality.check import Checked, check, with_names
from ragsmith.piece import Metre
from ragsmith.shipped import shipped_model
from ragsmith.studio.facts import facts_of_piece

__all__ = ["Tell", "compose", "keep", "piece_at", "proof_of", "vary", "wish_of"]

Tell = Callable[[dict[str, Any]], None]
MOMENT = 0.25
"""Seconds between two events of a kind."""
VARIED = 4
"""Candidates for bars that are composed again; the one that joins best is taken."""


def wish_of(asked: dict[str, Any]) -> Wish:
    """What to compose.

    Raises:
        BadOption: something is out of range.
    """
    if asked["form"] and asked["bars"]:
        raise BadOption("a form and bars", "say two lengths", "leave one of them out")
    limits = Limits(asked["copy_limit"], asked["melody_limit"])
    return Wish(
        bars=asked["bars"] or Wish().bars,
        form=asked["form"] or None,
        key=asked["key"] or None,
        metre=Metre(*map(int, asked["metre"].split("/"))) if asked["metre"] else None,
        tempo=asked["tempo"],
        sampling=Sampling(asked["sampling"], asked["temperature"], asked["min_p"]),
        limits=limits,
    )


def compose(
    tell: Tell, model: str, asked: dict[str, Any], seeds: Sequence[int], folder: str
) -> None:
    """Compose a piece for each seed into the folder, and tell of each.

    Raises:
        UserError: as `ragsmith.composer.compose_all`, or no seed found a way.
    """
    bundle, wish = _bundle(model), wish_of(asked)
    writing = Writing(tell, len(seeds))
    outcomes = compose_all(
        bundle, wish, seeds=seeds, on_step=writing.progress, on_steps=writing.steps
    )
    writing.flush()
    found = [each for each in outcomes if isinstance(each, Composed)]
    for each in outcomes:
        if not isinstance(each, Composed) and not found:
            raise each
    for candidate, each in enumerate(outcomes):
        if isinstance(each, Composed):
            checked = proof_of(bundle, each, wish.limits)
            row = keep(bundle, each, wish.limits, checked, Path(folder))
            tell({"type": "piece", "candidate": candidate, "row": row})
        else:
            tell({"type": "closed", "candidate": candidate, "error": str(each)})


def vary(
    tell: Tell,
    model: str,
    piece: str,
    title: str,
    recipe: str,
    bars: tuple[int, int],
    seed: int,
    folder: str,
) -> None:
    """Compose bars of a piece again into a new one, chosen as the piece was.

    Raises:
        UserError: as `ragsmith.composer.vary.vary`.
    """
    bundle = _bundle(model)
    wish = read_recipe(recipe, title).wish if recipe else Wish()
    writing = Writing(tell, 1)
    seeds = range(seed, seed + VARIED)
    before = piece_at(Path(piece))
    span = (bars[0], bars[1])
    best, _ = vary_bars(bundle, before, span, wish, seeds=seeds, on_step=writing.progress)[0]
    # What was composed now is proved already; the bars around it may be of another model.
    checked = check(best.piece, bundle, wish.limits) if bundle.passages else None
    row = keep(bundle, best, wish.limits, checked, Path(folder))
    tell({"type": "piece", "candidate": 0, "row": row | {"title": title}})


def proof_of(bundle: Bundle, composed: Composed, limits: Limits) -> Checked | None:
    """What a piece that was composed as a whole shares with the corpus: composing has proved it."""
    originality = composed.originality
    return originality and with_names(originality, bundle.files, limits)


def keep(
    bundle: Bundle, composed: Composed, limits: Limits, checked: Checked | None, folder: Path
) -> dict[str, Any]:
    """Write a piece into the folder; returns what the library is to know of it."""
    number = secrets.token_hex(6)
    row = {"id": number, **facts_of_piece(bundle, composed, limits, checked)}
    store(folder / f"{number}.npz", Record(""), composed.piece, durable=True)
    return row


def piece_at(path: Path) -> Any:
    """The piece that `keep` has written.

    Raises:
        BadFile: it is gone or damaged.
    """
    piece = load_piece(path)
    if piece is None:
        raise BadFile(path.stem, "is gone from the library or damaged", "compose another piece")
    return piece


def _bundle(path: str) -> Bundle:
    return _opened(path, Path(path).stat().st_mtime_ns) if path else shipped_model()


@lru_cache(maxsize=2)
def _opened(path: str, changed: int) -> Bundle:
    return load_bundle(path)


class Writing:
    """Tells what is being written, some times a second."""

    def __init__(self, tell: Tell, candidates: int) -> None:
        self.tell = tell
        self.told: list[list[Step]] = [[] for _ in range(candidates)]
        self.latest: Sequence[Sequence[Step]] = ()
        self.began = self.told_notes = self.told_progress = time.monotonic()

    def progress(self, done: int, total: int) -> None:
        """So many steps of so many."""
        now = time.monotonic()
        if now - self.told_progress < MOMENT and done < total:
            return
        self.told_progress = now
        left = (now - self.began) / max(1, done) * (total - done)
        said = {"done": done, "total": total, "seconds_left": round(left, 1)}
        self.tell({"type": "progress", **said})

    def steps(self, steps: Sequence[Sequence[Step]]) -> None:
        """What the candidates have."""
        self.latest = steps
        now = time.monotonic()
        if now - self.told_notes >= MOMENT:
            self.told_notes = now
            self.flush()

    def flush(self) -> None:
        """Tell what has changed since it was told."""
        for candidate, steps in enumerate(self.latest):
            told = self.told[candidate]
            pairs = enumerate(zip(told, steps, strict=False))
            same = next((n for n, (a, b) in pairs if a != b), min(len(told), len(steps)))
            if same == len(told) == len(steps):
                continue
            notes = [
                (onset, each.pitch, each.duration, int(each.hand))
                for onset, step in enumerate(steps[same:], same)
                for each in step
            ]
            said = {"candidate": candidate, "from_step": same, "notes": notes}
            self.tell({"type": "notes", **said})
            self.told[candidate] = list(steps)
