"""The events of the log as a table in memory, kept up with the log by a cursor.

The log belongs to the collector: it is opened read-only and read in short steps, so that a reader
never holds back a checkpoint for longer than one of them. Each message is one row of ``events``,
and a message of a source is there at most once, however often the log has it.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STEP = 2000
"""Log rows read at once."""

BUSY_SECONDS = 2.0

_SCHEMA = """
CREATE TABLE events (
    sequence HUGEINT,             -- order of arrival: the log's id, then the place in the request
    message_id VARCHAR,
    type VARCHAR,
    event VARCHAR,
    label VARCHAR,                -- what charts call it: the event, or the kind of view
    name VARCHAR,
    category VARCHAR,
    source VARCHAR,
    via VARCHAR,
    anonymous_id VARCHAR,
    user_id VARCHAR,
    visitor VARCHAR,              -- anonymous_id, else user_id: what "visitors" counts
    session_id VARCHAR,
    timestamp TIMESTAMPTZ,
    received_at TIMESTAMPTZ,
    app_name VARCHAR,
    app_version VARCHAR,
    hostname VARCHAR,
    page_name VARCHAR,
    page_type VARCHAR,
    page_category VARCHAR,
    section VARCHAR,
    section_path VARCHAR[],
    locale VARCHAR,
    properties JSON
)
"""

# A field of another type than these reads as NULL: what other SDKs send is theirs to shape.
_SHAPE = """{
    "messageId": "VARCHAR", "type": "VARCHAR", "timestamp": "VARCHAR",
    "event": "VARCHAR", "name": "VARCHAR", "category": "VARCHAR",
    "anonymousId": "VARCHAR", "userId": "VARCHAR", "properties": "JSON",
    "context": {
        "app": {"name": "VARCHAR", "version": "VARCHAR"},
        "page": {
            "name": "VARCHAR", "type": "VARCHAR", "category": "VARCHAR", "hostname": "VARCHAR"
        },
        "section": {"name": "VARCHAR", "path": ["VARCHAR"]},
        "locale": "VARCHAR", "sessionId": "VARCHAR"
    }
}"""

_APPEND = """
WITH requests AS (
    SELECT unnest($ids::BIGINT[]) AS id, unnest($received::BIGINT[]) AS received,
           unnest($via::VARCHAR[]) AS via, unnest($source::VARCHAR[]) AS source,
           unnest($messages::VARCHAR[]) AS messages
), lists AS (
    SELECT * REPLACE (from_json(messages, '["JSON"]') AS messages) FROM requests
), items AS (
    SELECT id, received, via, source,
           unnest(messages) AS item, generate_subscripts(messages, 1) AS place
    FROM lists
), shaped AS (
    SELECT id::HUGEINT * 1000000 + place AS sequence, received, via, source,
           from_json(item, $shape) AS m
    FROM items
), fresh AS (
    SELECT * FROM shaped
    WHERE NOT EXISTS (
        SELECT 1 FROM events WHERE events.message_id = m.messageId AND events.source = shaped.source
    )
    QUALIFY row_number() OVER (
        PARTITION BY source, coalesce(m.messageId, sequence::VARCHAR) ORDER BY sequence
    ) = 1
)
INSERT INTO events BY NAME
SELECT sequence, m.messageId AS message_id, m.type AS type, m.event AS event,
       CASE m.type WHEN 'track' THEN coalesce(m.event, '(unnamed)')
                   WHEN 'page' THEN 'page view'
                   WHEN 'screen' THEN 'screen view'
                   ELSE m.type END AS label,
       m.name AS name, m.category AS category, source, via,
       m.anonymousId AS anonymous_id, m.userId AS user_id,
       coalesce(m.anonymousId, m.userId) AS visitor,
       m.context.sessionId AS session_id,
       make_timestamptz(received * 1000) AS received_at,
       coalesce(TRY_CAST(m.timestamp AS TIMESTAMPTZ), received_at) AS timestamp,
       m.context.app.name AS app_name, m.context.app.version AS app_version,
       m.context.page.name AS page_name, m.context.page.type AS page_type,
       m.context.page.category AS page_category, m.context.page.hostname AS hostname,
       m.context.section.name AS section, m.context.section.path AS section_path,
       m.context.locale AS locale, m.properties AS properties
