"""The collector's clock: the one place that asks the machine for the time of day."""

from __future__ import annotations

import time


def system_clock() -> int:
    """Whole milliseconds since the epoch; a ``tracker.ports.Clock``."""
    return time.time_ns() // 1_000_000
