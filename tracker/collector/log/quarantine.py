"""Messages that a plan sets apart: kept with the reasons until the plan is mended.

They have passed the privacy guard, as the log's have, and are known to ``seen``: a retry is a
duplicate, and whether a message moves to the log later or not, it is in one of the two, once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

TABLE = """
CREATE TABLE IF NOT EXISTS quarantined (
    id INTEGER PRIMARY KEY,
    received_at INTEGER NOT NULL,  -- milliseconds since the epoch
    via TEXT NOT NULL,             -- 'batch' or 'raw'
    source TEXT NOT NULL,          -- the name of the write key
    message TEXT NOT NULL,         -- JSON, as the log would have it
    reasons TEXT NOT NULL,         -- JSON list of {"field", "rule", "message"}
    plan TEXT NOT NULL             -- JSON {"name", "version", "hash"}: the plan that set it apart
);
"""


class QuarantinedRow(NamedTuple):
    """A row but for what it shares with its request."""

    message: str
    reasons: str
    plan: str


class Quarantined(NamedTuple):
    """A row as it is read."""

    id: int
    received_at: int
    via: str
    source: str
    message: str
    reasons: str
    plan: str


def insert_quarantined(
    connection: sqlite3.Connection, rows: Sequence[tuple[int, int, str, str, QuarantinedRow]]
) -> None:
    """Write rows of id, receipt, path, source and the rest. To be called within a transaction."""
    connection.executemany(
        "INSERT INTO quarantined VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(*shared, *row) for *shared, row in rows],
    )


def quarantined_after(
    connection: sqlite3.Connection, last: int, *, since: int, most: int
) -> list[Quarantined]:
    """The rows that follow the one of id ``last`` and were received from ``since`` on, in ms."""
    rows = connection.execute(
        "SELECT * FROM quarantined WHERE id > ? AND received_at >= ? ORDER BY id LIMIT ?",
        (last, since, most),
    )
    return [Quarantined(*row) for row in rows]


def newest_quarantined(connection: sqlite3.Connection) -> Iterator[tuple[int, int, str, str]]:
    """Receipt, id, source and a JSON list of the message, newest first."""
    yield from connection.execute(
        "SELECT received_at, id, source, '[' || message || ']' FROM quarantined ORDER BY id DESC"
    )


def delete_quarantined(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Remove rows. To be called within a transaction."""
    connection.executemany("DELETE FROM quarantined WHERE id = ?", [(row_id,) for row_id in ids])


def last_quarantined_id(connection: sqlite3.Connection) -> int:
    """The highest id in use, 0 while there is none."""
    return connection.execute("SELECT coalesce(max(id), 0) FROM quarantined").fetchone()[0]
