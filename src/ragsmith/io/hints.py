"""What to do with files of music that cannot be read as they are."""

from __future__ import annotations

from pathlib import PurePath

__all__ = ["hint_for"]

UNPACK = "unpack it, and give the files that are in it"
AS_MUSICXML = "export it as MusicXML"
HINTS = {
    ".mscz": ("is a MuseScore file", AS_MUSICXML),
    ".mscx": ("is a MuseScore file", AS_MUSICXML),
    ".sib": ("is a Sibelius file", AS_MUSICXML),
    ".mus": ("is a Finale file", AS_MUSICXML),
    ".musx": ("is a Finale file", AS_MUSICXML),
    ".dorico": ("is a Dorico file", AS_MUSICXML),
    ".ly": ("is a LilyPond source", "have LilyPond write MIDI (\\midi in its score block)"),
    ".gp": ("is a Guitar Pro file", "export it as MusicXML or MIDI"),
    ".gp3": ("is a Guitar Pro file", "export it as MusicXML or MIDI"),
    ".gp4": ("is a Guitar Pro file", "export it as MusicXML or MIDI"),
    ".gp5": ("is a Guitar Pro file", "export it as MusicXML or MIDI"),
    ".gpx": ("is a Guitar Pro file", "export it as MusicXML or MIDI"),
    ".capx": ("is a capella file", AS_MUSICXML),
    ".enc": ("is an Encore file", AS_MUSICXML),
    ".zip": ("is a zip archive", UNPACK),
    ".rar": ("is an archive", UNPACK),
    ".7z": ("is an archive", UNPACK),
    ".gz": ("is a compressed file", UNPACK),
    ".tar": ("is an archive", UNPACK),
    ".tgz": ("is an archive", UNPACK),
}
"""Suffix to what such a file is, and the remedy."""


def hint_for(name: str) -> tuple[str, str] | None:
    """What a file is, by its name, and what to do with it; None where nobody knows.

    >>> hint_for("waltz.mscz")
    ('is a MuseScore file', 'export it as MusicXML')
    """
    return HINTS.get(PurePath(name).suffix.lower())