FROM fresh ORDER BY sequence
"""

LogRow = tuple[int, int, str, str, str]


class EventStore:
    """Events in memory, over a log that need not exist yet. All but ``interrupt`` is for one thread."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._cursor = 0
        self._full = False
        # Nothing that a query could say reads or writes a file, or loads code.
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "threads": str(max(1, (os.cpu_count() or 1) - 1)),
                "memory_limit": f"{_memory_limit_mb()}MB",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
            },
        )
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET temp_directory = ''")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute(_SCHEMA)

    def advance(self) -> bool:
        """Read one step of the log; true when there may be more to read at once.

        A log that is missing or busy has nothing new: its owner comes first.
        """
        try:
            rows = [] if self._full else self._read()
        except sqlite3.OperationalError:
            return False
        if not rows:
            return False
        try:
            self._append(rows)
        except duckdb.InvalidInputException:
            self._append_readable(rows)
        except duckdb.OutOfMemoryException:
            self._full = True
            print(
                "tracker: the charts' memory is full; later events are stored, not charted.",
                file=sys.stderr,
            )
            return False
        self._cursor = rows[-1][0]
        return len(rows) == STEP

    def behind(self) -> int:
        """How many rows of the log are not in the table yet."""
        try:
            with closing(self._open()) as log:
                return int(
                    log.execute(
                        "SELECT count(*) FROM log WHERE id > ?", (self._cursor,)
                    ).fetchone()[0]
                )
        except sqlite3.OperationalError:
            return 0

    def select(
        self, sql: str, parameters: Mapping[str, Any], *, zone: str
    ) -> list[tuple[Any, ...]]:
        """Run one query with days and hours as they begin in ``zone``. Raises ``duckdb.Error``."""
        named = {name: value for name, value in parameters.items() if f"${name}" in sql}
        self._connection.execute("SET TimeZone = $zone", {"zone": zone})
        try:
            return self._connection.execute(sql, named).fetchall()
        finally:
            self._connection.execute("SET TimeZone = 'UTC'")

    def select_from_store(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run one query over the tables of the store, which are small; none while it is missing.

        Raises ``sqlite3.Error``.
        """
        if not self._database.exists():
            return []
        with closing(self._open()) as store:
            return store.execute(sql, parameters).fetchall()

    def interrupt(self) -> None:
        """Stop the query that runs; it raises ``duckdb.InterruptException``."""
        self._connection.interrupt()

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self._database.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS
        )

    def _read(self) -> list[LogRow]:
        with closing(self._open()) as log:
            return log.execute(
                "SELECT id, received_at, via, source, messages FROM log"
                " WHERE id > ? ORDER BY id LIMIT ?",
                (self._cursor, STEP),
            ).fetchall()

    def _append(self, rows: list[LogRow]) -> None:
        ids, received, via, source, messages = (list(column) for column in zip(*rows, strict=True))
        self._connection.execute(
            _APPEND,
            {
                "ids": ids,
                "received": received,
                "via": via,
                "source": source,
                "messages": messages,
                "shape": _SHAPE,
            },
        )

    def _append_readable(self, rows: list[LogRow]) -> None:
        """Append row by row, so that one that cannot be read does not hide the others for ever."""
        for row in rows:
            try:
                self._append([row])
            except duckdb.InvalidInputException:
                print(
                    f"tracker: row {row[0]} of the log cannot be read; charts leave it out.",
                    file=sys.stderr,
                )


def _memory_limit_mb() -> int:
    """A quarter of the machine's memory: the rest is the collector's and the file cache's."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 1024
    return max(256, total // 4 // 1_000_000)
