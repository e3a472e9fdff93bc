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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..answers import unavailable
from ..tallies import Tallies
from .checkpointer import Checkpointer
from .outcomes import Counts, Outcome, add_outcomes, count_outcomes
from .quarantine import (
    QuarantinedRow,
    delete_quarantined,
    insert_quarantined,
    last_quarantined_id,
)
from .schema import VERSION, connect, last_log_id
from .seen import Duplicates, forget_seen, keys_of_row, note_seen, without

logger = logging.getLogger(__name__)

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
    """What one request stores: ``messages`` is a JSON list, or None when there is nothing to.

    ``keys`` has the ``seen_key`` of each message, in their order, then those of ``quarantined``.
    """

    received_at: int
    via: str
    source: str
    messages: str | None
    keys: Sequence[bytes] = ()
    refused: Sequence[RefusedRow] = ()
    quarantined: Sequence[QuarantinedRow] = ()
    outcomes: Sequence[Outcome] = ()

    def __len__(self) -> int:
        apart = sum(len(row.message) + len(row.reasons) for row in self.quarantined)
        return len(self.messages or "") + apart + 256 * len(self.refused)

    def kept_apart(self, duplicates: Duplicates) -> Iterator[QuarantinedRow]:
        """The rows of ``quarantined`` without the duplicates."""
        left_out = set(duplicates)
        first = len(self.keys) - len(self.quarantined)
        for place, row in enumerate(self.quarantined, first):
            if place not in left_out:
                yield row

    def true_outcomes(self, duplicates: Duplicates) -> Iterator[Outcome]:
        """The outcomes without those of the duplicates."""
        left_out = set(duplicates)
        return (outcome for outcome in self.outcomes if outcome.place not in left_out)


_Waiting = tuple[Entry | None, "asyncio.Future[Duplicates]"]
"""An entry, or None for a probe that only asks whether the store can be written."""


_PROBE = Entry(0, "", "", None)


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
        self._last_id = last_log_id(self._connection)
        self._used_id = self._last_id
        self._last_quarantined = last_quarantined_id(self._connection)
        self._used_quarantined = self._last_quarantined
        self._checkpointer = Checkpointer(path)
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def append(self, entry: Entry) -> asyncio.Future[Duplicates]:
        """A future that is done once the entry is on disk, with the duplicates left out of it.

        It fails with ``Rejected`` (503) when the disk refused: then nothing of the entry is stored.
        Raises ``Rejected`` (503) once the log is closed. How much may wait is its callers' to bound.
        """
        if self._closed:
            raise unavailable("The collector is shutting down; try again.", _RETRY_SECONDS)
        return self._put(entry, len(entry))

    def probe(self) -> asyncio.Future[Duplicates]:
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

    def _put(self, entry: Entry | None, size: int) -> asyncio.Future[Duplicates]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Duplicates] = loop.create_future()
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
        outcome: list[Duplicates] | Exception
        try:
            outcome = self._commit([entry or _PROBE for entry, _ in group])
        except Exception as caught:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            outcome = caught
            self._abandon_connection()
        seconds = time.perf_counter() - started
        # All futures of a collector belong to one loop.
        loop = group[0][1].get_loop()
        _call_soon(loop, lambda: self._settle(group, size, seconds, outcome))
        self._checkpointer.notice()

    def _commit(self, entries: list[Entry]) -> list[Duplicates]:
        connection = self._connection
        reopened = connection is None
        if connection is None:
            connection = self._connection = connect(self._path)
        connection.execute("BEGIN IMMEDIATE")
        if reopened:
            self._disown_rows(connection)
        found = note_seen(connection, [entry.keys for entry in entries])
        rows: list[tuple[int, int, str, str, str]] = []
        apart: list[tuple[int, int, str, str, QuarantinedRow]] = []
        counts = Counts()
        for entry, duplicates in zip(entries, found, strict=True):
            shared = (entry.received_at, entry.via, entry.source)
            messages = without(entry.messages, duplicates) if entry.messages else None
            if messages is not None:
                self._used_id += 1
                rows.append((self._used_id, *shared, messages))
            for row in entry.kept_apart(duplicates):
                self._used_quarantined += 1
                apart.append((self._used_quarantined, *shared, row))
            if entry.outcomes:
                outcomes = entry.true_outcomes(duplicates)
                count_outcomes(counts, entry.received_at, entry.source, outcomes)
        connection.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?)", rows)
        refused = [
            (entry.received_at, entry.source, entry.via, *row)
            for entry in entries
            for row in entry.refused
        ]
        connection.executemany(
            "INSERT INTO refused (received_at, source, via, message_id, code, field, message)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            refused,
        )
        if apart:
            insert_quarantined(connection, apart)
        if counts:
            add_outcomes(connection, counts)
        if not (rows or refused or apart):
            # A probe: this writes a page even though nothing changes.
            connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
        self._last_id = self._used_id
        self._last_quarantined = self._used_quarantined
        return found

    def _disown_rows(self, connection: sqlite3.Connection) -> None:
        """Empty the rows of a commit that failed at its flush, and yet may be in the file.

        Nobody was told that they are stored, and their senders try again. Those of the log stay:
        readers follow it by id and may have passed them, so no id is used twice. Outcomes that
        were counted stay counted.
        """
        rows = connection.execute(
            "SELECT id, source, messages FROM log WHERE id > ?", (self._last_id,)
        ).fetchall()
        for row in rows:
            forget_seen(connection, keys_of_row(*row))
        connection.execute("UPDATE log SET messages = '[]' WHERE id > ?", (self._last_id,))
        apart = connection.execute(
            "SELECT id, source, '[' || message || ']' FROM quarantined WHERE id > ?",
            (self._last_quarantined,),
        ).fetchall()
        for row in apart:
            forget_seen(connection, keys_of_row(*row))
        delete_quarantined(connection, [row_id for row_id, *_ in apart])

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
        self,
        group: list[_Waiting],
        size: int,
        seconds: float,
        outcome: list[Duplicates] | Exception,
    ) -> None:
        """Tell everyone who waits, on the event loop."""
        self._waiting_bytes -= size
        failed = isinstance(outcome, Exception)
        self._tallies.note_commit(len(group), seconds, failed=failed)
        waiting = [future for _, future in group]
        if failed:
            # The text of an error of the disk says what to do; that of any other may quote a value.
            known = isinstance(outcome, sqlite3.Error | OSError)
            reason = outcome if known else type(outcome).__name__
            logger.error("The store could not be written: %s. Senders are asked to retry.", reason)
            message = "The collector cannot write to its disk now; try again."
            for future in waiting:
                if not future.done():
                    future.set_exception(unavailable(message, _RETRY_SECONDS))
            return
        for future, duplicates in zip(waiting, outcome, strict=True):
            if not future.done():
                future.set_result(duplicates)


def _call_soon(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:
        # The loop is closed: nobody waits any more, and what was written stays written.
        logger.debug("A commit was done after the event loop had closed.")
