"""ABC: lengths, accidentals, keys, and what is refused."""

from __future__ import annotations

import pytest

from ragsmith.io.readers.abc import BadAbc, read_abc
from ragsmith.io.readers.exact_score import to_reading
from ragsmith.piece import Hand, Key, Piece
from ragsmith.playing_order import unfold


def plain(piece: Piece) -> list[tuple[int, int, int]]:
    return [(n.onset, n.pitch, n.duration) for n in piece.notes]


def abc(music: str, fields: str = "M:4/4\nL:1/4\nK:C") -> Piece:
    return to_reading(read_abc(f"X:1\n{fields}\n{music}\n"), "test", 4).piece


def test_abc_lengths_and_accidentals() -> None:
    tune = abc("^C/2C/2 C2 =F|FB,, [CE]2 (3ABc|c>d e<<f z/|", "M:4/4\nL:1/4\nK:G")
    assert plain(tune)[:3] == [(0, 61, 2), (2, 61, 2), (4, 61, 8)]
    assert (12, 65, 4) in plain(tune)
    assert (16, 66, 4) in plain(tune)
    assert (20, 47, 4) in plain(tune)
    assert {(24, 60, 8), (24, 64, 8)} <= set(plain(tune))
    last = [n for n in plain(tune) if n[0] >= 40]
    assert last == [(40, 72, 6), (46, 74, 2), (48, 76, 1), (49, 78, 7)]


@pytest.mark.parametrize(
    ("key", "fifths", "minor"),
    [
        ("C", 0, False),
        ("Bb", -2, False),
        ("F#m", 3, True),
        ("Ddor", 0, False),
        ("E minor", 1, True),
        ("A mixolydian clef=bass", 2, False),
        ("none", 0, False),
    ],
)
def test_abc_keys(key: str, fifths: int, minor: bool) -> None:
    assert abc("CDEF|", f"K:{key}").keys == (Key(0, fifths, minor),)


def test_abc_unit_follows_the_metre_and_rests_fill_bars() -> None:
    tune = abc("C4 Z2 D4|", "M:2/4\nK:C")
    assert plain(tune) == [(0, 60, 4), (20, 62, 4)]
    assert abc("C|", "M:6/8\nK:C").notes[0].duration == 2


def test_what_is_no_tune_is_refused() -> None:
    with pytest.raises(BadAbc, match="no K: field"):
        read_abc("A poem.\nIt rhymes.\n")
    with pytest.raises(BadAbc, match="more than 20,000 bars"):
        abc("Z999 " * 30)


def pitches(music: str, fields: str) -> list[int]:
    return [note.pitch for note in abc(music, fields).notes]


@pytest.mark.parametrize(
    ("key", "sharps_and_flats", "fifths"),
    [
        ("Ephr ^g", {"G": 1}, 0),
        ("D exp _b ^f", {"B": -1, "F": 1}, 0),
        ("C^f^c", {"F": 1, "C": 1}, 2),
        ("Am ^g", {"G": 1}, 0),
        ("D =c", {"F": 1}, 1),
        ("G clef=bass ^c", {"F": 1, "C": 1}, 2),
        ("Bb maj _a", {"B": -1, "E": -1, "A": -1}, -3),
        ("^f", {"F": 1}, 0),
        ("Hp", {"F": 1, "C": 1}, 2),
        ("HP", {}, 0),
        ("C exp __b", {"B": -2}, -2),
    ],
)
def test_keys_with_accidentals(key: str, sharps_and_flats: dict[str, int], fifths: int) -> None:
    naturals = dict(zip("CDEFGAB", (60, 62, 64, 65, 67, 69, 71), strict=True))
    tune = abc("CDEFGAB|", f"L:1/4\nM:7/4\nK:{key}")
    assert {
        name: note.pitch - naturals[name] for name, note in zip("CDEFGAB", tune.notes, strict=True)
    } == {name: sharps_and_flats.get(name, 0) for name in "CDEFGAB"}
    assert tune.keys[0].fifths == fifths


