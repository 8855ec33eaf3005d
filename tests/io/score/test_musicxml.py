import base64
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import verovio
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.regenerate import differences
from ragsmith.errors import BadFile
from ragsmith.hands import split_hands
from ragsmith.io.readers.midi import read_midi
from ragsmith.io.readers.notation import read_notation
from ragsmith.io.score.musicxml import musicxml, write_musicxml, write_mxl
from ragsmith.io.score.repeat_signs import fold
from ragsmith.piece import (
    Bar,
    Hand,
    Key,
    Metre,
    Note,
    Piece,
    Section,
    Tempo,
    normalise,
    regular_bars,
)
from ragsmith.playing_order import unfold
from support import strategies

BAR = 8
LOWEST = 12


def piece_of(*notes, bars=2, metre=(2, 4), grid=4, **more):
    """A piece of (onset, pitch, duration), the low notes in the left hand."""
    hands = [Note(*n[:3], hand=Hand.RIGHT if n[1] >= 60 else Hand.LEFT) for n in notes]
    metre = Metre(*metre)
    return Piece(
        normalise(hands), regular_bars(bars * metre.steps(grid), [(0, metre)], grid), grid, **more
    )


def xml_of(piece):
    return ElementTree.fromstring(musicxml(piece))


def read_back(piece, folder):
    path = write_musicxml(piece, folder / "piece.musicxml")
    return read_notation(path, piece.steps_per_quarter).piece


def heard(notes):
    return sorted((n.onset, n.pitch, n.duration, n.hand) for n in notes)


@pytest.fixture(scope="session")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("scores")


@settings(max_examples=60)
@given(piece=strategies.pieces(low=LOWEST))
def test_every_note_comes_back(piece, scratch):
    back = read_back(piece, scratch)
    folded = fold(piece)
    assert heard(back.notes) == heard(split_hands(folded.piece.notes, piece.steps_per_quarter))
    assert back.bars == folded.piece.bars or folded.cuts  # a sign may stand inside a bar


@pytest.mark.slow
@settings(max_examples=1500)
@given(piece=strategies.pieces(low=LOWEST))
def test_every_note_of_many_pieces_comes_back(piece, scratch):
    back = read_back(piece, scratch)
    written = fold(piece).piece
    assert heard(back.notes) == heard(split_hands(written.notes, piece.steps_per_quarter))


@st.composite
def rags(draw):
    """Pieces of strains, repeated or not, with and without endings, with notes held into these."""
    sections, order, end = [], [], 0

    def section(name):
        nonlocal end
        sections.append(Section(name, end, end := end + BAR * draw(st.integers(1, 2))))

    for name in draw(st.sampled_from(["A", "AB", "IAB", "ABC"])):
        section(name)
        if draw(st.booleans()):
            section(f"{name}1")
            section(f"{name}2")
            order += [name, f"{name}1", name, f"{name}2"]
        else:
            order += [name] * draw(st.integers(1, 2))
    hands = st.sampled_from([Hand.LEFT, Hand.RIGHT])
    notes = draw(st.lists(strategies.notes(end, hands, 40, 80), min_size=1, max_size=30))
    jumps = [s.end for s in sections if f"{s.name}1" not in order]
    ends = [min(jump for jump in jumps if jump > note.onset) for note in notes]
    notes = [
        n._replace(duration=min(n.duration, end - n.onset))
        for n, end in zip(notes, ends, strict=True)
    ]
    bars = regular_bars(end, [(0, Metre(2, 4))])
    return Piece(normalise(notes), bars, sections=tuple(sections), order=tuple(order))


@settings(max_examples=60)
@given(piece=rags())
def test_the_folded_form_unfolds_to_the_same_notes(piece, scratch):
    assert heard(unfold(read_back(piece, scratch)).notes) == heard(unfold(piece).notes)


@pytest.mark.corpus
@pytest.mark.slow
def test_every_rag_comes_back(shared, scratch):
    for path in sorted((shared / "corpora/joplin/kern").glob("*.krn")):
        reading = read_notation(path, 24)
        back = read_back(reading.piece, scratch)
        written = fold(reading.piece).piece
        assert heard(back.notes) == heard(written.notes), path.name
        assert back.bars == written.bars, path.name
        assert heard(unfold(back).notes) == heard(unfold(written).notes) or not written.order


