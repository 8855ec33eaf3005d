"""The one folder that an assistant works in: files by their plain names, nothing outside, nothing
written over."""

from __future__ import annotations

from pathlib import Path

from ragsmith.errors import BadFile
from ragsmith.io import MIDI_SUFFIXES, NOTATION_SUFFIXES, WRITERS
from ragsmith.studio.uploads import LARGEST_FILE, file_name, is_plain_name

__all__ = ["FORMATS", "Folder"]

MODEL_SUFFIX = ".ragsmith"
FORMATS = tuple(suffix for suffix in WRITERS if suffix not in (".midi", ".svg", ".png"))
"""What is written: formats of one file each; the pages of .svg and .png would be several."""
READABLE = frozenset((*MIDI_SUFFIXES, *NOTATION_SUFFIXES, MODEL_SUFFIX, *FORMATS))
"""What an assistant sees of the folder, by the end of the name."""
MOST_SHOWN = 500


class Folder:
    """A folder of music.

    Args:
        place: the folder, which is there.

    Raises:
        BadFile: it is no folder.
    """

    def __init__(self, place: Path) -> None:
        if not place.is_dir():
            raise BadFile(place, "is not a folder", "make it, or name another")
        self.place = place.resolve()

    def names(self) -> list[str]:
        """The names of the files that an assistant sees, at most 500."""
        names = sorted(path.name for path in self.place.iterdir() if self._is_ours(path))
        return names[:MOST_SHOWN]

    def music(self) -> list[Path]:
        """The files that can be read as pieces.

        Raises:
            BadFile: there is none.
        """
        suffixes = MIDI_SUFFIXES + NOTATION_SUFFIXES
        paths = [self.place / name for name in self.names()]
        music = [path for path in paths if path.suffix.lower() in suffixes]
        if not music:
            raise BadFile(self.place.name, "holds no music", "put some into it, or compose")
        return music

    def file(self, name: str) -> Path:
        """The file with this name.

        Raises:
            BadFile: there is none, it is not of the folder, or it is too large.
        """
        path = self.place / name if is_plain_name(name) else None
        if path is None or not self._is_ours(path):
            raise BadFile(name, "is no music file of the folder", "take a name from the list")
        if path.stat().st_size > LARGEST_FILE:
            raise BadFile(name, f"has more than {LARGEST_FILE >> 20} MB", "take a smaller one")
        return path

    def new(self, stem: str, suffix: str) -> Path:
        """A path that is not taken, for a file to be written.

        Raises:
            BadFile: files do not end so.
        """
        if suffix not in FORMATS:
            raise BadFile(suffix, "is none of the formats", f"choose from {' '.join(FORMATS)}")
        plain = file_name(stem)
        for number in range(1, MOST_SHOWN):
            path = self.place / f"{plain}{f'-{number}' if number > 1 else ''}{suffix}"
            if not path.exists() and not path.is_symlink():
                return path
        raise BadFile(f"{plain}{suffix}", "is there too often", "remove some of them")

    def _is_ours(self, path: Path) -> bool:
        """Whether it is a music file in the folder itself; links lead elsewhere."""
        name = path.name.lower()
        return (
            is_plain_name(path.name)
            and any(name.endswith(suffix) for suffix in READABLE)
            and path.is_file()
            and not path.is_symlink()
        )
