"""Every byte is hostile: no request gets a 500, and a bad message never costs a good one."""

from __future__ import annotations

import gzip
import json
import socket
from typing import Any

import pytest

from tests.collector.running import RunningCollector, track

ENVIRONMENT = {
    "app": {"name": "acme_webapp", "version": "1.4.0"},
    "library": {"name": "tracker.js", "version": "0.1.0"},
    "page": {"hostname": "app.example.com"},
}


def _fact(message_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": message_id,
        "at": 1_795_449_990_000,
        "kind": "track",
        "name": "run_query_button.click",
        "path": [{"page": {"name": "explorer"}}, {"section": {"name": "results_table"}}],
        "visit": {"anonymousId": "a-1", "sessionId": 1_795_449_000_000},
        **fields,
    }


def _nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


BAD_MESSAGES: dict[str, Any] = {
    "null": None,
    "number": 5,
    "text": "track",
    "list": [[]],
    "empty": {},
    "no type": track(type=None),
    "unknown type": track(type="nope"),
    "type of another kind": track(type=["track"]),
    "no id": track(messageId=None),
    "number as id": track(messageId=5),
    "endless id": track(messageId="x" * 5000),
    "nobody": track(anonymousId=None),
    "object as user": track(userId={"a": 1}),
    "no event": track(event=None),
    "list as properties": track(properties=[1]),
    "text as context": track(context="page"),
    "time of another kind": track(originalTimestamp=17),
    "time that is none": track(originalTimestamp="yesterday"),
    "too large": track(properties={"a": "x " * 10_000, "b": "x " * 10_000}),
    "too deep": track(properties=_nested(300)),
    "NaN": track(properties={"a": float("nan")}),
    "infinite": track(properties={"a": float("inf")}),
}


@pytest.mark.parametrize("name", BAD_MESSAGES)
def test_the_good_messages_around_a_bad_one_are_stored(
    running: RunningCollector, name: str
) -> None:
    first, last = track(), track()
    answer = running.post({"batch": [first, BAD_MESSAGES[name], last]})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["accepted"], body["duplicate"], body["refused"]) == (2, 0, 1)
    (refusal,) = body["refusals"]
    assert refusal["index"] == 1
    assert all(refusal[field] for field in ("code", "field", "message"))
    assert {first["messageId"], last["messageId"]} <= running.stored().keys()


def test_reasons_are_stored_and_refused_values_are_not(running: RunningCollector) -> None:
    running.post({"batch": [track("refused-1", event=None, properties={"card": "4111-1111"})]})
    (row,) = running.rows("SELECT * FROM refused WHERE message_id = 'refused-1'")
    assert row[2:] == (
        "webapp",
        "batch",
        "refused-1",
        "missing",
        "event",
        "expected text, got nothing",
    )
    assert all("4111" not in str(row) for row in running.rows("SELECT * FROM refused"))
    assert "refused-1" not in running.stored()


def test_half_an_emoji_is_stored_as_a_question_mark(running: RunningCollector) -> None:
    message = track("half-an-emoji", properties={"label": "\ud83d"})
    answer = running.post(json.dumps({"batch": [message, track()]}).encode())
    assert answer.json()["accepted"] == 2
    assert running.stored()["half-an-emoji"]["properties"] == {"label": "?"}


def test_half_an_emoji_in_the_id_of_a_refused_message_is_answered(
    running: RunningCollector,
) -> None:
    answer = running.post(json.dumps({"batch": [track("half-\ud83d", event=None)]}).encode())
    assert answer.status_code == 200
    assert answer.json()["refusals"][0]["messageId"] == "half-?"


def test_the_same_id_twice_in_a_body_is_stored_once(running: RunningCollector) -> None:
    answer = running.post({"batch": [track("twice", event="first"), track("twice")]})
    assert (answer.json()["accepted"], answer.json()["duplicate"]) == (1, 1)
    assert running.stored()["twice"]["event"] == "first"


def test_whole_numbers_beyond_64_bits_are_stored_exactly(running: RunningCollector) -> None:
    running.post({"batch": [track("huge", properties={"n": 2**200})]})
    assert running.stored()["huge"]["properties"]["n"] == 2**200


