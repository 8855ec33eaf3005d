"""Public corpora, downloaded file by file; the package holds their names and hashes, never music.

pooch reads the registry of hashes and asks the server; `write_whole` puts in place what was sent,
since pooch's own way leaves files that only their owner can read, and on Windows copies over an
old file instead of renaming.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from ragsmith.errors import BadFile, BadFolder, BadOption, UserError
from ragsmith.files import make_folder, write_whole

__all__ = ["SOURCES", "Arrival", "NotFetched", "Source", "get_corpus"]

PATIENCE = 30
"""Seconds without a byte from the server after which a download fails."""
SPLIT = "split.json"


class NotFetched(UserError):
    """A file of a public corpus cannot be downloaded."""


@dataclass(frozen=True, slots=True)
class Source:
    """A public corpus.

    Attributes:
        url: what the paths in the registry are relative to; one fixed version of the corpus.
        registry: the paths of its files and their sha256, in pooch's format.
        split: our `split.json` for it (see `ragsmith.corpus.split`).
        music: the folder in it that can be learnt from.
        credit: whose work it is, and its licence.
    """

    url: str
    registry: Path
    split: Path
    music: str
    credit: str


SOURCES = {
    "joplin": Source(
        url="https://raw.githubusercontent.com/craigsapp/joplin/"
        "ad0840eb97e89fac7e89a94325a3d7526b0dc200/",
        registry=Path(__file__).with_name("joplin.txt"),
        split=Path(__file__).with_name("joplin.json"),
        music="kern",
        credit="Scott Joplin's music is in the public domain. These encodings of it are by Craig "
        "Stuart Sapp, https://github.com/craigsapp/joplin, CC BY-NC-SA 4.0.",
    )
}
"""What `get_corpus` knows, by name."""


class Arrival(NamedTuple):
    """A file of the corpus, now in its place.

    Attributes:
        path: relative to the folder, with forward slashes.
        verdict: "new"; "kept", when the right file was there; "replaced", when another was.
    """

    path: str
    verdict: str


def get_corpus(
    name: str,
    folder: str | Path,
    *,
    on_file: Callable[[Arrival, int, int], None] | None = None,
) -> tuple[Arrival, ...]:
    """Download a public corpus into a folder, which is made if need be.

    A file that is already there with the right contents is not fetched again; one with other
    contents is replaced once the right one has arrived. When a file fails, those fetched before it
    stay, and a second call fetches the rest. Other files in the folder are left alone.

    Args:
        name: a key of `SOURCES`.
        folder: where its files go; the split goes there too, as `split.json`.
        on_file: called with each arrival, the number of files done and the number of all files.

    Raises:
        BadOption: there is no such corpus.
        BadFolder: the folder, or one in it, cannot be made.
        BadFile: a file cannot be read or written.
        NotFetched: a file cannot be downloaded, or is not what was expected.
    """
    import pooch

    if name not in SOURCES:
        raise BadOption(f"corpus {name}", "is not known", f"give one of {' '.join(SOURCES)}")
    source, folder = SOURCES[name], Path(folder)
    remote = pooch.create(folder, source.url)
    remote.load_registry(source.registry)
    split = source.split.read_text("utf-8").encode()  # as text: a checkout may have other line ends
    # The split comes first, so that no half of a corpus is ever learnt from with its test pieces.
    wanted = {SPLIT: _sha256(split), **remote.registry}
    arrivals = []
    for path, digest in wanted.items():
        verdict = _verdict(folder / path, digest)
        if verdict != "kept":
            _make((folder / path).parent)
            data = split if path == SPLIT else _download(remote.get_url(path), digest)
            write_whole(folder / path, data)
        arrivals.append(Arrival(path, verdict))
        if on_file:
            on_file(arrivals[-1], len(arrivals), len(wanted))
    return tuple(arrivals)


def _verdict(path: Path, digest: str) -> str:
    try:
        return "kept" if _sha256(path.read_bytes()) == digest else "replaced"
    except (FileNotFoundError, NotADirectoryError):
        return "new"
    except OSError as error:
        rule = f"cannot be read ({_reason(error)})"
        raise BadFile(path, rule, "move it away, or choose another folder") from error


def _make(folder: Path) -> None:
    try:
        make_folder(folder)
    except (FileExistsError, NotADirectoryError) as error:
        rule = "is a file, not a folder, or lies in one"
        raise BadFolder(folder, rule, "choose another folder") from error
    except OSError as error:
        rule = f"cannot be made ({_reason(error)})"
        raise BadFolder(folder, rule, "choose another folder") from error


def _download(url: str, digest: str) -> bytes:
    """The content at an address, checked against its hash."""
    import pooch

    sent = BytesIO()
    try:
        pooch.HTTPDownloader(timeout=PATIENCE)(url, sent, None)
    except OSError as error:  # as all errors of requests, pooch's messenger, are
        response = getattr(error, "response", None)
        if response is None:
            rule = "cannot be downloaded (no connection, or it broke off)"
            remedy = "check the network and repeat: what has come is kept"
        else:
            response.close()  # else its socket stays open
            rule = f"cannot be downloaded (the server says {response.status_code})"
            remedy = "repeat later: what has come is kept"
        raise NotFetched(url, rule, remedy) from error
    data = sent.getvalue()
    if _sha256(data) != digest:
        rule = "did not come as it should be (its sha256 is another)"
        raise NotFetched(url, rule, "repeat, and see that nothing on the way changes downloads")
    return data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
