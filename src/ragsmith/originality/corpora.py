"""The corpora that a model's pieces are compared with: the one that it learnt from, and the one
that its base learnt from; two of each where two models are mixed."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from ragsmith.errors import BadBundle
from ragsmith.models.base import Model
from ragsmith.originality.compact import CompactPassages
from ragsmith.originality.index import Passages

__all__ = ["CorpusIndex", "Indexed", "as_base", "digest", "indices_of", "together"]


class CorpusIndex(NamedTuple):
    """The index of one corpus.

    Attributes:
        passages: sealed, or compact.
        files: paths of its files, numbered as in the index.
        of: "corpus": what the model itself learnt from; "base": what its base did.
    """

    passages: Passages | CompactPassages
    files: tuple[str, ...] = ()
    of: Literal["corpus", "base"] = "corpus"

    def name_of(self, number: int) -> str:
        """The path of a file, or its number where nobody named it."""
        return self.files[number] if number < len(self.files) else f"file {number + 1}"


@runtime_checkable
class Indexed(Protocol):
    """A model with the indices of its corpora, as a Bundle is."""

    @property
    def model(self) -> Model:
        """The model."""
        ...

    @property
    def passages(self) -> tuple[CorpusIndex, ...]:
        """The indices; none where nobody made one."""
        ...


def indices_of(bundle: Indexed) -> tuple[CorpusIndex, ...]:
    """The indices that a bundle carries.

    Raises:
        BadBundle: there is none.
    """
    if not bundle.passages:
        raise BadBundle(
            f"the model {bundle.model.name}",
            "has no index of its corpus, so that copies cannot be told",
            "learn it again, check against a folder, or compose with --no-rules",
        )
    return bundle.passages


def as_base(indices: Iterable[CorpusIndex]) -> tuple[CorpusIndex, ...]:
    """The indices of a base, as a model carries them that is learnt on it."""
    return tuple(index._replace(of="base") for index in indices)


def together(*indices: Iterable[CorpusIndex]) -> tuple[CorpusIndex, ...]:
    """The indices of models that are mixed, or of a model and its base; a corpus that several have
    in common once, as of the first."""
    distinct: dict[str, CorpusIndex] = {}
    for one in indices:
        for index in one:
            distinct.setdefault(digest(index), index)
    return tuple(distinct.values())


def digest(index: CorpusIndex) -> str:
    """The sha256 of what an index holds and of the names of its files, in hex digits."""
    state = sha256("\n".join([str(index.passages.steps_per_quarter), *index.files]).encode())
    for name, array in sorted(index.passages.arrays().items()):
        state.update(f"\n{name} {array.dtype.str} {array.shape}\n".encode())
        state.update(array.tobytes())
    return state.hexdigest()
