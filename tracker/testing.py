"""Fakes for the tests of code that tracks: a public feature, used by the tracker's own tests.

sink = CapturingSink()
with TrackingProvider(app="acme_webapp", sink=sink):
    my_code()
assert [message["event"] for message in sink.messages] == ["acme_webapp.login_button.click"]
"""

from __future__ import annotations

from typing import Any

from .errors import TrackerError
from .event import App, Call, Environment, Fact, Library
from .identity import Identity, active, forgotten, identified
from .pipeline import Pipeline, Refused
from .wire import encode_fact


class FrozenClock:
    """A clock that stands still until it is told to advance; milliseconds since the epoch."""

    def __init__(self, now: int = 1_767_225_600_000) -> None:
        self.now = now

    def __call__(self) -> int:
        """Return the time that it stands at."""
        return self.now

    def advance(self, milliseconds: int) -> None:
        """Let time pass, or, with a negative number, set the clock back."""
        self.now += milliseconds


class SequentialIds:
    """Makes ``prefix-1``, ``prefix-2`` and so on."""

    def __init__(self, prefix: str = "id") -> None:
        self._prefix = prefix
        self._count = 0

    def __call__(self) -> str:
        """Return the next id."""
        self._count += 1
        return f"{self._prefix}-{self._count}"


class CapturingSink:
    """Keeps the facts of every call, and shows the messages that would go over the wire.

    ``facts`` and ``messages`` are in the order of the calls. A call that the real pipeline refuses
    raises here, so that a test fails where production would report and go on.
    """

    def __init__(
        self,
        app: str = "app",
        *,
        clock: FrozenClock | None = None,
        new_id: SequentialIds | None = None,
    ) -> None:
        self.facts: list[Fact] = []
        self.clock = clock or FrozenClock()
        self.environment = Environment(App(app), Library("tracker.testing", "0"))
        self._new_id = new_id or SequentialIds("message")
        self._new_anonymous_id = SequentialIds("anonymous")
        self._identity = forgotten(self._new_anonymous_id())

    def capture(self, call: Call, /) -> None:
        """Make the fact, as the loader and the backend client do."""
        now = self.clock()
        if call.user_id and call.kind.value == "identify":
            self._identity = identified(self._identity, call.user_id)
        self._identity = active(self._identity, now)
        self.facts.append(Fact(self._new_id(), now, self._identity.visit, call))

    def reset(self) -> None:
        """Forget the visit, as after signing out."""
        self._identity = forgotten(self._new_anonymous_id())

    @property
    def identity(self) -> Identity:
        """Who the next fact will belong to."""
        return self._identity

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The facts as messages; raises ``TrackerError`` for one that would be refused."""
        pipeline = Pipeline()
        messages: list[dict[str, Any]] = []
        for fact in self.facts:
            result = pipeline.from_fact(encode_fact(fact), self.environment)
            if isinstance(result, Refused):
                raise TrackerError("; ".join(map(str, result.violations)))
            messages.append(result.message)
        return messages
