"""Answers on the ingestion paths: JSON, CORS, and errors that say how to mend what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.types import Send

RawHeaders = Iterable[tuple[bytes, bytes]]

_ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-type", b"application/json"),
    # Not no-store: a page that is served so itself and has fetched such an answer may not enter
    # Chromium's back/forward cache (https://developer.chrome.com/docs/web-platform/bfcache-ccns).
    (b"cache-control", b"no-cache"),
    (b"x-content-type-options", b"nosniff"),
    # A page under Cross-Origin-Embedder-Policy could not read the answer otherwise.
    (b"cross-origin-resource-policy", b"cross-origin"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body to be written as JSON, and headers beyond the usual."""

    status: int
    body: Any
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Rejected(Exception):
    """The request as a whole is refused; nothing of it was stored.

    ``code`` is stable and in lower snake case, ``message`` a sentence with the mend. SDKs read
    both: one of them retries an error without them until it gives up.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        retry_after: int | None = None,
        limit: int | None = None,
        close: bool = False,
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        body: dict[str, Any] = {"code": code, "message": message}
        if limit is not None:
            body["limit"] = limit
        if retry_after is not None:
            headers += ((b"retry-after", str(retry_after).encode()),)
        if close:
            headers += ((b"connection", b"close"),)
        self.answer = Answer(status, body, headers)


def too_large(what: str, limit: int, unit: str = "bytes") -> Rejected:
    """413: ``what`` is over ``limit``; senders split their batch and try again."""
    message = f"{what} may have at most {limit} {unit}; send less at once."
    return Rejected(413, "too_large", message, limit=limit)


def unavailable(message: str, retry_after: int) -> Rejected:
    """503: nothing was stored and the same request may be sent again."""
    return Rejected(503, "unavailable", message, retry_after=retry_after)


def cors_headers(headers: Mapping[bytes, bytes]) -> tuple[tuple[bytes, bytes], ...]:
    """What a browser needs to let the page read the answer: its own origin, with credentials.

    Segment's and Snowplow's SDKs send credentials, which rules out ``*``.
    """
    origin = headers.get(b"origin")
    if origin is None:
        return ()
    return (
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", b"retry-after"),
        (b"vary", b"origin"),
    )


def preflight_headers(headers: Mapping[bytes, bytes]) -> tuple[tuple[bytes, bytes], ...]:
    """The answer to a CORS preflight: whatever headers the SDK wants to send, for a day."""
    asked = headers.get(b"access-control-request-headers", b"authorization,content-type")
    return (
        *cors_headers(headers),
        (b"access-control-allow-methods", b"GET, POST"),
        (b"access-control-allow-headers", asked),
        (b"access-control-max-age", b"86400"),
    )


async def send_answer(send: Send, answer: Answer, cors: RawHeaders) -> None:
    """Write the answer; a body of None is an empty one."""
    body = b"" if answer.body is None else msgspec.json.encode(answer.body)
    length = (b"content-length", str(len(body)).encode())
    headers = [*_ALWAYS, *cors, *answer.headers]
    if answer.status != 204:
        headers.append(length)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
