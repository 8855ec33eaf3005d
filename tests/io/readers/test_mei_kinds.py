"""MEI as libraries and other programs write it."""

from __future__ import annotations

import pytest

from ragsmith.errors import BadFile
from ragsmith.io.readers.exact_score import to_reading
from ragsmith.io.readers.mei import read_mei
from ragsmith.io.readers.notation import read_notation
from ragsmith.io.readers.reading import Reading
from ragsmith.io.readers.xml_file import parsed
from ragsmith.piece import Hand, Metre
from ragsmith.playing_order import unfold
from support.scorexml import bar_lengths, plain

ONE_STAFF = '<staffGrp><staffDef n="1"/></staffGrp>'
PIANO = '<staffGrp symbol="brace"><staffDef n="1"/><staffDef n="2"/></staffGrp>'


def note(name: str, dur: str = "4", more: str = "") -> str:
    """`c5` is a C above middle C."""
    dur = f'dur="{dur}"' if dur else ""
    return f'<note pname="{name[0]}" oct="{name[1:]}" {dur} {more}/>'


def measure(*layers: str, more: str = "", beside: str = "") -> str:
    """A measure whose staves have a layer each."""
    staves = "".join(
        f'<staff n="{n}"><layer n="1">{layer}</layer></staff>' for n, layer in enumerate(layers, 1)
    )
    return f"<measure {more}>{staves}{beside}</measure>"


def score(*measures: str, staves: str = ONE_STAFF, more: str = "", count: int = 3) -> str:
    definition = f'<scoreDef meter.count="{count}" meter.unit="4" {more}>{staves}</scoreDef>'
    return f"<score>{definition}<section>{''.join(measures)}</section></score>"


def mei(*scores: str, head: str = "") -> str:
    movements = "".join(f"<mdiv>{text}</mdiv>" for text in scores)
    return (
        '<mei xmlns="http://www.music-encoding.org/ns/mei">'
        f"<meiHead>{head}</meiHead><music><body>{movements}</body></music></mei>"
    )


def read(text: str, grid: int = 12, part: str | None = None) -> Reading:
    return to_reading(read_mei(parsed(text.encode(), "test"), part), "test", grid)


BAR = note("c5") + note("e5") + note("g5")
SOUNDS = [(0, 72, 1), (1, 76, 1), (2, 79, 1)]


@pytest.mark.parametrize(
    "head",
    [
        f"<workList><work><incip>{score(measure(BAR))}</incip></work></workList>",
        f"<incip>{score(measure(BAR))}</incip><incip>{score(measure(BAR))}</incip>",
        f"<workList><work><incip><incipCode>x</incipCode>{score(measure(''))}</incip></work></workList>",
    ],
)
def test_incipits_are_no_music(head: str) -> None:
    assert plain(read(mei(score(measure(BAR), measure(BAR)), head=head))) == [
        *SOUNDS,
        *((onset + 3, pitch, duration) for onset, pitch, duration in SOUNDS),
    ]


def triplet(marks: tuple[str, str, str]) -> str:
    names = zip("ceg", marks, strict=True)
    return "".join(note(f"{n}5", "8", f'xml:id="{n}" {mark}') for n, mark in names)


@pytest.mark.parametrize(
    ("first", "beside"),
    [
        (triplet(("", "", "")), '<tupletSpan num="3" numbase="2" startid="#c" endid="#g"/>'),
        (triplet(("", "", "")), '<tupletSpan num="3" numbase="2" plist="#c #e #g"/>'),
        (triplet(('tuplet="i1"', 'tuplet="m1"', 'tuplet="t1"')), ""),
        (triplet(('num="3" numbase="2"',) * 3), ""),
        (f'<tuplet num="3" numbase="2">{triplet(("", "", ""))}</tuplet>', ""),
        (f"<beam>{triplet(('', '', ''))}</beam>", '<tupletSpan startid="#c" endid="#g"/>'),
    ],
)
def test_triplets_however_they_are_said(first: str, beside: str) -> None:
    rest = note("c5") + note("d5")
    reading = read(mei(score(measure(first + rest, beside=beside), measure(BAR))))
    assert [n[0] for n in plain(reading)] == pytest.approx([0, 1 / 3, 2 / 3, 1, 2, 3, 4, 5])
    assert bar_lengths(reading) == [3, 3]


