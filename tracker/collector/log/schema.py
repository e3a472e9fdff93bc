"""The store's file: its tables, and how to open it.

One SQLite database in WAL mode. ``synchronous=FULL`` makes each commit wait until it is on disk.
"""

from __future__ import annotations

import sqlite3
from heapq import merge
from operator import itemgetter
from pathlib import Path

from tracker.errors import ConfigurationError

from . import outcomes, quarantine, seen
from .migration import build_seen

FILE_NAME = "log.sqlite3"
VERSION = 3

_TABLES = f"""
CREATE TABLE IF NOT EXISTS log (
    id INTEGER PRIMARY KEY,
    received_at INTEGER NOT NULL,  -- milliseconds since the epoch
    via TEXT NOT NULL,             -- 'batch' or 'raw'
    source TEXT NOT NULL,          -- the name of the write key, never the key
    messages TEXT NOT NULL         -- JSON list of the stored messages of one request
);
CREATE TABLE IF NOT EXISTS refused (  -- reasons only, never the refused values
    id INTEGER PRIMARY KEY,
    received_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    via TEXT NOT NULL,
    message_id TEXT,
    code TEXT NOT NULL,
    field TEXT NOT NULL,
    message TEXT NOT NULL
);
{quarantine.TABLE}
{outcomes.TABLE}
{seen.TABLE}
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the database for writing; transactions are begun and ended by the caller.

    Raises ``sqlite3.Error``.
    """
    connection = sqlite3.connect(path, isolation_level=None, timeout=5, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        # The checkpointer does it, so that no commit waits for one.
        connection.execute("PRAGMA wal_autocheckpoint=0")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def open_reading(path: Path) -> sqlite3.Connection:
    """Open the database to read it, beside the collector that writes it. Raises ``sqlite3.Error``."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=5)


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables in a new file; bring a file of an older version up to date.

    For version 1, that reads the whole log, once. Raises ``ConfigurationError`` for a file of a newer
    version, ``sqlite3.Error``.
    """
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        message = (
            f"The store was written by a newer tracker (version {version}, this one knows "
            f"{VERSION}); upgrade tracker, or use another data directory."
        )
        raise ConfigurationError(message)
    if version == 1:
        build_seen(connection)
    if version < VERSION:
        tables = f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={VERSION}; COMMIT;"
        connection.executescript(tables)


def last_log_id(connection: sqlite3.Connection) -> int:
    """The highest id in use, 0 while there is none."""
    return connection.execute("SELECT coalesce(max(id), 0) FROM log").fetchone()[0]


def newest_keys(connection: sqlite3.Connection, most: int) -> list[bytes]:
    """The ``id_key`` of the messages stored last, at most about ``most``, oldest first."""
    newest: list[bytes] = []
    stored = connection.execute(
        "SELECT received_at, id, source, messages FROM log ORDER BY id DESC"
    )
    rows = merge(stored, quarantine.newest_quarantined(connection), key=itemgetter(0), reverse=True)
    for _, *row in rows:
        newest.extend(reversed(seen.id_keys_of_row(*row)))
        if len(newest) >= most:
            break
    newest.reverse()
    return newest
