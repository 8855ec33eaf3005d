"""Free time to grid."""

from typing import NamedTuple


class Moved(NamedTuple):
    """How far notes had to be shifted to lie on a grid.

    Attributes:
        share: share of the onsets that did not lie on the grid (0 to 1).
        mean: mean shift of those, in quarter notes.
        largest: largest shift, in quarter notes.
    """

    share: float
    mean: float
    largest: float
