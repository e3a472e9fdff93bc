"""Who gives up before its turn costs nothing, unless it may have been a page's last words."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.collector.running import RunningCollector, track
from tracker.collector.ingestion.endpoint import BEACON_BYTES
from tracker.collector.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

SMALL = {"batch": [track("m-1")]}
LARGE = {"batch": [track(f"m-{n}", properties={"text": "x" * 20_000}) for n in range(4)]}


async def _answers(running: RunningCollector, body: bytes, *, is_gone: bool) -> list[Any]:
    """Send a body to the application itself; return what it says."""
    said: list[Any] = []
    events = [{"type": "http.request", "body": body}]

    async def receive() -> dict[str, Any]:
        if events:
            return events.pop()
        if not is_gone:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/batch",
        "query_string": f"writeKey={running.key}".encode(),
        "headers": [],
        "client": None,
    }
    await running.collector(scope, receive, send)
    return said


@pytest.mark.parametrize("is_gone", [False, True], ids=["waits", "is gone"])
@pytest.mark.parametrize("batch", [SMALL, LARGE], ids=["small", "large"])
def test_of_who_is_gone_only_what_a_beacon_can_hold_is_stored(
    tmp_path: Path, batch: dict[str, Any], *, is_gone: bool
) -> None:
    """A browser may have been killed since; a worker or a service keeps what it has no answer to."""
    body = json.dumps(batch).encode()
    assert (len(body) > BEACON_BYTES) == (batch is LARGE)
    with RunningCollector(Settings(data=tmp_path)) as running:
        said = asyncio.run(_answers(running, body, is_gone=is_gone))
        count = len(batch["batch"])
        if is_gone and batch is LARGE:
            assert (said, running.stored()) == ([], {})
            assert running.post(batch).json()["accepted"] == count
        else:
            assert said[0]["status"] == 200
            assert len(running.stored()) == count
            assert running.post(batch).json()["duplicate"] == count
