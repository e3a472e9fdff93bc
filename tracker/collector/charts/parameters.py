"""The parameters that every chart takes, read strictly: a slip is an answer, not an empty chart.

from, to   ISO 8601 times; ``to`` is left out of the period. The last 24 hours when absent
zone       IANA time zone in which days and hours begin; UTC when absent
app        the name of one app
event      one event as the charts name it
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from tracker.errors import InvalidInput, Violation
from tracker.wire import format_time, parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("from", "to", "zone", "app", "event")

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MAX_PERIOD = 3660 * DAY
MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Filters:
    """What a chart looks at, from ``since`` up to but not including ``until``, both in ms."""

    since: int
    until: int
    zone: str = "UTC"
    app: str | None = None
    event: str | None = None

    @property
    def interval(self) -> str:
        """The width of one point in time: about 200 of them at most fit up to half a year."""
        length = self.until - self.since
        if length <= 3 * HOUR:
            return "minute"
        return "hour" if length <= 8 * DAY else "day"


def read_filters(parameters: Mapping[str, str], *, now: int) -> Filters:
    """Read the parameters of a request made at ``now``.

    Raises:
        InvalidInput: with every violation; it names fields and rules, never a value.
    """
    violations = [
        Violation(name[:40], "unknown_parameter", f"is no parameter; use {', '.join(NAMES)}.")
        for name in parameters
        if name not in NAMES
    ]
    until = _time(parameters, "to", now, violations)
    since = _time(parameters, "from", until - DAY, violations)
    if not violations and since >= until:
        violations.append(Violation("from", "after_to", "must be earlier than `to`; swap the two."))
    if not violations and until - since > MAX_PERIOD:
        violations.append(
            Violation("from", "period_too_long", "the period is over ten years; ask for less.")
        )
    zone = parameters.get("zone") or "UTC"
    if zone != "UTC" and zone not in available_timezones():
        violations.append(
            Violation(
                "zone",
                "unknown_zone",
                "must be the name of an IANA time zone, such as Europe/Berlin.",
            )
        )
    app = _text(parameters, "app", violations)
    event = _text(parameters, "event", violations)
    if violations:
        raise InvalidInput(tuple(violations))
    return Filters(since, until, zone, app, event)


def _time(
    parameters: Mapping[str, str], name: str, default: int, violations: list[Violation]
) -> int:
    text = parameters.get(name)
    if not text:
        return max(0, default)
    try:
        return parse_time(text)
    except ValueError:
        example = format_time(0)
        violations.append(
            Violation(name, "not_a_time", f"must be an ISO 8601 time in UTC, such as {example}.")
        )
        return max(0, default)


def _text(parameters: Mapping[str, str], name: str, violations: list[Violation]) -> str | None:
    text = parameters.get(name)
    if text and len(text) > MAX_TEXT:
        violations.append(Violation(name, "too_long", f"must be at most {MAX_TEXT} characters."))
    return text or None
