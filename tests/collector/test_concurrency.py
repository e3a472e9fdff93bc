"""Retries that race each other are stored once, and none is told "duplicate" too early."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.collector.running import RunningCollector, track
from tracker.collector.ingestion.dedupe import Dedupe, Window
from tracker.collector.ingestion.intake import Taken
from tracker.collector.ingestion.store import Store
from tracker.collector.log.schema import connect, create_tables
from tracker.collector.log.writer import Log
from tracker.collector.tallies import Tallies


def test_of_racing_retries_exactly_one_stores_each_message(running: RunningCollector) -> None:
    batch = [track(f"race-{number}") for number in range(20)]

    def send(turn: int) -> dict[str, int]:
        # In different orders, so that each request holds some ids that another waits for.
        return running.post({"batch": batch[turn:] + batch[:turn]}).json()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, range(16)))
    total: Counter[str] = Counter()
    for answer in answers:
        total.update({name: answer[name] for name in ("accepted", "duplicate", "refused")})
    assert total == {"accepted": 20, "duplicate": 300, "refused": 0}
    assert len([name for name in running.stored() if name.startswith("race-")]) == 20


class Nobody:
    """Hears of messages, and does nothing about it."""

    def publish(self, *_: object, **__: object) -> None: ...


def test_what_a_request_that_was_broken_off_has_written_is_known(tmp_path: Path) -> None:
    """Even where the retry comes with another time, by which the log's own record does not know it."""
    path = tmp_path / "log.sqlite3"
    with contextlib.closing(connect(path)) as connection:
        create_tables(connection)

    async def scenario() -> None:
        tallies = Tallies()
        log = Log(path, tallies)
        store = Store(log, Dedupe(Window()), Nobody(), lambda: 1, tallies)
        first, retry = (Taken(messages=[{"messageId": "a"}], times=[time]) for time in (1, 2))
        request = asyncio.create_task(store.add(first, source="web", via="batch"))
        await asyncio.sleep(0)
        request.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await request
        await log.probe()
        answer = await store.add(retry, source="web", via="batch")
        assert (answer["accepted"], answer["duplicate"]) == (0, 1)
        log.close()

    asyncio.run(scenario())
