"""From a fact to the text that is sent: the core's way, and what only a service's messages have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..envelope import check_envelope
from ..errors import InvalidInput, Violation
from ..event import Call, Fact, Kind, Visit
from ..pipeline import Pipeline, Refused, guard_for, message_from
from ..wire import encode_message, to_text

if TYPE_CHECKING:
    from ..event import Environment, Path
    from ..plan import Plan
    from ..privacy import Policy, Redaction
    from .app import App


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message that may be sent: its id, its JSON text, and what the plan minds about it.

    ``redactions`` is what the privacy guard has removed.
    """

    id: str
    text: str
    violations: tuple[Violation, ...] = ()
    redactions: tuple[Redaction, ...] = ()


class Preparation:
    """Makes messages of facts; the privacy guard sees each before anything is kept of it."""

    def __init__(
        self, app: App, environment: Environment, plan: Plan | None, policy: Policy | None
    ) -> None:
        self._added = app.for_context
        self._environment = environment
        self._plan = plan
        self.guard = guard_for(plan, policy)
        self._pipeline = Pipeline(plan=plan, guard=self.guard)

    def prepare(self, fact: Fact, *, strict: bool = False) -> Prepared:
        """The message of a fact.

        Raises ``InvalidInput`` for what cannot be sent, or the plan refuses; when ``strict``, also
        for what the collector would set apart for the plan.
        """
        message = encode_message(message_from(fact, self._environment))
        message["channel"] = "server"
        if not message["anonymousId"]:
            # A user without a device: an id that all users share would make them one person.
            del message["anonymousId"]
        if fact.call.app is None:
            message["context"]["app"] |= self._added
        violations = check_envelope(message)
        if violations:
            raise InvalidInput(violations)
        result = self._pipeline.from_own(message)
        if isinstance(result, Refused):
            raise InvalidInput(result.violations)
        if strict and result.unplanned:
            raise InvalidInput(result.unplanned)
        text = result.text or to_text(result.message)
        return Prepared(fact.id, text, result.unplanned, result.redactions)

    def knows_place(self, path: Path) -> bool:
        """Whether the plan, if there is one, allows these scopes around an event."""
        if self._plan is None:
            return True
        call = Call(Kind.IDENTIFY, path=path)
        message = encode_message(message_from(Fact("", 0, Visit(""), call), self._environment))
        return not self._plan.check({"context": message["context"]}).all
