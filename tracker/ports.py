"""What the core needs from outside, as protocols: it has no clock, randomness or I/O of its own.

The worker, the collector, the backend client and the tests each bring their own.
"""

from __future__ import annotations

from typing import Protocol

from .event import Call


class Clock(Protocol):
    """Tells the time in whole milliseconds since the epoch."""

    def __call__(self) -> int: ...


class NewId(Protocol):
    """Makes an id that nobody has made before, such as a random UUID."""

    def __call__(self) -> str: ...


class Random(Protocol):
    """Draws a number from 0 (included) to 1 (excluded), like ``random.random``."""

    def __call__(self) -> float: ...


class Sink(Protocol):
    """Takes each call that application code makes.

    ``capture`` gives the call its id, time and visit at once, and returns without waiting for
    any I/O. ``reset`` forgets the visit: later calls belong to a new one.
    """

    def capture(self, call: Call, /) -> None: ...

    def reset(self) -> None: ...
