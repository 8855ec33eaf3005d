"""From a folder to a corpus: every file gets a verdict with its reason, and copies are
recognised."""

from ragsmith.corpus.collection import Collection, collection_of
from ragsmith.corpus.entry import Entry
from ragsmith.corpus.folder import Corpus, NothingUsable, doctor, read_corpus, report
from ragsmith.corpus.scan import Scan, scan
from ragsmith.corpus.split import HELD_OUT, Split, split_works
from ragsmith.corpus.survey import Progress

__all__ = [
    "HELD_OUT",
    "Collection",
    "Corpus",
    "Entry",
    "NothingUsable",
    "Progress",
    "Scan",
    "Split",
    "collection_of",
    "doctor",
    "read_corpus",
    "report",
    "scan",
    "split_works",
]
