"""Unmodified SDKs of others get exactly 200, and what they send is stored as they sent it."""

from __future__ import annotations

import pytest

from tests.collector.running import RunningCollector
from tests.collector.shapes import KEY, SDKS


@pytest.mark.parametrize("name", SDKS)
def test_every_message_of_an_sdk_is_stored(running: RunningCollector, name: str) -> None:
    request = SDKS[name]()
    answer = running.client.post(request.path, content=request.body, headers=request.headers)
    assert answer.status_code == 200
    assert answer.json()["accepted"] == len(request.ids)
    stored = running.stored()
    for message_id in request.ids:
        message = stored[message_id]
        assert message["timestamp"] < message["receivedAt"]
        assert "originalTimestamp" in message
        assert KEY not in str(message)


@pytest.mark.parametrize("name", SDKS)
def test_a_retry_of_an_sdk_is_a_duplicate(running: RunningCollector, name: str) -> None:
    request = SDKS[name]()
    for expected in ("accepted", "duplicate", "duplicate"):
        answer = running.client.post(request.path, content=request.body, headers=request.headers)
        assert answer.status_code == 200
        assert answer.json()[expected] == len(request.ids)


def test_fields_that_the_collector_does_not_know_are_kept(running: RunningCollector) -> None:
    request = SDKS["rudder-js"]()
    running.client.post(request.path, content=request.body, headers=request.headers)
    message = running.stored()[request.ids[0]]
    assert message["integrations"] == {"All": True}
    assert message["context"]["campaign"] == {}
    assert message["channel"] == "web"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("t", "track"), ("p", "page"), ("s", "screen"), ("i", "identify"), ("screen", "screen")],
)
def test_the_path_of_a_single_call_gives_its_type(
    running: RunningCollector, path: str, kind: str
) -> None:
    message_id = f"single-{path}"
    answer = running.post(
        {"messageId": message_id, "userId": "u", "event": "x", "type": "other"}, f"/v1/{path}"
    )
    assert answer.json()["accepted"] == 1
    assert running.stored()[message_id]["type"] == kind


@pytest.mark.parametrize("path", ["/sourceConfig/", "/sourceConfig"])
def test_rudder_s_browser_sdk_finds_its_source(running: RunningCollector, path: str) -> None:
    answer = running.client.get(path, params={"p": "npm", "v": "3.34.1", "writeKey": KEY})
    assert answer.status_code == 200
    assert answer.json() == {"source": {"id": "webapp", "config": {}, "destinations": []}}
    assert running.client.get(path).status_code == 401
    assert running.client.get(path, auth=("wrong", "")).status_code == 401
