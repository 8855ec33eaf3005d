"""MIDI files in and out, checked against plain mido."""

import os
import struct
from dataclasses import replace

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mido import Message, MetaMessage, MidiFile, MidiTrack

from ragsmith.errors import BadFile
from ragsmith.hands import split_hands
from ragsmith.io import midi, read, tolerant_midi
from ragsmith.io.midi import read_midi, write_midi
from ragsmith.piece import Bar, Hand, Key, Metre, Note, Piece, Section, Tempo, regular_bars
from ragsmith.verbs import merge_split_bars
from strategies import hands, pieces

END_OF_TRACK = b"\0\xff\x2f\0"
NOTE = b"\0\x90\x3c\x50\x83\x60\x80\x3c\0"
"""Middle C for a quarter of 480 ticks."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all examples of a property."""
    return tmp_path_factory.mktemp("midi")


def strike(pitch, length=480, wait=0, channel=0, velocity=80):
    return [
        Message("note_on", note=pitch, velocity=velocity, time=wait, channel=channel),
        Message("note_off", note=pitch, velocity=0, time=length, channel=channel),
    ]


def file_of(path, *tracks, kind=1, per_quarter=480):
    """A MIDI file with these tracks, by mido."""
    file = MidiFile(type=kind, ticks_per_beat=per_quarter, charset="utf-8")
    file.tracks.extend(MidiTrack(track) for track in tracks)
    file.save(path)
    return path


def header(kind=0, tracks=1, division=480):
    return b"MThd" + struct.pack(">IHHH", 6, kind, tracks, division)


def chunk(body, length=None):
    return b"MTrk" + struct.pack(">I", len(body) if length is None else length) + body


def raw(path, *body, **head):
    """A MIDI file of these bytes."""
    path.write_bytes(header(**head) + b"".join(body))
    return path


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
    assert again == (
        " ".join("".join(c if c.isprintable() else " " for c in title).split()) or "stem"
    )


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
    piece = read(path).piece
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
    reading = read_midi(file_of(tmp_path / "triplets.mid", notes))
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
        ([[Message("program_change", program=40), *strike(80)], strike(40)], {40: 0, 80: 0}),
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


@pytest.mark.parametrize(
    ("meta", "repair"),
    [
        (b"\xff\x58\x04\x00\x02\x18\x08", "1 impossible time signature left out"),
        (b"\xff\x58\x04\xff\x02\x18\x08", "1 impossible time signature left out"),
        (b"\xff\x58\x04\x03\x09\x18\x08", "1 impossible time signature left out"),
        (b"\xff\x59\x02\x09\x00", "1 impossible key signature left out"),
        (b"\xff\x51\x03\x00\x00\x00", "1 impossible tempo left out"),
    ],
)
def test_impossible_marks_are_left_out(tmp_path, meta, repair):
    reading = read_midi(raw(tmp_path / "x.mid", chunk(b"\0" + meta + NOTE + END_OF_TRACK)))
    assert reading.repairs == (repair,)
    assert reading.piece.bars == (Bar(0, 16, Metre(4, 4)),)
    assert reading.piece.keys == reading.piece.tempos == ()


def test_endless_notes_are_found_again(tmp_path):
    # The first C is never let go: its end stands at D. Paired in order, every C would end late.
    lost = b"\0\x90\x3c\x50\x83\x60\x80\x3e\0"
    far = b"\x87\xff\x7f\x90\x3e\x50\x83\x60\x80\x3e\0"
    reading = read_midi(raw(tmp_path / "x.mid", chunk(lost + far + NOTE + NOTE + END_OF_TRACK)))
    assert [n.duration for n in reading.piece.notes] == [256, 4, 4, 4]
    assert reading.repairs == (
        "1 note struck again while sounding, ended there",
        "1 note longer than 64 quarters cut to that length",
    )


