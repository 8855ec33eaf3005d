"""A disk that forgets what nobody put on it: what a power cut may leave, at every moment.

The calls that files are made with are recorded as they happen. The disk holds of a file what it
was when it was last synced, and nothing where it never was; of a folder's names those of its last
sync, or those after any of the renamings since.
"""

import os
import stat
from pathlib import Path


class PowerCut:
    """Records what is done in a folder, and knows what every path in it may hold after a cut.

    Attributes:
        calls: the names of what was called, in order: "sync file", "rename", "sync folder".
        moments: after each call, what each name may hold.
    """

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self.synced = {path.stat().st_ino: path.read_bytes() for path in self._files()}
        self.listings = [self._listing()]
        self.calls = []
        self.moments = []
        self._pinned = []
        self._fsync, self._replace = os.fsync, os.replace
        monkeypatch.setattr("os.fsync", self.fsync)
        monkeypatch.setattr("os.replace", self.replace)

    def fsync(self, descriptor):
        self._fsync(descriptor)
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            assert status.st_ino == self.folder.stat().st_ino
            self.listings = [self._listing()]
            self._record("sync folder")
        else:
            place = next(path for path in self._files() if path.stat().st_ino == status.st_ino)
            self.synced[status.st_ino] = place.read_bytes()
            self._record("sync file")

    def replace(self, source, target):
        if Path(target).exists():  # or its number would be given to another file
            self._pinned.append(os.open(target, os.O_RDONLY))
        self._replace(source, target)
        self.listings.append(self._listing())
        self._record("rename")

    def after_a_cut(self, name):
        """What a name may hold: contents, and None where it may be missing."""
        numbers = [listing.get(name) for listing in self.listings]
        return {None if number is None else self.synced.get(number, b"") for number in numbers}

    def ever(self, name):
        """What a name may hold after a cut at any moment."""
        return set().union(*(moment.get(name, {None}) for moment in self.moments))

    def close(self):
        for descriptor in self._pinned:
            os.close(descriptor)

    def _record(self, call):
        self.calls.append(call)
        names = {name for listing in self.listings for name in listing}
        self.moments.append({name: self.after_a_cut(name) for name in names})

    def _files(self):
        return [path for path in self.folder.iterdir() if path.is_file()]

    def _listing(self):
        return {path.name: path.stat().st_ino for path in self._files()}
