"""Messages on disk until the collector has them, so that a killed process loses none.

Each process writes a file of its own and holds a lock on it: a file that nobody locks is a dead
process's, and the next one to look takes it over. The file is in the words of ``spool_file.py``.
What is written reaches the system's cache at once: it survives the end of the process, however
sudden, and not the machine's loss of power.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from .spool_file import SpoolFile, abandoned_file, new_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_COMPACT_ABOVE = 256 * 1024


class SpoolFull(Exception):
    """The message does not fit into what the spool may take of the disk."""


class Spool:
    """This process's file in ``directory``, which other processes may share.

    ``destination`` tells those who send elsewhere apart. The file holds at most ``max_bytes``,
    and dead processes' files together at most as much again. Permissions are the owner's alone.
    Raises ``ConfigurationError`` when the directory cannot be used. ``add`` and ``settle`` may be
    called from any thread.
    """

    def __init__(self, directory: Path, max_bytes: int, destination: str) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._suffix = f".{blake2b(destination.encode(), digest_size=6).hexdigest()}.spool"
        # A signal handler that tracks may interrupt a call that tracks, in the same thread.
        self._lock = threading.RLock()
        self._file: SpoolFile | None = None
        self._closed = False
        self._live: dict[str, tuple[int, int]] = {}
        self._live_bytes = 0
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            usable = os.access(directory, os.R_OK | os.W_OK | os.X_OK)
        except OSError as error:
            raise ConfigurationError(f"spool: the directory cannot be made: {error}") from error
        if not usable:
            raise ConfigurationError(f"spool: {directory} cannot be read and written")

    def __len__(self) -> int:
        return len(self._live)

    def add(self, message_id: str, text: str) -> None:
        """Write a message; it is safe from the end of this process when this returns.

        Raises ``SpoolFull``, and ``OSError`` when the disk fails.
        """
        line = text.encode() + b"\n"
        with self._lock:
            if self._closed or message_id in self._live:
                return
            if self._size + len(line) > self._max_bytes:
                self._compact()
            if self._size + len(line) > self._max_bytes:
                raise SpoolFull
            self._file = self._file or new_file(self._directory, self._suffix)
            self._live[message_id] = self._file.append(line), len(line)
            self._live_bytes += len(line)

    def settle(self, message_ids: Iterable[str]) -> None:
        """Forget messages that are done with. Raises ``OSError`` when the disk fails."""
        with self._lock:
            gone = [each for each in message_ids if each in self._live]
            self._live_bytes -= sum(self._live.pop(each)[1] for each in gone)
            if self._file is None or not gone:
                return
            if not self._live:
                self._file.empty()
                return
            self._file.append_settled(gone)
            if self._size > max(_COMPACT_ABOVE, 2 * self._live_bytes):
                self._compact()

    def has_others(self) -> bool:
        """Whether there is any file of another process, dead or alive."""
        return bool(self._others())

    def take_over(self) -> tuple[list[tuple[str, str]], int]:
        """The messages of dead processes, now in this process's file, and how many were dropped.

        Files that do not fit now stay for later; when they are more than the spool may hold, the
        oldest are dropped. Raises ``OSError`` when the disk fails.
        """
        taken: list[tuple[str, str]] = []
        left: list[tuple[float, int, Path]] = []
        for path in self._others():
            file = abandoned_file(path)
            if file is None:
                continue
            try:
                if self._live and self._size + file.size > self._max_bytes:
                    left.append((file.changed_at, file.size, path))
                    continue
                taken += self._copied(file)
                file.remove()
            except SpoolFull:
                left.append((file.changed_at, file.size, path))
            finally:
                file.close()
        return taken, self._drop_oldest(left)

    def close(self) -> None:
        """Let go of the file: removed when empty, else left for whoever takes it over.

        What is added afterwards is not written.
        """
        with self._lock:
            self._closed = True
            file, self._file = self._file, None
            if file is not None:
                if not self._live:
                    with suppress(OSError):
                        file.remove()
                file.close()

    def leave_to_parent(self) -> None:
        """In a process just forked: the file and what is in it are the parent's."""
        self._lock = threading.RLock()
        file, self._file = self._file, None
        self._live, self._live_bytes = {}, 0
        if file is not None:
            file.close()  # the lock stays with the parent's own descriptor

    @property
    def _size(self) -> int:
        return self._file.size if self._file else 0

    def _others(self) -> list[Path]:
        own = self._file.path if self._file else None
        return sorted(path for path in self._directory.glob(f"*{self._suffix}") if path != own)

    def _copied(self, file: SpoolFile) -> list[tuple[str, str]]:
        messages = file.messages()
        for message_id, text in messages.items():
            self.add(message_id, text)
        return list(messages.items())

    def _compact(self) -> None:
        """Move what still waits to a new file; killed in between, both hold it."""
        old = self._file
        if old is None or self._size == self._live_bytes:
            return
        new = new_file(self._directory, self._suffix)
        live: dict[str, tuple[int, int]] = {}
        try:
            lines = old.lines(self._live)
            offset = new.append(b"".join(lines.values()))
        except OSError:
            new.remove()
            new.close()
            raise
        for message_id, line in lines.items():
            live[message_id] = offset, len(line)
            offset += len(line)
        self._file, self._live = new, live
        self._live_bytes = new.size
        with suppress(OSError):
            old.remove()
        old.close()

    def _drop_oldest(self, left: list[tuple[float, int, Path]]) -> int:
        dropped, total = 0, sum(size for _, size, _ in left)
        for _, size, path in sorted(left):
            if total <= self._max_bytes:
                break
            file = abandoned_file(path)
            if file is not None:
                dropped += len(file.messages())
                file.remove()
                file.close()
                total -= size
        return dropped
