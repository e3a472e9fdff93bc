"""Brings a store of version 1, which had no table ``seen``, to version 2: builds it from the log.

Killed at any instant it begins again, for the version changes only with the last step. The log
itself is not touched, so what failed half-way, as on a full disk, has cost nothing.
"""

from __future__ import annotations

import logging
import sqlite3
import time

from .seen import TABLE, keys_of_row, note_seen

logger = logging.getLogger(__name__)

_STEP = 2000
"""Rows of the log in one transaction."""

_REPORT_SECONDS = 2.0


def build_seen(connection: sqlite3.Connection) -> None:
    """Fill ``seen`` from the log, say now and then how far it is, and set the version.

    Messages that the log has twice stay; they count once here. Raises ``sqlite3.Error``.
    """
    connection.execute("DROP TABLE IF EXISTS seen")
    connection.execute(TABLE)
    last: int = connection.execute("SELECT coalesce(max(id), 0) FROM log").fetchone()[0]
    # Nobody waits for a commit yet, and the write-ahead log must not grow as large as the table.
    connection.execute("PRAGMA wal_autocheckpoint=1000")
    done = 0
    reported = time.monotonic()
    while done < last:
        done = _build_step(connection, done)
        if time.monotonic() - reported >= _REPORT_SECONDS:
            reported = time.monotonic()
            logger.info("The store is brought up to date: %d of %d requests.", done, last)
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("PRAGMA user_version=2")


def _build_step(connection: sqlite3.Connection, done: int) -> int:
    """Note the messages of the rows that follow ``done``; returns the last of their ids."""
    rows: list[tuple[int, str, str]] = connection.execute(
        "SELECT id, source, messages FROM log WHERE id > ? ORDER BY id LIMIT ?", (done, _STEP)
    ).fetchall()
    connection.execute("BEGIN IMMEDIATE")
    note_seen(connection, [keys_of_row(*row) for row in rows])
    connection.execute("COMMIT")
    return rows[-1][0]
