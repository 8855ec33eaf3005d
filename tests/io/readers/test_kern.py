"""Kern: the table, what its rows mean, and that its MIDI renderings mean the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.io import read, read_report
from ragsmith.io.readers.exact_score import TICKS, Written, to_reading
from ragsmith.io.readers.kern import BadKern, read_kern
from ragsmith.io.readers.midi import read_midi
from ragsmith.io.readers.notation import read_notation
from ragsmith.piece import Bar, Hand, Key, Metre, Piece, Section, Tempo
from ragsmith.playing_order import unfold

R, L, U = Hand.RIGHT, Hand.LEFT, Hand.UNKNOWN


def on_grid(written: Written) -> Piece:
    return to_reading(written, "test", 4).piece


def plain(piece: Piece) -> list[tuple[int, int, int]]:
    return [(n.onset, n.pitch, n.duration) for n in piece.notes]


def kern(*rows: str, staves: int = 1) -> Written:
    """Rows between the header and the end; spaces between columns, `+` inside chords."""
    columns = [row.replace(" ", "\t").replace("+", " ") for row in rows]
    ends = "\t".join(["*-"] * staves)
    return read_kern("\n".join(["\t".join(["**kern"] * staves), *columns, ends]))


def test_kern_voices_split_join_and_swap() -> None:
    written = kern(
        "*M2/4 *M2/4",
        "* *^",
        "4C 2e 8g",
        ". . 8a",
        "4D . 4b",
        "* *v *v",
        "= =",
        "*x *x",
        "2cc 2E",
        "= =",
        staves=2,
    )
    assert [(s.onset / TICKS, s.pitch, s.duration / TICKS, s.hand) for s in written.sounds] == [
        (0, 48, 1, L),
        (0, 64, 2, R),
        (0, 67, 0.5, R),
        (0.5, 69, 0.5, R),
        (1, 50, 1, L),
        (1, 71, 1, R),
        (2, 52, 2, L),
        (2, 72, 2, R),
    ]


def test_kern_pitches_and_durations() -> None:
    written = kern("4.c 16c# 32BB-- 8..e 1%2GG 3%2ccc 0C+E 6gL 6aJ 6r".replace(" ", "\n"))
    ticks = [(s.pitch, s.duration / TICKS) for s in written.sounds]
    assert ticks == [
        (60, 1.5),
        (61, 0.25),
        (45, 0.125),
        (64, 0.875),
        (43, 8),
        (84, pytest.approx(8 / 3)),
        (48, 8),
        (52, 8),
        (67, pytest.approx(2 / 3)),
        (69, pytest.approx(2 / 3)),
    ]


def test_kern_ties_join_across_voices_and_barlines() -> None:
    rows = ("*^", "[4c 2e", "2c] .", ". 4e", "*v *v", "=", "[2g", "4g_", "4g]", "=", "1g]", "=")
    assert plain(on_grid(kern(*rows))) == [
        (0, 60, 12),
        (0, 64, 8),
        (8, 64, 4),
        (12, 67, 16),
        (28, 67, 16),
    ]


def test_a_voice_holds_a_key_that_another_strikes_again() -> None:
    rows = ("*^", "2c 4r", ". 8c", ". 8r", "*v *v", "=")
    assert plain(on_grid(kern(*rows))) == [(0, 60, 4), (4, 60, 4)]


def test_a_repeat_in_mid_bar_does_not_cut_the_bar() -> None:
    rows = ("*M2/4", "8c", "=1", "2d", "=2", "4.e", "=:|!|:", "8f", "=3", "2g", "=4", "4.a", "=:|!")
    march = on_grid(kern(*rows))
    metre = Metre(2, 4)
    assert march.bars == (
        Bar(0, 2, metre, 6),
        Bar(2, 8, metre),
        Bar(10, 8, metre),
        Bar(18, 8, metre),
        Bar(26, 6, metre),
    )
    assert march.sections == (Section("A", 0, 16), Section("B", 16, 32))
    assert march.order == ("A", "A", "B", "B")
    assert [bar.length for bar in unfold(march).bars] == [2, *[8] * 7, 6]


def test_kern_metre_key_and_tempo_change() -> None:
    rows = ("*M2/4", "*k[b-]", "*MM60", "2c", "=", "*M3/8", "*k[]", "*a:", "*MM120", "4.d", "=")
    march = on_grid(kern(*rows))
    assert march.bars == (Bar(0, 8, Metre(2, 4)), Bar(8, 6, Metre(3, 8)))
    assert march.keys == (Key(0, -1), Key(8, 0, minor=True))
    assert march.tempos == (Tempo(0, 1_000_000), Tempo(8, 500_000))


def test_a_named_key_without_a_signature_gives_one() -> None:
    assert kern("*f#:", "1c").keys == (Key(0, 3, minor=True),)
    assert kern("*E-:", "1c", "*c:", "1d").keys == (Key(0, -3),)


def test_slips_in_kern_sections_are_mended_and_said() -> None:
    rows = ("*>[A,B,C,X]", "1c", "*>A", "1d", "*>B", "1e", "*>B", "1f", "*>D", "1g", "*>A", "1a")
    written = kern(*rows)
    assert [(s.name, s.start // (4 * TICKS)) for s in written.sections] == [
        ("start", 0),
        ("A", 1),
        ("B", 3),
        ("D", 4),
    ]
    assert written.order == ("start", "A", "B")
    assert written.repairs == (
        "a second section A is part of the one before it",
        "the playing order names no section C X",
        "the playing order leaves out D",
    )


def test_a_file_whose_order_names_no_section_is_read_and_written(tmp_path: Path) -> None:
    rows = ("**kern", "*M2/4", "*>[A,Z,A,B]", "*>A", "2c", "=", "*>B", "2d", "=", "*-")
    path = tmp_path / "a.krn"
    path.write_text("\n".join(rows))
    reading = read_report(path)
    assert reading.repairs == ("the playing order names no section Z",)
    assert reading.piece.order == ("A", "A", "B")
    for name in ("a.mid", "a.musicxml"):
        again = read(reading.piece.save(tmp_path / name))
        assert [n.pitch for n in unfold(again).notes] == [60, 60, 62]


def test_a_section_too_short_for_the_grid_is_left_out() -> None:
    march = on_grid(kern("*>[A,B]", "*>A", "1c", "=", "*>B", "64d", "="))
    assert (march.sections, march.order) == ((Section("A", 0, 16),), ("A",))


@pytest.mark.parametrize(
    ("staves", "header", "hands"),
    [
        (1, (), [U]),
        (2, (), [L, R]),
        (2, ("*staff1 *staff2",), [R, L]),
        (3, (), [L, R, R]),
        (4, (), [U] * 4),
        (2, ("*Iflt *Ipiano",), [U]),
        (2, ("*Iflt *Iflt",), [U, U]),
    ],
)
def test_hands_come_from_the_staves(
    staves: int, header: tuple[str, ...], hands: list[Hand]
) -> None:
    written = kern(*header, " ".join(["1C", "1c", "1cc", "1ccc"][:staves]), staves=staves)
    assert [s.hand for s in written.sounds] == hands


def test_uneven_voices_are_mended_and_said() -> None:
    written = kern("4C 2c", "= =", "4D 4d", "= =", staves=2)
    assert [(s.onset // TICKS, s.pitch) for s in written.sounds] == [
        (0, 48),
        (0, 60),
        (2, 50),
        (2, 62),
    ]
    assert written.repairs == ("1 bars whose voices differ in length",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("4c\n", "line 1 comes before the row that names the columns"),
        ("**kern\t**kern\n4c\n", "line 2 has 1 fields where 2 are due"),
        ("**kern\t**kern\n4c\t4e\n*x\t*\n", "line 3 swaps"),
        ("**dynam\nf\n*-\n", "no **kern column"),
    ],
)
def test_a_broken_table_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadKern) as caught:
        read_kern(text)
    assert said in str(caught.value)


beats = st.lists(
    st.tuples(
        st.sampled_from([("16", 1), ("8", 2), ("8.", 3), ("4", 4), ("2", 8)]),
        st.one_of(st.none(), st.integers(0, 6)),
    ),
    min_size=1,
    max_size=30,
)


@given(beats)
def test_kern_rows_follow_one_another(line: list[tuple[tuple[str, int], int | None]]) -> None:
    rows, notes, now = [], [], 0
    for (recip, steps), letter in line:
        rows.append(recip + ("r" if letter is None else "cdefgab"[letter]))
        if letter is not None:
            notes.append((now, 60 + (0, 2, 4, 5, 7, 9, 11)[letter], steps))
        now += steps
    if not notes:
        return
    assert plain(on_grid(kern(*rows, "="))) == notes


@pytest.mark.corpus
def test_the_corpus_reads_without_uneven_bars(shared: Path) -> None:
    for path in sorted((shared / "corpora/joplin/kern").glob("*.krn")):
        reading = read_notation(path, 4)
        piece = reading.piece
        assert not any("differ in length" in repair for repair in reading.repairs), path.name
        assert {n.hand for n in piece.notes} == {L, R}
        assert piece.order
        assert sum(bar.length != bar.metre.steps(4) for bar in piece.bars) <= 2


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "played"), [("mapleleaf", False), ("eugenia", True)])
def test_kern_and_its_midi_rendering_say_the_same(shared: Path, name: str, played: bool) -> None:
    folder = shared / "corpora/joplin"
    score = read_notation(folder / f"kern/{name}.krn").piece
    rendering = read_midi(folder / f"midi/{name}.mid").piece
    ours = unfold(score) if played else score
    assert [n._replace(velocity=90) for n in ours.notes] == list(rendering.notes)


def test_voices_of_a_mass_are_no_keyboard() -> None:
    written = kern("*Ibass *Icant *Icant", "1C 1c 1cc", staves=3)
    assert [s.hand for s in written.sounds] == [U, U, U]
    assert written.taken.without_piano


@pytest.mark.parametrize(
    ("rows", "sounds"),
    [
        (("[8c", "8r", "4c]"), [(0, 60, 8)]),
        (("[[8c", "8e", "4r", "=2", "4c]]"), [(0, 60, 12), (2, 64, 2)]),
        (("[8c", "8r", "4r", "=2", "2r", "=3", "4c]"), [(0, 60, 2), (16, 60, 4)]),
        (("8c", "8r", "4c]"), [(0, 60, 2), (4, 60, 4)]),
        (("[8c", "4.r", "=:|!", "4c]"), [(0, 60, 2), (8, 60, 4)]),
    ],
)
def test_kern_ties_reach_over_rests_to_the_next_bar(
    rows: tuple[str, ...], sounds: list[tuple[int, int, int]]
) -> None:
    assert plain(on_grid(kern("*M2/4", *rows))) == sounds


def test_a_join_of_two_staves_is_a_slip_that_does_not_end_reading() -> None:
    split, slip = ("* *^", "4C 4c 4e"), ("*v *v *", "* *", "=2 =2", "4C 4c")
    written = kern("*M1/4 *M1/4", *split, *slip, staves=2)
    assert written.repairs == ("columns of different staves joined: 1",)
    assert [sound.pitch for sound in written.sounds] == [48, 60, 64, 48, 60]
