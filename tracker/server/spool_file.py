"""One file of a spool: lines of JSON, where an object is a message and a list holds ids done with.

Whoever has a file open holds its lock; a file without a lock is a dead process's. A line that is
torn, because the process or the disk gave out while it was written, is passed over.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from ..fields import as_list, as_object
from ..wire import to_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class SpoolFile:
    """An open file, locked by this process; ``size`` in bytes."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    @property
    def changed_at(self) -> float:
        """When it was last written to, in seconds since the epoch."""
        return os.fstat(self._descriptor).st_mtime

    def append(self, lines: bytes) -> int:
        """Write whole lines and return where they begin. Raises ``OSError`` and leaves none."""
        begin, written = self.size, 0
        try:
            while written < len(lines):
                written += os.write(self._descriptor, lines[written:])
        except OSError:
            with suppress(OSError):  # else the next line would begin in the middle of this one
                os.ftruncate(self._descriptor, begin)
            raise
        self.size += len(lines)
        return begin

    def append_settled(self, message_ids: list[str]) -> None:
        """Write that these messages are done with. Raises ``OSError``."""
        self.append(to_text(message_ids).encode() + b"\n")

    def empty(self) -> None:
        """Forget everything. Raises ``OSError``."""
        os.ftruncate(self._descriptor, 0)
        self.size = 0

    def messages(self) -> dict[str, str]:
        """The texts of the messages that are not done with, by id. Raises ``OSError``."""
        found: dict[str, str] = {}
        with open(os.dup(self._descriptor), "rb") as lines:  # noqa: PTH123  (it is open already)
            lines.seek(0)
            for line in lines:
                _read_line(line, found)
        return found

    def lines(self, places: Mapping[str, tuple[int, int]]) -> dict[str, bytes]:
        """The lines of messages, by id, from where they begin and how long they are."""
        found: dict[str, bytes] = {}
        for message_id, (begin, length) in places.items():
            line = os.pread(self._descriptor, length, begin)
            if not (line[:1] == b"{" and line[-1:] == b"\n" and message_id.encode() in line):
                # A signal handler wrote between a line and the note of where it begins.
                texts = self.messages()
                return {each: f"{texts[each]}\n".encode() for each in places if each in texts}
            found[message_id] = line
        return found

    def remove(self) -> None:
        """Take it out of the directory; it may be gone already."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Give the lock up."""
        os.close(self._descriptor)


def new_file(directory: Path, suffix: str) -> SpoolFile:
    """A new file that this process has locked. Raises ``OSError``."""
    while True:
        path = directory / f"{os.getpid()}-{os.urandom(8).hex()}{suffix}"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND
        descriptor = os.open(path, flags, 0o600)
        # Between these two lines another process may take the empty file for a dead one's.
        if _lock(descriptor):
            return SpoolFile(path, descriptor)
        os.close(descriptor)


def abandoned_file(path: Path) -> SpoolFile | None:
    """A dead process's file, locked now by this one; None when it is somebody's, or no file."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(descriptor).st_mode) and _lock(descriptor):
        return SpoolFile(path, descriptor)
    os.close(descriptor)
    return None


def _lock(descriptor: int) -> bool:
    """Lock the file, unless another process has, or has removed it by now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.fstat(descriptor).st_nlink > 0


def _read_line(line: bytes, found: dict[str, str]) -> None:
    try:
        entry = json.loads(line)
        text = line.decode().rstrip("\n")
    except (ValueError, RecursionError):
        return
    message = as_object(entry)
    if message is not None and isinstance(message.get("messageId"), str):
        found[cast("str", message["messageId"])] = text
    for message_id in as_list(entry) or ():
        if isinstance(message_id, str):
            found.pop(message_id, None)
