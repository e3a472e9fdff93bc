"""Write keys are found wherever SDKs put them, and bound to their origins."""

from __future__ import annotations

import base64

import pytest

from tracker.collector.answers import Rejected
from tracker.collector.ingestion.keys import WriteKey, WriteKeys, sent_key

KEYS = WriteKeys((WriteKey("a", "key-a"), WriteKey("b", "key-b")))


def _basic(text: str) -> dict[bytes, bytes]:
    return {b"authorization": b"Basic " + base64.b64encode(text.encode())}


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        (_basic("key-a:"), b"", "key-a"),
        (_basic("key-a:secret"), b"", "key-a"),
        (_basic("key-a"), b"", "key-a"),
        ({b"authorization": b"basic a2V5LWE6"}, b"", "key-a"),
        ({}, b"writeKey=key-a", "key-a"),
        ({}, b"x=1&writeKey=a%2Bb", "a+b"),
        (_basic("key-a:"), b"writeKey=key-b", "key-a"),
        ({b"authorization": b"Bearer token"}, b"writeKey=key-b", "key-b"),
        ({b"authorization": b"Basic !!!"}, b"", None),
        ({b"authorization": b"Basic"}, b"", None),
        (_basic(":password"), b"", None),
        ({}, b"writeKey=", None),
        ({}, b"", None),
    ],
)
def test_the_key_is_read_from_basic_authentication_or_the_query(
    headers: dict[bytes, bytes], query: bytes, expected: str | None
) -> None:
    assert sent_key(headers, query) == expected


def test_a_known_key_names_its_source() -> None:
    assert KEYS.find("key-b").name == "b"


@pytest.mark.parametrize("key", ["", "key-", "key-a ", "KEY-A", "\ud800", "é"])
def test_any_other_key_is_unauthorized(key: str) -> None:
    with pytest.raises(Rejected) as caught:
        KEYS.find(key)
    assert (caught.value.status, caught.value.code) == (401, "unauthorized")


def test_pages_of_other_origins_are_refused_and_servers_are_not() -> None:
    key = WriteKey("a", "key-a", frozenset({"https://app.example.com"}))
    key.check_origin({b"origin": b"https://APP.example.com"})
    key.check_origin({})
    for origin in (
        b"https://app.example.com.evil.net",
        b"http://app.example.com",
        b"null",
        b"\xff",
    ):
        with pytest.raises(Rejected) as caught:
            key.check_origin({b"origin": origin})
        assert caught.value.status == 403


def test_a_key_without_origins_takes_any() -> None:
    WriteKey("a", "key-a").check_origin({b"origin": b"null"})
