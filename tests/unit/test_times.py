"""Times on the wire."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tracker.times import MAX_TIME_MS, format_time, parse_time


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1970-01-01T00:00:00.000Z", 0),
        ("2026-11-23T16:12:07.908Z", 1_795_450_327_908),
        ("2024-02-29T23:59:59.999Z", 1_709_251_199_999),
        ("9999-12-31T23:59:59.999Z", MAX_TIME_MS),
    ],
)
def test_format_and_parse_agree(text: str, milliseconds: int) -> None:
    assert format_time(milliseconds) == text
    assert parse_time(text) == milliseconds


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T16:12:07.908528+00:00",  # rudder-sdk-python
        "2026-11-23T16:12:07.908Z",  # rudder-sdk-js, @segment/analytics-node
        "2026-11-23T17:12:07.908+01:00",
        "2026-11-23T10:42:07.908-05:30",
        "2026-11-23 16:12:07.908",
    ],
)
def test_reads_the_forms_that_sdks_send(text: str) -> None:
    assert parse_time(text) == 1_795_450_327_908


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-11-23",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T00:60:00Z",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-01:00",
        "\uff12\uff10\uff12\uff16-11-23T00:00:00Z",  # digits, but not ASCII
    ],
)
def test_refuses_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_time(text)


def test_agrees_with_the_standard_library_on_every_month() -> None:
    for year in (1970, 1999, 2000, 2024, 2100, 2400):
        for month in range(1, 13):
            moment = datetime(year, month, 28, 5, 6, 7, tzinfo=UTC)
            assert parse_time(moment.isoformat()) == int(moment.timestamp()) * 1000
