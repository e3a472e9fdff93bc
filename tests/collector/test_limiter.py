"""Rate limits give way smoothly and never grow."""

from __future__ import annotations

import pytest

from tests.collector.running import SetClock
from tracker.collector.answers import Rejected
from tracker.collector.ingestion.limiter import Limiter, address_of


def test_a_burst_passes_and_then_only_the_rate() -> None:
    clock = SetClock()
    limiter = Limiter(2, clock, what="here", burst=2)
    for _ in range(4):
        limiter.take("x")
    with pytest.raises(Rejected) as caught:
        limiter.take("x")
    assert caught.value.status == 429
    assert (b"retry-after", b"1") in caught.value.answer.headers
    clock.now += 500
    limiter.take("x")
    with pytest.raises(Rejected):
        limiter.take("x")


def test_one_holder_does_not_use_up_another_s() -> None:
    limiter = Limiter(1, SetClock(), what="here", burst=1)
    limiter.take("x")
    limiter.take("y")


def test_memory_is_bounded_by_forgetting_who_was_seen_longest_ago() -> None:
    limiter = Limiter(1, SetClock(), what="here", burst=1, holders=2)
    for holder in ("x", "y", "z", "x"):
        limiter.take(holder)
    with pytest.raises(Rejected):
        limiter.take("z")


def test_a_clock_that_is_set_back_neither_grants_nor_takes() -> None:
    clock = SetClock()
    limiter = Limiter(1, clock, what="here", burst=2)
    limiter.take("x")
    clock.now -= 3_600_000
    limiter.take("x")
    with pytest.raises(Rejected):
        limiter.take("x")


def test_no_rate_is_no_limit() -> None:
    limiter = Limiter(0, SetClock(), what="here")
    for _ in range(1000):
        limiter.take("x")


def test_addresses_of_one_ipv6_network_are_one_sender() -> None:
    assert address_of(("2001:db8::1", 1)) == address_of(("2001:db8::ffff:2", 2))
    assert address_of(("2001:db8::1", 1)) != address_of(("2001:db8:0:1::1", 1))
    assert address_of(("192.0.2.1", 1)) != address_of(("192.0.2.2", 1))
    assert address_of(("fe80::1%eth0", 1)) == address_of(("fe80::2", 1))
    assert address_of(None) == ""
