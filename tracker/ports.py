"""What the core needs from outside, as protocols: it has no clock, randomness or I/O of its own.

The worker, the collector, the backend client and the tests each bring their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .event import Call


class Clock(Protocol):
    """Tells the time in whole milliseconds since the epoch."""

    def __call__(self) -> int:
        """Return the time."""
        ...


class NewId(Protocol):
    """Makes an id that nobody has made before, such as a random UUID."""

    def __call__(self) -> str:
        """Return the id."""
        ...


class Random(Protocol):
    """Draws a number from 0 (included) to 1 (excluded), like ``random.random``."""

    def __call__(self) -> float:
        """Return the number."""
        ...


class Sink(Protocol):
    """Takes each call that application code makes."""

    def capture(self, call: Call, /) -> None:
        """Give the call its id, time and visit at once; return without waiting for any I/O."""
        ...

    def reset(self) -> None:
        """Forget the visit: later calls belong to a new one."""
        ...
