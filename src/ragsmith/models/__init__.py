"""Models: one protocol (`base`), one table of names (`registry`), one folder for each family.

What is listed here is what a model of one's own needs; `docs/models.md` holds an example.
"""

from ragsmith.models.base import Learner, Model, Onset, Step, steps_of
from ragsmith.models.classic.closed import ClosedModel
from ragsmith.models.classic.vocabulary import Vocabulary, vocabulary_of
from ragsmith.models.one_pass import OnePassLearner
from ragsmith.models.registry import model_names, register_model
from ragsmith.models.weighted import WeightedModel

__all__ = [
    "ClosedModel",
    "Learner",
    "Model",
    "OnePassLearner",
    "Onset",
    "Step",
    "Vocabulary",
    "WeightedModel",
    "model_names",
    "register_model",
    "steps_of",
    "vocabulary_of",
]
