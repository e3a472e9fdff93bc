"""The log says that something is stored only when it is, on a real disk."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tracker.collector.answers import Rejected
from tracker.collector.log.quarantine import QuarantinedRow
from tracker.collector.log.schema import VERSION, connect, create_tables, newest_keys
from tracker.collector.log.seen import id_key, seen_key
from tracker.collector.log.writer import Entry, Log, RefusedRow
from tracker.collector.tallies import Tallies
from tracker.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a new store."""
    path = tmp_path / "log.sqlite3"
    with contextlib.closing(connect(path)) as connection:
        create_tables(connection)
    return path


@pytest.fixture
def log(path: Path) -> Iterator[Log]:
    """Yield a log over it."""
    log = Log(path, Tallies())
    yield log
    log.close()


def _entry(*ids: str, refused: int = 0) -> Entry:
    messages = "[" + ",".join(f'{{"messageId":"{text}"}}' for text in ids) + "]"
    keys = [seen_key(None, id_key("web", text)) for text in ids]
    rows = [RefusedRow(None, "missing", "type", "expected")] * refused
    return Entry(1, "batch", "web", messages if ids else None, keys, rows)


def _rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_what_is_acknowledged_can_be_read_by_another_connection(log: Log, path: Path) -> None:
    async def scenario() -> None:
        await log.append(_entry("a", "b", refused=2))
        assert _rows(path, "SELECT via, source, messages FROM log") == [
            ("batch", "web", '[{"messageId":"a"},{"messageId":"b"}]')
        ]
        assert (
            _rows(path, "SELECT code, field, message_id FROM refused")
            == [("missing", "type", None)] * 2
        )

    asyncio.run(scenario())


def test_requests_that_wait_share_one_commit(path: Path) -> None:
    async def scenario() -> None:
        tallies = Tallies()
        log = Log(path, tallies)
        blocker = connect(path)
        blocker.execute("BEGIN IMMEDIATE")
        first = log.append(_entry("first"))
        rest = [log.append(_entry(str(number))) for number in range(100)]
        blocker.execute("COMMIT")
        blocker.close()
        await asyncio.gather(first, *rest)
        await asyncio.to_thread(log.close)
        counts = dict(line.split() for line in tallies.group_sizes.lines() if line[0] != "#")
        assert float(counts["tracker_commit_requests_sum"]) == 101
        assert int(counts["tracker_commit_requests_count"]) <= 2

    asyncio.run(scenario())


def test_refusals_alone_are_stored_without_an_empty_row(log: Log, path: Path) -> None:
    async def scenario() -> None:
        await log.append(_entry(refused=1))
        assert _rows(path, "SELECT count(*) FROM log") == [(0,)]
        assert _rows(path, "SELECT count(*) FROM refused") == [(1,)]

    asyncio.run(scenario())


def test_a_probe_really_writes(log: Log, path: Path) -> None:
    wal = path.with_name(path.name + "-wal")

    async def scenario() -> None:
        await log.append(_entry("a"))
        before = wal.read_bytes()
        await log.probe()
        assert wal.read_bytes() != before

    asyncio.run(scenario())


def test_a_failed_commit_is_a_503_and_the_next_one_succeeds(log: Log, path: Path) -> None:
    async def scenario() -> None:
        await log.append(_entry("a"))
        with contextlib.closing(connect(path)) as other:
            other.execute("ALTER TABLE log RENAME TO elsewhere")
            with pytest.raises(Rejected) as caught:
                await log.append(_entry("b"))
            assert (caught.value.status, caught.value.code) == (503, "unavailable")
            with pytest.raises(Rejected):
                await log.probe()
            other.execute("ALTER TABLE elsewhere RENAME TO log")
        assert not await log.append(_entry("b"))
        assert _rows(path, "SELECT messages FROM log") == [
            ('[{"messageId":"a"}]',),
            ('[{"messageId":"b"}]',),
        ]

    asyncio.run(scenario())


def test_a_message_that_the_log_has_is_left_out_however_old_it_is(log: Log, path: Path) -> None:
    async def scenario() -> None:
        assert not await log.append(_entry("a", "b"))
        assert await log.append(_entry("c", "b", "d", "a")) == [1, 3]
        assert await log.append(_entry("a", "b")) == [0, 1]
        assert _rows(path, "SELECT id, messages FROM log") == [
            (1, '[{"messageId":"a"},{"messageId":"b"}]'),
            (2, '[{"messageId":"c"},{"messageId":"d"}]'),
        ]

    asyncio.run(scenario())


