"""Times are corrected for the sender's clock, and absurd ones are made harmless."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collector.running import NOW
from tracker.collector.ingestion.stamps import Receipt, read_time
from tracker.wire import format_time


def _stamped(sent_at: int | None, **message: Any) -> dict[str, Any]:
    Receipt(NOW, sent_at).stamp(message)
    return message


def test_a_clock_an_hour_ahead_is_corrected() -> None:
    message = _stamped(NOW + 3_600_000, originalTimestamp=format_time(NOW + 3_600_000 - 5_000))
    assert message["timestamp"] == format_time(NOW - 5_000)
    assert message["receivedAt"] == format_time(NOW)
    assert message["sentAt"] == format_time(NOW + 3_600_000)


def test_an_event_of_weeks_ago_keeps_its_time() -> None:
    message = _stamped(NOW, originalTimestamp=format_time(NOW - 30 * 86_400_000))
    assert message["timestamp"] == format_time(NOW - 30 * 86_400_000)


def test_without_sent_at_nothing_is_corrected() -> None:
    message = _stamped(None, originalTimestamp=format_time(NOW - 5_000))
    assert message["timestamp"] == format_time(NOW - 5_000)
    assert "sentAt" not in message


def test_the_message_s_own_sent_at_takes_the_place_of_the_request_s() -> None:
    message = _stamped(
        None, sentAt=format_time(NOW - 60_000), originalTimestamp=format_time(NOW - 61_000)
    )
    assert message["timestamp"] == format_time(NOW - 1_000)


def test_segment_s_timestamp_becomes_the_original() -> None:
    message = _stamped(NOW, timestamp="2026-11-23T16:06:30.123456+00:00")
    assert message["originalTimestamp"] == "2026-11-23T16:06:30.123Z"
    assert message["timestamp"] == "2026-11-23T16:06:30.123Z"


def test_without_any_time_the_event_happened_on_receipt() -> None:
    assert _stamped(NOW)["timestamp"] == format_time(NOW)
    assert "originalTimestamp" not in _stamped(NOW, originalTimestamp=None)


@pytest.mark.parametrize(
    ("sent_at", "original"),
    [
        (NOW, NOW + 1),  # set back between the event and the sending
        (None, NOW + 86_400_000),  # in the future, and nothing to correct it by
        (NOW * 100, 0),  # a result before 1970
    ],
)
def test_a_result_that_cannot_be_is_the_time_of_receipt(sent_at: int | None, original: int) -> None:
    message = _stamped(sent_at, originalTimestamp=format_time(original))
    assert message["timestamp"] == format_time(NOW)
    assert message["originalTimestamp"] == format_time(original)


def test_a_clock_that_was_set_forward_before_the_sending_makes_the_event_older() -> None:
    """An hour that passed and an hour that was set look the same: the event stays in the past."""
    message = _stamped(NOW + 3_600_000, originalTimestamp=format_time(NOW - 5_000))
    assert message["timestamp"] == format_time(NOW - 3_605_000)


def test_a_clock_that_was_set_back_by_less_than_the_event_s_age_makes_it_younger() -> None:
    message = _stamped(NOW - 3_600_000, originalTimestamp=format_time(NOW - 7_200_000))
    assert message["timestamp"] == format_time(NOW - 3_600_000)


def test_a_collector_whose_clock_was_set_back_dates_events_by_the_new_one() -> None:
    """``sentAt`` after the receipt is as good as before it: only differences of it count."""
    early = NOW - 86_400_000
    message: dict[str, Any] = {"originalTimestamp": format_time(NOW - 1_000)}
    Receipt(early, NOW).stamp(message)
    assert message["timestamp"] == format_time(early - 1_000)
    assert message["receivedAt"] == format_time(early)


_times = st.integers(0, 253_402_300_799_999)


@given(offset=st.integers(-NOW + 10_000_000, 10**12), age=st.integers(0, 10_000_000))
def test_however_wrong_the_sender_s_clock_the_age_of_the_event_is_right(
    offset: int, age: int
) -> None:
    sent = NOW + offset
    assert Receipt(NOW, sent).happened_at(sent - age, sent) == NOW - age


@given(received=_times, sent=st.none() | _times, original=st.none() | _times)
def test_no_event_happens_after_its_receipt_or_before_1970(
    received: int, sent: int | None, original: int | None
) -> None:
    assert 0 <= Receipt(received, sent).happened_at(original, sent) <= received


@pytest.mark.parametrize("value", [None, 5, "", "yesterday", ["2026-11-23"], {}, "9999-99-99"])
def test_times_that_cannot_be_read_are_no_times(value: object) -> None:
    assert read_time(value) is None
