"""Where messages go: a collector and a write key, and the outbox of what goes there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..wire import format_time

if TYPE_CHECKING:
    from ..outbox import Entry, Outbox

_UNRESERVED = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


@dataclass(slots=True)
class Destination:
    """One collector under one write key.

    ``wake_at`` is when the outbox wants to be asked again, in the milliseconds that timers go by;
    ``debug`` says whether a page wants to see what was sent.
    """

    url: str
    outbox: Outbox
    wake_at: int | None = None
    debug: bool = False


def batch_url(endpoint: str, write_key: str) -> str:
    """The address of the collector's batches.

    A POST with the key in the query and a plain-text body needs no preflight, which a page that is
    being left would not live to see answered.
    """
    return f"{endpoint.rstrip('/')}/v1/batch?writeKey={_quoted(write_key)}"


def batch_body(entries: tuple[Entry, ...], sent_at: int) -> str:
    """The JSON text of a batch, sent at ``sent_at`` in milliseconds since the epoch."""
    batch = ",".join(entry.text for entry in entries)
    return f'{{"batch":[{batch}],"sentAt":"{format_time(sent_at)}"}}'


def _quoted(text: str) -> str:
    """Percent-encoded for a query. ``urllib.parse`` would cost each visitor about 100 ms."""
    return "".join(
        chr(byte) if byte in _UNRESERVED else f"%{byte:02X}"
        for byte in text.encode(errors="replace")
    )
