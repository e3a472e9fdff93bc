"""A store as the collector writes it, for tests that need its file and not its process."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tracker.collector.log.outcomes import Counts, Outcome, What, add_outcomes, count_outcomes
from tracker.collector.log.schema import FILE_NAME, connect, create_tables
from tracker.wire import format_time

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1_795_435_200_000
"""2026-11-23T12:00:00Z, in ms."""

MINUTE = 60_000
HOUR = 60 * MINUTE

Message = dict[str, Any]


class WrittenStore:
    """A log database in a folder, with rows written on demand by a connection of its own."""

    def __init__(self, folder: Path) -> None:
        """Make the empty store."""
        self.path = folder / FILE_NAME
        self._connection = connect(self.path)
        create_tables(self._connection)

    def add(
        self, *messages: Message, source: str = "web", via: str = "batch", at: int = NOON
    ) -> None:
        """Store one request with these messages."""
        self.add_text(json.dumps(messages), source=source, via=via, at=at)

    def add_text(
        self, text: str, *, source: str = "web", via: str = "batch", at: int = NOON
    ) -> None:
        """Store one request with this text for its messages, whatever it is."""
        self._connection.execute(
            "INSERT INTO log (received_at, via, source, messages) VALUES (?, ?, ?, ?)",
            (at, via, source, text),
        )

    def note(self, what: What, rule: str, messages: int, *, at: int = NOON) -> None:
        """Count what a rule did to so many messages."""
        counts = Counts()
        count_outcomes(counts, at, "web", [Outcome(what, rule, None, messages)])
        add_outcomes(self._connection, counts)

    def count(self, type_: str) -> int:
        """Count the distinct stored messages of a type, by SQLite alone."""
        with closing(sqlite3.connect(self.path)) as reader:
            return int(
                reader.execute(
                    "SELECT count(DISTINCT item.value ->> 'messageId') FROM log, json_each(log.messages) AS item"
                    " WHERE item.value ->> 'type' = ?",
                    (type_,),
                ).fetchone()[0]
            )

    def checkpoint(self) -> tuple[int, int, int]:
        """Move the write-ahead log into the file; returns busy, pages in the log, pages moved."""
        busy, written, moved = self._connection.execute(
            "PRAGMA wal_checkpoint(TRUNCATE)"
        ).fetchone()
        return busy, written, moved

    def close(self) -> None:
        """Close the writer, as the collector does at its end: the write-ahead log goes away."""
        self._connection.close()


def click(
    message_id: str,
    event: str = "run_query_button.click",
    *,
    page: str | None = "explorer",
    modal: bool = False,
    section: str | None = None,
    visitor: str = "anna",
    app: str = "acme",
    at: int = NOON,
) -> Message:
    """A track message as the tracker makes it."""
    return {
        "type": "track",
        "event": f"{app}.{event}",
        "properties": {},
        **_envelope(
            message_id, page=page, modal=modal, section=section, visitor=visitor, app=app, at=at
        ),
    }


def view(
    message_id: str,
    page: str = "explorer",
    *,
    visitor: str = "anna",
    app: str = "acme",
    at: int = NOON,
) -> Message:
    """A page message as the tracker makes it."""
    return {
        "type": "page",
        "name": page,
        "properties": {},
        **_envelope(
            message_id, page=page, modal=False, section=None, visitor=visitor, app=app, at=at
        ),
    }


def _envelope(
    message_id: str,
    *,
    page: str | None,
    modal: bool,
    section: str | None,
    visitor: str,
    app: str,
    at: int,
) -> Message:
    context: Message = {"app": {"name": app}, "sessionId": NOON}
    if page:
        context["page"] = {
            "name": page,
            "type": "modal" if modal else "page",
            "hostname": "app.example.com",
        }
    if section:
        context["section"] = {"name": section, "path": [section]}
    return {
        "messageId": message_id,
        "anonymousId": visitor,
        "timestamp": format_time(at),
        "context": context,
    }
