"""Retries that race each other are stored once, and none is told "duplicate" too early."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.collector.running import RunningCollector, track


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
