"""Standard MIDI files for tests, by mido or byte by byte."""

import struct

from mido import Message, MidiFile, MidiTrack

END_OF_TRACK = b"\0\xff\x2f\0"
NOTE = b"\0\x90\x3c\x50\x83\x60\x80\x3c\0"
"""Middle C for a quarter of 480 ticks."""


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
