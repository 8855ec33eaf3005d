"""Splits works into those that are learnt from and those that measure.

A folder that has a `split.json`, in it or beside it, is split as that says: an object with the keys
"train", "valid" and "test", each a list of file names without suffix. "valid" is held out; "test"
is for the last measurement and is never in `train` nor in `held_out`. What it does not name is
learnt from.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePath

from ragsmith import options
from ragsmith.corpus.collection import Collection
from ragsmith.corpus.entry import Entry
from ragsmith.corpus.folder import Corpus
from ragsmith.errors import BadFolder

__all__ = ["HELD_OUT", "MOST_HELD_OUT", "Split", "split_works"]

HELD_OUT = options.HELD_OUT.default
MOST_HELD_OUT = 100
"""Works; more would measure no better, and take longer than an epoch of learning."""
PARTS = ("train", "valid", "test")


@dataclass(frozen=True, slots=True)
class Split:
    """Usable entries in three parts that have no work in common."""

    train: tuple[Entry, ...]
    held_out: tuple[Entry, ...]
    test: tuple[Entry, ...] = ()


def split_works(corpus: Collection, held_out: float = HELD_OUT, seed: int = 0) -> Split:
    """Split a corpus, or a list of pieces, by works.

    Without a `split.json`, the works whose contents hash lowest with the seed are held out, so
    that a file that is added or renamed hardly changes the rest.

    Args:
        corpus: what is split.
        held_out: share of the works to hold out, 0 (none) up to, not including, 1; above 0 at
            least one work is, if there are two, and at most `MOST_HELD_OUT` are. With a
            `split.json` only whether it is 0 counts.
        seed: another seed, another choice.

    Raises:
        BadFolder: `split.json` is not as it should be, or leaves nothing to learn from.
        BadOption: `held_out` is out of range.
    """
    options.HELD_OUT.check(held_out)
    named = _named_split(corpus) if isinstance(corpus, Corpus) else None
    if named:
        return named if held_out else Split(named.train + named.held_out, (), named.test)
    works = sorted(corpus.works, key=lambda work: _drawn(work[0], seed))
    wanted = min(MOST_HELD_OUT, max(1, round(held_out * len(works))))
    count = min(len(works) - 1, wanted) if held_out else 0
    drawn = {work[0].work for work in works[:count]}
    return Split(
        tuple(entry for entry in corpus.usable if entry.work not in drawn),
        tuple(entry for entry in corpus.usable if entry.work in drawn),
    )


def _drawn(entry: Entry, seed: int) -> str:
    return hashlib.sha256(f"{seed} {entry.digest}".encode()).hexdigest()


def _named_split(corpus: Corpus) -> Split | None:
    """What `split.json` says; None when there is none, or none for these files."""
    for folder in (corpus.folder, corpus.folder.resolve().parent):
        names = _read_split(folder / "split.json")
        # A work is known by all its files: a copy of a test piece must not be learnt from either.
        parts = {
            part: {
                e.work for e in corpus.entries if e.work and PurePath(e.path).stem in names[part]
            }
            for part in PARTS
        }
        if any(parts.values()):
            break
    else:
        return None
    test, held_out = parts["test"], parts["valid"] - parts["test"]
    split = Split(
        tuple(e for e in corpus.usable if e.work not in test | held_out),
        tuple(e for e in corpus.usable if e.work in held_out),
        tuple(e for e in corpus.usable if e.work in test),
    )
    if not split.train:
        raise BadFolder(
            folder / "split.json", "leaves nothing to learn from", "name fewer files in it"
        )
    return split


def _read_split(path: Path) -> dict[str, set[str]]:
    """The names in a `split.json`; none when there is no such file."""
    if not path.is_file():
        return {part: set() for part in PARTS}
    try:
        split = json.loads(path.read_bytes())
        return {part: {str(name) for name in split.get(part, [])} for part in PARTS}
    except (OSError, ValueError, AttributeError, TypeError):
        remedy = 'give "train", "valid" and "test" lists of names, or remove it'
        raise BadFolder(path, "is not a split", remedy) from None
