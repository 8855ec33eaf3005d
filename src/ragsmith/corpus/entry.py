"""What is known of a file of a corpus."""

from __future__ import annotations

from dataclasses import dataclass

from ragsmith.corpus.record import Verdict
from ragsmith.quantise import Moved

__all__ = ["Entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the corpus.

    Attributes:
        path: relative to the folder, with forward slashes.
        verdict: "accept", "repair" (usable, but something was mended) or "reject".
        reason: in plain words; "" when accepted.
        notes: number of notes.
        steps_per_quarter: the coarsest grid that fits, None when no grid does.
        moved: how far notes moved to the grid; None when it could not be read.
        steps: its length on the grid that it was read on.
        digest: SHA-256 of the content; "" when it could not be opened.
        work: the path that stands for the work that the file holds; "" when it holds no music.
            Copies, excerpts and other settings of one piece have the same.
    """

    path: str
    verdict: Verdict
    reason: str = ""
    notes: int = 0
    steps_per_quarter: int | None = None
    moved: Moved | None = None
    steps: int = 0
    digest: str = ""
    work: str = ""

    @property
    def usable(self) -> bool:
        """Whether it can be learnt from."""
        return self.verdict != "reject"