def test_verovio_plays_the_signs(scratch):
    edges = {"I": 0, "A": 1, "A1": 3, "A2": 4, "B": 5}
    sections = tuple(
        Section(name, BAR * start, BAR * end)
        for (name, start), end in zip(edges.items(), [*edges.values(), 7][1:], strict=True)
    )
    order = ("I", "A", "A1", "A", "A2", "B", "B", "A", "A1", "A", "A2")
    piece = piece_of(*((4 * i, 60 + i, 4) for i in range(14)), bars=7)
    piece = replace(piece, sections=sections, order=order)
    toolkit = verovio.toolkit()
    toolkit.setOptions({"inputFrom": "xml"})
    toolkit.loadData(musicxml(piece).decode())
    midi = scratch / "played.mid"
    midi.write_bytes(base64.b64decode(toolkit.renderToMIDI()))
    played = [n[:3] for n in read_midi(midi).piece.notes]
    assert played == [n[:3] for n in unfold(piece).notes]


def test_fine_and_da_capo_are_said():
    sections = (Section("A", 0, BAR), Section("B", BAR, 2 * BAR))
    piece = piece_of((0, 60, 8), (8, 62, 8), sections=sections, order=("A", "A", "B", "A"))
    root = xml_of(piece)
    assert texts(root, ".//measure[1]//words") == ["Fine"]
    assert texts(root, ".//measure[2]//words") == ["D.C. al Fine"]
    assert root.find(".//sound[@dacapo='yes']") is not None


def test_a_compressed_score_reads_the_same(tmp_path):
    piece = piece_of((0, 60, 4), (2, 64, 7), title="Rag")
    assert read_notation(write_mxl(piece, tmp_path / "a.mxl")).piece == read_back(piece, tmp_path)


def test_the_golden_score(tmp_path):
    assert differences("score", tmp_path) == []


def test_the_same_piece_is_always_the_same_file():
    piece = piece_of((0, 60, 4), (2, 64, 7))
    assert musicxml(piece) == musicxml(piece)


def texts(root, path):
    return [element.text for element in root.iterfind(path)]


def test_accidentals_are_said_once_in_a_bar_and_again_in_the_next():
    piece = piece_of((0, 66, 2), (2, 66, 2), (4, 65, 2), (8, 66, 2), keys=(Key(0, 0),))
    notes = xml_of(piece).findall(".//note[pitch]")
    assert [n.findtext("accidental") for n in notes] == ["sharp", None, "natural", "sharp"]


def test_a_tie_into_the_next_bar_carries_its_accidental():
    piece = piece_of((4, 66, 6), (10, 66, 2), keys=(Key(0, 0),))
    notes = xml_of(piece).findall(".//note[pitch]")
    assert [n.findtext("accidental") for n in notes] == ["sharp", None, "sharp"]
    assert [n.get("id") for n in notes] == ["n0", "n0-1", "n1"]


def test_a_second_voice_only_where_notes_overlap():
    alone = piece_of((0, 72, 4), (4, 76, 4))
    assert set(texts(xml_of(alone), ".//note/voice")) == {"1", "5"}
    held = xml_of(piece_of((0, 72, 8), (2, 76, 2), (8, 72, 8)))
    assert "2" in texts(held, ".//measure[1]/note/voice")
    assert "2" not in texts(held, ".//measure[2]/note/voice")


def test_a_tie_into_a_bar_without_an_upper_voice(scratch):
    notes = [(0, 72, 8, Hand.LEFT), (4, 76, 4, Hand.LEFT), (7, 60, 4, Hand.LEFT)]
    notes += [(9, 60, 2, Hand.RIGHT)]
    piece = Piece(
        normalise(Note(*n[:3], hand=n[3]) for n in notes), regular_bars(16, [(0, Metre(2, 4))])
    )
    assert heard(read_back(piece, scratch).notes) == heard(piece.notes)
    second = xml_of(piece).findall(".//measure")[1]
    drawn = [n for n in second.findall("note[rest]") if n.get("print-object") != "no"]
    assert {n.findtext("voice") for n in drawn if n.findtext("staff") == "2"} == {"6"}


def test_a_pickup_is_an_implicit_bar():
    bars = regular_bars(18, [(0, Metre(2, 4))], 4, pickup=2)
    measures = xml_of(Piece((Note(0, 60, 2),), bars)).findall(".//measure")
    assert [m.get("implicit") for m in measures] == ["yes", None, None]
    assert [m.get("number") for m in measures][1:] == ["1", "2"]


