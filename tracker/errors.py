"""What can go wrong, as one tree.

    TrackerError
    ├── InvalidInput         a fact, message or environment breaks a rule of the wire
    ├── NoProvider           tracking was used outside a TrackingProvider
    └── ConfigurationError   the tracker was set up in a way that cannot work
        └── PlanError        a tracking plan breaks its own rules

None of them reaches a host page or service from a ``track()`` call: there, what went wrong is
reported and the host goes on.
"""

from __future__ import annotations

from dataclasses import dataclass


class TrackerError(Exception):
    """The root of every error that the tracker raises on purpose."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that one field breaks, said so that the sender can mend it.

    ``field`` is a dotted path on the wire (``context.page.name``), ``rule`` a stable code in
    lower snake case, ``message`` a sentence that says what kind of value came and what to send
    instead. It never quotes the value: what is refused must not be stored or logged.
    """

    field: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class InvalidInput(TrackerError):
    """Input that breaks the rules of the wire; ``violations`` holds each of them, at least one."""

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        super().__init__("; ".join(map(str, violations)))
        self.violations = violations


class NoProvider(TrackerError):
    """Tracking was used where no ``TrackingProvider`` is around."""


class ConfigurationError(TrackerError):
    """The tracker was set up in a way that cannot work; the text says what to change."""


class PlanError(ConfigurationError):
    """A tracking plan breaks its own rules; the text names what, where, and how to mend it.

    Raised where the plan is written, when its module is imported: never by a ``track()`` call.
    """
