"""uvicorn's HTTP protocol with the limits that it lacks, and its errors as JSON."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_SECONDS = 20.0
MAX_HEADER_BYTES = 32 * 1024
LINGER_SECONDS = 1.0
"""How long a refused sender may go on sending before the connection is cut."""


class BoundedProtocol(HttpToolsProtocol):
    """Closes connections whose headers are too large or too slow.

    uvicorn itself waits forever for the end of the headers and keeps all of them.
    """

    _header_bytes = 0
    _in_headers = True
    _is_refused = False
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn types it
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the end of the headers."""
        if self._is_refused:
            return
        if self._in_headers:
            self._header_bytes += len(data)
            if self._timer is None:
                self._wait_for_headers()
        super().data_received(data)
        if self._in_headers and self._header_bytes > MAX_HEADER_BYTES:
            self._refuse(
                b"431 Request Header Fields Too Large",
                "too_large",
                f"The request's headers may have at most {MAX_HEADER_BYTES} bytes; send less.",
            )

    def on_headers_complete(self) -> None:
        """The headers are whole: their limits are over."""
        self._in_headers = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole: the next thing on this connection is headers."""
        self._in_headers = True
        self._header_bytes = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP."""
        self._refuse(b"400 Bad Request", "malformed_http", f"{msg} Send HTTP/1.1.")

    def _refuse(self, status: bytes, code: str, message: str) -> None:
        if self.transport.is_closing() or self._is_refused:
            return
        self._is_refused = True
        body = json.dumps({"code": code, "message": message}).encode()
        lines = (
            b"HTTP/1.1 " + status,
            b"content-type: application/json",
            b"content-length: %d" % len(body),
            b"connection: close",
            b"",
            body,
        )
        self.transport.write(b"\r\n".join(lines))
        # Closing at once would reset the connection while the sender is still sending, and the
        # answer could be lost before it is read: RFC 9112, section 9.6.
        self.transport.write_eof()
        self._stop_waiting()
        self._timer = self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _wait_for_headers(self) -> None:
        self._timer = self.loop.call_later(HEADER_SECONDS, self._headers_are_late)

    def _headers_are_late(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _stop_waiting(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()


def protocol_class() -> type[asyncio.Protocol]:
    """The class, in the type that uvicorn's configuration asks for."""
    return cast("Any", BoundedProtocol)
