"""The request's body: whole, bounded on the wire and decompressed, and within a time."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping

from starlette.types import Receive

from tracker.wire import MAX_BATCH_BYTES

from ..answers import Rejected, too_large

BODY_SECONDS = 30.0
"""How long a sender may take for its body; the slowest phone needs far less for 512 KB."""

_GZIP_MAGIC = b"\x1f\x8b"


class Disconnected(Exception):
    """The sender went away before its body was complete; there is nobody to answer."""


async def read_body(
    receive: Receive, headers: Mapping[bytes, bytes], *, seconds: float = BODY_SECONDS
) -> bytes:
    """The body as JSON bytes, decompressed when it is gzip.

    The magic bytes decide, not the headers: some SDKs compress and do not say so.

    Raises ``Rejected`` (408, 413, 400) or ``Disconnected``.
    """
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared) > MAX_BATCH_BYTES:
        raise too_large("A request", MAX_BATCH_BYTES)
    try:
        async with asyncio.timeout(seconds):
            wire = await _read_wire(receive)
    except TimeoutError:
        message = f"The body did not arrive within {seconds:g} seconds; send it again."
        raise Rejected(408, "too_slow", message, close=True) from None
    return gunzip(wire) if wire.startswith(_GZIP_MAGIC) else wire


async def _read_wire(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise Disconnected
        chunk: bytes = event.get("body", b"")
        size += len(chunk)
        if size > MAX_BATCH_BYTES:
            raise too_large("A request", MAX_BATCH_BYTES)
        chunks.append(chunk)
        if not event.get("more_body", False):
            return b"".join(chunks)


def gunzip(wire: bytes, limit: int = MAX_BATCH_BYTES) -> bytes:
    """Decompress at most ``limit`` bytes; a bomb never grows beyond that in memory.

    Raises ``Rejected``: 413 beyond the limit, 400 for a stream that is broken or cut short.
    """
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        body = stream.decompress(wire, limit + 1)
    except zlib.error:
        raise _broken("The body begins like gzip but is not; send gzip or plain JSON.") from None
    if len(body) > limit:
        raise too_large("A decompressed request", limit)
    if not stream.eof:
        raise _broken("The gzip body ends too early; send all of it.")
    if stream.unused_data:
        raise _broken("Bytes follow the gzip body; send one gzip stream.")
    return body


def _broken(message: str) -> Rejected:
    return Rejected(400, "malformed_body", message)
