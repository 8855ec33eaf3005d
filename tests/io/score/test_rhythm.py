from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.io.score.beams import beams_of
from ragsmith.io.score.rhythm import DOTTED, KINDS, TRIPLET, bar_block, beats_of, cut
from ragsmith.piece import GRIDS, Metre
from support import strategies

SHORT = {"whole": "1", "half": "2", "quarter": "4", "eighth": "8"}
LENGTHS = {kind: length for length, kind in KINDS.items()}


def written(metre, grid, *lengths):
    """The values of notes (negative: rests) that fill a bar; `~` ties, `/3` marks triplets."""
    spans, now = [], 0
    for length in lengths:
        spans.append((now, now + abs(length), length < 0))
        now += abs(length)
    block = bar_block(metre, grid, now, {start for start, _, _ in spans} | {now})
    said = []
    for start, end, rest in spans:
        values = [
            ("r" if rest else "")
            + SHORT.get(v.kind, v.kind.rstrip("thnd"))
            + "." * v.dots
            + ("/3" if v.triplet else "")
            for v in cut(block, start, end, grid, rest)
        ]
        said.append((" " if rest else "~").join(values))
    return " ".join(said)


@pytest.mark.parametrize(
    ("metre", "grid", "lengths", "said"),
    [
        ((2, 4), 4, (8,), "2"),
        ((2, 4), 4, (1, 2, 1, 2, 2), "16 8 16 8 8"),
        ((2, 4), 4, (2, 4, 2), "8 4 8"),
        ((2, 4), 4, (3, 2, 3), "8. 16~16 8."),
        ((2, 4), 4, (1, 3, 4), "16 8. 4"),
        ((2, 4), 4, (6, 2), "4. 8"),
        ((2, 4), 4, (2, 6), "8 8~4"),
        ((2, 4), 4, (7, 1), "4~8. 16"),
        ((2, 4), 4, (-3, 1, -4), "r8 r16 16 r4"),
        ((4, 4), 4, (12, 4), "2. 4"),
        ((4, 4), 4, (4, 12), "4 2."),
        ((4, 4), 4, (4, 8, 4), "4 2 4"),
        ((4, 4), 4, (6, 4, 6), "4. 8~8 8~4"),
        ((4, 4), 4, (-4, 4, -8), "r4 4 r2"),
        ((3, 4), 4, (12,), "2."),
        ((3, 4), 4, (4, 8), "4 2"),
        ((3, 4), 4, (4, -8), "4 r4 r4"),
        ((6, 8), 4, (6, 2, 4), "4. 8 4"),
        ((6, 8), 4, (4, 2, 6), "4 8 4."),
        ((6, 8), 4, (8, 4), "4.~8 4"),
        ((6, 8), 4, (12,), "2."),
        ((6, 8), 4, (3, 1, 2, -6), "8. 16 8 r4."),
        ((7, 8), 2, (2, 2, 3), "4 4 4."),
        ((5, 4), 2, (6, 4), "2. 2"),
        ((2, 4), 3, (1, 1, 1, 3), "8/3 8/3 8/3 4"),
        ((2, 4), 3, (2, 1, 3), "4/3 8/3 4"),
        ((2, 4), 3, (2, 2, 2), "4/3 4/3 4/3"),
        ((2, 4), 12, (3, 3, 6, 4, 4, 4), "16 16 8 8/3 8/3 8/3"),
        ((2, 4), 12, (2, 2, 2, 6, 12), "16/3 16/3 16/3 8 4"),
        ((2, 4), 6, (4, 5, 3), "4/3 8/3~8 8"),
    ],
)
def test_values_show_the_beat(metre, grid, lengths, said):
    assert written(Metre(*metre), grid, *lengths) == said


bars = st.tuples(st.sampled_from(strategies.METRES), st.sampled_from(GRIDS))


@given(bars, st.sets(st.integers(1, 60)), st.booleans())
def test_values_fill_any_bar(bar, points, rest):
    metre, grid = bar
    full = metre.steps(grid)
    edges = [0, *sorted(p for p in points if p < full), full]
    block = bar_block(metre, grid, full, edges)
    for start, end in pairwise(edges):
        for value in cut(block, start, end, grid, rest):
            assert value.start == start
            length = LENGTHS[value.kind] * (DOTTED if value.dots else 1)
            assert value.steps == length * grid / (TRIPLET if value.triplet else 1)
            start += value.steps
        assert start == end


@given(bars)
def test_beats_follow_each_other_to_the_end(bar):
    metre, grid = bar
    now = 0
    for start, length in beats_of(metre, grid):
        assert start == now
        now += length
    assert now >= metre.steps(grid)


def beamed(metre, grid, *lengths):
    """The beams of notes and (negative) rests, by their first letters; hooks as > and <."""
    now, values, sounds = 0, [], []
    points = {sum(map(abs, lengths[:i])) for i in range(len(lengths) + 1)}
    block = bar_block(metre, grid, max(points), points)
    for length in lengths:
        values += (cut_up := cut(block, now, now + abs(length), grid, length < 0))
        sounds += [length > 0] * len(cut_up)
        now += abs(length)
    letters = {"forward hook": ">", "backward hook": "<"}
    beams = beams_of(values, sounds, beats_of(metre, grid), over=True)
    return " ".join("".join(letters.get(b, b[0]) for b in beam) or "-" for beam in beams)


@pytest.mark.parametrize(
    ("metre", "grid", "lengths", "said"),
    [
        ((2, 4), 4, (2, 2, 2, 2), "b e b e"),
        ((2, 4), 4, (1, 1, 2, 1, 2, 1), "bb ce e b> c e<"),
        ((2, 4), 4, (3, 1, 4), "b e< -"),
        ((2, 4), 4, (-1, 1, 2, 1, -1, 2), "- b> e b> - e"),
        ((6, 8), 4, (2, 2, 2, 2, 4), "b c e - -"),
        ((2, 4), 3, (1, 1, 1, 2, 1), "b c e - -"),
        ((2, 4), 12, (6, 2, 2, -2, 12), "- bb ee - -"),
    ],
)
def test_beams_hold_beats_together(metre, grid, lengths, said):
    assert beamed(Metre(*metre), grid, *lengths) == said
