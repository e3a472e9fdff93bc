"""Connections that are reset half-way: a retry is stored once, and told what became of it."""

from __future__ import annotations

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.collector.running import RunningCollector, track
from tests.faults.proxy import CuttingProxy
from tracker.collector.settings import Limits, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    """Yield a collector."""
    data = tmp_path_factory.mktemp("data")
    with RunningCollector(Settings(data=data, limits=Limits(0, 0))) as running:
        yield running


def _batch(size: int = 5) -> dict[str, Any]:
    # Large enough for a request to come in several pieces.
    return {"batch": [track(properties={"text": "x" * 20_000}) for _ in range(size)]}


def _ids(batch: dict[str, Any]) -> set[str]:
    return {message["messageId"] for message in batch["batch"]}


def _send(url: str, running: RunningCollector, batch: dict[str, Any]) -> httpx.Response:
    return httpx.post(
        f"{url}/v1/batch", json=batch, auth=(running.key, ""), timeout=10, verify=False
    )


@pytest.mark.parametrize("answered", [0, 1, 12, 100, 250])
def test_when_the_answer_is_cut_off_the_retry_is_a_duplicate(
    running: RunningCollector, answered: int
) -> None:
    batch = _batch()
    with CuttingProxy(running.port, answer=answered) as proxy, pytest.raises(httpx.TransportError):
        _send(proxy.url, running, batch)
    answer = running.post(batch).json()
    assert (answer["accepted"], answer["duplicate"]) == (0, 5)
    assert _ids(batch) <= running.stored().keys()


@pytest.mark.parametrize("sent", [0, 1, 150, 5000, 70_000])
def test_when_the_request_is_cut_off_nothing_is_stored_before_the_retry(
    running: RunningCollector, sent: int
) -> None:
    batch = _batch()
    with CuttingProxy(running.port, request=sent) as proxy, pytest.raises(httpx.TransportError):
        _send(proxy.url, running, batch)
    assert not _ids(batch) & running.stored().keys()
    answer = running.post(batch).json()
    assert (answer["accepted"], answer["duplicate"]) == (5, 0)
    assert _ids(batch) <= running.stored().keys()


def test_many_clients_whose_answers_are_cut_off_again_and_again_are_stored_once(
    running: RunningCollector, *, is_long: bool
) -> None:
    """Each tries in turns through a network that cuts at another byte, until one attempt holds."""
    before = len(running.stored())

    def deliver(client: int) -> Counter[str]:
        batch = {"batch": [track(str(uuid.uuid4())) for _ in range(3)]}
        for attempt in range(4):
            cut = (client * 37 + attempt * 101) % 250
            limits: dict[str, int] = {"request" if attempt % 2 else "answer": cut}
            with CuttingProxy(running.port, **limits) as proxy, pytest.raises(httpx.TransportError):
                _send(proxy.url, running, batch)
        answer = _send(f"http://127.0.0.1:{running.port}", running, batch).json()
        return Counter({name: answer[name] for name in ("accepted", "duplicate")})

    clients = 600 if is_long else 20
    with ThreadPoolExecutor(10) as pool:
        last = sum(pool.map(deliver, range(clients)), Counter[str]())
    # The first attempt delivered them all, although nobody heard of it.
    assert last == Counter(duplicate=3 * clients)
    assert len(running.stored()) == before + 3 * clients
