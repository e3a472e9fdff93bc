"""``tracker export``: the log as one Parquet file, for dbt, notebooks and other engines.

A row for each message, in the order in which they came:

    message      the message as JSON, which is what the project of ``tracker plan dbt`` reads
    message_id, source, via, received_at (a time in UTC)

It reads beside the running collector, up to what the log has when it begins. A store of an older
version may have a message twice; the file has it once.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from tracker.errors import ConfigurationError

from .log.schema import FILE_NAME, last_log_id, open_reading

if TYPE_CHECKING:
    from collections.abc import Callable

STEP = 1000
"""Requests read at once."""

_MEMORY = "1GB"
"""Of DuckDB's; what does not fit goes to a file beside the one that is written."""

_TABLE = """
CREATE TABLE messages (
    sequence HUGEINT, message VARCHAR, message_id VARCHAR, source VARCHAR, via VARCHAR,
    received_at TIMESTAMPTZ
)
"""

_APPEND = """
WITH requests AS (
    SELECT unnest($ids::BIGINT[]) AS id, unnest($received::BIGINT[]) AS received,
           unnest($via::VARCHAR[]) AS via, unnest($source::VARCHAR[]) AS source,
           unnest($messages::VARCHAR[]) AS messages
), lists AS (
    SELECT * REPLACE (from_json(messages, '["JSON"]') AS messages) FROM requests
), items AS (
    SELECT *, unnest(messages) AS item, generate_subscripts(messages, 1) AS place FROM lists
)
INSERT INTO messages
SELECT id::HUGEINT * 1000000 + place, item, item ->> '$.messageId', source, via,
       make_timestamptz(received * 1000)
FROM items
"""

_WRITE = """
COPY (
    SELECT message, message_id, source, via, received_at FROM messages
    QUALIFY row_number() OVER (
        PARTITION BY source, coalesce(message_id, sequence::VARCHAR) ORDER BY sequence
    ) = 1
    ORDER BY sequence
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""


def export(data: Path, out: Path, progress: Callable[[int, int], None]) -> int:
    """Write the messages of the store in ``data`` to ``out``; returns how many.

    ``progress`` hears of the requests that are read, and of how many there are. ``out`` is there
    whole or not at all. Raises ``ConfigurationError`` with the mend.
    """
    path = data / FILE_NAME
    if not path.is_file():
        raise ConfigurationError(f"There is no store in {data}; name the collector's with --data.")
    if not out.parent.is_dir():
        raise ConfigurationError(f"There is no folder {out.parent}; make it, or write elsewhere.")
    try:
        with (
            tempfile.TemporaryDirectory(prefix=f"{out.name}.", dir=out.parent) as scratch,
            contextlib.closing(open_reading(path)) as log,
        ):
            new = Path(scratch) / "new"
            count = _export(log, Path(scratch), new, progress)
            new.replace(out)
            return count
    except (OSError, sqlite3.Error, duckdb.Error) as error:
        raise ConfigurationError(f"{out} cannot be written: {error}") from error


def _export(
    log: sqlite3.Connection, scratch: Path, new: Path, progress: Callable[[int, int], None]
) -> int:
    config: dict[str, Any] = {"memory_limit": _MEMORY, "threads": _threads()}
    with duckdb.connect(str(scratch / "messages.duckdb"), config=config) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(_TABLE)
        end, last = last_log_id(log), 0
        while rows := log.execute(
            "SELECT id, received_at, via, source, messages FROM log"
            " WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
            (last, end, STEP),
        ).fetchall():
            names = ("ids", "received", "via", "source", "messages")
            connection.execute(
                _APPEND, dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
            )
            last = rows[-1][0]
            progress(last, end)
        connection.execute(_WRITE.format(path=str(new).replace("'", "''")))
        found = connection.execute(
            "SELECT count(*) FROM read_parquet($path)", {"path": str(new)}
        ).fetchone()
    return found[0] if found else 0


def _threads() -> int:
    """The collector beside it keeps a core."""
    return max(1, (os.cpu_count() or 2) - 1)
