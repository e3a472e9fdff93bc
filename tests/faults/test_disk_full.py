"""A full disk costs no message: senders are asked to wait, and it mends itself.

The disk is made full by a limit on the size of files (RLIMIT_FSIZE), which needs no privileges: the
kernel then refuses the write in the middle, as it does when no block is left. The long form mounts a
small file system and fills it, which takes root on Linux.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sqlite3
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.collector.process import ServeProcess, output_of
from tests.collector.running import track
from tests.faults.disk import small_disk


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


@pytest.mark.long
def test_a_disk_without_a_free_block_stops_the_store_and_nothing_else(tmp_path: Path) -> None:
    """On a file system of its own: SQLite's shared memory and the charts live there too."""
    with small_disk(tmp_path / "disk", megabytes=32) as disk, ServeProcess(disk / "data") as serve:
        sender = _Sender(serve)
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(24_000_000))
        names = [f"message-{number}" for number in range(400)]
        statuses = [sender.send(name) for name in names]
        assert statuses[0] == 200
        assert statuses[-1] == 503
        # Not one byte is left for anybody.
        _fill(disk / "rest")
        assert sender.send("meanwhile") == 503
        assert serve.client.get("/health").status_code == 200
        ready = serve.client.get("/ready")
        assert ready.status_code == 503
        assert int(ready.headers["retry-after"]) > 0
        assert "disk" in ready.json()["message"]
        assert serve.client.get("/admin/api/charts", auth=None).status_code == 200
        assert _charted(serve) == len(sender.stored)
        ballast.unlink()
        assert serve.client.get("/ready").status_code == 200
        for name in [name for name in names if name not in sender.stored][:100]:
            assert sender.send(name) == 200
        sender.assert_all_in_log()
        assert _charted(serve) == len(sender.stored)
        # Ended and killed on a full disk, it has everything when it comes back.
        _fill(disk / "rest")
        serve.process.kill()
        serve.process.wait()
        sender.assert_all_in_log()


@pytest.mark.long
def test_on_a_full_disk_it_starts_or_says_why_not_and_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=6) as disk:
        with ServeProcess(disk / "data") as serve:
            sender = _Sender(serve)
            assert sender.send("before") == 200
            assert serve.end(signal.SIGTERM)[0] == 0
        _fill(disk / "rest")
        code, text = output_of("--port", "0", "--data", str(disk / "data"))
        assert code == 1
        assert "Traceback" not in text
        assert "full" in text
        (disk / "rest").unlink()
        with ServeProcess(disk / "data") as serve:
            answer = serve.client.post("/v1/batch", json={"batch": [track("before")]}).json()
            assert (answer["accepted"], answer["duplicate"]) == (0, 1)


def _fill(path: Path) -> None:
    """Write until nothing more fits, and then byte by byte."""
    with contextlib.suppress(OSError), path.open("ab", buffering=0) as file:
        for size in (4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)


def _charted(serve: ServeProcess) -> int:
    """How many of the stored messages the charts have read."""
    answer = serve.client.get("/admin/api/summary", auth=None)
    assert answer.status_code == 200, answer.text
    assert answer.json()["behind"] == 0
    return answer.json()["totals"]["stored"]
