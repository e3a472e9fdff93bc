"""Bodies are bounded on the wire, decompressed, and in time."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from typing import Any

import pytest

from tracker.collector.answers import Rejected
from tracker.collector.ingestion.body import Disconnected, gunzip, read_body
from tracker.wire import MAX_BATCH_BYTES


def _read(*events: dict[str, Any], headers: dict[bytes, bytes] | None = None) -> bytes:
    waiting = list(events)

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    return asyncio.run(read_body(receive, headers or {}, seconds=0.05))


def _chunk(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_chunks_are_put_together_in_order() -> None:
    assert _read(_chunk(b"{}", more=True), _chunk(b"", more=True), _chunk(b" ")) == b"{} "


def test_gzip_is_recognised_without_any_header() -> None:
    assert _read(_chunk(gzip.compress(b'{"batch":[]}'))) == b'{"batch":[]}'


def test_a_body_that_says_it_is_too_large_is_refused_unread() -> None:
    with pytest.raises(Rejected) as caught:
        _read(headers={b"content-length": b"524289"})
    assert caught.value.status == 413
    assert caught.value.answer.body["limit"] == MAX_BATCH_BYTES


def test_a_body_that_grows_too_large_without_a_length_is_refused() -> None:
    chunk = b" " * 300_000
    with pytest.raises(Rejected) as caught:
        _read(_chunk(chunk, more=True), _chunk(chunk, more=True), _chunk(chunk))
    assert caught.value.status == 413


def test_a_body_of_exactly_the_limit_is_read() -> None:
    assert len(_read(_chunk(b" " * MAX_BATCH_BYTES))) == MAX_BATCH_BYTES


def test_a_sender_that_is_too_slow_is_told_so_and_hung_up_on() -> None:
    with pytest.raises(Rejected) as caught:
        _read(_chunk(b"{", more=True))
    assert (caught.value.status, caught.value.code) == (408, "too_slow")
    assert (b"connection", b"close") in caught.value.answer.headers


def test_a_sender_that_goes_away_is_not_answered() -> None:
    with pytest.raises(Disconnected):
        _read(_chunk(b"{", more=True), {"type": "http.disconnect"})


def test_a_gzip_bomb_is_refused_without_being_unpacked() -> None:
    bomb = gzip.compress(bytes(200_000_000))
    tracemalloc.start()
    with pytest.raises(Rejected) as caught:
        gunzip(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.status == 413
    assert peak < 4 * MAX_BATCH_BYTES


@pytest.mark.parametrize(
    "wire",
    [
        gzip.compress(b"{}")[:-1],
        gzip.compress(b"{}")[:12],
        gzip.compress(b"{}") + b"more",
        b"\x1f\x8bnot gzip at all",
        b"\x1f\x8b",
        gzip.compress(b"{}")[:-8] + bytes(8),
    ],
)
def test_broken_gzip_is_the_sender_s_error(wire: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        gunzip(wire)
    assert (caught.value.status, caught.value.code) == (400, "malformed_body")


def test_a_decompressed_body_of_exactly_the_limit_is_read() -> None:
    wire = zlib.compress(b" " * MAX_BATCH_BYTES, wbits=31)
    assert len(gunzip(wire)) == MAX_BATCH_BYTES
    with pytest.raises(Rejected):
        gunzip(zlib.compress(b" " * (MAX_BATCH_BYTES + 1), wbits=31))
