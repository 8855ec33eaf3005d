import pytest

from ragsmith.io.score.clefs import Clef, Moment, clefs_in, ledger_lines

LOW, HIGH = (18, 20, 22), (40, 42, 44)


def bars(*heights, **about):
    return [[Moment(0, chord, 8, **about)] if chord else [] for chord in heights]


@pytest.mark.parametrize(
    ("heights", "home", "signs"),
    [
        ([LOW] * 3, "F", "FFF"),
        ([LOW, HIGH, HIGH, LOW], "F", "FGGF"),
        ([LOW, (28, 30), LOW], "F", "FFF"),
        ([(), (), ()], "G", "GGG"),
        ([], "G", ""),
    ],
)
def test_clefs_change_for_passages_alone(heights, home, signs):
    assert "".join(clefs.first.sign for clefs in clefs_in(bars(*heights), home)) == signs


def test_a_clef_waits_until_nothing_sounds_through():
    rather_high = (28, 30, 32, 34)
    held = bars(LOW, *[rather_high] * 6)
    held[1][0] = held[1][0]._replace(is_clear=False)
    assert [clefs.first.sign for clefs in clefs_in(held, "F")] == list("FFGGGGG")


def test_a_clef_changes_at_a_beat_inside_a_bar():
    """A deep octave, and then high chords, in a hand that plays high before and after."""
    bar = [Moment(0, (5, 12), 2), Moment(2, (26, 28), 4, on_beat=False), Moment(4, HIGH, 8)]
    first, second = clefs_in([bar, *bars(HIGH)], "F")
    assert [(sign.step, sign.clef.sign) for sign in first.signs if sign.kind == "clef"] == [
        (4, "G")
    ]
    assert second.first == second.last == Clef("G")


def test_five_ledger_lines_call_for_an_octave_line():
    notes = [Moment(step, (height,), step + 2) for step, height in ((0, 40), (2, 49), (6, 40))]
    (clefs,) = clefs_in([notes], "G")
    assert [(sign.step, sign.kind) for sign in clefs.signs] == [(2, "line"), (4, "end of line")]
    assert [clefs.at(step).octaves for step in (0, 2, 5, 6)] == [0, 1, 1, 0]
    assert ledger_lines(49, Clef("G")) == 5