@pytest.mark.parametrize(
    ("fields", "pitch"),
    [
        ("K:C octave=-1", 48),
        ("K:C octave=2 clef=treble", 84),
        ("K:C transpose=-2", 58),
        ("K:C clef=treble-8", 48),
        ("K:C treble+8", 72),
        ("K:C clef=bass-15", 36),
        ("K:C clef=treble-8 octave=1 transpose=3", 63),
        ("V:1 clef=treble-8\nK:C", 48),
        ('V:1 octave=1 name="octave=5"\nK:C octave=-1', 72),
        ("K:C clef=bass middle=d", 60),
    ],
)
def test_octaves_clefs_and_transposition(fields: str, pitch: int) -> None:
    assert pitches("C|", f"L:1/4\n{fields}") == [pitch]


def test_a_shift_within_a_tune_holds_from_there_on() -> None:
    assert pitches("C|[K:C octave=1]C|[K:treble]C|", "L:1/4\nK:C") == [60, 72, 72]
    two = "V:1\nC|\nV:2\nC|\nV:1\nC|\n"
    assert sorted(pitches(two, "L:1/4\nV:1\nV:2 octave=-1\nK:C")) == [48, 60, 60]


@pytest.mark.parametrize(
    ("order", "music", "played"),
    [
        ("AAB", "P:A\nC|\nP:B\nD|", "CCD"),
        ("A2B", "P:A\nC|\nP:B\nD|", "CCD"),
        ("(AB)2A", "P:A\nC|\nP:B\nD|", "CDCDC"),
        ("ABA", "P:A\n|:C:|\nP:B\nD|", "CCDCC"),
        ("ABA", "P:A\n|:C|1D:|2E||\nP:B\nF|", "CDCEFCDCE"),
        ("AB", "C|\nP:A\nD|\nP:B\nE|", "CDE"),
        ("ABA", "[P:A]C|[P:B]D|", "CDC"),
        ("ABC", "P:A\nC|\nP:B\nD|", "CD"),
        ("", "P:A\n|:C:|\nP:B\nD|", "CCD"),
        ("((A9)9)9B", "P:A\nC|\nP:B\nD|", "CD"),
    ],
)
def test_parts_are_played_in_the_order_of_the_header(order: str, music: str, played: str) -> None:
    piece = unfold(abc(music, f"L:1/4\nM:1/4\nP:{order}\nK:C"))
    names = {60: "C", 62: "D", 64: "E", 65: "F"}
    assert "".join(names[note.pitch] for note in piece.notes) == played


@pytest.mark.parametrize(
    ("music", "played"),
    [
        ("C|!segno!D|E !D.S.!|]", "CDEDE"),
        ("C !fine!|D !D.C.!|]", "CDC"),
        ('C "^Fine"|D "_D.C. al Fine"|]', "CDC"),
        ('C "Fine"|D|]"D.C."', "CDC"),
        ("C|!segno! D !dacoda!|E !D.S.alcoda!|!coda! F|]", "CDEDF"),
        ("SC|D !tocoda!|E !D.S.!|OF|]", "CDECDF"),
        ("[V:1]C|D !D.C.!|]\n[V:2]E|F|]", "CEDFCEDF"),
        ("|::C::|D|]", "CCCD"),
        ("|:C::D:|", "CCDD"),
        ("|:C:::|D|]", "CCCCD"),
    ],
)
def test_jumps_and_repeats_of_three_times(music: str, played: str) -> None:
    piece = unfold(abc(music, "L:1/4\nM:1/4\nK:C"))
    names = {60: "C", 62: "D", 64: "E", 65: "F"}
    assert "".join(names[note.pitch] for note in piece.notes) == played


@pytest.mark.parametrize(
    ("directive", "pitches"),
    [
        ("", [61, 73, 61]),
        ("%%propagate-accidentals pitch", [61, 73, 61]),
        ("%%propagate-accidentals octave", [61, 72, 61]),
        ("I:propagate-accidentals not", [61, 72, 60]),
    ],
)
def test_for_which_notes_an_accidental_holds(directive: str, pitches: list[int]) -> None:
    for fields in (f"{directive}\nL:1/4\nM:3/4\nK:C", f"L:1/4\nM:3/4\nK:C\n{directive}"):
        tune = abc("^C c C|C c C|", fields.replace("\n\n", "\n").strip())
        assert [note.pitch for note in tune.notes] == [*pitches, 60, 72, 60]


