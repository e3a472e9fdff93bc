"""Whatever the bytes are, they become a value or an error that says what to send."""

from __future__ import annotations

import math

import pytest

from tracker.collector.answers import Rejected
from tracker.collector.ingestion.decode import MAX_DEPTH, decode_body, is_deep


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"batch":[}',
        b"\xff\xfe",
        b'{"a":"\xed\xa0\x80"}',
        b"nul",
        b"[" * 200_000,
        b'{"a":' * 50_000,
        b"[1" + b"0" * 5000 + b"]",
        b"\x00",
        b"\x89PNG",
        b'{"a":1}{"b":2}',
    ],
)
def test_what_is_not_json_is_malformed_json(body: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        decode_body(body)
    assert (caught.value.status, caught.value.code) == (400, "malformed_json")


def test_errors_do_not_repeat_what_was_sent() -> None:
    with pytest.raises(Rejected) as caught:
        decode_body(b'{"password": hunter2}')
    assert "hunter2" not in str(caught.value)
    assert "column 14" in str(caught.value)


def test_half_an_emoji_is_read_and_marked_as_not_strict() -> None:
    decoded = decode_body(b'{"a":"\\ud83d"}')
    assert decoded.value == {"a": "\ud83d"}
    assert not decoded.strict


def test_nan_is_read_and_marked_as_not_strict() -> None:
    decoded = decode_body(b'{"a":NaN}')
    assert math.isnan(decoded.value["a"])
    assert not decoded.strict


def test_a_byte_order_mark_is_ignored() -> None:
    assert decode_body(b"\xef\xbb\xbf[1]").value == [1]


def test_whole_numbers_beyond_64_bits_keep_every_digit() -> None:
    assert decode_body(b"[123456789012345678901234567890]").value == [
        123456789012345678901234567890
    ]


def test_depth_is_measured_without_recursion() -> None:
    value: object = []
    for _ in range(MAX_DEPTH - 1):
        value = [value]
    assert not is_deep(value)
    assert is_deep([value])
    for _ in range(100_000):
        value = {"a": value}
    assert is_deep(value)
    while isinstance(value, dict):  # taken apart by hand: the interpreter would recurse
        value = value["a"]


def test_a_body_with_few_openings_cannot_be_deep() -> None:
    assert decode_body(b"[]").shallow
    assert not decode_body(b"[" * 257 + b"]" * 257).shallow
