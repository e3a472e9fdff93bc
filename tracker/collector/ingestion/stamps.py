"""The collector's times on a message: ``sentAt``, ``receivedAt`` and ``timestamp``.

``timestamp`` is when the event happened by the collector's clock:
``receivedAt - (sentAt - originalTimestamp)``, for a sender's clock may be wrong but the time
between two of its readings is right. Where that cannot be, the rule is:

- no ``originalTimestamp``: the message's own ``timestamp`` takes its place (Segment's SDKs send
  that), and is kept as ``originalTimestamp``; without either the event happened on receipt;
- no readable ``sentAt``, neither the request's nor the message's: nothing is corrected;
- a result after ``receivedAt`` (the sender's clock was set back in between) or before 1970 becomes
  ``receivedAt``. A result in the past stays: devices are offline for weeks.
"""

from __future__ import annotations

from typing import Any

from tracker.wire import format_time, parse_time


class Receipt:
    """When a request was received, and when its sender says it was sent; ms since the epoch."""

    def __init__(self, received_at: int, sent_at: int | None = None) -> None:
        self.received_at = received_at
        self.sent_at = sent_at
        self._received_text = format_time(received_at)
        self._sent_text = None if sent_at is None else format_time(sent_at)

    def stamp(self, message: dict[str, Any]) -> int | None:
        """Set the times of an accepted message, in place; returns its ``originalTimestamp``."""
        sent, sent_text = self.sent_at, self._sent_text
        if sent is None:
            sent = read_time(message.get("sentAt"))
            sent_text = None if sent is None else format_time(sent)
        original = read_time(message.get("originalTimestamp"))
        if original is None:
            message.pop("originalTimestamp", None)
            original = read_time(message.get("timestamp"))
            if original is not None:
                message["originalTimestamp"] = format_time(original)
        if sent_text is None:
            message.pop("sentAt", None)
        else:
            message["sentAt"] = sent_text
        message["receivedAt"] = self._received_text
        message["timestamp"] = format_time(self.happened_at(original, sent))
        return original

    def happened_at(self, original: int | None, sent: int | None) -> int:
        """The event's time by the collector's clock; see the module for the rule."""
        if original is None:
            return self.received_at
        at = original if sent is None else self.received_at - (sent - original)
        return at if 0 <= at <= self.received_at else self.received_at


def read_time(value: object) -> int | None:
    """An ISO 8601 time in milliseconds since the epoch; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return parse_time(value)
    except ValueError:
        return None
