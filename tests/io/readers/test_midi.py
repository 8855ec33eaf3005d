"""MIDI files in and out, checked against plain mido."""

import os
from dataclasses import replace

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mido import Message, MetaMessage

from ragsmith.errors import BadFile
from ragsmith.hands import split_hands
from ragsmith.io import read
from ragsmith.io.readers.midi import read_midi, write_midi
from ragsmith.markings import Marking
from ragsmith.piece import Bar, Hand, Key, Metre, Note, Piece, Section, Tempo, regular_bars
from ragsmith.verbs import merge_split_bars
from support.smf import file_of, strike
from support.strategies import hands, pieces


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all examples of a property."""
    return tmp_path_factory.mktemp("midi")


def at_writing(piece):
    """What MIDI keeps of a piece whose bars it can say."""
    return replace(piece, composer="", order=())


@given(pieces(hand=hands))
def test_a_written_piece_is_read_back(folder, piece):
    reading = read_midi(write_midi(piece, folder / "piece.mid"), piece.steps_per_quarter)
    assert reading.piece == at_writing(piece)
    assert reading.moved == (0, 0, 0)
    assert reading.repairs == ()


@given(pieces(hand=hands))
def test_mido_hears_the_notes_that_were_meant(folder, piece):
    file = mido.MidiFile(write_midi(piece, folder / "mido.mid"))
    assert file.type == 1
    ticks = file.ticks_per_beat // piece.steps_per_quarter
    assert ticks * piece.steps_per_quarter == file.ticks_per_beat
    heard = []
    for hand, track in zip((Hand.RIGHT, Hand.LEFT), file.tracks[1:], strict=True):
        now, down = 0, {}
        for message in track:
            now += message.time
            if message.type == "note_on":
                assert message.note not in down
                down[message.note] = (now, message.velocity)
            elif message.type == "note_off":
                onset, velocity = down.pop(message.note)
                heard.append((onset, message.note, now - onset, velocity, hand))
        assert not down
    meant = [
        (n.onset * ticks, n.pitch, n.duration * ticks, n.velocity, n.hand) for n in piece.notes
    ]
    assert sorted(heard) == meant


@given(pieces())
def test_notes_without_a_hand_are_given_one(folder, piece):
    again = read_midi(write_midi(piece, folder / "hands.mid"), piece.steps_per_quarter).piece
    assert again.notes == split_hands(piece.notes, piece.steps_per_quarter)


@given(pieces())
def test_the_same_piece_gives_the_same_bytes(folder, piece):
    first = write_midi(piece, folder / "first.mid").read_bytes()
    assert write_midi(piece, folder / "second.mid").read_bytes() == first


def test_a_pickup_is_a_first_bar_of_its_own_length(tmp_path):
    bars = regular_bars(18, [(0, Metre(2, 4))], 4, pickup=2)
    piece = Piece((Note(0, 60, 18, 80, Hand.RIGHT),), bars, title="x")
    path = write_midi(piece, tmp_path / "pickup.mid")
    said = [m for m in mido.MidiFile(path).tracks[0] if m.type == "time_signature"]
    assert [(m.time, m.numerator, m.denominator) for m in said] == [(0, 1, 8), (240, 2, 4)]
    assert read_midi(path).piece == piece


@pytest.mark.parametrize(
    ("grid", "pickup"), [(24, 1), (24, 13), (3, 1), (4, 1), (4, 7), (2, 3), (12, 5)]
)
def test_every_pickup_survives(tmp_path, grid, pickup):
    for metre in (Metre(2, 4), Metre(6, 8), Metre(2, 2)):
        for steps in (pickup, 4 * grid):
            bars = regular_bars(steps, [(0, metre)], grid, pickup)
            piece = Piece((Note(0, 60, 1, 80, Hand.LEFT),), bars, grid, title="x")
            assert read_midi(write_midi(piece, tmp_path / "pickup.mid"), grid).piece == piece


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.sampled_from([3, 4, 24]))
def test_bars_of_any_length_keep_their_barlines(folder, lengths, grid):
    starts = [sum(lengths[:place]) for place in range(len(lengths))]
    bars = tuple(
        Bar(start, length, Metre(4, 3) if start % 3 else Metre(2, 4))
        for start, length in zip(starts, lengths, strict=True)
    )
    piece = Piece((Note(0, 60, 1),), bars, grid)
    again = read_midi(write_midi(piece, folder / "bars.mid"), grid).piece
    assert [bar[:2] for bar in again.bars] == [bar[:2] for bar in bars]


def test_a_cut_bar_takes_its_own_length_for_its_metre(tmp_path):
    metre = Metre(2, 4)
    bars = (Bar(0, 8, metre), Bar(8, 6, metre), Bar(14, 2, metre, 6), Bar(16, 8, metre))
    piece = Piece((Note(0, 60, 1),), bars)
    again = read_midi(write_midi(piece, tmp_path / "cut.mid")).piece
    assert [bar.metre for bar in again.bars] == [metre, Metre(3, 8), Metre(1, 8), metre]
    assert merge_split_bars(again.bars, 4) == again.bars


def test_sections_are_markers(tmp_path):
    sections = (Section("A", 0, 8), Section("Trio", 16, 24))
    bars = regular_bars(32, [(0, Metre(2, 4))])
    piece = Piece((Note(0, 60, 1, 80, Hand.RIGHT),), bars, sections=sections, title="x")
    path = write_midi(piece, tmp_path / "sections.mid")
    said = [m.text for m in mido.MidiFile(path).tracks[0] if m.type == "marker"]
    assert said == ["A", "end", "Trio", "end", "end"]
    assert read_midi(path).piece == piece


@pytest.mark.parametrize("title", ["Élégie — ”Rag”", "two\nlines\t", "\udcff\0", ""])
def test_titles_are_plain_text(tmp_path, title):
    piece = Piece((Note(0, 60, 1),), regular_bars(1, []), title=title)
    again = read_midi(write_midi(piece, tmp_path / "stem.mid")).piece.title
    assert again == (" ".join("".join(c if c.isprintable() else " " for c in title).split()))


def test_a_tempo_too_slow_for_three_bytes_is_the_slowest(tmp_path):
    piece = Piece((Note(0, 60, 1),), regular_bars(1, []), tempos=(Tempo(0, 10**8),))
    again = read_midi(write_midi(piece, tmp_path / "slow.mid")).piece
    assert again.tempos == (Tempo(0, 0xFFFFFF),)


def test_a_piece_without_music_is_written_and_refused(tmp_path):
    for bars in ((), regular_bars(8, [])):
        path = write_midi(Piece((), bars), tmp_path / "empty.mid")
        with pytest.raises(BadFile, match="no notes"):
            read_midi(path)


def test_writing_leaves_nothing_half_done(tmp_path, monkeypatch):
    piece = Piece((Note(0, 60, 1),), regular_bars(1, []))
    with pytest.raises(BadFile, match="cannot be written"):
        write_midi(piece, tmp_path / "missing" / "x.mid")
    (tmp_path / "taken.mid").mkdir()
    with pytest.raises(BadFile, match="cannot be written"):
        write_midi(piece, tmp_path / "taken.mid")
    old = write_midi(piece, tmp_path / "old.mid").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(BadFile, match="no space left"):
        write_midi(replace(piece, title="new"), tmp_path / "old.mid")
    assert (tmp_path / "old.mid").read_bytes() == old
    assert sorted(p.name for p in tmp_path.iterdir()) == ["old.mid", "taken.mid"]


def test_what_a_file_says_is_kept(tmp_path):
    path = file_of(
        tmp_path / "rag.mid",
        [
            MetaMessage("track_name", name="Röslein Rag"),
            MetaMessage("time_signature", numerator=2, denominator=4),
            MetaMessage("time_signature", numerator=4, denominator=4),
            MetaMessage("key_signature", key="C"),
            MetaMessage("key_signature", key="Fm"),
            MetaMessage("set_tempo", tempo=600_000),
            MetaMessage("time_signature", numerator=3, denominator=4, time=1920),
        ],
        [*strike(40), *strike(43, 100, 10)],
        [*strike(80, velocity=99), *strike(81, 1500, 900)],
    )
    piece = read(path, 4)
    left, right = Hand.LEFT, Hand.RIGHT
    assert piece.notes == (
        Note(0, 40, 4, 80, left),
        Note(0, 80, 4, 99, right),
        Note(4, 43, 1, 80, left),
        Note(12, 81, 13, 80, right),
    )
    assert piece.bars == (Bar(0, 16, Metre(4, 4)), Bar(16, 12, Metre(3, 4)))
    assert (piece.keys, piece.tempos) == ((Key(0, -4, True),), (Tempo(0, 600_000),))
    assert (piece.title, piece.pickup, piece.steps_per_quarter) == ("Röslein Rag", 0, 4)


def test_how_much_moved_and_which_grid_fits(tmp_path):
    notes = [*strike(60, 160), *strike(62, 160), *strike(64, 160), *strike(65, 480)]
    reading = read_midi(file_of(tmp_path / "triplets.mid", notes), 4)
    assert reading.fitting_grid == 3
    assert reading.moved == pytest.approx((0.5, 1 / 12, 1 / 12))
    assert [n.onset for n in read_midi(tmp_path / "triplets.mid", 3).piece.notes] == [0, 1, 2, 3]


def test_the_first_metre_said_late_is_no_pickup(tmp_path):
    late = [MetaMessage("time_signature", numerator=5, denominator=4, time=1920)]
    piece = read_midi(file_of(tmp_path / "late.mid", late, strike(60, 4000))).piece
    assert [bar.metre for bar in piece.bars] == [Metre(4, 4), Metre(5, 4)]
    assert piece.pickup == 0


def named(name, *notes):
    return [MetaMessage("track_name", name=name), *(m for note in notes for m in note)]


@pytest.mark.parametrize(
    ("tracks", "expected"),
    [
        ([strike(40), strike(80)], {40: Hand.LEFT, 80: Hand.RIGHT}),
        ([strike(80), strike(40)], {40: Hand.LEFT, 80: Hand.RIGHT}),
        ([[], strike(80), [], strike(40)], {40: Hand.LEFT, 80: Hand.RIGHT}),
        ([named("Piano LH", strike(80)), named("RH", strike(40))], {80: 1, 40: 2}),
        ([named("Left hand", strike(80))], {80: Hand.LEFT}),
        ([strike(80)], {80: 0}),
        ([strike(60), strike(60, 960)], {60: 0}),
        ([strike(40), strike(60), strike(80)], {40: 0, 60: 0, 80: 0}),
        ([[Message("program_change", program=40), *strike(80)], strike(40)], {40: 0}),
        ([[Message("program_change", program=7), *strike(80)], strike(40)], {40: 1, 80: 2}),
        ([strike(40), strike(80, wait=960)], {40: 0, 80: 0}),
    ],
)
def test_hands_are_two_piano_tracks(tmp_path, tracks, expected):
    piece = read_midi(file_of(tmp_path / "hands.mid", *tracks)).piece
    assert {n.pitch: n.hand for n in piece.notes} == expected


def test_drums_are_left_out(tmp_path):
    piece = read_midi(file_of(tmp_path / "drums.mid", strike(60), strike(36, channel=9))).piece
    assert [n.pitch for n in piece.notes] == [60]


@pytest.mark.slow
@pytest.mark.corpus
def test_every_rag_is_read_whole_and_survives_a_round_trip(shared, tmp_path):
    for number, path in enumerate(sorted((shared / "corpora/joplin/midi").glob("*.mid"))):
        reading = read_midi(path, 4)
        file = mido.MidiFile(path)
        heard = set()
        for track in file.tracks:
            now = 0
            for message in track:
                now += message.time
                if message.type == "note_on" and message.velocity:
                    heard.add((int(now * 4 / file.ticks_per_beat + 0.5), message.note))
        assert {n[:2] for n in reading.piece.notes} == heard
        assert reading.repairs == ()
        assert {n.hand for n in reading.piece.notes} == {Hand.LEFT, Hand.RIGHT}
        if number % 8 == 0:
            again = read_midi(write_midi(reading.piece, tmp_path / path.name), 4)
            assert again.piece == reading.piece


@pytest.mark.corpus
def test_files_from_the_wild_are_all_read(shared):
    readings = {p.name: read_midi(p) for p in (shared / "corpora/midi-in-the-wild").glob("*.mid")}
    assert len(readings) >= 40
    assert "cut short" in readings["truncated-chunk.mid"].repairs[0]
    assert readings["FFIXQuMarshP.mid"].fitting_grid is None


def test_markings_of_what_was_written_here_come_back(tmp_path):
    notes = tuple(Note(step, 60 + step, 1, 80, Hand.RIGHT) for step in range(8))
    markings = (
        Marking(0, "dynamic", text="mf"),
        Marking(0, "slur", 60, Hand.RIGHT, "", 3, 63),
        Marking(6, "accent", 66, Hand.RIGHT),
    )
    bars = regular_bars(8, [(0, Metre(2, 4))])
    written = write_midi(Piece(notes, bars, markings=markings), tmp_path / "a.mid")
    assert read(written).markings == markings
    finer = tuple(m._replace(step=2 * m.step, end=2 * m.end if m.end > 0 else -1) for m in markings)
    assert read(written, 8).markings == finer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[4,[0]]",
        "[0,[0,'dynamic']]",
        '[4,[0,"dance",-1,0,"",-1,-1]]',
        "[" * 2000,
        "[null]",
    ],
)
def test_what_is_no_marking_is_passed_over(tmp_path, text):
    named = MetaMessage("text", text="ragsmith markings " + text)
    path = file_of(tmp_path / "a.mid", [named, *strike(60)])
    assert read(path).markings == ()