@pytest.mark.parametrize(
    "chord",
    [
        f"<chord>{note('c5')}{note('g5')}</chord>",
        f'<chord dur="4">{note("c5", "")}{note("g5", "")}</chord>',
        f"<chord>{note('c5', '8')}{note('g5')}</chord>",
        f'<chord dur="4"><note pname="c" oct="5"/>{note("g5", "4")}</chord>',
    ],
)
def test_a_chord_lasts_as_long_as_its_notes(chord: str) -> None:
    reading = read(mei(score(measure(chord + note("e5", "2")))))
    assert [(onset, pitch) for onset, pitch, _ in plain(reading)] == [(0, 72), (0, 79), (1, 76)]


def ppq(name: str, count: int, more: str = "") -> str:
    return f'<note pname="{name}" oct="5" dur.ppq="{count}" {more}/>'


@pytest.mark.parametrize(
    ("more", "layer"),
    [
        ('ppq="12"', ppq("c", 4) + ppq("e", 4) + ppq("g", 4) + ppq("c", 24)),
        ('ppq="480"', ppq("c", 160) + ppq("e", 160) + ppq("g", 160) + ppq("c", 960)),
        ("", ppq("c", 4) + ppq("e", 4) + ppq("g", 4) + ppq("c", 24, 'dur="2"')),
        ('ppq="256"', ppq("c", 85) + ppq("e", 86) + ppq("g", 85) + ppq("c", 512)),
        ('ppq="12"', "".join(ppq(n, 4, 'dur="8"') for n in "ceg") + ppq("c", 24, 'dur="2"')),
    ],
)
def test_times_in_pulses(more: str, layer: str) -> None:
    reading = read(mei(score(measure(layer), measure(BAR), more=more)))
    assert [n[0] for n in plain(reading)] == pytest.approx([0, 1 / 3, 2 / 3, 1, 3, 4, 5], abs=0.01)


def test_all_movements_are_read() -> None:
    minuet = score(measure(BAR))
    march = score(measure(note("c4", "1")), count=4)
    reading = read(mei(minuet, march, minuet))
    assert [n.pitch for n in reading.piece.notes] == [72, 76, 79, 60, 72, 76, 79]
    assert [bar.metre for bar in reading.piece.bars] == [Metre(3, 4), Metre(4, 4), Metre(3, 4)]


@pytest.mark.parametrize(
    "copy",
    [
        '<measure copyof="#m"/>',
        '<measure><staff n="1" copyof="#s"/></measure>',
        '<measure><staff n="1"><layer copyof="#l"/></staff></measure>',
        f'<measure><staff n="1"><layer><note copyof="#c"/>{note("e5")}{note("g5")}</layer></staff>'
        "</measure>",
    ],
)
def test_copies_are_what_they_copy(copy: str) -> None:
    first = note("c5", "4", 'xml:id="c"') + note("e5") + note("g5")
    layer = f'<layer n="1" xml:id="l">{first}</layer>'
    whole = f'<measure xml:id="m"><staff n="1" xml:id="s">{layer}</staff></measure>'
    assert [n[1] for n in plain(read(mei(score(whole, copy))))] == [72, 76, 79] * 2


def test_a_copy_of_itself_is_refused(tmp_path) -> None:
    loop = '<measure xml:id="m" copyof="#m"/>'
    inner = '<section xml:id="s"><section copyof="#s"/></section>'
    path = tmp_path / "a.mei"
    for text in (loop, inner):
        path.write_text(mei(score(measure(BAR), text)))
        with pytest.raises(BadFile, match="is not a sound score"):
            read_notation(path)


def test_bars_that_say_as_before_are_filled_in() -> None:
    other = note("d5", "2", 'dots="1"')
    for again, pitches in (
        (measure("<mRpt/>"), [72, 76, 79, 74, 74]),
        (measure("<mRpt2/>") + measure(""), [72, 76, 79, 74, 72, 76, 79]),
        (measure(f"{note('c5')}<beatRpt/>{note('d5')}"), [72, 76, 79, 74, 72, 72, 74]),
    ):
        reading = read(mei(score(measure(BAR), measure(other), again)))
        assert [n.pitch for n in reading.piece.notes] == pitches
    assert read(mei(score(measure(BAR), measure("<mRpt/>")))).repairs == (
        "bars that say 'as before' filled in: 1",
    )


def test_rests_of_several_bars_are_so_many_bars() -> None:
    rest = measure('<multiRest num="3"/>')
    assert bar_lengths(read(mei(score(measure(BAR), rest, measure(BAR))))) == [3] * 5
    one_staff = measure('<multiRest num="3"/>', BAR)
    reading = read(mei(score(measure(BAR, BAR), one_staff, staves=PIANO)))
    assert bar_lengths(reading) == [3, 3]


