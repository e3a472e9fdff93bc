"""``tracker replay``: brings quarantined messages into the log once the plan is mended.

Each message goes the way of a new one, through the plan and the privacy guard of its source, and
moves when both let it pass: its row is written to the log and removed from the quarantine in one
transaction, so that whenever the process is killed, the message is in one of the two. It is known
to ``seen`` before and after. Its times stay: it happened, and was received, when it was.

The store has one writer, so this runs while the collector does not; it has to be started again
anyway to have the mended plan. A dry run only reads, and may run beside it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from tracker.errors import ConfigurationError
from tracker.pipeline import Pipeline, Refused

from .datadir import DataDirectory
from .log.quarantine import Quarantined, delete_quarantined, quarantined_after
from .log.schema import FILE_NAME, connect, create_tables, last_log_id, open_reading
from .rules import SourceRules

if TYPE_CHECKING:
    from .settings import Settings

STEP = 500
"""Messages moved in one transaction."""


@dataclass(slots=True)
class Replayed:
    """What became of the quarantined messages.

    ``moved`` counts by the rules that had set them apart, ``left`` by those that still do; a
    message counts for each of its rules. Rule ``no_plan``: its source has no plan now.
    """

    moved_messages: int = 0
    left_messages: int = 0
    moved: Counter[str] = field(default_factory=Counter[str])
    left: Counter[str] = field(default_factory=Counter[str])


def replay(settings: Settings, *, since: int = 0, dry_run: bool = False) -> Replayed:
    """Move what passes now, of the messages received from ``since`` on, in ms since the epoch.

    A source that is not among the settings' keys any more is held to ``settings.plan``. With
    ``dry_run`` nothing is moved. Raises ``ConfigurationError`` when there is no plan or no store,
    or when the store belongs to a running collector or cannot be written.
    """
    path = settings.data / FILE_NAME
    if not path.is_file():
        message = f"There is no store in {settings.data}; name the collector's data with --data."
        raise ConfigurationError(message)
    if settings.plan is None and not any(key.plan for key in settings.write_keys):
        raise ConfigurationError(
            "There is no plan to check by; name the mended one with --plan, "
            "or the collector's configuration with --config."
        )
    try:
        if dry_run:
            with contextlib.closing(open_reading(path)) as connection:
                return _Replay(settings, connection).run(since, move=False)
        with (
            contextlib.closing(DataDirectory(settings.data)),
            contextlib.closing(connect(path)) as connection,
        ):
            create_tables(connection)
            # Nobody waits for a commit, and the write-ahead log must not grow without end.
            connection.execute("PRAGMA wal_autocheckpoint=1000")
            return _Replay(settings, connection).run(since, move=True)
    except (OSError, sqlite3.Error) as error:
        message = f"The store in {settings.data} cannot be used: {error}."
        raise ConfigurationError(message) from error


class _Replay:
    def __init__(self, settings: Settings, connection: sqlite3.Connection) -> None:
        self._settings = settings
        self._connection = connection
        self._pipelines: dict[str, Pipeline | None] = {}
        self._result = Replayed()

    def run(self, since: int, *, move: bool) -> Replayed:
        """Go through all of them, some at a time."""
        last = 0
        while rows := quarantined_after(self._connection, last, since=since, most=STEP):
            last = rows[-1].id
            passing = [(row, text) for row in rows if (text := self._checked(row)) is not None]
            if passing and move:
                self._move(passing)
        return self._result

    def _checked(self, row: Quarantined) -> str | None:
        """The message's JSON if it passes now; counts it either way."""
        pipeline = self._pipeline(row.source)
        if pipeline is None:
            return self._leave({"no_plan"})
        result = pipeline.from_message(json.loads(row.message))
        if isinstance(result, Refused):
            return self._leave({violation.rule for violation in result.violations})
        if result.unplanned:
            return self._leave({violation.rule for violation in result.unplanned})
        before: list[dict[str, str]] = json.loads(row.reasons)
        self._result.moved_messages += 1
        self._result.moved.update({reason["rule"] for reason in before})
        return msgspec.json.encode(result.message).decode()

    def _leave(self, rules: set[str]) -> None:
        self._result.left_messages += 1
        self._result.left.update(rules)

    def _move(self, passing: list[tuple[Quarantined, str]]) -> None:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        first = last_log_id(connection) + 1
        connection.executemany(
            "INSERT INTO log VALUES (?, ?, ?, ?, ?)",
            [
                (row_id, row.received_at, row.via, row.source, f"[{text}]")
                for row_id, (row, text) in enumerate(passing, first)
            ],
        )
        delete_quarantined(connection, [row.id for row, _ in passing])
        connection.execute("COMMIT")

    def _pipeline(self, source: str) -> Pipeline | None:
        """What the messages of a source go through; None when the source has no plan now."""
        if source not in self._pipelines:
            own = (key.plan for key in self._settings.write_keys if key.name == source)
            plan = next(own, None) or self._settings.plan
            rules = SourceRules.of(plan, self._settings.privacy)
            self._pipelines[source] = rules.pipeline() if plan else None
        return self._pipelines[source]
