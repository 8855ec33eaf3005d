"""Reading a folder of music, with its progress shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ragsmith.cli.render import Report
from ragsmith.corpus import Corpus, read_corpus
from ragsmith.shipped.rags import rags_folder

__all__ = ["files_done", "read_folder"]


def read_folder(folder: Path | None, steps_per_quarter: int, report: Report) -> Corpus:
    """The corpus in a folder; the built-in rags where there is none.

    Raises:
        BadFolder: nothing in it can be used.
    """
    return read_corpus(
        folder or rags_folder(), steps_per_quarter, progress=files_done(report, "reading ")
    )


def files_done(report: Report, doing: str = "") -> Callable[[int, int], None]:
    """Shows how many files have been read."""
    return lambda done, files: report.update(done, files, f"{doing}{done} of {files} files")