def test_of_the_same_message_twice_in_one_commit_one_is_written(path: Path) -> None:
    async def scenario() -> None:
        log = Log(path, Tallies())
        with contextlib.closing(connect(path)) as blocker:
            blocker.execute("BEGIN IMMEDIATE")
            answers = [log.append(_entry("a")) for _ in range(5)]
            blocker.execute("COMMIT")
        assert [list(answer) for answer in await asyncio.gather(*answers)] == [[], *([[0]] * 4)]
        assert _rows(path, "SELECT count(*) FROM log") == [(1,)]
        await asyncio.to_thread(log.close)

    asyncio.run(scenario())


def test_a_row_that_nobody_was_promised_is_emptied_and_its_id_not_used_again(
    log: Log, path: Path
) -> None:
    """As after a flush that failed: the row is in the file, its sender got 503 and tries again."""

    async def scenario() -> None:
        await log.append(_entry("a"))
        with contextlib.closing(connect(path)) as other:
            other.execute("ALTER TABLE log RENAME TO elsewhere")
            with pytest.raises(Rejected):
                await log.append(_entry("b", "c"))
            other.execute("ALTER TABLE elsewhere RENAME TO log")
            found = '[{"messageId":"b"},{"messageId":"c"}]'
            other.execute("INSERT INTO log VALUES (2, 1, 'batch', 'web', ?)", (found,))
            keys = _entry("b", "c").keys
            other.executemany("INSERT INTO seen VALUES (?)", ((key,) for key in keys))
        await log.probe()
        assert _rows(path, "SELECT max(id) FROM log") == [(2,)]
        assert await log.append(_entry("a", "b")) == [0]
        assert _rows(path, "SELECT id, messages FROM log WHERE id > 1") == [
            (2, "[]"),
            (3, '[{"messageId":"b"}]'),
        ]
        assert len(_rows(path, "SELECT * FROM seen")) == 2

    asyncio.run(scenario())


def test_what_was_set_apart_and_nobody_was_promised_is_taken_back(log: Log, path: Path) -> None:
    """Its sender tries again, and then it is there once."""

    async def scenario() -> None:
        [key] = _entry("b").keys
        apart = QuarantinedRow('{"messageId":"b"}', "[]", "null")
        entry = Entry(1, "batch", "web", None, [key], quarantined=[apart])
        with contextlib.closing(connect(path)) as other:
            other.execute("ALTER TABLE log RENAME TO elsewhere")
            with pytest.raises(Rejected):
                await log.append(_entry("a"))
            other.execute("ALTER TABLE elsewhere RENAME TO log")
            row = (1, 1, "batch", "web", *apart)
            other.execute("INSERT INTO quarantined VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            other.execute("INSERT INTO seen VALUES (?)", (key,))
        await log.probe()
        assert _rows(path, "SELECT message FROM quarantined") == []
        assert await log.append(entry) == []
        assert _rows(path, "SELECT message FROM quarantined") == [('{"messageId":"b"}',)]

    asyncio.run(scenario())


def test_closing_writes_what_waits_and_refuses_what_comes_later(log: Log, path: Path) -> None:
    async def scenario() -> None:
        waiting = [log.append(_entry(str(number))) for number in range(50)]
        await asyncio.to_thread(log.close)
        await asyncio.gather(*waiting)
        with pytest.raises(Rejected):
            log.append(_entry("late"))

    asyncio.run(scenario())
    assert _rows(path, "SELECT count(*) FROM log") == [(50,)]


def test_the_newest_ids_are_read_back_oldest_first(log: Log, path: Path) -> None:
    async def scenario() -> None:
        for ids in (("a", "b"), ("c",), ("d",)):
            await log.append(_entry(*ids))

    asyncio.run(scenario())
    with contextlib.closing(connect(path)) as connection:
        keys = [id_key("web", text) for text in "abcd"]
        assert newest_keys(connection, 2) == keys[2:]
        assert newest_keys(connection, 100) == keys


def test_a_store_of_a_newer_version_is_left_alone(path: Path) -> None:
    with contextlib.closing(connect(path)) as connection:
        connection.execute(f"PRAGMA user_version={VERSION + 1}")
        with pytest.raises(ConfigurationError, match="upgrade tracker"):
            create_tables(connection)
