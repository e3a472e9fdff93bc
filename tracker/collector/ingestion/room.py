"""How much may be under way at once, so that a slow disk never fills the memory.

A request holds its room from the end of its body to its answer, whether it waits for its own commit
or for that of a request that it repeats, and whether or not its sender still listens. Beyond the
bound senders are asked to come back, before their body costs anything more.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from ..answers import unavailable
from ..tallies import Tallies

MAX_BYTES = 32 * 1024 * 1024
"""Of bodies, as JSON. Decoded and waiting, a body takes about five times its size in memory."""

REQUEST_BYTES = 4096
"""What the smallest request is counted as."""

_RETRY_SECONDS = 1


class Room:
    """Counts the bytes of the requests that are under way. Belongs to one event loop."""

    def __init__(self, tallies: Tallies, most: int = MAX_BYTES) -> None:
        self._tallies = tallies
        self._most = most
        self._taken = 0

    @contextmanager
    def hold(self, size: int) -> Generator[None]:
        """Hold room for a body of ``size`` bytes. Raises ``Rejected`` (503) when there is none."""
        size += REQUEST_BYTES
        if self._taken + size > self._most:
            self._tallies.overloads += 1
            message = "The collector has all the work that it can hold; try again."
            raise unavailable(message, _RETRY_SECONDS)
        self._taken += size
        try:
            yield
        finally:
            self._taken -= size
