"""What ``Analytics`` is given, checked, and what it takes where nothing is given."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..outbox import Limits
from ..plan import Plan
from ..privacy import Policy
from .app import App

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..privacy import Guard

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
    if any(c == "." or c.isspace() for c in app.name):
        raise ConfigurationError(
            "app: its name begins each event's name on the wire; expected one without dots and "
            "spaces, as acme_server"
        )
    return write_key, collector, app


def check_plan(plan: object) -> None:
    """Raise ``ConfigurationError`` for what is no plan, such as its name."""
    if plan is not None and not isinstance(plan, Plan):
        raise ConfigurationError(
            f"plan: expected a tracker.plan.Plan; got {type(plan).__module__}.{type(plan).__name__}"
        )


_KINDS: dict[str, tuple[Callable[[object], bool], str]] = {
    "privacy": (lambda given: isinstance(given, Policy), "a tracker.privacy.Policy"),
    "limits": (lambda given: isinstance(given, Limits), "a tracker.outbox.Limits"),
    "strict": (
        lambda given: isinstance(given, bool),
        "True, False, or None to go by the app's mode",
    ),
    "on_error": (callable, "a function that takes a Problem"),
    "spool": (lambda given: isinstance(given, str | os.PathLike), "the path of a directory"),
}


def check_kinds(**settings: object) -> None:
    """Raise ``ConfigurationError`` for a setting that is something else; None is nothing given."""
    for name, given in settings.items():
        is_right, expected = _KINDS[name]
        if given is not None and not is_right(given):
            raise ConfigurationError(f"{name}: expected {expected}, got {type(given).__name__}")


def check_middleware(app: object, analytics: object, user: object) -> None:
    """Raise ``ConfigurationError`` for what no request could be served with."""
    if not callable(app):
        raise ConfigurationError(f"app: expected an application, got {type(app).__name__}")
    if not callable(getattr(analytics, "request", None)):
        raise ConfigurationError(
            f"analytics: expected a tracker.server.Analytics, got {type(analytics).__name__}; "
            "to track nothing, Analytics(enabled=False)"
        )
    if user is not None and not callable(user):
        raise ConfigurationError(f"user: expected a function, got {type(user).__name__}")


def check_install_id(app: App, guard: Guard) -> None:
    """Raise ``ConfigurationError`` for an installation's id that no event could carry."""
    if app.install_id is not None and not guard.may_be_id(app.install_id):
        raise ConfigurationError(
            "app: its install_id is no opaque id; make a UUID once, at installation, and keep it"
        )


def check_amounts(**amounts: float) -> None:
    """Raise ``ConfigurationError`` for what is no number from 0."""
    for name, amount in amounts.items():
        if isinstance(amount, bool) or not isinstance(amount, int | float) or not amount >= 0:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError(f"{name}: expected a number from 0")


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
