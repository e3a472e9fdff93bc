"""Rate limits: token buckets in bounded memory."""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Hashable

from tracker.ports import Clock

from ..answers import Rejected


class Limiter:
    """At most ``rate`` requests a second for each holder, and ``burst`` seconds' worth at once.

    A rate of 0 means no limit. Only the ``holders`` seen last are remembered: who was forgotten
    begins with a full bucket.
    """

    def __init__(
        self, rate: float, clock: Clock, *, what: str, burst: float = 4.0, holders: int = 20_000
    ) -> None:
        self._rate = rate / 1000
        self._capacity = max(1.0, rate * burst)
        self._clock = clock
        self._what = what
        self._most = holders
        self._buckets: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def take(self, holder: Hashable) -> None:
        """Take one request of this holder's.

        Raises ``Rejected`` (429) with the wait when there is none.
        """
        if not self._rate:
            return
        now = self._clock()
        tokens, since = self._buckets.pop(holder, (self._capacity, now))
        # The wall clock may be set back; a bucket never drains from that.
        tokens = min(self._capacity, tokens + max(0, now - since) * self._rate)
        allowed = tokens >= 1
        self._buckets[holder] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        if not allowed:
            wait = max(1, math.ceil((1 - tokens) / self._rate / 1000))
            message = f"Too many requests {self._what}; send larger batches, or wait and try again."
            raise Rejected(429, "too_many_requests", message, retry_after=wait)


def address_of(client: tuple[str, int] | None) -> Hashable:
    """What one sender has in common: its IPv4 address, or the /64 network of an IPv6 address."""
    if client is None:
        return ""
    host = client[0]
    if ":" not in host:
        return host
    try:
        return int(ipaddress.IPv6Address(host.partition("%")[0])) >> 64
    except ValueError:
        return host
