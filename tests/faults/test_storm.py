"""Many clients told to wait come back when they were told to, and everything is stored once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.collector.process import ServeProcess
from tests.collector.running import RunningCollector, track
from tests.faults.ledger import PLAN, Ledger, planned
from tracker.collector.ingestion.room import REQUEST_BYTES, Room
from tracker.collector.settings import Limits, Settings


class _Client(threading.Thread):
    """Delivers a number of batches; waits as long as it is told, and not longer."""

    def __init__(self, url: str, ledger: Ledger, batches: int, key: str = "k") -> None:
        super().__init__()
        self._url = url
        self._ledger = ledger
        self._batches = batches
        self._key = key
        self.statuses = Counter[int]()

    def run(self) -> None:
        auth = (self._key, "")
        with httpx.Client(base_url=self._url, auth=auth, timeout=30, verify=False) as client:
            for _ in range(self._batches):
                batch = self._ledger.batch()
                while True:
                    answer = client.post("/v1/batch", json={"batch": batch})
                    self.statuses[answer.status_code] += 1
                    if answer.status_code == 200:
                        break
                    assert answer.json()["code"] in ("too_many_requests", "unavailable")
                    time.sleep(int(answer.headers["retry-after"]))
                self._ledger.acknowledge(batch, answer.json())


def _deliver(clients: list[_Client]) -> Counter[int]:
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return sum((client.statuses for client in clients), Counter[int]())


def test_clients_told_to_wait_by_429_are_all_stored_once(tmp_path: Path, *, is_long: bool) -> None:
    config = tmp_path / "tracker.toml"
    config.write_text("[limits]\nper_address = 20\n")
    count = 100 if is_long else 16
    ledger = Ledger(seed=1)
    arguments = ("--config", str(config), *planned(tmp_path))
    with ServeProcess(tmp_path / "data", *arguments) as serve:
        statuses = _deliver([_Client(serve.url, ledger, 10) for _ in range(count)])
        ledger.check(tmp_path / "data")
    assert statuses.keys() == {200, 429}
    assert statuses[200] == 10 * count
    assert not ledger.unanswered()


def test_clients_told_to_wait_by_503_are_all_stored_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_long: bool
) -> None:
    """The room is made as small as two of these requests: more come at a time."""
    monkeypatch.setattr(Room.__init__, "__defaults__", (2 * (REQUEST_BYTES + 2500),))
    settings = Settings(data=tmp_path, limits=Limits(0, 0), plan=PLAN)
    ledger = Ledger(seed=2)
    count = 40 if is_long else 12
    with RunningCollector(settings) as running:
        url = f"http://127.0.0.1:{running.port}"
        clients = [_Client(url, ledger, 5, running.key) for _ in range(count)]
        statuses = _deliver(clients)
        metrics = running.client.get("/metrics").text
    ledger.check(tmp_path)
    assert statuses.keys() == {200, 503}
    assert f"tracker_overloads_total {statuses[503]}" in metrics
    assert not ledger.unanswered()


def test_room_is_given_back_whatever_becomes_of_the_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Room.__init__, "__defaults__", (REQUEST_BYTES + 300,))
    with RunningCollector(Settings(data=tmp_path)) as running:
        for _ in range(3):
            assert running.post({"batch": [track()]}).status_code == 200
            assert running.post(b"not JSON").status_code == 400
            assert running.post({"batch": []}, auth=("wrong", "")).status_code == 401
            answer = running.post({"batch": [track(properties={"a": "x" * 300})]})
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