@pytest.mark.parametrize(
    "music",
    ["C4 & E4 & G4|D4|", "C4 & z2 E2|D2 & F4|", "C>D E2 & G4|A4|", "[V:1]C4 & E4|D4|"],
)
def test_overlays_begin_again_at_the_barline(music: str) -> None:
    piece = abc(music)
    assert [bar.length for bar in piece.bars] == [16, 16]
    assert len([note for note in piece.notes if note.onset == 0]) >= 1
    assert max(note.onset + note.duration for note in piece.notes) == 32


def test_an_overlay_is_a_second_voice() -> None:
    assert plain(abc("C2 D2 & z2 E2|F4|")) == [
        (0, 60, 8), (8, 62, 8), (8, 64, 8), (16, 65, 16),
    ]  # fmt: skip


TWO_BARS = {(0, 60, 16), (16, 62, 16), (0, 64, 8), (8, 65, 8), (16, 67, 16)}


@pytest.mark.parametrize(
    "music",
    [
        "C4|D4 && E2 F2|G4|A4|",
        "C4|D4|\n&& E2 F2|G4|A4|",
        "(& C4|D4 & E2 F2|G4 &)|A4|",
        "(&C4 | D4 &\nE2 F2 | G4 &) | A4 |",
        "(& C4|D4 & E2 F2|G4|&) A4|",
    ],
)
def test_an_overlay_of_several_bars_begins_at_the_first_of_them(music: str) -> None:
    piece = abc(music)
    assert set(plain(piece)) == TWO_BARS | {(32, 69, 16)}
    assert [bar.length for bar in piece.bars] == [16] * 3


def test_an_overlay_may_begin_within_a_bar_and_be_one_of_three() -> None:
    piece = abc("C2 (& D2|E4 & F2|G4 & A2|B4 &)|c4|")
    assert plain(piece)[:4] == [(0, 60, 8), (8, 62, 8), (8, 65, 8), (8, 69, 8)]
    assert plain(piece)[4:] == [(16, 64, 16), (16, 67, 16), (16, 71, 16), (32, 72, 16)]


def test_accidentals_of_an_overlay_end_with_their_bar() -> None:
    assert {n.pitch for n in abc("C4|C4 && ^F4|F4|F4|").notes} == {60, 65, 66}


@pytest.mark.parametrize("rest", ["Z3", "X3", "Z2|Z", "Z|Z|Z"])
def test_rests_of_several_bars_are_so_many_bars(rest: str) -> None:
    piece = abc(f"C4|{rest}|D4|")
    assert [bar.length for bar in piece.bars] == [16] * 5
    assert plain(piece) == [(0, 60, 16), (64, 62, 16)]


def test_text_between_music_is_no_music() -> None:
    words = "C4|\n+: A Bad Cafe\n%%begintext\nABCDEFG\n%%endtext\nS:Dover\nw:Ba-ba\nD4|"
    assert plain(abc(words)) == [(0, 60, 16), (16, 62, 16)]


def test_free_metre_is_no_fault() -> None:
    written = read_abc("X:1\nL:1/4\nM:none\nK:C\nCDEFG|C|CDE|\n")
    assert to_reading(written, "test", 4).repairs == ()


def test_parts_by_name_and_brace() -> None:
    text = (
        (
            'X:1\nL:1/4\nM:1/4\n%%score V {{R | L}}\nV:V name="Voice"\nV:R name="Piano"\n'
            "V:L clef=bass\nK:C\nV:V\nc|\nV:R\ne|\nV:L\nC,|\n"
        )
        .replace("{{", "{")
        .replace("}}", "}")
    )
    reading = to_reading(read_abc(text), "test", 4)
    assert [(n.pitch, n.hand) for n in reading.piece.notes] == [(48, Hand.LEFT), (76, Hand.RIGHT)]
    assert reading.taken.remark == "Piano read, Voice left out"
    assert [n.pitch for n in to_reading(read_abc(text, "voice"), "test", 4).piece.notes] == [72]
