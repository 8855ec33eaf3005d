"""Model files of FORMAT 1, a zip of parts, as they were written up to version 0.1: read, no longer
written. Sizes are checked before anything is unpacked."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from ragsmith.bundle.container import CUT, DISJOINT, NOT_OURS, Parts, damaged
from ragsmith.errors import UserError
from ragsmith.measure.habits import Habits
from ragsmith.models.base import Arrays
from ragsmith.originality.index import LANES

__all__ = ["MAGIC", "unpack"]

MAGIC = b"PK\3\4"
LIMITS = {
    "config.json": 1 << 16,
    "card.json": 1 << 23,
    "vocabulary.json": 1 << 22,
    "weights.safetensors": 1 << 27,
    "passages.safetensors": 1 << 26,
}
"""The only parts that are read, and the most bytes that each may have when unpacked."""
UNSUSPECTED = 1 << 24
DENSEST = 20
"""Beyond so many bytes, a part that unpacks to so many times the whole file is a zip bomb."""
LARGEST_DIRECTORY = 4096
"""Bytes; it lists a few parts."""
LOCATOR, END = 20, 22
"""Bytes of a zip's last two records; only the last is always there."""


def unpack(path: Path, file: BinaryIO) -> Parts:
    """The parts of a zip, as FORMAT 2 has them.

    Raises:
        BadBundle: it is not whole, not ours, or too large when unpacked.
    """
    try:
        parts = _parts(path, file)
    except UserError:
        raise
    except Exception as e:  # zipfile has no one error for what can be wrong with a zip
        raise damaged(path, CUT) from e
    return _parts_of_format2(path, parts)


def _parts(path: Path, file: BinaryIO) -> dict[str, bytes]:
    size = file.seek(0, io.SEEK_END)
    if size < LOCATOR + END or not _ends_well(file):
        raise damaged(path, CUT)
    with zipfile.ZipFile(file) as archive:
        infos = {info.filename: info for info in archive.infolist()}
        most = UNSUSPECTED + DENSEST * size
        return {
            name: _part(path, archive, infos[name], min(limit, most))
            for name, limit in LIMITS.items()
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


def _parts_of_format2(path: Path, parts: Mapping[str, bytes]) -> Parts:
    try:
        about = json.loads(parts["config.json"])
        if type(about["format"]) is not int or about["format"] != 1:
            raise damaged(path, NOT_OURS)
        card, profile = _card_and_profile(json.loads(parts["card.json"]))
        texts = {
            "format": "1",
            "model": about["model"],
            "config": json.dumps(about["config"]),
            "card": json.dumps(card),
            "profile": json.dumps(profile),
        }
        if "vocabulary.json" in parts:
            texts["vocabulary"] = json.dumps(json.loads(parts["vocabulary.json"]))
        groups = {"weights": load(parts["weights.safetensors"])}
        if "passages.safetensors" in parts:
            groups["passages"] = _counted(load(parts["passages.safetensors"]))
    except (SafetensorError, LookupError, TypeError, ValueError, AttributeError) as e:
        raise damaged(path, DISJOINT) from e
    except RecursionError as e:
        raise damaged(path, NOT_OURS) from e
    return Parts(texts, groups)


def _counted(rows: Arrays) -> Arrays:
    """The index, where every hash stood as often as there are places of it."""
    arrays = dict(rows)
    for lane in LANES:
        hashes = arrays[f"{lane}.hashes"]
        if np.any(hashes[1:] < hashes[:-1]):
            raise ValueError("rows are in ascending order")
        arrays[f"{lane}.hashes"], counts = np.unique(hashes, return_counts=True)
        arrays[f"{lane}.counts"] = counts.astype(np.uint32)
    return arrays


def _card_and_profile(known: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The one card of FORMAT 1 taken apart: what is for people, what is composed by."""
    keys = known["keys"]
    profile = {
        "metre": known.pop("metre"),
        "tempo": known.pop("tempo"),
        "key": max(keys, key=lambda name: keys[name]) if keys else None,
        "strain": known.pop("strain"),
        "strain_plans": known.pop("plans"),
        "habits": Habits()._asdict() | known.pop("habits"),
        "portrait": known.pop("portrait") or None,
        "likelihood": None,
        "dynamics": known.pop("touch") or None,
    }
    likely = known.pop("likely")
    if likely is not None:
        low, high = likely
        profile["likelihood"] = [low, (low + high) / 2, high]
    return known, profile
