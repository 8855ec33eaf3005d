"""Places where files lie: a folder here, or on an object store (s3://, gs://) through fsspec."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import fsspec
from fsspec.implementations.local import LocalFileSystem

from ragsmith.errors import BadFolder
from ragsmith.files import make_folder, write_whole

__all__ = ["Listed", "Store", "store_at"]

STAMPS = ("ETag", "etag", "md5Hash", "LastModified", "updated", "mtime")
"""What object stores call that by which they tell one version of a file from the next."""


class Listed(NamedTuple):
    """A file of a store: where, its size in bytes, and what changes when its content does."""

    path: str
    size: int
    stamp: str


class Store(NamedTuple):
    """A folder of files that are written whole and read whole.

    Attributes:
        url: as it was given; the whole path of a folder here.
        files: fsspec's file system.
        root: the folder in it.
    """

    url: str
    files: Any
    root: str

    @property
    def here(self) -> Path | None:
        """The folder on this machine; None where it is on an object store."""
        return Path(self.root) if isinstance(self.files, LocalFileSystem) else None

    def at(self, name: str) -> str:
        """The path of a file, for `files`."""
        return posixpath.join(self.root, name)

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return bool(self.files.isfile(self.at(name)))

    def read(self, name: str) -> bytes:
        """What a file holds.

        Raises:
            OSError: it cannot be read.
        """
        data: bytes = self.files.cat_file(self.at(name))
        return data

    def write(self, name: str, data: bytes) -> None:
        """Put a file there; it appears whole or not at all.

        Raises:
            BadFolder: it cannot be written.
        """
        try:
            if self.here:
                path = self.here / name
                write_whole(make_folder(path.parent) / path.name, data)
            else:
                self.files.pipe_file(self.at(name), data)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            rule = f"cannot be written to ({reason})"
            raise BadFolder(self.url, rule, "choose another place with --shards") from None

    def below(self) -> Iterator[Listed]:
        """All files of an object store but hidden ones, a folder at a time.

        Raises:
            BadFolder: there is no such folder, or it cannot be opened.
        """
        try:
            for folder, _, files in self.files.walk(self.root, detail=True, on_error="raise"):
                for name, about in files.items():
                    path = posixpath.relpath(posixpath.join(folder, name), self.root)
                    if name and not any(part.startswith(".") for part in path.split("/")):
                        yield Listed(path, int(about["size"] or 0), _stamp(about))
        except (OSError, ValueError) as error:
            rule = f"cannot be opened ({type(error).__name__})"
            raise BadFolder(self.url, rule, "give a folder of music files") from None


def _stamp(about: dict[str, Any]) -> str:
    return next((str(about[name]) for name in STAMPS if about.get(name)), "")


@lru_cache(8)
def store_at(url: str) -> Store:
    """The folder that a path or an address as s3://bucket/folder names.

    Raises:
        BadFolder: what opens such addresses is not installed.
    """
    try:
        files, root = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise BadFolder(url, f"cannot be opened ({error})", "install what is named") from None
    root = root.rstrip("/")
    return Store(root if isinstance(files, LocalFileSystem) else url, files, root)
