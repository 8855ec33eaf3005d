"""Reading a folder of music, with its progress shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ragsmith.cli.render import Report
from ragsmith.corpus import Corpus, read_corpus
from ragsmith.quantise import USUAL_GRID
from ragsmith.shipped.rags import rags_folder

__all__ = ["files_done", "read_folder", "show_rejected", "what_was_read"]

SHOWN = 2
"""Reasons that are shown unasked."""


def read_folder(
    places: Sequence[Path] | Path | None,
    steps_per_quarter: int | None,
    report: Report,
    *,
    part: str | None = None,
    beats: str | None = None,
) -> Corpus:
    """The corpus in a folder, or in some files; the built-in rags where there is none.

    Raises:
        BadFolder: nothing in it can be used.
    """
    return read_corpus(
        places or rags_folder(),
        steps_per_quarter,
        part=part,
        beats=beats,
        progress=files_done(report, "reading "),
    )


def what_was_read(corpus: Corpus) -> dict[str, Any]:
    """Counts of the files of a corpus, and why the others were rejected, ready for JSON."""
    rejected = [entry for entry in corpus.entries if not entry.usable]
    reasons = {entry.path: entry.reason for entry in rejected}
    return {"usable": len(corpus), "rejected": len(rejected), "reasons": reasons}


def show_rejected(corpus: Corpus, report: Report) -> None:
    """A line about the files that are left out, and one about a grid that nobody asked for."""
    counts = what_was_read(corpus)
    total = len(corpus.entries)
    if counts["rejected"]:
        shown = [*counts["reasons"].items()][:SHOWN]
        first = ", ".join(f"{path} {why.partition(';')[0]}" for path, why in shown)
        more = f" and {counts['rejected'] - SHOWN} more" if counts["rejected"] > SHOWN else ""
        report.line(
            f"{counts['usable']} of {total} files learnt from, {counts['rejected']} rejected: "
            f"{first}{more}; ragsmith doctor tells all"
        )
    if corpus.steps_per_quarter != USUAL_GRID:
        report.line(f"on a grid of {corpus.steps_per_quarter} steps a quarter note")


def files_done(report: Report, doing: str = "") -> Callable[[int, int], None]:
    """Shows how many files have been read."""
    return lambda done, files: report.update(done, files, f"{doing}{done} of {files} files")
