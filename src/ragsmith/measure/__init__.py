"""Measuring: likelihood, borrowing, loops and style, each with its definition and convention."""

from ragsmith.measure.borrowing import Index, Run, index_of, longest_runs
from ragsmith.measure.likelihood import Score, evaluate, pooled, score
from ragsmith.measure.loops import Loop, longest_loop, loop_share
from ragsmith.measure.style import Band, Style, band, shuffled, style_of

__all__ = [
    "Band",
    "Index",
    "Loop",
    "Run",
    "Score",
    "Style",
    "band",
    "evaluate",
    "index_of",
    "longest_loop",
    "longest_runs",
    "loop_share",
    "pooled",
    "score",
    "shuffled",
    "style_of",
]
