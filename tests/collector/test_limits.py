"""Senders that ask too often are told when to come back."""

from __future__ import annotations

from pathlib import Path

from tests.collector.running import RunningCollector
from tracker.collector.settings import Limits, Settings


def test_too_many_requests_get_429_with_a_time_to_wait(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, limits=Limits(per_key=1, per_address=2))
    with RunningCollector(settings) as running:
        statuses = [running.post({"batch": []}).status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 200, 429]
        answer = running.post({"batch": []})
        assert answer.json()["code"] == "too_many_requests"
        assert answer.headers["retry-after"] == "1"
        running.clock.now += 1000
        assert running.post({"batch": []}).status_code == 200
