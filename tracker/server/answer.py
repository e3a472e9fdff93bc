"""What the collector's answer to a batch says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from ..fields import as_list, as_object

if TYPE_CHECKING:
    from ..event import Json

_MAX_RETRY_AFTER_S = 3600
_MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status, 0 when there was no answer, and then why not.

    ``retry_after`` is in milliseconds; ``refusals`` gives the reason for each refused id.
    """

    status: int
    retry_after: int | None = None
    refusals: tuple[tuple[str, str], ...] = ()
    problem: str | None = None


def read_retry_after(header: str | None, now: int) -> int | None:
    """Milliseconds from ``now``, of a ``Retry-After`` in seconds or as an HTTP date.

    At most an hour: the rest of the backoff is the outbox's.
    """
    text = (header or "").strip()
    if text.isdecimal() and len(text) < 10:
        seconds = int(text)
    else:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now / 1000
        except (ValueError, OverflowError):
            return None
    return int(min(max(seconds, 0), _MAX_RETRY_AFTER_S) * 1000)


def read_refusals(body: bytes) -> tuple[tuple[str, str], ...]:
    """Each refused message's id and the reason; none when the body is something else."""
    try:
        answer: Json = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    found: list[tuple[str, str]] = []
    for entry in as_list((as_object(answer) or {}).get("refusals")) or ():
        refusal = as_object(entry) or {}
        field, message = refusal.get("field"), refusal.get("message")
        reason = f"{field}: {message}" if isinstance(field, str) else str(message)
        found.append((str(refusal.get("messageId")), printable(reason)))
    return tuple(found)


def printable(text: str) -> str:
    """Text of others that may be logged: one line, and not too long."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:_MAX_REASON])
