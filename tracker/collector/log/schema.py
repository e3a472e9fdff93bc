"""The store's file: its tables, and how to open it.

One SQLite database in WAL mode. ``synchronous=FULL`` makes each commit wait until it is on disk.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from tracker.errors import ConfigurationError

FILE_NAME = "log.sqlite3"
VERSION = 1

_TABLES = """
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
"""


class _Stored(msgspec.Struct):
    """As much of a stored message as deduplication needs."""

    message_id: str = msgspec.field(name="messageId")


_decoder = msgspec.json.Decoder(list[_Stored])


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


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables in a new file.

    Raises ``ConfigurationError`` for a file of a newer version, ``sqlite3.Error``.
    """
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        message = (
            f"The store was written by a newer tracker (version {version}, this one knows "
            f"{VERSION}); upgrade tracker, or use another data directory."
        )
        raise ConfigurationError(message)
    connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={VERSION}; COMMIT;")


def newest_ids(connection: sqlite3.Connection, most: int) -> list[tuple[str, str]]:
    """Source and id of the messages stored last, at most about ``most``, oldest first."""
    newest: list[tuple[str, str]] = []
    rows = connection.execute("SELECT source, messages FROM log ORDER BY id DESC")
    for source, messages in rows:
        stored = reversed(_decoder.decode(messages))
        newest.extend((source, message.message_id) for message in stored)
        if len(newest) >= most:
            break
    newest.reverse()
    return newest
