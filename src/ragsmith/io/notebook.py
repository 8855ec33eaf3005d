"""A piece as a notebook shows it: its roll, and a player of its beginning."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from ragsmith.io.roll import roll_svg
from ragsmith.io.sound.encode import write_audio
from ragsmith.io.sound.piano import sample_clock
from ragsmith.performance import perform
from ragsmith.piece import Piece
from ragsmith.playing_order import unfold
from ragsmith.verbs import clip

__all__ = ["as_html", "opening"]

SECONDS_PLAYED = 60
BARS_DRAWN = 256
"""A long piece would make a notebook heavy: so much of its beginning is shown."""
TICKS_A_SECOND = 1000


def as_html(piece: Piece) -> str:
    """The piece's roll as a picture and its first minute as sound, both inside the text (about a
    megabyte); a piece without notes is drawn only."""
    drawn = piece
    if len(piece.bars) > BARS_DRAWN:
        drawn = clip(piece, 0, piece.bars[BARS_DRAWN].start)
    roll = b64encode(roll_svg(drawn).encode()).decode()
    picture = (
        f'<img alt="{escape(repr(piece))}" style="max-width: 100%" '
        f'src="data:image/svg+xml;base64,{roll}">'
    )
    if not piece.notes:
        return picture
    sound = b64encode(_mp3(opening(piece, SECONDS_PLAYED))).decode()
    player = f'<audio controls preload="none" src="data:audio/mpeg;base64,{sound}"></audio>'
    return f"<div>{picture}<br>{player}</div>"


def opening(piece: Piece, seconds: float) -> Piece:
    """The bars that are played in the first so many seconds, repeats unfolded; at least one bar."""
    played = unfold(piece)
    clock = sample_clock(played, TICKS_A_SECOND)
    ends = [bar.start + bar.length for bar in played.bars]
    inside = [end for end in ends if clock(end) <= seconds * TICKS_A_SECOND]
    return clip(played, 0, inside[-1] if inside else ends[0])


def _mp3(piece: Piece) -> bytes:
    with TemporaryDirectory(prefix="ragsmith-") as folder:
        return write_audio(perform(piece), Path(folder) / "opening.mp3").read_bytes()