def test_triplets_are_bracketed_where_no_beam_holds_them():
    piece = piece_of((0, 60, 1), (1, 62, 1), (2, 64, 1), (3, 60, 2), (5, 62, 1), grid=3)
    tuplets = xml_of(piece).findall(".//tuplet")
    assert [(t.get("type"), t.get("bracket")) for t in tuplets] == [
        ("start", "no"), ("stop", "no"), ("start", "yes"), ("stop", "yes"),
    ]  # fmt: skip


def test_a_hand_that_stays_high_gets_a_treble_clef():
    notes = [(2 * i, 48 if i < 8 else 84, 2) for i in range(32)]
    low = [Note(*n, hand=Hand.LEFT) for n in notes]
    piece = Piece(tuple(low), regular_bars(64, [(0, Metre(2, 4))]))
    clefs = xml_of(piece).findall(".//clef[@number='2']")
    assert [clef.findtext("sign") for clef in clefs] == ["F", "G"]


def test_keys_metres_and_tempos_stand_where_they_change():
    bars = regular_bars(28, [(0, Metre(2, 4)), (16, Metre(3, 4))])
    keys, tempos = (Key(0, -4), Key(16, 2)), (Tempo(0, 600_000), Tempo(16, 500_000))
    root = xml_of(Piece((Note(0, 60, 4),), bars, keys=keys, tempos=tempos))
    third = root.findall(".//measure")[2]
    assert texts(root, ".//fifths") == ["-4", "2"]
    assert third.findtext(".//fifths") == "2"
    assert third.findtext(".//beats") == "3"
    assert texts(root, ".//per-minute") == ["100", "120"]


@pytest.mark.parametrize(
    "title", ["<b>&amp;]]></b>", "A\0B\x1b[31m\ud800\u2028\ufffe", "x" * 10_000, "\"'", "Ξ 音楽 🎹"]
)
def test_any_title_can_be_written(title, scratch):
    back = read_back(piece_of((0, 60, 4), title=title, composer=title), scratch)
    assert len(back.title) <= 120
    assert back.title[:1] == back.composer[:1] == title[:1]


def test_twenty_notes_that_overlap_all_come_back(scratch):
    notes = [Note(i, 40 + 2 * i, 23 - i, hand=Hand.RIGHT) for i in range(20)]
    piece = Piece(normalise(notes), regular_bars(24, [(0, Metre(2, 4))]))
    assert heard(read_back(piece, scratch).notes) == heard(notes)


def test_a_note_of_a_hundred_bars_is_tied(scratch):
    piece = piece_of((0, 72, 800), (3, 40, 1), bars=100)
    assert len(xml_of(piece).findall(".//note[pitch]")) == 101
    assert heard(read_back(piece, scratch).notes) == heard(piece.notes)


def test_the_whole_range_of_a_score_can_be_written(scratch):
    piece = piece_of(*((i, LOWEST + i, 1) for i in range(116)), bars=16)
    assert heard(read_back(piece, scratch).notes) == heard(piece.notes)


def test_what_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(BadFile, match="pitch 11"):
        write_musicxml(piece_of((0, 11, 4)), tmp_path / "a.musicxml")
    with pytest.raises(BadFile, match="no bars"):
        write_musicxml(Piece((), ()), tmp_path / "a.musicxml")
    with pytest.raises(BadFile, match="a bar of 401 quarter notes"):
        write_musicxml(piece_of((0, 60, 4), bars=1, metre=(802, 8)), tmp_path / "a.musicxml")
    crowd = (Note(i, 60 + i % 2, 1) for i in range(1001))
    with pytest.raises(BadFile, match="a bar of 1,001 notes"):
        write_musicxml(Piece(tuple(crowd), (Bar(0, 1001, Metre(4, 4)),)), tmp_path / "a.musicxml")
    assert list(tmp_path.iterdir()) == []


def test_bars_without_notes_are_rests():
    rests = xml_of(piece_of(bars=3)).findall(".//rest[@measure='yes']")
    assert len(rests) == 6


def test_a_bar_longer_than_its_metre_is_written(scratch):
    piece = Piece((Note(0, 60, 20, hand=Hand.RIGHT),), (Bar(0, 20, Metre(2, 4)),))
    assert heard(read_back(piece, scratch).notes) == heard(piece.notes)
