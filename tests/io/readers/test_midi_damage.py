"""Damaged, wrapped and hostile MIDI files: what can be read is read, the rest is refused."""

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragsmith.errors import BadFile
from ragsmith.io import read_report
from ragsmith.io.readers import file_bytes, midi_file, midi_tracks
from ragsmith.io.readers import midi_repair as tolerant_midi
from ragsmith.io.readers.midi import read_midi, write_midi
from ragsmith.piece import Bar, Metre
from support.smf import END_OF_TRACK, NOTE, chunk, header, raw
from support.strategies import hands, pieces


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all examples of a property."""
    return tmp_path_factory.mktemp("midi")


def at_writing(piece):
    """What MIDI keeps of a piece whose bars it can say."""
    return replace(piece, composer="", order=())


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
    path = raw(tmp_path / "x.mid", chunk(lost + far + NOTE + NOTE + END_OF_TRACK))
    reading = read_midi(path, 4)
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
    assert read_report(tmp_path / "x.rmi").repairs == ()
    (tmp_path / "x.mid").write_bytes(bytes(128) + sound)
    assert read_report(tmp_path / "x.mid").repairs == ("128 bytes before its header skipped",)


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
    monkeypatch.setattr(midi_tracks, "MOST_NOTES", 2)
    with pytest.raises(BadFile, match="3 notes; at most 2"):
        read_midi(path)
    damaged = raw(tmp_path / "y.mid", chunk(NOTE, 400))
    monkeypatch.setattr(midi_file, "MOST_MENDED_BYTES", 10)
    with pytest.raises(BadFile, match="damaged, and larger"):
        read_midi(damaged)
    monkeypatch.setattr(file_bytes, "MOST_BYTES", 10)
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
