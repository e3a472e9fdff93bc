"""What was sent, what was acknowledged, and whether the store agrees: exactly once, each of them.

A part of what is sent is not in the collector's plan: the log and the quarantine have it all together.
"""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from tests.collector.running import track
from tracker.plan import Plan

NO_LIMITS = "[limits]\nper_key = 0\nper_address = 0\n"
PLAN = Plan("acme", events=["run_query_button.click"])


class Ledger:
    """An account of message ids that several threads write, checked against the store's file."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._count = 0
        self._recent: list[list[dict[str, Any]]] = []
        self._waiting: dict[str, dict[str, Any]] = {}
        self._acknowledged: set[str] = set()
        self._accepted = 0
        self._stored = Counter[str]()
        self._read_to = {"log": 0, "quarantined": 0}
        self._news = threading.Condition(self._lock)

    @property
    def sent(self) -> int:
        """How many ids were sent."""
        return len(self._acknowledged) + len(self._waiting)

    def batch(self, size: int = 10) -> list[dict[str, Any]]:
        """New messages, or, half of the time, ones that another sender sends or has sent."""
        with self._lock:
            if self._recent and self._chance.random() < 0.5:
                again = [*self._chance.choice(self._recent), *self._chance.choice(self._recent)]
                self._chance.shuffle(again)
                return again[:size]
            batch = [_message(self._count + place) for place in range(size)]
            self._count += size
            self._recent = [*self._recent[-20:], batch]
            self._waiting |= {message["messageId"]: message for message in batch}
            return batch

    def acknowledge(self, batch: list[dict[str, Any]], answer: dict[str, Any]) -> None:
        """Note a 200."""
        kept = answer["accepted"] + answer["quarantined"]
        assert kept + answer["duplicate"] == len(batch), answer
        with self._lock:
            self._accepted += kept
            for message in batch:
                self._waiting.pop(message["messageId"], None)
                self._acknowledged.add(message["messageId"])
            self._news.notify_all()

    def wait_for_more(self, count: int) -> None:
        """Return once so many more ids are acknowledged."""
        with self._lock:
            enough = len(self._acknowledged) + count
            assert self._news.wait_for(lambda: len(self._acknowledged) >= enough, timeout=30)

    def unanswered(self) -> list[list[dict[str, Any]]]:
        """Batches of all that was sent and not acknowledged, as a client sends them again."""
        with self._lock:
            waiting = list(self._waiting.values())
        return [waiting[start : start + 100] for start in range(0, len(waiting), 100)]

    def check(self, data: Path) -> None:
        """Read what the store has gained: nothing acknowledged is missing, nothing is there twice."""
        with contextlib.closing(sqlite3.connect(data / "log.sqlite3")) as connection:
            rows = connection.execute(_ROWS, self._read_to).fetchall()
            known: int = connection.execute("SELECT count(*) FROM seen").fetchone()[0]
        for table, row_id, text in rows:
            self._read_to[table] = row_id
            for message in json.loads(text):
                self._stored[message["messageId"]] += 1
                assert (table == "log") == (message["event"] == _PLANNED)
        assert not self._acknowledged - self._stored.keys()
        assert not [name for name, count in self._stored.items() if count > 1]
        assert not self._stored.keys() - self._acknowledged - self._waiting.keys()
        assert self._accepted <= len(self._stored)
        assert known == len(self._stored)

    def settle(self, client: httpx.Client, data: Path) -> None:
        """Send once more what was never answered, and check that everything is there."""
        for batch in self.unanswered():
            self.acknowledge(batch, client.post("/v1/batch", json={"batch": batch}).json())
        assert not self._waiting
        self.check(data)
        assert self._stored.keys() == self._acknowledged


class Sender(threading.Thread):
    """Sends batches over a connection of its own until the collector goes away or it is stopped."""

    def __init__(self, url: str, ledger: Ledger, first: list[list[dict[str, Any]]]) -> None:
        super().__init__()
        self._url = url
        self._ledger = ledger
        self._first = first
        self.stopping = threading.Event()
        self.statuses = Counter[int]()

    def run(self) -> None:
        with (
            contextlib.suppress(httpx.HTTPError),
            httpx.Client(base_url=self._url, auth=("k", ""), timeout=30) as client,
        ):
            while not self.stopping.is_set():
                batch = self._first.pop() if self._first else self._ledger.batch()
                answer = client.post("/v1/batch", json={"batch": batch})
                self.statuses[answer.status_code] += 1
                if answer.status_code == 200:
                    self._ledger.acknowledge(batch, answer.json())


def start_senders(url: str, ledger: Ledger, count: int = 6) -> list[Sender]:
    """Start senders; each begins with what was left unanswered, all of them with the same."""
    senders = [Sender(url, ledger, ledger.unanswered()) for _ in range(count)]
    for sender in senders:
        sender.start()
    return senders


def planned(folder: Path) -> tuple[str, str]:
    """Arguments of ``tracker serve`` for the plan."""
    path = folder / "plan.json"
    path.write_text(json.dumps(PLAN.to_json()), encoding="utf-8")
    return "--plan", str(path)


def unlimited(folder: Path) -> tuple[str, ...]:
    """Arguments of ``tracker serve`` for the plan, and for no limits on requests."""
    path = folder / "tracker.toml"
    path.write_text(NO_LIMITS, encoding="utf-8")
    return "--config", str(path), *planned(folder)


_PLANNED = "acme_webapp.run_query_button.click"
_ROWS = """
SELECT 'log', id, messages FROM log WHERE id > :log UNION ALL
SELECT 'quarantined', id, '[' || message || ']' FROM quarantined WHERE id > :quarantined
ORDER BY 1, 2
"""


def _message(number: int) -> dict[str, Any]:
    event = "acme_webapp.other_button.click" if number % 3 == 0 else _PLANNED
    return track(f"m-{number}", event=event)