BODIES: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 400, "malformed_json"),
    "cut short": (b'{"batch":[{"type":"tr', 400, "malformed_json"),
    "not UTF-8": (b'{"batch":["\xff"]}', 400, "malformed_json"),
    "endless nesting": (b"[" * 400_000, 400, "malformed_json"),
    "binary": (bytes(range(256)), 400, "malformed_json"),
    "null": (b"null", 400, "malformed_body"),
    "number": (b"1e308", 400, "malformed_body"),
    "list": (b"[]", 400, "malformed_body"),
    "object without a batch": (b"{}", 400, "malformed_body"),
    "batch that is no list": (b'{"batch":{"0":{}}}', 400, "malformed_body"),
    "too many messages": (b'{"batch":[' + b"1," * 6000 + b"1]}", 413, "too_large"),
    "too large": (b'{"batch":[]}' + b" " * 600_000, 413, "too_large"),
    "gzip bomb": (gzip.compress(bytes(50_000_000)), 413, "too_large"),
    "broken gzip": (gzip.compress(b"{}")[:-3], 400, "malformed_body"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_cannot_be_read_gets_an_error_with_its_mend(
    running: RunningCollector, name: str
) -> None:
    body, status, code = BODIES[name]
    answer = running.post(body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"].endswith(".")
    assert ("limit" in answer.json()) == (status == 413)


def test_an_empty_batch_is_fine(running: RunningCollector) -> None:
    assert running.post({"batch": []}).json() == {
        "accepted": 0,
        "duplicate": 0,
        "quarantined": 0,
        "refused": 0,
        "refusals": [],
        "unplanned": [],
    }


def test_many_refusals_are_counted_exactly_and_listed_up_to_a_hundred(
    running: RunningCollector,
) -> None:
    answer = running.post({"batch": [1] * 5000}).json()
    assert answer["refused"] == 5000
    assert len(answer["refusals"]) == 100


def test_raw_facts_become_messages_with_their_page_and_section(running: RunningCollector) -> None:
    body = {
        "environment": ENVIRONMENT,
        "facts": [_fact("raw-1"), {"id": "raw-2"}, _fact("raw-3", properties=_nested(300))],
        "sentAt": "2026-11-23T16:06:35.000Z",
    }
    answer = running.post(body, "/v1/raw")
    assert answer.json()["accepted"] == 1
    assert [refusal["messageId"] for refusal in answer.json()["refusals"]] == ["raw-2", "raw-3"]
    message = running.stored()["raw-1"]
    assert message["event"] == "acme_webapp.run_query_button.click"
    assert message["context"]["page"]["name"] == "explorer"
    assert message["context"]["section"]["name"] == "results_table"
    # Sent 5 s after the event, 5 s before the receipt.
    assert message["originalTimestamp"] == "2026-11-23T16:06:30.000Z"
    assert message["timestamp"] == "2026-11-23T16:06:35.000Z"


def test_an_environment_that_breaks_a_rule_refuses_each_fact(running: RunningCollector) -> None:
    environments: tuple[Any, ...] = (None, {}, [], {"app": 5}, "x")
    for environment in environments:
        body = {"environment": environment, "facts": [_fact("no-place"), 7]}
        answer = running.post(body, "/v1/raw")
        assert answer.status_code == 200
        assert answer.json()["refused"] == 2
        assert answer.json()["refusals"][0]["messageId"] == "no-place"


def test_a_wrong_key_or_none_is_unauthorized_and_stores_nothing(running: RunningCollector) -> None:
    body = {"batch": [track("unauthorized")]}
    attempts: tuple[dict[str, Any], ...] = (
        {"auth": ("wrong", "")},
        {"auth": None},
        {"auth": None, "params": {"writeKey": "x"}},
    )
    for options in attempts:
        answer = running.post(body, **options)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    answer = running.post({**body, "writeKey": 5}, auth=None)
    assert answer.status_code == 401
    assert "unauthorized" not in running.stored()


def test_a_page_of_another_origin_is_told_so_in_an_answer_that_it_can_read(
    running: RunningCollector,
) -> None:
    origin = {"Origin": "https://evil.example"}
    answer = running.post({"batch": []}, auth=("one-origin-key", ""), headers=origin)
    assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
    assert answer.headers["access-control-allow-origin"] == "https://evil.example"
    origin = {"Origin": "https://app.example.com"}
    answer = running.post({"batch": []}, auth=("one-origin-key", ""), headers=origin)
    assert answer.status_code == 200


def test_a_preflight_allows_what_the_sdk_asks_for_during_a_day(running: RunningCollector) -> None:
    answer = running.client.options(
        "/v1/batch",
        headers={
            "Origin": "https://app.example.com",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "anonymousid,authorization,content-type,sentat",
        },
    )
    assert answer.status_code == 204
    assert answer.content == b""
    assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["access-control-allow-headers"] == (
        "anonymousid,authorization,content-type,sentat"
    )
    assert answer.headers["access-control-max-age"] == "86400"


def test_answers_let_the_page_read_them_and_when_to_retry(running: RunningCollector) -> None:
    answer = running.post({"batch": []}, headers={"Origin": "https://a.example"})
    assert answer.headers["access-control-allow-origin"] == "https://a.example"
    assert answer.headers["access-control-expose-headers"] == "retry-after"
    assert answer.headers["vary"] == "origin"


def test_other_methods_and_paths_are_said_to_be_wrong(running: RunningCollector) -> None:
    answer = running.client.get("/v1/batch")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST, OPTIONS"
    for path in ("/v1/nope", "/v1/", "/beacon/v1/track", "/v1/batch/../../etc/passwd", "/v1/%00"):
        answer = running.post({}, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


RAW_REQUESTS: dict[str, tuple[bytes, bytes]] = {
    "not HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b" 400 "),
    "a length that is no number": (
        b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b" 400 ",
    ),
    "two lengths": (
        b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b" 400 ",
    ),
    "a negative length": (
        b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b" 400 ",
    ),
    "a length that is too short": (
        b'POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{"batch":[]}',
        b" 400 ",
    ),
    "headers without end": (b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000, b" 431 "),
    "a broken chunk": (
        b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b" 400 ",
    ),
}


@pytest.mark.parametrize("name", RAW_REQUESTS)
def test_a_broken_request_gets_an_error_as_json(running: RunningCollector, name: str) -> None:
    request, expected = RAW_REQUESTS[name]
    answer = running.exchange(request)
    assert expected in answer
    assert b'"code"' in answer


def test_a_length_that_is_too_long_stores_nothing(running: RunningCollector) -> None:
    body = json.dumps({"batch": [track("too-long-a-length")]}).encode()
    head = b"POST /v1/batch?writeKey=any-origin-key HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n"
    running.exchange(head + body)
    assert "too-long-a-length" not in running.stored()


def test_headers_that_are_too_slow_end_the_connection(
    running: RunningCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.collector.protocol.HEADER_SECONDS", 0.05)
    for begun in (b"", b"POST /v1/batch HTTP/1.1\r\nHost:"):
        with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
            connection.sendall(begun)
            assert connection.recv(1) == b""


def test_nothing_of_the_sender_s_address_is_stored(running: RunningCollector) -> None:
    running.post({"batch": [track("address")]}, headers={"X-Forwarded-For": "192.0.2.7"})
    assert "127.0.0.1" not in str(running.stored()["address"])
    assert "192.0.2.7" not in str(running.stored()["address"])


def test_a_chunked_body_without_a_length_is_read(running: RunningCollector) -> None:
    def chunks() -> Any:
        body = json.dumps({"batch": [track("chunked")]}).encode()
        yield body[:10]
        yield body[10:]

    answer = running.client.post("/v1/batch", content=chunks(), auth=(running.key, ""))
    assert answer.json()["accepted"] == 1


def test_an_endless_chunked_body_is_cut_off(running: RunningCollector) -> None:
    def chunks() -> Any:
        for _ in range(20):
            yield b" " * 65_536

    answer = running.client.post("/v1/batch", content=chunks(), auth=(running.key, ""))
    assert answer.status_code == 413
    assert running.post({"batch": []}).status_code == 200
