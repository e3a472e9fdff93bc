"""A full disk costs no message: senders are asked to wait, and it mends itself.

The disk is made full by a limit on the size of files (RLIMIT_FSIZE), which needs no privileges: the
kernel then refuses the write in the middle, as it does when no block is left.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.collector.process import ServeProcess
from tests.collector.running import track


class _Sender:
    """Sends large messages, and knows which of them were acknowledged."""

    def __init__(self, serve: ServeProcess) -> None:
        self._serve = serve
        self.stored: list[str] = []

    def send(self, message_id: str) -> int:
        message = track(message_id, properties={"text": "x" * 20_000})
        answer = self._serve.client.post("/v1/batch", json={"batch": [message]})
        if answer.status_code == 200:
            assert answer.json()["accepted"] == 1
            self.stored.append(message_id)
        else:
            assert answer.json()["code"] == "unavailable"
            assert int(answer.headers["retry-after"]) > 0
        return answer.status_code

    def assert_all_in_log(self) -> None:
        with contextlib.closing(sqlite3.connect(self._serve.data / "log.sqlite3")) as connection:
            rows = connection.execute("SELECT messages FROM log").fetchall()
        found = [message["messageId"] for (text,) in rows for message in json.loads(text)]
        assert sorted(found) == sorted(self.stored)


@contextlib.contextmanager
def _disk_of(serve: ServeProcess, size: int) -> Generator[None]:
    import resource

    if not hasattr(resource, "prlimit"):
        pytest.fail("Only Linux can fill another process's disk by a limit; run this test there.")
    before = resource.prlimit(serve.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(serve.process.pid, resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.prlimit(serve.process.pid, resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_up_costs_no_message(tmp_path: Path) -> None:
    names = [f"message-{number}" for number in range(30)]
    with ServeProcess(tmp_path) as serve:
        sender = _Sender(serve)
        with _disk_of(serve, 200_000):
            statuses = [sender.send(name) for name in names]
        assert statuses[0] == 200
        assert statuses[-1] == 503
        missing = [name for name in names if name not in sender.stored]
        assert all(sender.send(name) == 200 for name in missing)
        sender.assert_all_in_log()
        assert len(sender.stored) == len(names)


def test_while_nothing_can_be_written_the_collector_is_healthy_but_not_ready(
    tmp_path: Path,
) -> None:
    with ServeProcess(tmp_path) as serve:
        sender = _Sender(serve)
        assert sender.send("before") == 200
        with _disk_of(serve, 1):
            assert [sender.send("meanwhile") for _ in range(3)] == [503, 503, 503]
            assert serve.client.get("/ready").status_code == 503
            assert serve.client.get("/ready").headers["retry-after"]
            assert serve.client.get("/health").status_code == 200
        assert sender.send("meanwhile") == 200
        sender.assert_all_in_log()
