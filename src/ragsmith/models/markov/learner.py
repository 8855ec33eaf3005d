"""How `markov` learns: it counts."""

from __future__ import annotations

from ragsmith.models.markov.model import Markov, corpus_of
from ragsmith.models.one_pass import OnePassLearner

__all__ = ["MarkovLearner"]


class MarkovLearner(OnePassLearner):
    """Counts the pieces; see `OnePassLearner`."""

    def fit(self) -> Markov:
        """The model of all the pieces.

        Raises:
            BadOption: they are too many to be held in memory.
        """
        return Markov(self.config, corpus_of(self.pieces, self.config.alphabet))
