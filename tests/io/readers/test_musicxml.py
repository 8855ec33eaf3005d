"""MusicXML by its own time: what is drawn changes nothing, what is said in numbers does."""

from __future__ import annotations

import re

import pytest

from ragsmith.errors import BadFile
from ragsmith.io.readers.notation import read_notation
from ragsmith.piece import Bar, Hand, Key, Metre, Tempo
from support.scorexml import bar_lengths, part, partwise, plain, read_piano, read_xml, write

BARS = ("C5:4 E5:4 G5:4 <12 C3:12/2", "B4:4 D5:4 F5:4 <12 G2:12/2", "C5:12 <12 C3:12/2")
PLAIN = plain(read_piano(*BARS))


def with_inside(place: int, xml: str) -> list[str]:
    """The bars with something added to the beginning of one of them."""
    return [f"{xml} {bar}" if n == place else bar for n, bar in enumerate(BARS)]


@pytest.mark.parametrize(
    "drawing",
    [
        "<print><staff-layout/><staff-distance>65</staff-distance></print>",
        "<attributes><staff-details><staff-lines>5</staff-lines></staff-details></attributes>",
        "<attributes><measure-style><multiple-rest>3</multiple-rest></measure-style></attributes>",
        '<direction><direction-type><octave-shift type="down"/></direction-type></direction>',
        '<attributes><clef number="2"><sign>1</sign></clef></attributes>',
        "<attributes><clef><clef-octave-change>1</clef-octave-change></clef></attributes>",
        "<!--<staff></staff><duration>x</duration>-->",
        "<harmony><root><root-step>C</root-step></root></harmony>",
        "<backup><duration>0</duration></backup>",
        "<forward><duration>0</duration></forward>",
        "<note><grace/><pitch><step>D</step><octave>5</octave></pitch></note>",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_is_drawn_changes_nothing(drawing: str, place: int) -> None:
    reading = read_piano(*with_inside(place, drawing))
    assert plain(reading) == PLAIN
    assert reading.repairs == ()


@pytest.mark.parametrize(
    "drawn",
    [
        "<type>half</type><dot/>",
        '<accidental>sharp</accidental><notations><accidental-mark placement="above">sharp'
        "</accidental-mark></notations>",
        "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes>"
        "</time-modification>",
        '<notations><tied type="start"/><tied type="let-ring"/></notations>',
    ],
)
def test_types_accidentals_and_tuplets_of_notes_are_drawing(drawn: str) -> None:
    text = partwise({"Piano": part(*BARS, "~C5:12 <12 C3:12/2")})
    drawn_text = re.sub(r"(<staff>1</staff>)(</note>)", rf"\1{drawn}\2", text)
    assert drawn_text != text
    assert plain(read_xml(drawn_text)) == plain(read_xml(text))


@pytest.mark.parametrize(
    ("divisions", "bar", "onsets"),
    [
        (3, "C5:1 D5:1 E5:1 F5:1 D5:1 E5:1 F5:3", [0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3, 2]),
        (12, "r:2 D5:2 E5:2 F5:2 D5:2 E5:2 F5:24", [1 / 6, 1 / 3, 1 / 2, 2 / 3, 5 / 6, 1]),
        (480, "C5:160 D5:160 E5:160 F5:960", [0, 1 / 3, 2 / 3, 1]),
        (256, "C5:85 D5:86 E5:85 F5:512", [0, 1 / 3, 2 / 3, 1]),
    ],
)
def test_triplets_last_as_long_as_their_durations(
    divisions: int, bar: str, onsets: list[float]
) -> None:
    reading = read_piano(bar, f"C5:{3 * divisions}", divisions=divisions)
    assert [onset for onset, *_ in plain(reading)] == pytest.approx([*onsets, 3])
    assert bar_lengths(reading) == [3, 3]


@pytest.mark.parametrize(
    ("bar", "notes"),
    [
        ("C5:12 <12 C3:4/2 >8 <8 E3:4/2 G3:4/2", [(0, 48, 1), (0, 72, 3), (1, 52, 1), (2, 55, 1)]),
        ("C5:4 <4 >8 E5:4 <8 D5:4", [(0, 72, 1), (1, 74, 1), (2, 76, 1)]),
        (">8 C5:4 <12 D5:4 E5:4", [(0, 74, 1), (1, 76, 1), (2, 72, 1)]),
    ],
)
def test_backup_moves_time_whatever_the_voice(
    bar: str, notes: list[tuple[float, int, float]]
) -> None:
    reading = read_piano(bar, "C5:12")
    assert plain(reading) == [*notes, (3, 72, 3)]
    assert reading.repairs == ()


def test_a_step_back_over_the_barline_is_cut_and_said() -> None:
    reading = read_piano("C5:12 <16 C3:12/2", "C5:12")
    assert plain(reading) == [(0, 48, 3), (0, 72, 3), (3, 72, 3)]
    assert reading.repairs == ("steps back over a barline cut: 1",)


@pytest.mark.parametrize(
    ("bars", "notes"),
    [
        (("C5:12~", "~C5:12"), [(0, 72, 6)]),
        (("C4:12/1~", "~C4:12/2"), [(0, 60, 6)]),
        (("C5:12 <12 C4:4/2 r:4/2 C4:4/2~", "~C4:8/1 r:4"), [(0, 60, 1), (0, 72, 3), (2, 60, 3)]),
        (("C5:12~", "C5:12"), [(0, 72, 3), (3, 72, 3)]),
        (("C5:12", "~C5:12"), [(0, 72, 3), (3, 72, 3)]),
        (("C5:12~ +E5:12", "~C5:12 +E5:12"), [(0, 72, 6), (0, 76, 3), (3, 76, 3)]),
        (("C5:12~ <12 C5:12/2~", "~C5:4/2 r:8/2 <12 ~C5:12"), [(0, 72, 6)]),
    ],
)
def test_ties_join_across_bars_voices_and_staves(
    bars: tuple[str, ...], notes: list[tuple[float, int, float]]
) -> None:
    assert plain(read_piano(*bars)) == notes


def test_tied_stands_for_tie_in_files_that_have_none() -> None:
    tied = '<notations><tied type="{}"/></notations></note>'
    text = partwise({"Piano": part("C5:12", "C5:12")})
    first, second = tied.format("start"), tied.format("stop")
    head, middle, tail = text.split("</note>")
    assert plain(read_xml(head + first + middle + second + tail)) == [(0, 72, 6)]


def test_notes_that_do_not_sound_are_left_out_and_said() -> None:
    cue = "<note><cue/><pitch><step>C</step><octave>5</octave></pitch><duration>4</duration></note>"
    mark = cue.replace("<cue/>", "").replace(">4<", ">0<")
    low = cue.replace("<cue/>", "").replace("<octave>5", "<octave>-1").replace("C<", "C<")
    low = low.replace("<octave>-1", "<alter>-2</alter><octave>-1")
    drum = (
        mark.replace(">0<", ">4<").replace("pitch>", "unpitched>").replace("step>", "display-step>")
    )
    reading = read_piano(f"{cue} D5:8", f"{mark} {mark} D5:12", f"{low} D5:8", f"{drum} D5:8")
    assert [n.pitch for n in reading.piece.notes] == [74] * 4
    assert bar_lengths(reading) == [3, 3, 3, 3]
    assert sorted(reading.repairs) == [
        "cue notes left out: 1",
        "notes beyond all keyboards left out: 1",
        "notes without a length left out: 2",
        "notes without a pitch left out: 1",
    ]


def test_notes_without_durations_last_as_they_are_drawn() -> None:
    text = partwise({"Piano": part("C5:4 D5:4 E5:4", "C5:12")})
    text = text.replace("<duration>4</duration>", "<type>quarter</type>")
    text = text.replace("<duration>12</duration>", "<type>half</type><dot/>")
    assert plain(read_xml(text)) == [(0, 72, 1), (1, 74, 1), (2, 76, 1), (3, 72, 3)]


AS_BEFORE = (
    '<attributes><measure-style{}><measure-repeat type="start">{}</measure-repeat>'
    "</measure-style></attributes>"
)
NO_MORE = '<attributes><measure-style{}><measure-repeat type="stop"/></measure-style></attributes>'


def test_a_repeated_measure_that_is_written_out_is_read_as_written() -> None:
    bars = (BARS[0], f"{AS_BEFORE.format('', 1)} {BARS[1]}", f"{NO_MORE.format('')} {BARS[2]}")
    assert plain(read_piano(*bars)) == PLAIN


def test_a_repeated_measure_that_is_not_written_out_is_filled_in() -> None:
    rests = "r:12 <12 r:12/2"
    one = (BARS[0], f"{AS_BEFORE.format('', 1)} {rests}", rests, f"{NO_MORE.format('')} {BARS[2]}")
    assert plain(read_piano(*one)) == plain(read_piano(*BARS[:1] * 3, BARS[2]))
    assert read_piano(*one).repairs == ("bars that say 'as before' filled in: 2",)
    two = (*BARS[:2], f"{AS_BEFORE.format('', 2)} {rests}", rests, f"{NO_MORE.format('')} {rests}")
    assert plain(read_piano(*two)) == plain(read_piano(*BARS[:2] * 2, rests))
    left = ' number="2"'
    hand = (BARS[0], f"{AS_BEFORE.format(left, 1)} D5:12 <12 r:12/2")
    assert plain(read_piano(*hand)) == plain(read_piano(BARS[0], "D5:12 <12 C3:12/2"))


def test_empty_and_short_bars() -> None:
    assert bar_lengths(read_piano(BARS[0], "", BARS[2])) == [3, 3, 3]
    assert bar_lengths(read_piano("implicit C5:4", *BARS)) == [1, 3, 3, 3]
    assert read_piano("C5:4", *BARS).piece.bars[0] == Bar(0, 12, Metre(3, 4), 24)
    short = read_piano(BARS[0], "C5:8", BARS[2])
    assert bar_lengths(short) == [3, 2, 3]
    assert short.repairs == ("bars longer or shorter than their metre: 1",)
    long = read_piano(BARS[0], "C5:16", BARS[2])
    assert bar_lengths(long) == [3, 4, 3]
    assert long.repairs == ("bars longer or shorter than their metre: 1",)
    free = "<attributes><time><senza-misura/></time></attributes> C5:40"
    assert read_piano(BARS[0], free).repairs == ()


def test_a_short_bar_lasts_as_long_as_the_others_parts() -> None:
    voice = part("G4:12", "G4:12", "G4:20", staves=1)
    piano = part(BARS[0], "C5:8", BARS[2])
    reading = read_xml(partwise({"Voice": voice, "Piano": piano}))
    assert bar_lengths(reading) == [3, 3, 3]
    assert reading.repairs == ()


@pytest.mark.parametrize(
    ("time", "metre"),
    [
        ("<beats>6</beats><beat-type>8</beat-type>", Metre(6, 8)),
        ("<beats>3+2</beats><beat-type>8</beat-type>", Metre(5, 8)),
        (
            "<beats>2</beats><beat-type>4</beat-type><beats>3</beats><beat-type>8</beat-type>",
            Metre(7, 8),
        ),
    ],
)
def test_metres(time: str, metre: Metre) -> None:
    change = f"<attributes><time>{time}</time></attributes>"
    reading = read_piano(BARS[0], change, BARS[2])
    assert [bar.metre for bar in reading.piece.bars] == [Metre(3, 4), metre, metre]
    assert bar_lengths(reading)[1] == 4 * metre.beats / metre.unit


def test_keys_tempos_and_transposition() -> None:
    attributes = (
        "<attributes><key><fifths>-4</fifths><mode>minor</mode></key><transpose>"
        "<chromatic>-2</chromatic><octave-change>-1</octave-change></transpose></attributes>"
    )
    tempo = '<direction><sound tempo="90"/></direction>'
    mark = (
        "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/>"
        "<per-minute>c. 80</per-minute></metronome></direction-type></direction>"
    )
    reading = read_piano(f"{tempo} C5:12", f"{attributes} C5:4 {mark} C5:8")
    assert reading.piece.keys == (Key(0, 0), Key(36, -4, minor=True))
    assert reading.piece.tempos == (Tempo(0, 666_667), Tempo(48, 500_000))
    assert [n.pitch for n in reading.piece.notes] == [72, 58, 58]


def test_titles_and_composers() -> None:
    head = (
        "<work><work-title>Songs</work-title></work>{}"
        '<identification><creator type="lyricist">L</creator><creator type="composer">Ann\n'
        "Other</creator></identification>"
    )
    movement = "<movement-title>Second Song</movement-title>"
    for text, title in ((head.format(""), "Songs"), (head.format(movement), "Second Song")):
        piece = read_xml(partwise({"Piano": part(*BARS)}, text)).piece
        assert (piece.title, piece.composer) == (title, "Ann Other")


def test_timewise_scores_read_the_same() -> None:
    parts = {"Voice": part("G4:12", "G4:12", "G4:12", staves=1), "Piano": part(*BARS)}
    text = partwise(parts)
    measures = [re.findall("<measure.*?</measure>", body) for body in parts.values()]
    body = "".join(
        f'<measure number="{n}">'
        + "".join(
            f'<part id="P{p}">{re.sub("</?measure.*?>", "", m)}</part>' for p, m in enumerate(row)
        )
        + "</measure>"
        for n, row in enumerate(zip(*measures, strict=True))
    )
    head = text[: text.index("<part id")].replace("partwise", "timewise")
    assert read_xml(f"{head}{body}</score-timewise>") == read_xml(text)


def test_a_song_is_read_by_its_piano_part() -> None:
    text = partwise({"Voice": part("G4:12", "G4:12", "G4:12", staves=1), "Piano": part(*BARS)})
    song = read_xml(text)
    assert plain(song) == PLAIN
    assert {n.hand for n in song.piece.notes} == {Hand.RIGHT, Hand.LEFT}
    assert song.taken.remark == "Piano read, Voice left out"
    assert [n.pitch for n in read_xml(text, part="voice").piece.notes] == [67] * 3
    whole = read_xml(text, part="all")
    assert len(whole.piece.notes) == len(PLAIN) + 3
    assert {n.hand for n in whole.piece.notes if n.pitch == 67} == {Hand.UNKNOWN}
    labelled = text.replace("<part-name>Piano</part-name>", "<part-name/>").replace(
        '<score-part id="P1">',
        '<part-group type="start"><group-name>Klavier</group-name></part-group>'
        '<score-part id="P1">',
    )
    assert read_xml(labelled).taken.remark == "Klavier read, Voice left out"


@pytest.mark.parametrize(
    ("bar", "rule"),
    [
        ("C5:4 <note><duration>x</duration></note>", "x stands where a number should"),
        ("<backup><duration>-4</duration></backup>", "-4 stands where a number should"),
        ("<attributes><divisions>1e99</divisions></attributes>", "1e99 stands where"),
        ("<attributes><staves>99999999999</staves></attributes>", "is no number from 0 to 32"),
        ("<attributes><time><beats>3</beats><beat-type>0</beat-type></time></attributes>", "1 to"),
        ("<note><pitch><step>H</step></pitch><duration>4</duration></note>", "H is no pitch"),
        ("<note><pitch><step>C</step></pitch><duration>4</duration></note>", "nothing is no numb"),
    ],
)
def test_numbers_that_are_none_are_refused_in_a_line(bar: str, rule: str, tmp_path) -> None:
    path = write(partwise({"Piano": part(BARS[0], bar)}), tmp_path / "a.musicxml")
    with pytest.raises(BadFile, match=rule) as caught:
        read_notation(path)
    assert "\n" not in str(caught.value)


def test_other_encodings(tmp_path) -> None:
    text = partwise({"Piano": part(*BARS)}, "<movement-title>Étude</movement-title>")
    for encoding in ("utf-8", "utf-16", "iso-8859-1"):
        path = tmp_path / "a.musicxml"
        declared = f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'
        path.write_bytes(declared.encode(encoding))
        assert read_notation(path).piece.title == "Étude"
