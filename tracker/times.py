"""Times: milliseconds since the epoch in Python, ISO 8601 in UTC on the wire.

``datetime`` would do this too, but it is not among the modules that Pyodide has loaded at boot,
and each further import delays a visitor's first event.
"""

from __future__ import annotations

import re
from functools import lru_cache
from time import gmtime

MAX_TIME_MS = 253_402_300_799_999
"""The last millisecond of the year 9999, after which ISO 8601 needs more than four digits."""

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))?",
    re.ASCII,
)

_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)
"""Days of a common year before each month, and of the whole year."""


def format_time(milliseconds: int) -> str:
    """The time as ``2026-11-23T16:12:07.908Z``, from 1970 to 9999."""
    second, millisecond = divmod(milliseconds, 1000)
    return f"{_format_second(second)}.{millisecond:03}Z"


@lru_cache(maxsize=256)  # the collector writes thousands of times of the same few seconds
def _format_second(second: int) -> str:
    year, month, day, hour, minute, sec, *_ = gmtime(second)
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{sec:02}"


@lru_cache(maxsize=256)  # the collector reads each time twice: to check it, and to use it
def parse_time(text: str) -> int:
    """Milliseconds since the epoch of an ISO 8601 time; without an offset it is taken as UTC.

    Digits beyond the millisecond are cut off. Raises ``ValueError`` for anything else, and for
    times before 1970 or after 9999.
    """
    match = _ISO.fullmatch(text)
    if not match:
        raise ValueError("not an ISO 8601 time with date, hours, minutes and seconds")
    year, month, day, hour, minute, second = map(int, match.group(1, 2, 3, 4, 5, 6))
    if not (1 <= month <= 12 and 1 <= day <= _days_in(year, month)):
        raise ValueError("no such day")
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("no such time of day")
    fraction = ((match.group(7) or "") + "000")[:3]
    offset = 0
    if match.group(8):
        offset = int(match.group(9)) * 60 + int(match.group(10))
        offset = -offset if match.group(8) == "-" else offset
    minutes = (_day_number(year, month, day) * 24 + hour) * 60 + minute - offset
    milliseconds = (minutes * 60 + second) * 1000 + int(fraction)
    if not 0 <= milliseconds <= MAX_TIME_MS:
        raise ValueError("outside of the years 1970 to 9999")
    return milliseconds


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_in(year: int, month: int) -> int:
    leap_day = month == 2 and _is_leap(year)
    return _DAYS_BEFORE[month] - _DAYS_BEFORE[month - 1] + leap_day


def _day_number(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the Gregorian calendar."""
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400
    leap_day = month > 2 and _is_leap(year)
    return days + _DAYS_BEFORE[month - 1] + leap_day + day - 719_163
