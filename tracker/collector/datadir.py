"""The data directory: owned by one collector at a time, and home of the key that it made itself."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from pathlib import Path
from typing import TextIO

from tracker.errors import ConfigurationError

KEY_FILE = "write-key"


class DataDirectory:
    """An open data directory; close it to let another collector have it."""

    def __init__(self, path: Path) -> None:
        """Make the directory if need be and own it.

        Raises ``ConfigurationError`` when it cannot be written, or another collector owns it.
        """
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = (path / "lock").open("a+", encoding="utf-8")
        except OSError as error:
            message = (
                f"The data directory {path} cannot be used: {error.strerror}. "
                "Name one that can be written with --data."
            )
            raise ConfigurationError(message) from error
        try:
            # Not flock: that lock would live on in a child of ours that outlives us.
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = _owner(self._lock)
            self._lock.close()
            message = (
                f"The data directory {path} belongs to another running collector{owner}. "
                "Stop that one, or name another directory with --data."
            )
            raise ConfigurationError(message) from error
        # For people who look for the owner; on a full disk they have to look otherwise.
        with contextlib.suppress(OSError):
            os.ftruncate(self._lock.fileno(), 0)
            os.write(self._lock.fileno(), str(os.getpid()).encode())

    def write_key(self) -> str:
        """The key that was made for this directory; made now when there is none yet.

        Raises ``OSError`` when it cannot be kept.
        """
        path = self.path / KEY_FILE
        with contextlib.suppress(FileNotFoundError):
            return path.read_text(encoding="utf-8").strip()
        key = secrets.token_urlsafe(18)
        # Under its name it is there whole or not at all, whenever the process or the disk ends.
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(descriptor)
        new.replace(path)
        return key

    def close(self) -> None:
        """Give the directory up."""
        self._lock.close()


def _owner(lock: TextIO) -> str:
    lock.seek(0)
    pid = lock.read(20).strip()
    return f" (process {pid})" if pid.isdigit() else ""
