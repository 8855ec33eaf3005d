"""The first lock: no step that would make a copied run longer than its limit.

What a run is stands in `ragsmith.originality.runs`. Each kind of index is read by a lock of its own
(`sealed_lock`, `compact_lock`).
"""

from __future__ import annotations

from collections.abc import Sequence

from ragsmith.composer.rules.compact_lock import CompactLock
from ragsmith.composer.rules.sealed_lock import SealedLock
from ragsmith.composer.rules.struck import onsets_back
from ragsmith.models.base import Step
from ragsmith.originality.compact import CompactPassages
from ragsmith.originality.corpora import CorpusIndex
from ragsmith.originality.runs import LONGEST_SILENCE
from ragsmith.originality.search import Limits
from ragsmith.playing_order import PlayingOrder

__all__ = ["NoCopy"]


class NoCopy:
    """Rejects a step with which a run of more than `limits` would stand in one of the corpora.

    Args:
        indices: of the corpora, all on one grid; at least one.
        limits: in quarter-note beats.
        played: which steps are neighbours when repeats are played.
        melody: whether runs of the melody count; they do not where it is given.
    """

    name = "NoCopy"

    def __init__(
        self,
        indices: Sequence[CorpusIndex],
        limits: Limits,
        played: PlayingOrder,
        melody: bool = True,
    ) -> None:
        beat = indices[0].passages.steps_per_quarter
        self._silence = LONGEST_SILENCE * beat
        counted = (limits.texture, limits.melody, limits.melody) if melody else (limits.texture,)
        self._limits = [int(beats * beat) for beats in counted]
        self._locks = [
            CompactLock(index.passages, self._limits, self._silence)
            if isinstance(index.passages, CompactPassages)
            else SealedLock(index.passages, self._limits)
            for index in indices
        ]
        self._far = int(max(limits) * beat) + self._silence
        self._played = played

    def allows(self, history: Sequence[Step], step: Step) -> bool:
        """Whether no run through this step is too long, wherever it is played."""
        known = [*history, step]
        for before, after in self._played.around(len(history), self._far, itself=True):
            if not step and not after:
                continue
            past = [step, *(known[at] for at in before)]
            if step and self._copies(past):
                return False
            for at in after:
                past.insert(0, known[at])
                if known[at] and self._copies(past):
                    return False
        return True

    def _copies(self, newest_first: Sequence[Step]) -> bool:
        """Whether a run that ends with the newest step is too long, in any corpus."""
        lanes = [
            onsets_back(newest_first, lane, limit, self._silence)
            for lane, limit in enumerate(self._limits)
        ]
        return any(lock.copies(lanes) for lock in self._locks)
