"""How many messages were quarantined, refused and redacted, by rule: a count for each hour.

Exact however many there are, where rows of their own would fill the disk of whoever is flooded with
messages to refuse. What a rule found, and in which message, is not in it.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

HOUR_MS = 3_600_000

TABLE = """
CREATE TABLE IF NOT EXISTS outcomes (
    hour INTEGER NOT NULL,      -- of the receipt, since the epoch
    source TEXT NOT NULL,       -- the name of the write key
    outcome TEXT NOT NULL,      -- 'quarantined', 'refused' or 'redacted'
    rule TEXT NOT NULL,
    messages INTEGER NOT NULL,  -- a message that breaks a rule twice counts once for it
    PRIMARY KEY (hour, source, outcome, rule)
) WITHOUT ROWID;
"""

What: TypeAlias = Literal["quarantined", "refused", "redacted"]


class Outcome(NamedTuple):
    """What a rule did to messages of one request.

    ``place`` is that of the one message among the keys of its entry; one that turns out to be a
    duplicate does not count. None for messages that are refused, and are in no entry.
    """

    what: What
    rule: str
    place: int | None = None
    messages: int = 1


Counts: TypeAlias = Counter[tuple[int, str, str, str]]


def count_outcomes(
    counts: Counts, received_at: int, source: str, outcomes: Iterable[Outcome]
) -> None:
    """Add the outcomes of one request, received at that time in ms."""
    hour = received_at // HOUR_MS
    for outcome in outcomes:
        counts[hour, source, outcome.what, outcome.rule] += outcome.messages


def add_outcomes(connection: sqlite3.Connection, counts: Counts) -> None:
    """Add counts to those of the table. To be called within a transaction."""
    connection.executemany(
        "INSERT INTO outcomes VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET messages = messages + excluded.messages",
        [(*key, count) for key, count in counts.items()],
    )
