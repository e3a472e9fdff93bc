"""Killed at any instant, the collector has every acknowledged message exactly once."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import threading
from collections import Counter
from pathlib import Path

import httpx

from tests.collector.process import ServeProcess
from tests.collector.running import track

ROUNDS = 5
SENDERS = 8


class _Progress:
    """Says when the senders together have so many acknowledgements."""

    def __init__(self, enough: int) -> None:
        self._missing = enough
        self._lock = threading.Lock()
        self.reached = threading.Event()

    def note(self, count: int) -> None:
        with self._lock:
            self._missing -= count
            if self._missing <= 0:
                self.reached.set()


class _Sender(threading.Thread):
    """Sends batches until the collector dies, and keeps what was not acknowledged for a retry."""

    def __init__(self, url: str, retry: list[str], progress: _Progress) -> None:
        super().__init__()
        self._url = url
        self._progress = progress
        self.waiting = retry
        self.acknowledged: list[str] = []

    def run(self) -> None:
        with (
            contextlib.suppress(httpx.HTTPError),
            httpx.Client(base_url=self._url, auth=("k", ""), timeout=10) as client,
        ):
            while True:
                messages = [track(name) for name in self.waiting] or [track() for _ in range(10)]
                self.waiting = [str(message["messageId"]) for message in messages]
                answer = client.post("/v1/batch", json={"batch": messages})
                assert answer.status_code == 200
                counts = answer.json()
                assert counts["accepted"] + counts["duplicate"] == len(messages)
                self.acknowledged += self.waiting
                self.waiting = list[str]()
                self._progress.note(len(messages))


def test_kill_9_under_load_loses_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random(7)
    acknowledged: set[str] = set()
    retries = [list[str]() for _ in range(SENDERS)]
    for _ in range(ROUNDS):
        progress = _Progress(chance.randint(1, 2000))
        with ServeProcess(tmp_path, "--config", _unlimited(tmp_path)) as serve:
            senders = [_Sender(serve.url, retry, progress) for retry in retries]
            for sender in senders:
                sender.start()
            reached = progress.reached.wait(60)
            serve.process.kill()
            for sender in senders:
                sender.join()
        assert reached
        for sender in senders:
            acknowledged.update(sender.acknowledged)
        retries = [sender.waiting for sender in senders]
        stored = _stored(tmp_path / "log.sqlite3")
        assert not acknowledged - stored.keys()
        assert max(stored.values()) == 1


def _unlimited(data: Path) -> str:
    path = data / "tracker.toml"
    path.write_text("[limits]\nper_address = 0\n", encoding="utf-8")
    return str(path)


def _stored(path: Path) -> Counter[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT messages FROM log")
        return Counter(message["messageId"] for (text,) in rows for message in json.loads(text))
