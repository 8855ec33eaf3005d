"""Files that break readers, made by hand; `corrupted.py` scans them."""

import os
import sys
from pathlib import Path
from random import Random

__all__ = ["write_nasty"]

TICKS = 480


def number(value: int) -> bytes:
    """A number as MIDI files write it, seven bits to a byte."""
    written = [value & 0x7F]
    while value := value >> 7:
        written.append(value & 0x7F | 0x80)
    return bytes(reversed(written))


def midi(*tracks: bytes, kind: int = 1, division: int = TICKS) -> bytes:
    """A MIDI file of the given tracks, each without its end."""
    head = kind.to_bytes(2, "big") + len(tracks).to_bytes(2, "big") + division.to_bytes(2, "big")
    chunks = [(b"MThd", head)] + [(b"MTrk", track + b"\0\xff\x2f\0") for track in tracks]
    return b"".join(name + len(body).to_bytes(4, "big") + body for name, body in chunks)


def tune(seed: int, notes: int = 64, step: int = TICKS // 4, channel: int = 0) -> bytes:
    """A track of notes one after another, drawn at random."""
    draw = Random(seed)
    off = number(step) + bytes((0x80 | channel,))
    pitches = [draw.randrange(40, 90) for _ in range(notes)]
    return b"".join(bytes((0, 0x90 | channel, p, 80)) + off + bytes((p, 0)) for p in pitches)


def write_nasty(folder: Path) -> None:
    """Write all of them into the folder."""
    day = 24 * 60 * 2 * TICKS
    html = b"<!DOCTYPE html>\n<html><title>404 Not Found</title></html>\n"
    files = {
        "empty.mid": b"",
        "empty.krn": b"",
        "empty.mxl": b"",
        "HTML saved as.mid": html,
        "HTML saved as.krn": html,
        "HTML saved as.musicxml": html,
        "a head and no more.mid": midi()[:14],
        "SMPTE time.mid": midi(tune(1, step=10), division=0xE728),
        "type 2.mid": midi(tune(2), tune(3), kind=2),
        "zero ticks per quarter.mid": midi(tune(4), division=0),
        "no notes.mid": midi(b"\0\xff\x58\x04\x02\x02\x18\x08"),
        "no tracks.mid": midi(),
        "drums only.mid": midi(tune(0, channel=9)),
        "one note, a day long.mid": midi(bytes((0, 0x90, 60, 80)) + number(day) + b"\x80\x3c\0"),
        "a tune after a day of silence.mid": midi(number(day) + tune(5)[1:]),
        "a tune after a year of silence.mid": midi(number(2**28 - 1) + tune(6)[1:]),
        "a million notes.mid": midi(tune(0, 1_000_000, step=1)),
        "a million notes at once.mid": midi(
            bytes((0, 0x90, 60, 80)) * 1_000_000 + b"\x60\x80\x3c\0"
        ),
        "line\nbreak\n\n in the name.mid": midi(tune(7)),
        "bytes of chance.mid": bytes((i * i * 31 + i // 7) % 256 for i in range(9999)),
        "a zip bomb of a kind.mxl": b"PK\x03\x04" + b"\0" * 999,
        "deep.musicxml": b"<a>" * 100_000,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "huge.mid").touch()
    os.truncate(folder / "huge.mid", 4 * 10**9)
    (folder / "a folder.mid").mkdir()
    (folder / "a folder.mid" / "inside.mid").write_bytes(midi(tune(8)))
    if os.name == "posix":
        write_posix_nasty(folder)


def write_posix_nasty(folder: Path) -> None:
    """What only some file systems have: links, pipes, rights, names that are not text."""
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "points to itself.mid").symlink_to(folder / "points to itself.mid")
    (folder / "points to nothing.mid").symlink_to(folder / "gone")
    os.mkfifo(folder / "pipe.mid")
    closed = folder / "not allowed to read.mid"
    closed.write_bytes(midi(tune(9)))
    closed.chmod(0)
    if sys.platform == "linux":
        name = os.fsencode(folder) + b"/not \xff\xfe text.mid"
        Path(os.fsdecode(name)).write_bytes(midi(tune(10)))
