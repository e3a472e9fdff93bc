"""A slow disk makes senders wait, or come back later; it loses, doubles and fills nothing.

The short form holds the store's lock, which stops the writer as a disk does that does not answer;
the long form slows down the flushes themselves (``slow_disk.c``), and fails them.
"""

from __future__ import annotations

import contextlib
import errno
import json
import re
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.collector.process import ServeProcess
from tests.collector.running import RunningCollector, track
from tests.faults.disk import BadDisk
from tests.faults.ledger import Ledger, start_senders, unlimited
from tracker.collector.ingestion.room import Room
from tracker.collector.settings import Limits, Settings


@contextlib.contextmanager
def _stalled(data: Path) -> Generator[None]:
    with contextlib.closing(sqlite3.connect(data / "log.sqlite3", isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        yield
        lock.execute("ROLLBACK")


def test_who_gives_up_waiting_and_tries_again_is_stored_once(tmp_path: Path) -> None:
    batch = {"batch": [track() for _ in range(5)]}
    with RunningCollector(Settings(data=tmp_path, limits=Limits(0, 0))) as running:
        with _stalled(tmp_path):
            for _ in range(4):
                with pytest.raises(httpx.ReadTimeout):
                    running.post(batch, timeout=0.2)
            assert running.client.get("/health").status_code == 200
            assert not running.stored()
        answer = running.post(batch).json()
        assert (answer["accepted"], answer["duplicate"]) == (0, 5)
        assert len(running.stored()) == 5
        (count,) = running.rows("SELECT count(*) FROM log")
        assert count == (1,)


def test_while_the_disk_does_not_answer_only_so_much_may_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Retries wait for the commit of the first, and take room all the same."""
    monkeypatch.setattr(Room.__init__, "__defaults__", (1_000_000,))
    batches = [
        {"batch": [track(properties={"text": "x" * 20_000}) for _ in range(10)]} for _ in range(6)
    ]
    with RunningCollector(Settings(data=tmp_path, limits=Limits(0, 0))) as running:
        with ThreadPoolExecutor(12) as pool:
            with _stalled(tmp_path):
                answers = [pool.submit(running.post, batch) for batch in batches * 2]
                refused = [done.result() for done in islice(as_completed(answers, timeout=4), 8)]
                assert {answer.status_code for answer in refused} == {503}
                assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
            statuses = Counter(answer.result().status_code for answer in answers)
        assert statuses == {503: 8, 200: 4}
        for batch in batches:
            assert running.post(batch).status_code == 200
        assert len(running.stored()) == 60


def test_whether_it_is_ready_is_said_in_time_although_the_disk_does_not_answer(
    tmp_path: Path,
) -> None:
    with RunningCollector(Settings(data=tmp_path)) as running:
        with _stalled(tmp_path):
            answer = running.client.get("/ready")
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert "disk" in answer.json()["message"]
        running.clock.now += 5000
        assert running.client.get("/ready").status_code == 200


@pytest.mark.long
def test_an_acknowledgement_waits_for_the_flush_and_shares_it(tmp_path: Path) -> None:
    with _bad_disk(tmp_path) as (disk, serve):
        disk.set(milliseconds=300)
        ledger = Ledger(seed=4)
        started = time.monotonic()
        batch = ledger.batch()
        ledger.acknowledge(batch, serve.client.post("/v1/batch", json={"batch": batch}).json())
        assert time.monotonic() - started >= 0.3
        before = _commits(serve)
        senders = start_senders(serve.url, ledger, 20)
        ledger.wait_for_more(2000)
        for sender in senders:
            sender.stopping.set()
        for sender in senders:
            sender.join()
        requests, commits = (now - then for now, then in zip(_commits(serve), before, strict=True))
        assert requests > 3 * commits
        ledger.settle(serve.client, tmp_path / "data")


@pytest.mark.long
def test_under_a_flood_that_the_disk_cannot_take_the_memory_stays_bounded(tmp_path: Path) -> None:
    """64 senders of half a megabyte each, who give up after a second and try again at once."""
    with _bad_disk(tmp_path) as (disk, serve):
        disk.set(milliseconds=5000)
        before = _resident(serve.process.pid)
        batches = [_large_batch(f"flood-{sender}-") for sender in range(64)]
        statuses = Counter[int]()
        most = _flood(serve, batches, statuses, seconds=25)
        disk.set()
        assert statuses[503]
        assert most - before < 400_000_000, f"{before} grew to {most}"
        for body in batches:
            # What the senders gave up on is not looked through: they keep it, and send it again.
            while (answer := _post_patiently(serve, body)).status_code == 503:
                time.sleep(int(answer.headers["retry-after"]))
            assert answer.status_code == 200
        assert _stored_ids(tmp_path / "data") == []
        ids = _ids_set_apart(tmp_path / "data")
        assert len(ids) == len(set(ids)) == 64 * 16


@pytest.mark.long
def test_clients_that_time_out_on_a_slow_disk_are_not_doubled(tmp_path: Path) -> None:
    with _bad_disk(tmp_path) as (disk, serve):
        disk.set(milliseconds=800)
        batches = [{"batch": [track() for _ in range(10)]} for _ in range(30)]

        def deliver(batch: dict[str, Any]) -> int:
            for attempt in range(50):
                with (
                    contextlib.suppress(httpx.TimeoutException),
                    httpx.Client(base_url=serve.url, auth=("k", ""), verify=False) as client,
                ):
                    answer = client.post("/v1/batch", json=batch, timeout=0.3 + 0.1 * attempt)
                    if answer.status_code == 200:
                        return attempt
            raise AssertionError("never delivered")

        with ThreadPoolExecutor(10) as pool:
            attempts = list(pool.map(deliver, batches))
        assert max(attempts) > 0
        ids = _stored_ids(tmp_path / "data")
        assert len(ids) == len(set(ids)) == 300


@pytest.mark.long
def test_a_flush_that_fails_is_a_503_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """The commit is in the file when its flush fails: nobody may see it, and a retry counts once."""
    with _bad_disk(tmp_path) as (disk, serve):
        chosen = [{"batch": [track(f"m-{number}")]} for number in range(40)]
        for number, batch in enumerate(chosen):
            disk.set(error=errno.EIO)
            for _ in range(2):
                answer = serve.client.post("/v1/batch", json=batch)
                assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            disk.set()
            if number % 2:
                answer = serve.client.post("/v1/batch", json=batch)
                assert answer.json()["accepted"] == 1
        # Killed after a failed flush: the others may be stored or not, and retried they are, once.
        disk.set(error=errno.EIO)
        assert serve.client.post("/v1/batch", json=chosen[0]).status_code == 503
        serve.process.kill()
        serve.process.wait()
    with ServeProcess(tmp_path / "data", *unlimited(tmp_path)) as serve:
        for batch in chosen:
            answer = serve.client.post("/v1/batch", json=batch).json()
            assert answer["accepted"] + answer["duplicate"] == 1
        ids = _stored_ids(tmp_path / "data")
        assert sorted(ids) == sorted(f"m-{number}" for number in range(40))


@contextlib.contextmanager
def _bad_disk(folder: Path) -> Generator[tuple[BadDisk, ServeProcess]]:
    disk = BadDisk(folder)
    disk.build()
    with disk.under():
        serve = ServeProcess(folder / "data", *unlimited(folder)).__enter__()
    try:
        yield disk, serve
    finally:
        disk.set()
        serve.__exit__()


def _post_patiently(serve: ServeProcess, body: bytes) -> httpx.Response:
    return serve.client.post("/v1/batch", content=body, timeout=120)


def _large_batch(prefix: str) -> bytes:
    # Of numbers: to look through so much text takes longer than the disk. No plan knows them, so
    # that they are set apart.
    numbers = [0] * 10_000
    batch = [track(f"{prefix}{place}", properties={"numbers": numbers}) for place in range(16)]
    return json.dumps({"batch": batch}).encode()


def _flood(
    serve: ServeProcess, batches: list[bytes], statuses: Counter[int], *, seconds: float
) -> int:
    """Send each batch again and again over a connection of its own; the most memory taken."""
    until = time.monotonic() + seconds

    def send(body: bytes) -> None:
        while time.monotonic() < until:
            with (
                contextlib.suppress(httpx.HTTPError),
                httpx.Client(base_url=serve.url, auth=("k", ""), verify=False) as client,
            ):
                statuses[client.post("/v1/batch", content=body, timeout=1).status_code] += 1

    threads = [threading.Thread(target=send, args=(body,)) for body in batches]
    for thread in threads:
        thread.start()
    most = 0
    while time.monotonic() < until:
        most = max(most, _resident(serve.process.pid))
        time.sleep(0.05)
    for thread in threads:
        thread.join()
    return most


def _resident(pid: int) -> int:
    """Bytes of memory that a process has; see proc_pid_status(5)."""
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    assert found
    return int(found.group(1)) * 1024


def _commits(serve: ServeProcess) -> tuple[float, float]:
    """Requests that were committed so far, and commits."""
    text = serve.client.get("/metrics", auth=None).text
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
    name = "tracker_commit_requests"
    return float(values[f"{name}_sum"]), float(values[f"{name}_count"])


def _stored_ids(data: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(data / "log.sqlite3")) as connection:
        rows = connection.execute("SELECT messages FROM log").fetchall()
    return [message["messageId"] for (text,) in rows for message in json.loads(text)]


def _ids_set_apart(data: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(data / "log.sqlite3")) as connection:
        rows = connection.execute("SELECT message FROM quarantined").fetchall()
    return [json.loads(text)["messageId"] for (text,) in rows]
