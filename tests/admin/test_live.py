"""The live feed: everyone hears everything, and nobody waits for the slowest."""

from __future__ import annotations

import asyncio

import pytest

from tracker.collector.site.live import LiveFeed

pytestmark = pytest.mark.anyio


def ids(*numbers: int) -> list[dict[str, str]]:
    """Messages with these ids."""
    return [{"messageId": str(number)} for number in numbers]


async def test_every_subscriber_gets_what_is_published_after_it_came() -> None:
    """Two watchers, one of whom comes later."""
    feed = LiveFeed()
    async with feed.subscribe() as first:
        feed.publish(ids(1), source="web", via="raw")
        async with feed.subscribe() as second:
            feed.publish(ids(2))
            early, late = await anext(first), await anext(second)
    assert [arrival.message["messageId"] for arrival in early.arrivals] == ["1", "2"]
    assert [arrival.message["messageId"] for arrival in late.arrivals] == ["2"]
    assert (early.arrivals[0].source, early.arrivals[0].via) == ("web", "raw")


async def test_a_slow_subscriber_loses_the_oldest_and_is_told_how_many() -> None:
    """Five messages for a queue of three; the count starts again after it was told."""
    feed = LiveFeed(bound=3)
    async with feed.subscribe() as updates:
        feed.publish(ids(1, 2))
        feed.publish(ids(3, 4, 5))
        update = await anext(updates)
        feed.publish(ids(6))
        following = await anext(updates)
    assert [arrival.message["messageId"] for arrival in update.arrivals] == ["3", "4", "5"]
    assert update.dropped == 2
    assert following.dropped == 0


async def test_one_publication_beyond_the_bound_counts_what_never_fitted() -> None:
    """A single large batch is cut to its newest."""
    feed = LiveFeed(bound=2)
    async with feed.subscribe() as updates:
        feed.publish(ids(1, 2, 3, 4, 5))
        update = await anext(updates)
    assert [arrival.message["messageId"] for arrival in update.arrivals] == ["4", "5"]
    assert update.dropped == 3


async def test_a_cancelled_wait_loses_nothing() -> None:
    """A heartbeat's timeout cancels the wait; what comes then is there for the next."""
    feed = LiveFeed()
    async with feed.subscribe() as updates:
        waiting = asyncio.ensure_future(anext(updates))
        await asyncio.sleep(0)
        feed.publish(ids(1))
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        update = await anext(updates)
    assert len(update.arrivals) == 1


async def test_closing_ends_the_subscriptions_after_what_they_have() -> None:
    """What was published before the end is still delivered."""
    feed = LiveFeed()
    async with feed.subscribe() as updates:
        feed.publish(ids(1))
        feed.close()
        assert [len(update.arrivals) async for update in updates] == [1]
    async with feed.subscribe() as updates:
        assert [update async for update in updates] == []


async def test_leaving_unsubscribes() -> None:
    """Nothing is kept for those who have gone."""
    feed = LiveFeed()
    async with feed.subscribe():
        assert feed.watchers == 1
    assert feed.watchers == 0
