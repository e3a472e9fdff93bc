"""The live feed: what was just stored, for whoever is watching, without ever waiting for them.

A watcher that falls behind loses the oldest messages, and is told how many, so that a slow browser
can neither delay an acknowledgement nor grow the collector's memory.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

DEFAULT_BOUND = 512
"""Messages kept for one watcher: far more than a person can read, and little memory."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One stored message; ``via`` is ``batch`` or ``raw``, ``source`` the write key's name."""

    message: Mapping[str, Any]
    source: str
    via: str


@dataclass(frozen=True, slots=True)
class Update:
    """What came since the last look: the newest arrivals, and how many older ones were dropped."""

    arrivals: tuple[Arrival, ...]
    dropped: int = 0


class Subscription:
    """One watcher's bounded queue: an async iterator of updates that ends when the feed closes.

    ``__anext__`` may be cancelled, as by a timeout, without losing an arrival.
    """

    def __init__(self, bound: int) -> None:
        self._waiting: deque[Arrival] = deque(maxlen=bound)
        self._dropped = 0
        self._closed = False
        self._news = asyncio.Event()

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Update:
        await self._news.wait()
        if not self._waiting and self._closed:
            raise StopAsyncIteration
        update = Update(tuple(self._waiting), self._dropped)
        self._waiting.clear()
        self._dropped = 0
        if not self._closed:
            self._news.clear()
        return update

    def offer(self, arrivals: Sequence[Arrival]) -> None:
        """Add arrivals, pushing out the oldest beyond the bound."""
        room = (self._waiting.maxlen or 0) - len(self._waiting)
        self._dropped += max(0, len(arrivals) - room)
        self._waiting.extend(arrivals)
        self._news.set()

    def close(self) -> None:
        """End the iteration once what waits has been taken."""
        self._closed = True
        self._news.set()


class LiveFeed:
    """Fans stored messages out to watchers. For one event loop: none of its methods blocks."""

    def __init__(self, *, bound: int = DEFAULT_BOUND) -> None:
        self._bound = bound
        self._closed = False
        self._subscriptions: set[Subscription] = set()

    @property
    def watchers(self) -> int:
        """How many subscriptions are open."""
        return len(self._subscriptions)

    def publish(
        self, messages: Sequence[Mapping[str, Any]], *, source: str = "", via: str = ""
    ) -> None:
        """Hand over messages that are durable. Costs nothing when nobody watches."""
        if not self._subscriptions or not messages:
            return
        arrivals = [Arrival(message, source, via) for message in messages]
        for subscription in self._subscriptions:
            subscription.offer(arrivals)

    @asynccontextmanager
    async def subscribe(self) -> AsyncGenerator[Subscription]:
        """Watch from now on, until the ``async with`` block ends."""
        subscription = Subscription(self._bound)
        if self._closed:
            subscription.close()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def close(self) -> None:
        """End every subscription, so that open streams do not hold up the collector's shutdown."""
        self._closed = True
        for subscription in self._subscriptions:
            subscription.close()
