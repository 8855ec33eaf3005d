"""Measures of pieces and models, each with its definition and convention."""

from ragsmith.measure.likelihood import Score, pooled, score
from ragsmith.measure.loops import Loop, longest_loop, loop_share
from ragsmith.measure.style import Band, Style, band, shuffled, style_of

__all__ = [
    "Band",
    "Loop",
    "Score",
    "Style",
    "band",
    "longest_loop",
    "loop_share",
    "pooled",
    "score",
    "shuffled",
    "style_of",
]
