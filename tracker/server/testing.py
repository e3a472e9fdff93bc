"""For the tests of services that track.

analytics = CapturingAnalytics(App("acme", "acme_server"), plan=plan)
my_service(analytics)
assert [message["event"] for message in analytics.messages] == ["acme_server.project.created"]
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

from ..event import Environment, Fact, Library
from .analytics import Analytics
from .app import App
from .intake import Intake, Taken
from .preparation import Preparation, Prepared
from .reports import Problem, Reports

if TYPE_CHECKING:
    from ..plan import Plan
    from ..ports import Clock, NewId
    from ..privacy import Policy

_NOW = 1_767_225_600_000


class CapturingAnalytics(Analytics):
    """Keeps messages in a list instead of sending them: no thread, no network, no exit function.

    ``messages`` are what would go over the wire, in the order of the calls; ``problems`` what would
    be reported. It is strict: a call that breaks the plan or the wire raises. Ids count up and the
    clock stands still, unless others are given.
    """

    def __init__(
        self,
        app: App | None = None,
        *,
        plan: Plan | None = None,
        privacy: Policy | None = None,
        clock: Clock | None = None,
        new_id: NewId | None = None,
    ) -> None:
        super().__init__(enabled=False)
        service = app or App("app", "app", install_id="install")
        ids = count(1)
        self.messages: list[dict[str, Any]] = []
        self.problems: list[Problem] = []
        environment = Environment(service.for_events, Library("tracker.server.testing", "0"))
        self._preparation = Preparation(service, environment, plan, privacy)
        courier = _List(self.messages)
        self._courier = courier
        self._intake = Intake(
            self,
            courier,
            self._preparation,
            Reports(self.problems.append),
            spool=None,
            strict=True,
            install_id=service.install_id or "install",
            clock=clock or (lambda: _NOW),
            new_id=new_id or (lambda: f"message-{next(ids)}"),
        )
        self._take = self._intake.take


class _List:
    """Carries messages nowhere."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self._messages = messages

    def put(self, item: Taken | Fact | Prepared) -> None:
        """Keep a message; a strict intake has prepared it."""
        if isinstance(item, Prepared):
            self._messages.append(json.loads(item.text))

    def flush(self, _: float) -> bool:
        """Nothing waits."""
        return True

    def close(self, _: float) -> bool:
        """Nothing waits."""
        return True
