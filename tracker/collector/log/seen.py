"""Which messages are stored: exactly, however old they are, and on disk with them.

A visitor's last events go by beacon, unacknowledged, and once more when that visitor returns, which
may be weeks later. So each message of the log, and each that was set apart, has its row in ``seen``,
written in the same transaction, and nothing else has one.

The key of a row begins with the time that the sender gives for the event, which stays the same over
retries and over the batch and the raw path. New rows thus go to the end of the table, whose pages
are in memory, however long it has grown. Measured with 5 million rows in it: ten messages write 2 KB
more to the disk, where a table by id alone writes 41 KB more.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any, TypeAlias

import msgspec

from tracker.times import parse_time

logger = logging.getLogger(__name__)

Duplicates: TypeAlias = Sequence[int]
"""The places of those messages of a request that are stored already."""

NO_TIME = 0
"""In place of the time, for messages whose sender gives none: they share one corner of the table.

That is exact too, and costs a scattered write for each; SDKs all give a time.
"""

TABLE = """
CREATE TABLE IF NOT EXISTS seen (  -- each message of log and quarantined, and nothing else
    key BLOB PRIMARY KEY           -- its time in ms (8 bytes), a digest of source and id (16 bytes)
) WITHOUT ROWID;
"""

_KEY_BYTES = 24

# One statement for all keys: each that runs gives up Python's lock, and has to win it back from the
# event loop. Measured for ten messages: 17 us, where a statement for each key takes 30.
_KEYS = """
WITH RECURSIVE
    place(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM place LIMIT :count),
    sent(key) AS (SELECT substr(:keys, n * :size + 1, :size) FROM place)
"""
_FIND = " ".join((_KEYS, "SELECT key FROM sent WHERE key IN seen"))
_INSERT = " ".join((_KEYS, "INSERT OR IGNORE INTO seen SELECT key FROM sent"))
_DELETE = " ".join((_KEYS, "DELETE FROM seen WHERE key IN sent"))


class _Stored(msgspec.Struct):
    """As much of a stored message as its key needs."""

    message_id: str = msgspec.field(name="messageId")
    original_timestamp: Any = msgspec.field(name="originalTimestamp", default=None)


_stored_decoder = msgspec.json.Decoder(list[_Stored])
_raw_decoder = msgspec.json.Decoder(list[msgspec.Raw])


def id_key(source: str, message_id: str) -> bytes:
    """The key of a message: ids of different sources are different ids.

    A digest, so that long ids take no more room than short ones.
    """
    return blake2b(f"{source}\0{message_id}".encode(), digest_size=16).digest()


def seen_key(at: int | None, id_key: bytes) -> bytes:
    """The key of a message in the table; ``at`` is its ``originalTimestamp`` in ms, if it has one."""
    return (at or NO_TIME).to_bytes(8, "big") + id_key


def keys_of_row(row_id: int, source: str, messages: str) -> list[bytes]:
    """The keys of the messages in a row of the log; none, and a warning, if it cannot be read."""
    try:
        stored = _stored_decoder.decode(messages)
    except (msgspec.DecodeError, RecursionError):
        logger.warning("Row %d of the log cannot be read; its ids are not known.", row_id)
        return []
    return [seen_key(_time_of(each), id_key(source, each.message_id)) for each in stored]


def id_keys_of_row(row_id: int, source: str, messages: str) -> list[bytes]:
    """The ``id_key`` of each message in a row of the log."""
    return [key[8:] for key in keys_of_row(row_id, source, messages)]


def note_seen(
    connection: sqlite3.Connection, requests: Sequence[Sequence[bytes]]
) -> list[Duplicates]:
    """Write down the messages of each request; finds those that were seen before.

    To be called within a transaction.
    """
    keys = [key for request in requests for key in request]
    if not keys:
        return [()] * len(requests)
    known = {key for (key,) in connection.execute(_FIND, _packed(keys))}
    connection.execute(_INSERT, _packed(keys))
    return [list(_duplicates(request, known)) for request in requests]


def forget_seen(connection: sqlite3.Connection, keys: Sequence[bytes]) -> None:
    """Take back what ``note_seen`` wrote down. To be called within a transaction."""
    if keys:
        connection.execute(_DELETE, _packed(keys))


def without(messages: str, duplicates: Duplicates) -> str | None:
    """A JSON list of messages without the duplicates, None when nothing is left of it."""
    if not duplicates:
        return messages
    left_out = set(duplicates)
    listed = enumerate(_raw_decoder.decode(messages))
    kept = [message for place, message in listed if place not in left_out]
    return msgspec.json.encode(kept).decode() if kept else None


def _packed(keys: Sequence[bytes]) -> dict[str, bytes | int]:
    return {"keys": b"".join(keys), "count": len(keys), "size": _KEY_BYTES}


def _duplicates(request: Sequence[bytes], known: set[bytes]) -> Iterator[int]:
    """The places of what is known; from then on the rest of the request is known too."""
    for place, key in enumerate(request):
        if key in known:
            yield place
        known.add(key)


def _time_of(stored: _Stored) -> int | None:
    if not isinstance(stored.original_timestamp, str):
        return None
    try:
        return parse_time(stored.original_timestamp)
    except ValueError:
        return None
