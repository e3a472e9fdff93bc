"""The query process: starts again when it dies or hangs, and goes with its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.admin.writing import NOON, WrittenStore, click
from tracker.collector.charts.catalogue import CATALOGUE, Query
from tracker.collector.charts.events import EventStore
from tracker.collector.charts.process import (
    QueryProcess,
    QueryTimeout,
    QueryUnavailable,
    UnknownQuery,
)
from tracker.collector.charts.worker import answer_request

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


async def events(queries: QueryProcess) -> int:
    """The number of events that the process counts."""
    return int((await queries.run("totals", {})).rows[0][0])


async def test_killed_process_is_replaced_and_reads_the_store_again(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """A query after kill -9 is answered, by another process."""
    store.add(click("1"), click("2"))
    assert await events(queries) == 2
    before = queries.pid
    assert before
    os.kill(before, signal.SIGKILL)
    assert await events(queries) == 2
    assert queries.pid != before


async def test_hanging_process_is_a_timeout_and_is_replaced(store: WrittenStore) -> None:
    """A stopped process answers nothing: the query fails in time, the next one works."""
    store.add(click("1"))
    queries = QueryProcess(store.path, seconds=0.1, grace=0.1, clock=lambda: NOON + 1)
    await queries.start()
    assert queries.pid
    os.kill(queries.pid, signal.SIGSTOP)
    with pytest.raises(QueryTimeout, match="shorter period"):
        await queries.run("totals", {})
    assert queries.pid is None
    await queries.close()


async def test_process_that_always_dies_is_said_to_be_unavailable(
    store: WrittenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is started again once for a query, not for ever."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    queries = QueryProcess(store.path)
    with pytest.raises(QueryUnavailable, match="ended twice"):
        await queries.run("totals", {})
    await queries.close()


async def test_queries_before_there_is_a_store_answer_nothing(tmp_path: Path) -> None:
    """The collector may start the process before it has made the file."""
    queries = QueryProcess(tmp_path / "log.sqlite3", clock=lambda: NOON + 1)
    assert await events(queries) == 0
    store = WrittenStore(tmp_path)
    store.add(click("1"))
    assert await events(queries) == 1
    store.close()
    await queries.close()


async def test_reads_a_store_that_nobody_has_open(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """After the writer closed it, its write-ahead files are gone, and its rows are still read."""
    store.add(click("1"))
    store.close()
    assert not store.path.with_name("log.sqlite3-wal").exists()
    assert await events(queries) == 1


async def test_reading_does_not_hold_back_a_checkpoint(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """The reader's transaction is over when the answer is there."""
    store.add(click("1"))
    await events(queries)
    busy, written, moved = store.checkpoint()
    assert (busy, written) == (0, moved)


async def test_many_askers_at_once_each_get_their_own_answer(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """Questions take turns on one pipe."""
    import asyncio

    store.add(*(click(str(n), app=f"app_{n % 3}") for n in range(9)), click("x", app="app_0"))
    answers = await asyncio.gather(
        *(queries.run("totals", {"app": f"app_{n % 3}"}) for n in range(9))
    )
    assert [answer.rows[0][0] for answer in answers] == [4, 3, 3] * 3


async def test_an_asker_who_goes_away_leaves_the_pipe_in_order(
    store: WrittenStore, queries: QueryProcess
) -> None:
    """The answer to a cancelled question is not given to the next one."""
    import asyncio

    store.add(click("1"))
    await queries.run("latest", {})
    gone = asyncio.ensure_future(queries.run("latest", {}))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await events(queries) == 1


async def test_unknown_query_names_the_known_ones(queries: QueryProcess) -> None:
    """A name is never used for anything but looking it up."""
    with pytest.raises(UnknownQuery, match="top_events"):
        await queries.run("select 1", {})


def test_a_query_is_interrupted_when_its_time_is_over(
    store: WrittenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process stays: only the query ends."""
    endless = (
        "SELECT count(*) FROM range(10_000_000) a, range(10_000_000) b WHERE a.range * b.range = 7"
    )
    monkeypatch.setitem(CATALOGUE, "endless", Query(endless, ()))
    events = EventStore(store.path)
    request: dict[str, Any] = {"query": "endless", "parameters": {}, "zone": "UTC", "seconds": 0.2}
    assert answer_request(events, request)["error"] == "timeout"
    monkeypatch.setitem(CATALOGUE, "quick", Query("SELECT 1", ()))
    assert answer_request(events, {**request, "query": "quick", "seconds": 10})["rows"] == [[1]]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/tracker-must-not-exist.csv'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "ATTACH '/tmp/tracker-must-not-exist.db'",
        "SET enable_external_access = true",
    ],
)
def test_no_statement_reaches_beyond_the_table(store: WrittenStore, sql: str) -> None:
    """No file, no network, no extension: even for SQL that is not in the catalogue."""
    with pytest.raises(duckdb.Error):
        EventStore(store.path).select(sql, {}, zone="UTC")


def test_the_process_is_nice_and_ends_with_its_parent(store: WrittenStore) -> None:
    """A parent that is killed leaves nothing behind: its pipes reach their end."""
    parent = f"""
import asyncio, os, signal
from pathlib import Path
from tracker.collector.charts.process import QueryProcess

async def main():
    queries = QueryProcess(Path({str(store.path)!r}))
    await queries.run("totals", {{}})
    print(os.getpriority(os.PRIO_PROCESS, queries.pid) - os.getpriority(os.PRIO_PROCESS, 0), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
    # run() returns once nobody holds standard error any more, which the query process inherits.
    ended = subprocess.run(
        [sys.executable, "-c", parent], capture_output=True, timeout=30, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert int(ended.stdout) == 10
