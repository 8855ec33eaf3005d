"""Composing, in a child process, which sends the notes on while they are written."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ragsmith.bundle.bundle import Bundle, load_bundle
from ragsmith.bundle.mix import mix
from ragsmith.composer import Composed, Limits, Sampling, Wish, compose_all
from ragsmith.composer.recipe import read_recipe
from ragsmith.composer.titles import title_of
from ragsmith.composer.vary import Varied, hand_alone, in_kept_hand
from ragsmith.composer.vary import vary as vary_bars
from ragsmith.corpus.cache_files import load_piece, store
from ragsmith.corpus.record import Record
from ragsmith.edits.notes import edits_between
from ragsmith.errors import BadBundle, BadFile, BadOption, BadPrimer, UserError
from ragsmith.hands import in_hands
from ragsmith.models.base import Step
from ragsmith.options import TIME_LIMIT
from ragsmith.originality.check import Checked, check, with_names
from ragsmith.piece import Metre, Piece
from ragsmith.playing_order import unfold
from ragsmith.shipped import shipped_model
from ragsmith.studio.facts import facts_of_piece
from ragsmith.studio.second_model import strains_of_second
from ragsmith.verbs import regrid

__all__ = [
    "SECONDS",
    "ComposingEvents",
    "Tell",
    "compose",
    "keep",
    "keep_changed",
    "model_at",
    "on_grid",
    "piece_at",
    "proof_of",
    "propose",
    "vary",
    "wish_again",
    "wish_of",
]

Tell = Callable[[dict[str, Any]], None]
MOMENT = 0.25
"""Seconds between two events of a kind."""
SECONDS = 60 * TIME_LIMIT.default
"""After which composing ends with what there is."""
VARIED = 4
"""Candidates for bars that are composed again; the one that joins best is taken."""


def wish_of(fields: dict[str, Any]) -> Wish:
    """What to compose.

    Raises:
        BadOption: something is out of range.
    """
    if fields["form"] and fields["bars"]:
        raise BadOption("a form and bars", "say two lengths", "leave one of them out")
    limits = Limits(fields["copy_limit"], fields["melody_limit"])
    return Wish(
        bars=fields["bars"] or Wish().bars,
        form=fields["form"] or None,
        key=fields["key"] or None,
        chords=fields["chords"] or None,
        metre=Metre(*map(int, fields["metre"].split("/"))) if fields["metre"] else None,
        tempo=fields["tempo"],
        sampling=Sampling(fields["sampling"], fields["temperature"], fields["min_p"]),
        limits=limits,
        dials=fields.get("dials") or None,
        difficulty=fields.get("difficulty"),
        mix=strains_of_second(fields),
    )


def compose(
    tell: Tell,
    model: str,
    fields: dict[str, Any],
    seeds: Sequence[int],
    folder: str,
    primer: str = "",
    other: str | None = None,
) -> None:
    """Compose a piece for each seed into the folder, and send an event for each.

    Args:
        tell: is sent the events.
        model: where it lies; "" is the built-in one.
        fields: of the wish.
        seeds: one for each piece.
        folder: of the pieces.
        primer: where the piece lies that they go on from, as it is played; "" for none.
        other: where a second model lies that composes along; None for none.

    Raises:
        UserError: as `ragsmith.composer.compose_all`, or no seed found a way.
    """
    bundle, wish = model_at(model, other), wish_of(fields)
    if primer:
        opening = replace(unfold(on_grid(piece_at(Path(primer)), bundle)), sections=())
        wish = replace(wish, form=None, primer=opening)
    events = ComposingEvents(tell, len(seeds))
    outcomes = compose_all(
        bundle,
        wish,
        seeds=seeds,
        on_step=events.progress,
        on_steps=events.steps,
        seconds=SECONDS,
    )
    events.flush()
    composed = [outcome for outcome in outcomes if isinstance(outcome, Composed)]
    for outcome in outcomes:
        if not isinstance(outcome, Composed) and not composed:
            raise outcome
    for candidate, outcome in enumerate(outcomes):
        if isinstance(outcome, Composed):
            row = _keep_new(bundle, outcome, wish.limits, Path(folder))
            advice = str(outcome.broken_off) if outcome.broken_off else None
            tell({"type": "piece", "candidate": candidate, "row": row, "advice": advice})
        else:
            tell({"type": "closed", "candidate": candidate, "error": str(outcome)})


def vary(
    tell: Tell,
    model: str,
    piece: str,
    title: str,
    recipe: str,
    bars: tuple[int, int],
    hand: str,
    seed: int,
    folder: str,
    dials: str | None = None,
) -> None:
    """Compose bars of a piece again, or a hand of them, into a new one, chosen as the piece was.

    Raises:
        UserError: as `ragsmith.composer.vary.vary`.
    """
    bundle, wish = model_at(model), wish_again(recipe, title, dials)
    before, seeds = on_grid(piece_at(Path(piece)), bundle), range(seed, seed + VARIED)
    best, _ = _varied(tell, bundle, before, bars, hand, wish, seeds)[0]
    row = keep_changed(bundle, best, wish.limits, Path(folder))
    tell({"type": "piece", "candidate": 0, "row": row | {"title": title}})


def propose(
    tell: Tell,
    model: str,
    piece: str,
    recipe: str,
    bars: tuple[int, int],
    hand: str,
    seed: int,
    count: int,
    dials: str | None = None,
) -> None:
    """Compose bars of a piece again, or a hand of them, so many times, and send each proposal as
    edits of the piece as it is: the one that joins best first.

    Raises:
        UserError: as `ragsmith.composer.vary.vary`, or the piece's grid does not hold new bars.
    """
    bundle = model_at(model)
    music = piece_at(Path(piece))
    # A melody is all of the hand that is kept, whatever the page has shown.
    shown, before = in_hands(music), in_kept_hand(music, hand_alone(hand))
    wish, seeds = wish_again(recipe, "the piece", dials), range(seed, seed + count)
    varied = _varied(tell, bundle, on_grid(before, bundle), bars, hand, wish, seeds)
    for number, (composed, _) in enumerate(varied):
        after = regrid(composed.piece, before.steps_per_quarter)
        edits = [(place, note) for place, note, _ in edits_between(shown, after)]
        tell({"type": "proposal", "candidate": number, "edits": edits})


def wish_again(recipe: str, title: str, dials: str | None) -> Wish:
    """What a piece was composed by, with the dials that are asked for now and no others: those of
    the recipe were for the whole piece."""
    wish = read_recipe(recipe, title).wish if recipe else Wish()
    return replace(wish, dials=dials, difficulty=None)


def _varied(
    tell: Tell,
    bundle: Bundle,
    piece: Piece,
    bars: tuple[int, int],
    hand: str,
    wish: Wish,
    seeds: Sequence[int],
) -> list[Varied]:
    on_step = ComposingEvents(tell, 1).progress
    return vary_bars(
        bundle,
        piece,
        (bars[0], bars[1]),
        wish,
        seeds=seeds,
        hand=hand,
        on_step=on_step,
        seconds=SECONDS,
    )


def proof_of(bundle: Bundle, composed: Composed, limits: Limits) -> Checked | None:
    """What a piece shares with the corpus, as composing has measured it on the whole piece."""
    originality = composed.originality
    return originality and with_names(originality, bundle.passages, limits)


def keep(
    bundle: Bundle, composed: Composed, limits: Limits, checked: Checked | None, folder: Path
) -> dict[str, Any]:
    """Write a piece into the folder; returns what the library is to know of it."""
    number = secrets.token_hex(6)
    row = {"id": number, **facts_of_piece(bundle, composed, limits, checked)}
    store(folder / f"{number}.npz", Record(""), composed.piece, durable=True)
    return row


def _keep_new(bundle: Bundle, composed: Composed, limits: Limits, folder: Path) -> dict[str, Any]:
    """Write a new piece, under a title of its own."""
    named = replace(composed, piece=replace(composed.piece, title=title_of(composed.seed)))
    return keep(bundle, named, limits, proof_of(bundle, composed, limits), folder)


def keep_changed(
    bundle: Bundle, composed: Composed, limits: Limits, folder: Path
) -> dict[str, Any]:
    """Write a piece of which some bars are new: they have been checked already, those around them
    may be of another model."""
    checked = check(composed.piece, bundle, limits) if bundle.passages else None
    return keep(bundle, composed, limits, checked, folder)


def on_grid(piece: Piece, bundle: Bundle) -> Piece:
    """The piece on the model's grid, to the step.

    Raises:
        BadPrimer: the model's grid does not hold it.
    """
    try:
        return regrid(piece, bundle.model.steps_per_quarter)
    except UserError:
        rule = f"needs {piece.steps_per_quarter} steps a quarter, which this model has not"
        raise BadPrimer(piece.title or "the piece", rule, "choose another model") from None


def piece_at(path: Path) -> Any:
    """The piece that `keep` has written.

    Raises:
        BadFile: it is gone or damaged.
    """
    piece = load_piece(path)
    if piece is None:
        raise BadFile(path.stem, "is gone from the library or damaged", "compose another piece")
    return piece


def model_at(path: str, other: str | None = None) -> Bundle:
    """The model at a path; "" is the built-in one. With another one, both together.

    Raises:
        BadBundle: it is gone.
        BadOption: they cannot be mixed.
    """
    if other is not None:
        return mix([model_at(path), model_at(other)])
    if not path:
        return shipped_model()
    try:
        return _opened(path, Path(path).stat().st_mtime_ns)
    except FileNotFoundError as error:
        rule = "is gone from the library"
        raise BadBundle("the model", rule, "choose another one") from error


@lru_cache(maxsize=2)
def _opened(path: str, changed: int) -> Bundle:
    return load_bundle(path)


class ComposingEvents:
    """Sends the notes of the candidates and the progress, some times a second."""

    def __init__(self, tell: Tell, candidates: int) -> None:
        self.tell = tell
        self.sent: list[list[Step]] = [[] for _ in range(candidates)]
        self.latest: Sequence[Sequence[Step]] = ()
        self.began = self.notes_sent_at = self.progress_sent_at = time.monotonic()

    def progress(self, done: int, total: int) -> None:
        """Send how many of the steps are done, and how long the others will take."""
        now = time.monotonic()
        if now - self.progress_sent_at < MOMENT and done < total:
            return
        self.progress_sent_at = now
        left = (now - self.began) / max(1, done) * (total - done)
        event = {"done": done, "total": total, "seconds_left": round(left, 1)}
        self.tell({"type": "progress", **event})

    def steps(self, steps: Sequence[Sequence[Step]]) -> None:
        """Take the steps that the candidates have now."""
        self.latest = steps
        now = time.monotonic()
        if now - self.notes_sent_at >= MOMENT:
            self.notes_sent_at = now
            self.flush()

    def flush(self) -> None:
        """Send the notes that have changed since they were last sent."""
        for candidate, steps in enumerate(self.latest):
            sent = self.sent[candidate]
            pairs = enumerate(zip(sent, steps, strict=False))
            same = next((n for n, (a, b) in pairs if a != b), min(len(sent), len(steps)))
            if same == len(sent) == len(steps):
                continue
            notes = [
                (onset, note.pitch, note.duration, int(note.hand))
                for onset, step in enumerate(steps[same:], same)
                for note in step
            ]
            event = {"candidate": candidate, "from_step": same, "notes": notes}
            self.tell({"type": "notes", **event})
            self.sent[candidate] = list(steps)
