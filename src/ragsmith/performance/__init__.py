"""Performance: how a pianist would play what is written, by rules of published research."""

from ragsmith.performance.performance import (
    PedalChange,
    Performance,
    PlayedNote,
    TempoChange,
    as_played,
    as_written,
)
from ragsmith.performance.performer import perform

__all__ = [
    "PedalChange",
    "Performance",
    "PlayedNote",
    "TempoChange",
    "as_played",
    "as_written",
    "perform",
]
