"""Files in, files out: the reader or the writer is chosen by the file's suffix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ragsmith import options
from ragsmith.beats import checked
from ragsmith.errors import BadFile, BadOption, whole_number
from ragsmith.io.readers.by_suffix import MIDI_SUFFIXES, NOTATION_SUFFIXES, read_by_suffix
from ragsmith.io.readers.reading import Reading
from ragsmith.performance import perform
from ragsmith.piece import Piece, checked_grid, checked_piece

if TYPE_CHECKING:
    from ragsmith.io.sound.instrument import Piano

__all__ = [
    "MIDI_SUFFIXES",
    "NOTATION_SUFFIXES",
    "WRITERS",
    "Reading",
    "check_suffix",
    "read",
    "read_report",
    "stream",
    "write",
]

T = TypeVar("T")

WRITERS = {
    ".mid": ("readers.midi", "write_midi"),
    ".midi": ("readers.midi", "write_midi"),
    ".musicxml": ("score.musicxml", "write_musicxml"),
    ".mxl": ("score.musicxml", "write_mxl"),
    ".pdf": ("score.engrave", "write_pdf"),
    ".roll.svg": ("roll", "write_svg"),
    ".roll.png": ("roll", "write_png"),
    ".svg": ("score.engrave", "write_svg"),
    ".png": ("score.engrave", "write_png"),
    ".wav": ("sound.encode", "write_audio"),
    ".flac": ("sound.encode", "write_audio"),
    ".ogg": ("sound.encode", "write_audio"),
    ".mp3": ("sound.encode", "write_audio"),
}
"""Suffix to the file of this room and the function that writes it: MIDI, the score, the piano roll,
sound."""


def read(
    path: str | Path,
    steps_per_quarter: int | None = None,
    *,
    part: str | None = None,
    beats: str | None = None,
    isolated: bool = False,
) -> Piece:
    """Read a music file onto a grid.

    Args:
        path: a MIDI, kern, MusicXML, MEI or ABC file; its suffix says which. Tune 2 of a book of
            ABC is `book.abc#2`.
        steps_per_quarter: the grid, one of `ragsmith.piece.GRIDS`; None takes the coarsest that
            holds the piece (`ragsmith.quantise.natural_grid`).
        part: the name of the part to read, or "all"; None takes the pianist's.
        beats: "auto" tracks the beats of a MIDI file that was played freely
            (`ragsmith.beats.track`); None takes what the file says.
        isolated: whether a child process reads it, within limits of time and memory: for files
            from strangers, which may crash a library or fill the memory.

    Raises:
        BadFile: the file cannot be read as music.
        BadPiece: there is no such grid.
        BadOption: it has no such part, or beats are neither None nor "auto".

    >>> import ragsmith
    >>> read(write(ragsmith.datasets.rags()[0], "rag.mid"), 4)
    <Piece 'Marbles on the Stair': 689 notes in 38 bars of 2/4, 4 steps a quarter>
    """
    return read_report(path, steps_per_quarter, part=part, beats=beats, isolated=isolated).piece


def read_report(
    path: str | Path,
    steps_per_quarter: int | None = None,
    *,
    part: str | None = None,
    beats: str | None = None,
    isolated: bool = False,
) -> Reading:
    """Read a music file like `read`, and say what it took: repairs, how far notes had to move.

    Args:
        path: as in `read`.
        steps_per_quarter: the grid; None as there.
        part: as there.
        beats: as there.
        isolated: as there.

    Raises:
        BadFile: the file cannot be read as music.
        BadPiece: there is no such grid.

    >>> import ragsmith
    >>> read_report(write(ragsmith.datasets.rags()[0], "rag.mid")).fitting_grid
    4
    """
    checked(beats)
    if isolated:
        from ragsmith.io.isolated import read_isolated

        grid = None if steps_per_quarter is None else checked_grid(steps_per_quarter)
        return read_isolated(Path(path), steps_per_quarter=grid, part=part, beats=beats)
    return read_by_suffix(path, steps_per_quarter, part, beats)


def write(
    piece: Piece,
    path: str | Path,
    *,
    piano: str = "upright",
    paper: str = "a4",
    staff_size: float | None = None,
    bars_per_line: int | None = None,
    hand: str = "both",
    width: int | None = None,
    expression: float | None = None,
    swing: float = options.SWING.default,
    isolated: bool = False,
) -> Path:
    """Write a piece in the format that the suffix names; the file appears whole or not at all.

    What is heard (MIDI, audio) has its repeats played, what is read has them as signs.

    Args:
        piece: what to write.
        path: where; its suffix is one of `WRITERS`.
        piano: for sound: upright, honky-tonk or grand.
        paper: for pages: a4 or letter.
        staff_size: for pages: millimetres from the lowest to the highest line of a staff, 3 to 12;
            None is 6.7.
        bars_per_line: for pages: 1 to 16; None takes as many as can be read with ease.
        hand: for scores: left or right writes the part of that hand alone.
        width: for .svg: CSS pixels of a screen, 200 to 5000, to which one long page is set instead
            of pages of paper.
        expression: for sound and MIDI, see `ragsmith.perform`: 0 as written, to 1; None takes
            0.7 for sound, and 0 for MIDI, which other programs write as a score.
        swing: for both, as there.
        isolated: whether pages are engraved by a child process, within limits: for pieces from
            files that anybody may have sent.

    Raises:
        BadFile: the suffix is unknown, or the file cannot be written.
        BadOption: there is no such piano, paper or hand, a size, expression or swing is out of
            range, or what is given is no piece.

    >>> import ragsmith
    >>> write(ragsmith.datasets.rags()[0], "rag.mid").name
    'rag.mid'
    """
    checked_piece(piece)
    path = Path(path)
    suffix = check_suffix("".join(path.suffixes[-2:]) or path.name)
    room, function = WRITERS[suffix]
    writer: Callable[..., Path] = getattr(import_module(f"ragsmith.io.{room}"), function)
    if room == "readers.midi":
        return writer(perform(piece, expression or 0, swing=swing), path)
    if room == "sound.encode":
        if expression is None:
            expression = 0.0 if piece.played else options.EXPRESSION.default
        return writer(perform(piece, expression, swing=swing), path, _piano(piano))
    if room == "roll":
        return writer(piece, path)
    from ragsmith.io.score.layout import PAPERS, PARTS, checked_layout

    played_by = _named(PARTS, "hand", hand)
    if room == "score.musicxml":
        return writer(piece, path, played_by)
    if isolated:
        from ragsmith.io.isolated import write_isolated

        sizes = {"staff_size": staff_size, "bars_per_line": bars_per_line, "width": width}
        return write_isolated(piece, path, {"paper": paper, "hand": hand, **sizes})
    layout = checked_layout(_named(PAPERS, "paper", paper), staff_size, bars_per_line, played_by)
    if width is not None and suffix == ".svg":
        width = whole_number("width", width, 200, 5000, "give pixels of a screen, like 800")
        return writer(piece, path, layout, width)
    return writer(piece, path, layout)


def stream(
    piece: Piece,
    *,
    piano: str = "upright",
    expression: float = options.EXPRESSION.default,
    swing: float = options.SWING.default,
) -> Iterator[bytes]:
    """A WAV file of a piece as it is played: it can be heard while the rest is computed.

    Its loudness is estimated (`ragsmith.io.sound.stream`); `write` measures it.

    Args:
        piece: what to play.
        piano: upright, honky-tonk or grand.
        expression: see `ragsmith.perform`.
        swing: as there.

    Raises:
        BadOption: there is no such piano, expression or swing, or what is given is no piece.
    """
    from ragsmith.io.sound.stream import stream_wav

    instrument = _piano(piano)
    return stream_wav(perform(piece, expression, swing=swing), instrument)


def _piano(name: str) -> Piano:
    from ragsmith.io.sound.instrument import PIANOS

    return _named(PIANOS, "piano", name)


def _named(known: Mapping[str, T], kind: str, name: str) -> T:
    if name not in known:
        raise BadOption(f"{kind} {name}", "does not exist", f"choose {', '.join(known)}")
    return known[name]


def check_suffix(suffix: str) -> str:
    """A suffix that can be written, in small letters; of ".my.mid" it is ".mid".

    Raises:
        BadFile: it cannot.
    """
    known = next((name for name in WRITERS if suffix.lower().endswith(name)), None)
    if known is None:
        remedy = f"end the name in one of {' '.join(WRITERS)}"
        raise BadFile(suffix, "is not a format that can be written", remedy)
    return known
