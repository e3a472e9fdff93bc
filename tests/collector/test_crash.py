"""Killed at any instant, the collector has every acknowledged message exactly once."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import threading
import time
from collections import Counter
from pathlib import Path

import httpx

from tests.collector.process import ServeProcess
from tests.collector.running import track

ROUNDS = 5
SENDERS = 8


class _Sender(threading.Thread):
    """Sends batches until the collector dies, and keeps what was not acknowledged for a retry."""

    def __init__(self, url: str, retry: list[str]) -> None:
        super().__init__()
        self._url = url
        self._waiting = retry
        self.acknowledged: list[str] = []

    @property
    def unacknowledged(self) -> list[str]:
        return self._waiting

    def run(self) -> None:
        with (
            contextlib.suppress(httpx.HTTPError),
            httpx.Client(base_url=self._url, auth=("k", ""), timeout=10) as client,
        ):
            while True:
                messages = [track(name) for name in self._waiting] or [track() for _ in range(10)]
                self._waiting = [message["messageId"] for message in messages]
                answer = client.post("/v1/batch", json={"batch": messages})
                if answer.status_code != 200:
                    continue
                counts = answer.json()
                assert counts["accepted"] + counts["duplicate"] == len(messages)
                self.acknowledged += self._waiting
                self._waiting = []


def test_kill_9_under_load_loses_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - repeatable on purpose
    acknowledged: set[str] = set()
    retries: list[list[str]] = [[] for _ in range(SENDERS)]
    for _ in range(ROUNDS):
        with ServeProcess(tmp_path, "--config", _unlimited(tmp_path)) as serve:
            senders = [_Sender(serve.url, retry) for retry in retries]
            for sender in senders:
                sender.start()
            time.sleep(chance.uniform(0.1, 0.6))
            serve.process.kill()
            for sender in senders:
                sender.join()
        for sender in senders:
            acknowledged.update(sender.acknowledged)
        retries = [sender.unacknowledged for sender in senders]
        stored = _stored(tmp_path / "log.sqlite3")
        assert acknowledged
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
