"""A message is stored once however late it comes again: no window, no restart, no other path."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from tests.collector.running import RunningCollector, track
from tracker.collector.log.schema import VERSION, connect, create_tables
from tracker.collector.settings import Limits, Settings

if TYPE_CHECKING:
    from pathlib import Path

MONTHS_AGO = "2026-08-01T10:00:00.000Z"

VERSION_1 = """
CREATE TABLE log (id INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, via TEXT NOT NULL,
    source TEXT NOT NULL, messages TEXT NOT NULL);
CREATE TABLE refused (id INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, source TEXT NOT NULL,
    via TEXT NOT NULL, message_id TEXT, code TEXT NOT NULL, field TEXT NOT NULL,
    message TEXT NOT NULL);
PRAGMA user_version=1;
"""


def _settings(data: Path) -> Settings:
    """A window that remembers next to nothing."""
    return Settings(data=data, limits=Limits(per_key=0, per_address=0, window=2))


def _counts(answer: Any) -> tuple[int, int]:
    body = answer.json()
    return body["accepted"], body["duplicate"]


def _push_out(running: RunningCollector) -> None:
    """Store other messages, so that the window forgets what came before."""
    for _ in range(4):
        assert _counts(running.post({"batch": [track()]})) == (1, 0)


@pytest.mark.parametrize("time", [MONTHS_AGO, None], ids=["with a time", "without any time"])
def test_a_message_that_comes_again_after_months_is_a_duplicate(
    tmp_path: Path, time: str | None
) -> None:
    old = track("old", originalTimestamp=time)
    with RunningCollector(_settings(tmp_path)) as running:
        running.post({"batch": [old]})
        _push_out(running)
        answer = running.post({"batch": [track("before"), old, track("after")]})
        assert _counts(answer) == (2, 1)
        assert {"before", "old", "after"} <= running.stored().keys()
    with RunningCollector(_settings(tmp_path)) as running:
        _push_out(running)
        assert _counts(running.post({"batch": [old]})) == (0, 1)
        rows = len(running.rows("SELECT id FROM log"))
        assert _counts(running.post({"batch": [old]})) == (0, 1)
        assert len(running.rows("SELECT id FROM log")) == rows
        assert "old" in running.stored()


def test_a_beaconed_fact_and_its_message_of_weeks_later_are_one(tmp_path: Path) -> None:
    environment = {
        "app": {"name": "acme_webapp"},
        "library": {"name": "tracker.js", "version": "0.1.0"},
    }
    fact = {
        "id": "left-early",
        "at": 1_795_449_990_123,
        "kind": "track",
        "name": "run_query_button.click",
        "path": [],
        "visit": {"anonymousId": "a-1"},
    }
    with RunningCollector(_settings(tmp_path)) as running:
        answer = running.post({"environment": environment, "facts": [fact]}, "/v1/raw")
        assert _counts(answer) == (1, 0)
        message = running.stored()["left-early"]
        _push_out(running)
        running.clock.now += 40 * 86_400_000
        again = {name: message[name] for name in ("type", "event", "messageId", "anonymousId")}
        again |= {"originalTimestamp": message["originalTimestamp"]}
        assert _counts(running.post({"batch": [again]})) == (0, 1)
        running.stored()


def test_a_clock_that_is_set_between_two_attempts_makes_no_second_message(tmp_path: Path) -> None:
    """The key is the event's own time, as its sender noted it then, and no corrected one."""
    with RunningCollector(_settings(tmp_path)) as running:
        message = track("clock set")
        for sent in (MONTHS_AGO, "2026-11-23T16:06:35.000Z", "2031-01-01T00:00:00.000Z", None):
            running.post({"batch": [message], "sentAt": sent})
            running.clock.now += 3_600_000
            _push_out(running)
        assert "clock set" in running.stored()


def test_the_live_feed_hears_of_no_message_twice(tmp_path: Path) -> None:
    with RunningCollector(_settings(tmp_path)) as running:
        running.post({"batch": [track("heard")]})
        _push_out(running)
        published: list[str] = []
        live = running.collector.live
        publish = live.publish

        def listen(messages: Any, **about: str) -> None:
            published.extend(message["messageId"] for message in messages)
            publish(messages, **about)

        live.publish = listen
        running.post({"batch": [track("heard"), track("news")]})
    assert published == ["news"]


def test_a_sender_that_gives_each_retry_another_time_is_known_for_a_while(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, limits=Limits(per_key=0, per_address=0))
    with RunningCollector(settings) as running:
        running.post({"batch": [track("stamped anew")]})
        again = track("stamped anew", originalTimestamp=MONTHS_AGO)
        assert _counts(running.post({"batch": [again]})) == (0, 1)
    with RunningCollector(settings) as running:
        assert _counts(running.post({"batch": [again]})) == (0, 1)
        running.stored()


def _old_row(number: int) -> str:
    timed = {"messageId": f"old-{number}", "originalTimestamp": MONTHS_AGO}
    return json.dumps([timed, {"messageId": f"timeless-{number}"}])


def old_store(data: Path, rows: int) -> Path:
    """Make a store of version 1 with two messages in each row, one of them without a time."""
    path = data / "log.sqlite3"
    with contextlib.closing(connect(path)) as connection:
        connection.executescript(VERSION_1)
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO log (received_at, via, source, messages) VALUES (1, 'batch', 'default', ?)",
            ((_old_row(number),) for number in range(rows)),
        )
        connection.execute("COMMIT")
    return path


def test_a_store_of_the_previous_version_learns_which_messages_it_has(tmp_path: Path) -> None:
    path = old_store(tmp_path, 5000)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        # Twice in the log, as version 1 could have it, and a row that was damaged.
        connection.execute("INSERT INTO log SELECT 6000, 1, via, source, messages FROM log LIMIT 1")
        connection.execute("INSERT INTO log VALUES (6001, 1, 'batch', 'default', '[{')")
        connection.commit()
    settings = Settings(data=tmp_path, limits=Limits(per_key=0, per_address=0, window=1))
    with RunningCollector(settings) as running:
        known = [
            track("old-0", originalTimestamp=MONTHS_AGO),
            track("old-4999", originalTimestamp=MONTHS_AGO),
            track("timeless-2500", originalTimestamp=None),
        ]
        assert _counts(running.post({"batch": [*known, track("new")]})) == (1, 3)
        assert running.rows("SELECT count(*) FROM seen") == [(10_001,)]
        assert running.rows("PRAGMA user_version") == [(VERSION,)]
        assert running.rows("SELECT max(id) FROM log") == [(6002,)]


def test_a_migration_that_was_cut_short_begins_again(tmp_path: Path) -> None:
    path = old_store(tmp_path, 10)
    with contextlib.closing(connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE seen (key BLOB PRIMARY KEY) WITHOUT ROWID;"
            "INSERT INTO seen VALUES (x'00');"
        )
        create_tables(connection)
        assert connection.execute("SELECT count(*) FROM seen").fetchone() == (20,)
        assert not connection.execute("SELECT 1 FROM seen WHERE key = x'00'").fetchall()
