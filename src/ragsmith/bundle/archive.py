"""A zip of a few named parts, safe to open whoever made it: sizes are checked before unpacking."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from ragsmith.errors import BadBundle, BadFile, UserError

__all__ = ["NOT_OURS", "damaged", "pack", "unpack"]

UNSUSPECTED = 1 << 24
DENSEST = 20
"""Beyond so many bytes, a part that unpacks to so many times the whole file is a zip bomb."""
LARGEST_DIRECTORY = 4096
"""Bytes; it lists a few parts."""
LOCATOR, END = 20, 22
"""Bytes of a zip's last two records; only the last is always there."""
NOT_OURS = "is not a model that ragsmith wrote"
CUT = "is not whole: it was cut or damaged on the way"


def pack(parts: Mapping[str, bytes]) -> bytes:
    """The zip of these parts; the same parts give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def unpack(path: Path, limits: Mapping[str, int]) -> dict[str, bytes]:
    """The parts that `limits` names, as far as they are there, none larger than its limit.

    Raises:
        BadBundle: there is no such file, it is no zip, not whole, or too large when unpacked.
        BadFile: it cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadBundle(path, "is not a file", "give the path of a .ragsmith file")
        file = path.open("rb")
    except FileNotFoundError as e:
        raise BadBundle(path, "does not exist", "give the path of a .ragsmith file") from e
    except OSError as e:
        reason = (e.strerror or str(e)).lower()
        raise BadFile(path, f"cannot be read ({reason})", "check the file") from e
    with file:
        try:
            return _parts(file, path, limits)
        except UserError:
            raise
        except Exception as e:  # zipfile has no one error for what can be wrong with a zip
            raise damaged(path, CUT) from e


def damaged(path: Path, rule: str) -> BadBundle:
    """The error of a file that was good once."""
    return BadBundle(path.name, rule, "get the file again, or learn it again with ragsmith learn")


def _parts(file: BinaryIO, path: Path, limits: Mapping[str, int]) -> dict[str, bytes]:
    if file.read(4) != b"PK\3\4":
        raise BadBundle(path.name, NOT_OURS, "give a .ragsmith file")
    size = file.seek(0, io.SEEK_END)
    if size < LOCATOR + END or not _ends_well(file):
        raise damaged(path, CUT)
    with zipfile.ZipFile(file) as archive:
        infos = {info.filename: info for info in archive.infolist()}
        most = UNSUSPECTED + DENSEST * size
        return {
            name: _part(path, archive, infos[name], min(limit, most))
            for name, limit in limits.items()
            if name in infos
        }


def _ends_well(file: BinaryIO) -> bool:
    """Whether it ends as a zip of a few parts does; zipfile would read a directory of any size."""
    file.seek(-LOCATOR - END, io.SEEK_END)
    large = file.read(LOCATOR).startswith(b"PK\6\7")
    signature, _, directory, _, comment = struct.unpack("<4s8sLLH", file.read(END))
    plain = signature == b"PK\5\6" and not comment and not large
    return bool(plain and directory <= LARGEST_DIRECTORY)


def _part(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.file_size > most:
        raise damaged(path, f"unpacks {info.filename} to {info.file_size:,} bytes, beyond {most:,}")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise damaged(path, NOT_OURS)
    with archive.open(info) as part:
        return part.read(info.file_size)