def test_signatures_of_single_staves() -> None:
    change = '<staffDef n="2" key.sig="2f"/>'
    bars = (measure(note("b4"), note("b3")), change, measure(note("b4"), note("b3")))
    pitches = [n.pitch for n in read(mei(score(*bars, staves=PIANO))).piece.notes]
    assert pitches == [59, 71, 58, 71]
    element = '<staffDef n="1"><keySig sig="1s"/><meterSig count="2" unit="4"/></staffDef>'
    reading = read(mei(score(measure(BAR), element, measure(note("f4") + note("f4")))))
    assert [n.pitch for n in reading.piece.notes][3:] == [66, 66]
    assert reading.piece.bars[-1].metre == Metre(2, 4)


def test_signatures_hold_where_only_some_notes_have_their_accidental() -> None:
    some = note("f4") + note("c5", "4", 'accid.ges="s"') + note("f4")
    plain_bars = measure(note("f4") + note("f5") + note("g4"))
    reading = read(mei(score(measure(some), plain_bars, more='key.sig="1s"')))
    assert [n.pitch for n in reading.piece.notes] == [66, 73, 66, 66, 78, 67]


def test_what_an_editor_suggests_does_not_sound() -> None:
    suggested = '<note pname="f" oct="4" dur="4"><accid accid="s" func="edit"/></note>'
    written = '<note pname="g" oct="4" dur="4"><accid accid="s"/></note>'
    reading = read(mei(score(measure(suggested + written + note("a4")))))
    assert [n.pitch for n in reading.piece.notes] == [65, 68, 69]


def test_octave_lines_by_beats() -> None:
    line = '<octave staff="1" dis="8" dis.place="above" tstamp="2" tstamp2="1m+1"/>'
    reading = read(mei(score(measure(BAR, beside=line), measure(BAR))))
    assert [n.pitch for n in reading.piece.notes] == [72, 88, 91, 84, 76, 79]


@pytest.mark.parametrize("begins", [note("c5", "4", 'xml:id="a"'), '<rest xml:id="a" dur="4"/>'])
def test_octave_lines_from_an_event_on(begins: str) -> None:
    line = '<octave staff="1" dis="8" dis.place="above" startid="#a" endid="#b"/>'
    chord = f'<chord xml:id="b" dur="4">{note("e5", "")}{note("g5", "")}</chord>'
    reading = read(mei(score(measure(note("c5") + begins + chord, beside=line), measure(BAR))))
    high = [84] if "note" in begins else []
    assert [n.pitch for n in reading.piece.notes] == [72, *high, 88, 91, 72, 76, 79]


def test_an_octave_line_whose_notes_say_how_they_sound_moves_none() -> None:
    line = '<octave staff="1" dis="8" dis.place="above" startid="#a" endid="#b"/>'
    bar = note("c5", "4", 'xml:id="a" oct.ges="6"') + note("e6") + note("g5", "4", 'xml:id="b"')
    assert [n.pitch for n in read(mei(score(measure(bar, beside=line)))).piece.notes] == [
        84,
        88,
        79,
    ]


CUE = note("d5", "", 'cue="true"')


@pytest.mark.parametrize(
    ("layer", "onsets"),
    [
        (note("c5") + note("d5", "4", 'cue="true"') + note("e5"), [0, 2]),
        (f'<beam cue="true">{note("d5", "8") * 2}</beam>{note("e5", "2")}', [1]),
        (f'<chord dur="4">{note("e5", "")}{CUE}</chord>{note("g5")}', [0, 1]),
    ],
)
def test_cue_notes_take_their_time_and_are_left_out(layer: str, onsets: list[float]) -> None:
    reading = read(mei(score(measure(layer))))
    assert [onset for onset, *_ in plain(reading)] == onsets
    assert reading.repairs[0].startswith("cue notes left out: ")


@pytest.mark.parametrize("ends", ["", 'endid="#b"'])
def test_a_tie_without_an_end_leads_to_what_follows(ends: str) -> None:
    tie = f'<tie startid="#a" {ends}/>'
    bar = note("c5", "4", 'xml:id="a"') + note("c5", "4", 'xml:id="b"') + note("c5")
    assert plain(read(mei(score(measure(bar, beside=tie))))) == [(0, 72, 2), (2, 72, 1)]


@pytest.mark.parametrize(
    ("drawn", "length"),
    [
        ('dur="4" dots="1" dur.ges="8" dots.ges="0"', 0.5),
        ('dur="4" dur.ges="8"', 0.5),
        ('dur="4" dur.ges="2" dots.ges="1"', 3),
        ('dur="4" dur.ges="480p"', 1),
    ],
)
def test_what_sounds_goes_before_what_is_drawn(drawn: str, length: float) -> None:
    first = f'<note pname="c" oct="5" {drawn}/>'
    assert plain(read(mei(score(measure(first + note("d5"))))))[0] == (0, 72, length)


