"""What ``Analytics`` is given, checked, and what it takes where nothing is given."""

from __future__ import annotations

import os
import time

from ..errors import ConfigurationError
from ..outbox import Limits
from .app import App

VERSION = "0.1.0"

LIMITS = Limits(batch_count=500, batch_bytes=480 * 1024, linger=500)
"""As the browser's, with batches as large as the collector takes; times in milliseconds."""


def checked(write_key: str | None, collector: str | None, app: App | None) -> tuple[str, str, App]:
    """Return what has to be given. Raises ``ConfigurationError`` with the mend."""
    if not write_key:
        raise ConfigurationError(
            "write_key: expected the key that the collector knows, got none; "
            "to track nothing, say enabled=False"
        )
    if not collector:
        raise ConfigurationError(
            'collector: expected an address such as "https://t.example.com", got none'
        )
    # tracker.App, which pages use, takes its fields in another order.
    if not isinstance(app, App) or not app.name:
        got = "none" if app is None else f"{type(app).__module__}.{type(app).__name__}"
        raise ConfigurationError(
            f'app: expected a tracker.server.App, as App("acme", "acme_server", "1.4.0"); got {got}'
        )
    return write_key, collector, app


def now() -> int:
    """The time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def elapsed() -> int:
    """Milliseconds that never run backwards."""
    return time.monotonic_ns() // 1_000_000


def random_id() -> str:
    """A UUID that nobody has made before."""
    # From the system each time: a generator's state would be copied by a fork or a snapshot of the
    # machine, and a message whose id came before is dropped by the collector.
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
