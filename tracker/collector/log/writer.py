"""The log: what was accepted, on disk before anybody hears of it.

A writer thread takes everything that waits and commits it at once (group commit): under load one
disk flush serves hundreds of requests, and without load each is written the moment it comes.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..answers import unavailable
from ..tallies import Tallies
from .checkpointer import Checkpointer
from .schema import VERSION, connect

logger = logging.getLogger(__name__)

MAX_WAITING_BYTES = 64 * 1024 * 1024
"""Bytes that may wait for the disk; beyond that senders are asked to wait themselves."""

MAX_GROUP_BYTES = 8 * 1024 * 1024
"""Bytes in one commit, so that the requests of a group wait only so long for each other."""

_RETRY_SECONDS = 5


class RefusedRow(NamedTuple):
    """A row of ``refused`` but for what it shares with its request."""

    message_id: str | None
    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What one request stores: ``messages`` is a JSON list, or None when there is nothing to."""

    received_at: int
    via: str
    source: str
    messages: str | None
    refused: Sequence[RefusedRow] = ()

    def __len__(self) -> int:
        return len(self.messages or "") + 256 * len(self.refused)


_Waiting = tuple[Entry | None, "asyncio.Future[None]"]
"""An entry, or None for a probe that only asks whether the store can be written."""


class Log:
    """The store's only writer."""

    def __init__(self, path: Path, tallies: Tallies) -> None:
        """Begin to write to ``path``, whose tables exist. Raises ``sqlite3.Error``."""
        self._path = path
        self._tallies = tallies
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._waiting_bytes = 0
        self._closed = False
        self._connection: sqlite3.Connection | None = connect(path)
        self._last_id: int = _last_id(self._connection)
        self._used_id = self._last_id
        self._checkpointer = Checkpointer(path)
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def append(self, entry: Entry) -> asyncio.Future[None]:
        """A future that is done once the entry is on disk.

        It fails with ``Rejected`` (503) when the disk refused: then nothing of the entry is stored.
        Raises ``Rejected`` (503) at once when too much waits already.
        """
        if self._closed:
            raise unavailable("The collector is shutting down; try again.", _RETRY_SECONDS)
        if self._waiting_bytes > MAX_WAITING_BYTES:
            self._tallies.overloads += 1
            raise unavailable("The collector is behind with its disk; try again.", 1)
        return self._put(entry, len(entry))

    def probe(self) -> asyncio.Future[None]:
        """A future that is done once something was written to disk; fails like ``append``'s."""
        return self._put(None, 0)

    def close(self) -> None:
        """Write what waits, then close the file. Blocks; ``append`` refuses from now on."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        self._thread.join()
        self._checkpointer.close()

    @property
    def waiting_bytes(self) -> int:
        """Bytes that wait for the disk."""
        return self._waiting_bytes

    def _put(self, entry: Entry | None, size: int) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting_bytes += size
        self._queue.put((entry, future))
        return future

    def _run(self) -> None:
        stopping = False
        while not stopping:
            first = self._queue.get()
            if first is None:
                break
            group = [first]
            size = len(first[0] or ())
            while size < MAX_GROUP_BYTES:
                try:
                    following = self._queue.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    stopping = True
                    break
                group.append(following)
                size += len(following[0] or ())
            self._write(group, size)
        if self._connection is not None:
            self._connection.close()

    def _write(self, group: list[_Waiting], size: int) -> None:
        started = time.perf_counter()
        error: Exception | None = None
        try:
            self._commit([entry for entry, _ in group if entry is not None])
        except Exception as caught:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            error = caught
            self._abandon_connection()
        seconds = time.perf_counter() - started
        # All futures of a collector belong to one loop.
        loop = group[0][1].get_loop()
        _call_soon(loop, lambda: self._settle(group, size, seconds, error))
        self._checkpointer.notice()

    def _commit(self, entries: list[Entry]) -> None:
        connection = self._connection
        if connection is None:
            connection = self._connection = connect(self._path)
        rows: list[tuple[int, int, str, str, str]] = []
        for entry in entries:
            if entry.messages is not None:
                self._used_id += 1
                rows.append(
                    (self._used_id, entry.received_at, entry.via, entry.source, entry.messages)
                )
        refused = [
            (entry.received_at, entry.source, entry.via, *row)
            for entry in entries
            for row in entry.refused
        ]
        connection.execute("BEGIN IMMEDIATE")
        # A commit that failed at its flush may be in the file all the same. Nobody was told that it
        # is stored and its senders try again, so it must go. Its ids are not used again: readers
        # follow the log by id and may have passed them.
        connection.execute("DELETE FROM log WHERE id > ?", (self._last_id,))
        connection.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?)", rows)
        connection.executemany(
            "INSERT INTO refused (received_at, source, via, message_id, code, field, message)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            refused,
        )
        if not rows and not refused:
            # A probe: this writes a page even though nothing changes.
            connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
        self._last_id = self._used_id

    def _abandon_connection(self) -> None:
        """Roll back and begin anew: after an I/O error a connection may not be trusted."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except sqlite3.Error:
            logger.exception("Closing the store after an error failed.")

    def _settle(
        self, group: list[_Waiting], size: int, seconds: float, error: Exception | None
    ) -> None:
        """Tell everyone who waits, on the event loop."""
        self._waiting_bytes -= size
        self._tallies.note_commit(len(group), seconds, failed=error is not None)
        if error is not None:
            logger.error("The store could not be written: %s. Senders are asked to retry.", error)
        for _, future in group:
            if future.done():
                continue
            if error is None:
                future.set_result(None)
            else:
                message = "The collector cannot write to its disk now; try again."
                future.set_exception(unavailable(message, _RETRY_SECONDS))


def _last_id(connection: sqlite3.Connection) -> int:
    return connection.execute("SELECT coalesce(max(id), 0) FROM log").fetchone()[0]


def _call_soon(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:
        # The loop is closed: nobody waits any more, and what was written stays written.
        logger.debug("A commit was done after the event loop had closed.")