def test_the_pianists_part() -> None:
    voice = '<staffDef n="1"><label>Singstimme</label></staffDef>'
    piano = (
        '<staffGrp><grpSym symbol="brace"/><label>Klavier</label><staffDef n="2"/>'
        '<staffDef n="3"/></staffGrp>'
    )
    song = mei(
        score(measure(BAR, note("d5"), note("d3")), staves=f"<staffGrp>{voice}{piano}</staffGrp>")
    )
    reading = read(song)
    assert [(n.pitch, n.hand) for n in reading.piece.notes] == [(50, Hand.LEFT), (74, Hand.RIGHT)]
    assert reading.taken.remark == "Klavier read, Singstimme left out"
    assert len(read(song, part="all").piece.notes) == 5


def test_parts_one_by_one(tmp_path) -> None:
    alone = mei(score(measure(BAR))).replace("score>", "part>")
    one = alone.replace("<mdiv>", "<mdiv><parts>").replace("</mdiv>", "</parts></mdiv>")
    assert plain(read(one)) == SOUNDS
    path = tmp_path / "a.mei"
    for more in ("<part/>", '<part n="2"><scoreDef/></part>', "<part/><part/>"):
        path.write_text(one.replace("<parts>", f"<parts>{more}"))
        with pytest.raises(BadFile, match="has its parts one by one, and no score of them; give"):
            read_notation(path)


def test_jumps_are_played() -> None:
    fine, back = "<dir>Fine</dir>", '<repeatMark func="daCapo"/>'
    bars = (measure(note("c5", "2", 'dots="1"'), beside=fine), measure(BAR, beside=back))
    piece = unfold(read(mei(score(*bars))).piece)
    assert [n.pitch for n in piece.notes] == [72, 72, 76, 79, 72]


def test_notes_on_another_staff_and_ties_across() -> None:
    layer = note("c4", "4", 'staff="2" xml:id="a"') + note("c4", "4", 'xml:id="b"') + note("e4")
    tie = '<tie startid="#a" endid="#b"/>'
    reading = read(mei(score(measure(layer, "<mRest/>", beside=tie), staves=PIANO)))
    assert plain(reading) == [(0, 60, 2), (2, 64, 1)]
    assert reading.piece.notes[0].hand is Hand.LEFT


@pytest.mark.parametrize(
    ("form", "order"),
    [("rptend", "CDCDEF"), ("rptstart", "CDEFEF"), ("rptboth", "CDCDEFEF")],
)
def test_a_repeat_sign_within_a_measure_counts(form: str, order: str) -> None:
    sign = f'<barLine form="{form}"/>'
    last = "" if form == "rptend" else 'right="rptend"'
    middle = measure(note("d4") + sign + note("e4", "2"))
    text = mei(score(measure(note("c4", "2.")), middle, measure(note("f4", "2"), more=last)))
    piece = unfold(read(text.replace('dur="2."', 'dur="2" dots="1"')).piece)
    names = {60: "C", 62: "D", 64: "E", 65: "F"}
    assert "".join(names[n.pitch] for n in piece.notes) == order


@pytest.mark.parametrize(
    ("listed", "order"),
    [
        ("#one #two #one", ("A", "B", "A")),
        ("#two #all", ("B", "A", "B")),
        ("#two", ("B",)),
        ("#one #two", ()),
        ("#one #nowhere", ()),
    ],
)
def test_a_listed_playing_order_is_kept(listed: str, order: tuple[str, ...]) -> None:
    one, two = (
        f'<section xml:id="{name}">{measure(BAR)}{measure(BAR)}</section>'
        for name in ("one", "two")
    )
    expansion = f'<expansion plist="{listed}"/>'
    inside = f'{expansion}<section xml:id="all">{one}{two}</section>'
    assert read(mei(score(inside))).piece.order == order


def test_what_is_deleted_does_not_sound() -> None:
    deleted = f"<del>{note('b5')}</del>"
    instead = f"<subst>{deleted}<add>{note('e5')}</add></subst>"
    bars = measure(note("c5") + deleted + note("e5") + note("g5"))
    bars += measure(note("c5") + instead + note("g5"))
    reading = read(mei(score(bars)))
    assert plain(reading) == [*SOUNDS, *((onset + 3, *rest) for onset, *rest in SOUNDS)]
