"""The portrait of a corpus: the range in which each figure of its pieces lies.

Definition: the band of a figure is its 5th, 50th and 95th percentile over the pieces of the corpus,
as they are written. The figures are those of `Structure`, those of `Style` (but `off_sixteenths`),
and the divergences of the piece's histograms from the corpus's mean histograms; for a piece of the
corpus itself, from the mean of the others. A piece can be too unlike that mean, never too like: the
bands of divergences begin at 0.
Convention: the percentiles of fewer than `FEWEST` pieces say little, so their bands are widened on
both sides by (1 + |median|) / (4 * pieces): with a single piece a share of 0.5 may move by 0.38 and
a mean pitch of 50 by 13 semitones; with five pieces by 0.08 and 2.6. A figure that fewer than half
of the pieces have has no band. Notes without hands are given them (`ragsmith.hands.split_hands`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from ragsmith.hands import in_hands
from ragsmith.measure.structure import (
    HISTOGRAMS,
    Histogram,
    divergence,
    histograms_of,
    mean_histogram,
    structure_of,
)
from ragsmith.measure.style import Band, band, style_of
from ragsmith.piece import GRIDS, Piece

__all__ = [
    "FEWEST",
    "Outlier",
    "Portrait",
    "figures_of",
    "how_far",
    "outside",
    "portrait_of",
]

FEWEST = 10
"""Pieces from which on the percentiles stand as they are."""
DIVERGENCES = {name: f"{name}_unlike" for name in HISTOGRAMS}
LEFT_OUT = "off_sixteenths"
"""A figure of `Style`: over rags it is `on_beat` the other way round (correlation -0.99)."""
LARGEST = 1e9
"""Far beyond any figure."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """The range in which each figure of a corpus lies.

    Attributes:
        pieces: how many it was made from.
        steps_per_quarter: their grid.
        bands: by name of the figure.
        histograms: by name (`ragsmith.measure.structure.HISTOGRAMS`), the mean over the pieces.

    Raises:
        ValueError: numbers that no corpus has.
    """

    pieces: int
    steps_per_quarter: int
    bands: Mapping[str, Band]
    histograms: Mapping[str, Histogram]

    def __post_init__(self) -> None:
        if type(self.pieces) is not int or self.pieces < 1:
            raise ValueError(f"a portrait of {self.pieces!r} pieces")
        if type(self.steps_per_quarter) is not int or self.steps_per_quarter not in GRIDS:
            raise ValueError(f"a portrait on a grid of {self.steps_per_quarter!r}")
        for name, limits in self.bands.items():
            if not all(map(_is_number, limits)) or list(limits) != sorted(limits):
                raise ValueError(f"{name!r} has the band {list(limits)!r}")
        if self.histograms.keys() != set(HISTOGRAMS):
            raise ValueError(f"histograms of {sorted(self.histograms)!r}, not of {HISTOGRAMS!r}")
        for name, histogram in self.histograms.items():
            shares = list(histogram.values())
            if not all(_is_number(share) and 0 <= share <= 1 for share in shares):
                raise ValueError(f"the histogram of {name!r} holds no shares")
            if shares and not math.isclose(math.fsum(shares), 1, abs_tol=1e-6):
                raise ValueError(f"the shares of {name!r} add up to {math.fsum(shares)!r}")

    def to_json(self) -> dict[str, Any]:
        """The portrait as JSON data, which `from_json` reads."""
        return {
            "pieces": self.pieces,
            "steps_per_quarter": self.steps_per_quarter,
            "bands": {name: list(limits) for name, limits in self.bands.items()},
            "histograms": {name: dict(h) for name, h in self.histograms.items()},
        }

    @staticmethod
    def from_json(data: Any) -> Portrait:
        """The portrait that `to_json` wrote.

        Raises:
            ValueError: the data is no portrait.
        """
        try:
            read = dict(data)
            bands = {str(name): Band(*limits) for name, limits in dict(read.pop("bands")).items()}
            histograms = {str(n): dict(h) for n, h in dict(read.pop("histograms")).items()}
            return Portrait(bands=bands, histograms=histograms, **read)
        except (LookupError, TypeError, ValueError) as e:
            raise ValueError(f"this is no portrait: {e}") from e


class Outlier(NamedTuple):
    """A figure outside its band: `far` widths of the band below (negative) or above (positive)."""

    name: str
    figure: float
    band: Band
    far: float


def portrait_of(pieces: Sequence[Piece]) -> Portrait:
    """The portrait of pieces as they are written; a hundredth of a second or so for each.

    Raises:
        ValueError: there are no pieces, or they lie on different grids.
    """
    grids = {piece.steps_per_quarter for piece in pieces}
    if len(grids) != 1:
        raise ValueError(f"pieces on one grid have a portrait, not on {sorted(grids)}")
    handed = [in_hands(piece) for piece in pieces]
    histograms = [histograms_of(piece) for piece in handed]
    rows = []
    for number, piece in enumerate(handed):
        others = histograms[:number] + histograms[number + 1 :] or histograms
        rows.append(_figures(piece, histograms[number], _means(others)))
    bands = {}
    for name in sorted({name for row in rows for name in row}):
        values = [row[name] for row in rows if name in row]
        if 2 * len(values) >= len(pieces):
            wide = _widened(band(values), len(pieces))
            bands[name] = wide._replace(low=0.0) if name in DIVERGENCES.values() else wide
    return Portrait(len(pieces), grids.pop(), bands, _means(histograms))


def figures_of(piece: Piece, portrait: Portrait) -> dict[str, float]:
    """The figures of a piece as it is written, by name; those that it does not have are left out.

    Raises:
        ValueError: the piece lies on another grid than the portrait.
    """
    if piece.steps_per_quarter != portrait.steps_per_quarter:
        grids = f"{piece.steps_per_quarter} and {portrait.steps_per_quarter}"
        raise ValueError(f"piece and portrait lie on different grids: {grids} steps per quarter")
    handed = in_hands(piece)
    return _figures(handed, histograms_of(handed), portrait.histograms)


def outside(figures: Mapping[str, float], portrait: Portrait) -> list[Outlier]:
    """The figures that lie outside their bands, farthest first; one without a band does not."""
    named = [name for name in figures if name in portrait.bands]
    outliers = [how_far(name, figures[name], portrait.bands[name]) for name in named]
    return sorted(filter(None, outliers), key=lambda outlier: (-abs(outlier.far), outlier.name))


def how_far(name: str, figure: float, band: Band) -> Outlier | None:
    """The figure as an outlier, with its distance from the band; None where it lies inside.

    A band narrower than (1 + |median|) / 20 counts as that wide.
    """
    low, middle, high = band
    if low <= figure <= high:
        return None
    width = max(high - low, (1 + abs(middle)) / 20)
    return Outlier(name, figure, band, (figure - (low if figure < low else high)) / width)


def _figures(
    piece: Piece, own: Mapping[str, Histogram], corpus: Mapping[str, Histogram]
) -> dict[str, float]:
    figures = asdict(style_of(piece)) | asdict(structure_of(piece))
    figures |= {DIVERGENCES[name]: divergence(own[name], corpus[name]) for name in HISTOGRAMS}
    return {n: figure for n, figure in figures.items() if figure is not None and n != LEFT_OUT}


def _means(histograms: Sequence[Mapping[str, Histogram]]) -> dict[str, Histogram]:
    return {name: mean_histogram(own[name] for own in histograms) for name in HISTOGRAMS}


def _widened(narrow: Band, pieces: int) -> Band:
    margin = (1 + abs(narrow.middle)) / (4 * pieces) if pieces < FEWEST else 0.0
    return Band(narrow.low - margin, narrow.middle, narrow.high + margin)


def _is_number(value: object) -> bool:
    """Whether a figure can have this value; nan, infinity and larger numbers are none."""
    return isinstance(value, (int, float)) and type(value) is not bool and abs(value) <= LARGEST
