import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.measure.portrait import FEWEST, Portrait, figures_of, outside, portrait_of
from ragsmith.measure.structure import Structure
from ragsmith.measure.style import Band, Style, band, style_of
from ragsmith.piece import Piece
from ragsmith.verbs import regrid, transpose
from support.fakes import a_piece

MANY = [a_piece(seed) for seed in range(FEWEST)]
PORTRAIT = portrait_of(MANY)
BLANK = {"intervals": {}, "durations": {}, "rhythms": {}}


def test_the_bands_are_those_of_the_pieces():
    styles = [style_of(piece) for piece in MANY]
    for name in ("notes_per_step", "polyphony", "scale_share"):
        assert PORTRAIT.bands[name] == band([getattr(style, name) for style in styles])
    assert (PORTRAIT.pieces, PORTRAIT.steps_per_quarter) == (FEWEST, 4)


def test_every_figure_is_of_style_structure_or_a_divergence():
    known = {*Style.__slots__, *Structure.__slots__, *(f"{name}_unlike" for name in BLANK)}
    assert PORTRAIT.bands.keys() <= known
    assert figures_of(MANY[0], PORTRAIT).keys() <= known


def test_hands_are_given_where_there_are_none():
    figures = figures_of(MANY[0], PORTRAIT)
    assert {"left_pitch", "right_chord", "oom_pah"} <= figures.keys()


def test_few_pieces_have_wider_bands():
    for count in (1, 2, FEWEST - 1):
        few = portrait_of(MANY[:count])
        middle = few.bands["notes_per_step"].middle
        found = band([style_of(piece).notes_per_step for piece in MANY[:count]])
        margin = (1 + middle) / (4 * count)
        assert few.bands["notes_per_step"] == Band(found.low - margin, middle, found.high + margin)


def test_a_single_piece_lies_in_its_own_portrait():
    alone = portrait_of(MANY[:1])
    assert outside(figures_of(MANY[0], alone), alone) == []


def test_a_piece_can_be_too_unlike_the_mean_but_not_too_like():
    assert all(PORTRAIT.bands[f"{name}_unlike"].low == 0 for name in BLANK)


@pytest.mark.parametrize("pieces", [[], [a_piece(), regrid(a_piece(), 12)]])
def test_what_has_no_portrait(pieces):
    with pytest.raises(ValueError, match="portrait"):
        portrait_of(pieces)


def test_another_grid_is_refused():
    with pytest.raises(ValueError, match="12 and 4"):
        figures_of(regrid(MANY[0], 12), PORTRAIT)


def test_pieces_without_notes_have_a_portrait():
    empty = [replace(piece, notes=()) for piece in MANY]
    portrait = portrait_of([*empty, Piece((), ())])
    assert Portrait.from_json(portrait.to_json()) == portrait
    assert "leap" not in portrait.bands


def test_outside():
    portrait = Portrait(20, 4, {"a": Band(1, 2, 3), "b": Band(0, 0, 0), "c": Band(-1, 0, 1)}, BLANK)
    found = outside({"a": 0.5, "b": 0.1, "c": 1, "unknown": 7}, portrait)
    assert [(o.name, o.far) for o in found] == [("b", 2), ("a", -0.25)]
    assert found[1].band == Band(1, 2, 3)


@given(st.dictionaries(st.sampled_from(sorted(PORTRAIT.bands)), st.floats(-200, 200)))
def test_outside_is_what_lies_outside(figures):
    found = {o.name: o.far for o in outside(figures, PORTRAIT)}
    for name, figure in figures.items():
        low, _, high = PORTRAIT.bands[name]
        assert (name in found) == (not low <= figure <= high)
        assert name not in found or (found[name] > 0) == (figure > high)


def test_a_transposed_piece_is_outside_by_its_register():
    figures = figures_of(transpose(MANY[0], 24), PORTRAIT)
    assert "right_pitch" in {o.name for o in outside(figures, PORTRAIT) if o.far > 0}


def test_a_portrait_survives_json():
    data = json.loads(json.dumps(PORTRAIT.to_json()))
    assert Portrait.from_json(data) == PORTRAIT


GOOD = PORTRAIT.to_json()


@pytest.mark.parametrize(
    "data",
    [
        None,
        "portrait",
        [],
        {},
        GOOD | {"pieces": 0},
        GOOD | {"pieces": True},
        GOOD | {"pieces": "29"},
        GOOD | {"steps_per_quarter": 5},
        GOOD | {"steps_per_quarter": [4]},
        GOOD | {"more": 1},
        GOOD | {"bands": None},
        GOOD | {"bands": {"leap": 3}},
        GOOD | {"bands": {"leap": [1, 2]}},
        GOOD | {"bands": {"leap": "abc"}},
        GOOD | {"bands": {"leap": [3, 2, 1]}},
        GOOD | {"bands": {"leap": [1, 2, float("nan")]}},
        GOOD | {"bands": {"leap": [1, 2, float("inf")]}},
        GOOD | {"bands": {"leap": [1, 2, 10**400]}},
        GOOD | {"histograms": {}},
        GOOD | {"histograms": BLANK | {"rhythms": 3}},
        GOOD | {"histograms": BLANK | {"rhythms": {"0": 2.0}}},
        GOOD | {"histograms": BLANK | {"rhythms": {"0": 0.2}}},
        GOOD | {"histograms": BLANK | {"rhythms": {"0": "1"}}},
        {name: value for name, value in GOOD.items() if name != "pieces"},
    ],
)
def test_what_is_no_portrait(data):
    with pytest.raises(ValueError, match="no portrait"):
        Portrait.from_json(data)


def test_portraits_do_not_share_what_they_hold():
    data = PORTRAIT.to_json()
    data["histograms"]["rhythms"].clear()
    assert PORTRAIT.histograms["rhythms"]
    assert asdict(style_of(MANY[0]))  # figures are plain floats
    json.dumps(figures_of(MANY[0], PORTRAIT))


@pytest.mark.corpus
@pytest.mark.slow
def test_most_figures_of_held_out_rags_lie_inside(shared):
    from ragsmith.io import read

    split = json.loads((shared / "corpora/joplin/split.json").read_text())
    rags = {
        part: [read(shared / f"corpora/joplin/kern/{name}.krn", 4) for name in names]
        for part, names in split.items()
    }
    portrait = portrait_of(rags["train"])
    figures = [figures_of(piece, portrait) for piece in rags["valid"] + rags["test"]]
    inside = 1 - sum(len(outside(f, portrait)) for f in figures) / sum(map(len, figures))
    assert 0.8 < inside < 0.97