BROKEN = {
    "cut inside a note": (chunk(NOTE + NOTE + END_OF_TRACK)[:-9], 2, "cut short"),
    "no end": (chunk(NOTE, 400), 1, "cut short"),
    "length too long": (chunk(NOTE + END_OF_TRACK, 400), 1, "structure"),
    "length too short": (chunk(NOTE + NOTE + END_OF_TRACK, 5), 2, "structure"),
    "pitch too high": (chunk(NOTE + b"\0\x90\xc8\x50\x60\x80\xc8\0" + END_OF_TRACK), 2, "2 values"),
    "unknown event": (chunk(NOTE + b"\0\xf4" + NOTE + END_OF_TRACK), 1, "damaged"),
    "no status": (chunk(b"\0\x3c\x50") + chunk(NOTE + END_OF_TRACK), 1, "damaged"),
    "text past the end": (chunk(NOTE + b"\0\xff\x01\x50abc"), 1, "damaged"),
    "number without end": (chunk(NOTE + b"\xff\xff\xff\xff\xff" + END_OF_TRACK), 1, "damaged"),
    "more tracks than promised": (
        chunk(NOTE + END_OF_TRACK) + chunk(NOTE + NOTE + END_OF_TRACK),
        2,
        "promises 1 tracks, the file holds 2",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_can_be_read_of_a_broken_file_is_read(tmp_path, fault):
    body, notes, repair = BROKEN[fault]
    reading = read_midi(raw(tmp_path / "x.mid", body))
    assert len(reading.piece.notes) == notes
    assert any(repair in said for said in reading.repairs)


def test_wrappers_are_opened(tmp_path):
    sound = header() + chunk(NOTE + END_OF_TRACK)
    (tmp_path / "x.rmi").write_bytes(b"RIFF\x40\0\0\0RMIDdata\x30\0\0\0" + sound)
    assert read(tmp_path / "x.rmi").repairs == ()
    (tmp_path / "x.mid").write_bytes(bytes(128) + sound)
    assert read(tmp_path / "x.mid").repairs == ("128 bytes before its header skipped",)


REFUSED = {
    "is empty": b"",
    "nothing but blanks": b"\0\0\0  \n",
    "web page": b"\xef\xbb\xbf <!DOCTYPE html><html><body>Not found</body>",
    "kern text": b"!!!COM: Joplin\n**kern",
    "XML": b"<?xml version='1.0'?><score-partwise/>",
    "is text": "Grüße: this is no music\n".encode(),
    "zip archive": b"PK\x03\x04rest",
    "not a MIDI file": bytes(range(128, 256)),
    "inside its header": b"MThd\0\0\0\6\0",
    "type-2": header(2) + chunk(NOTE + END_OF_TRACK),
    "SMPTE": header(division=0xE728) + chunk(NOTE + END_OF_TRACK),
    "no ticks": header(division=0) + chunk(NOTE + END_OF_TRACK),
    "no tracks": header(tracks=0),
    "holds 1,001 tracks": header(tracks=1001) + chunk(END_OF_TRACK) * 1001,
    "no notes": header() + chunk(END_OF_TRACK),
    "only drums": header() + chunk(b"\0\x99\x24\x50\x60\x89\x24\0" + END_OF_TRACK),
    "more than 20,000": header() + chunk(b"\x85\x80\x80\0" + NOTE[1:] + END_OF_TRACK),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_no_music_is_refused_with_its_reason(tmp_path, reason):
    (tmp_path / "x.mid").write_bytes(REFUSED[reason])
    with pytest.raises(BadFile, match=reason) as caught:
        read_midi(tmp_path / "x.mid")
    assert "\n" not in str(caught.value)
    assert caught.value.value == "x.mid"


def test_times_past_32_bits_are_refused(tmp_path):
    far = b"\xff\xff\xff\x7f\x90\x3c\x50\0\x80\x3c\0"
    with pytest.raises(BadFile, match="20,000 quarter"):
        read_midi(raw(tmp_path / "x.mid", chunk(far * 9 + END_OF_TRACK), division=32767))


def test_marks_far_away_make_no_bars(tmp_path):
    far = b"\xff\xff\xff\x7f\xff\x58\x04\x03\x02\x18\x08\0\xff\x06\x03end\0\xff\x51\x03\x09\x09\x09"
    piece = read_midi(raw(tmp_path / "x.mid", chunk(NOTE + far + END_OF_TRACK))).piece
    assert len(piece.bars) == 1
    assert piece.tempos == piece.sections == ()


def test_too_much_is_refused(tmp_path, monkeypatch):
    path = raw(tmp_path / "x.mid", chunk(NOTE * 3 + END_OF_TRACK))
    monkeypatch.setattr(midi, "MOST_NOTES", 2)
    with pytest.raises(BadFile, match="3 notes; at most 2"):
        read_midi(path)
    damaged = raw(tmp_path / "y.mid", chunk(NOTE, 400))
    monkeypatch.setattr(midi, "MOST_MENDED_BYTES", 10)
    with pytest.raises(BadFile, match="damaged, and larger"):
        read_midi(damaged)
    monkeypatch.setattr(midi, "MOST_BYTES", 10)
    with pytest.raises(BadFile, match="at most"):
        read_midi(path)


def test_what_cannot_be_opened_is_refused(tmp_path):
    with pytest.raises(BadFile, match="cannot be opened"):
        read_midi(tmp_path / "missing.mid")
    (tmp_path / "folder.mid").mkdir()
    with pytest.raises(BadFile, match="is a folder"):
        read_midi(tmp_path / "folder.mid")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.mid")
    with pytest.raises(BadFile, match="not a regular file"):
        read_midi(tmp_path / "pipe.mid")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_closed_file_is_refused(tmp_path):
    path = raw(tmp_path / "x.mid", chunk(NOTE + END_OF_TRACK))
    path.chmod(0)
    with pytest.raises(BadFile, match="cannot be opened"):
        read_midi(path)


@given(pieces(hand=hands), st.data())
def test_damage_is_read_or_refused_but_never_a_crash(folder, piece, data):
    path = write_midi(piece, folder / "damaged.mid")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        read_again = read_midi(path, piece.steps_per_quarter).piece
    except BadFile:
        return
    assert all(n.duration > 0 and 0 <= n.pitch < 128 for n in read_again.notes)
    assert max(n.onset + n.duration for n in read_again.notes) <= read_again.steps


@given(pieces(hand=hands))
def test_mending_a_sound_file_changes_no_note(folder, piece):
    content = write_midi(piece, folder / "sound.mid").read_bytes()
    head = tolerant_midi.header(content)
    mended, repairs = tolerant_midi.mend(content, head)
    (folder / "mended.mid").write_bytes(mended)
    assert repairs == ()
    assert read_midi(folder / "mended.mid", piece.steps_per_quarter).piece == at_writing(piece)


@pytest.mark.corpus
def test_every_rag_is_read_whole_and_survives_a_round_trip(shared, tmp_path):
    for number, path in enumerate(sorted((shared / "corpora/joplin/midi").glob("*.mid"))):
        reading = read_midi(path)
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
            again = read_midi(write_midi(reading.piece, tmp_path / path.name))
            assert again.piece == reading.piece


@pytest.mark.corpus
def test_files_from_the_wild_are_all_read(shared):
    readings = {p.name: read_midi(p) for p in (shared / "corpora/midi-in-the-wild").glob("*.mid")}
    assert len(readings) >= 40
    assert "cut short" in readings["truncated-chunk.mid"].repairs[0]
    assert readings["FFIXQuMarshP.mid"].fitting_grid is None
