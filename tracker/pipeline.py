"""From a fact to a message: the one way, in the visitor's worker and in the collector.

The same code runs on both sides, so a fact beaconed raw by a visitor who left early becomes the
very message that the worker would have sent. On that way are the tracking plan, which says what may
be tracked, and the privacy guard, which removes what must not be.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .context import page_of, sections_of
from .envelope import check_envelope
from .errors import InvalidInput, Violation
from .event import Context, Environment, Fact, Json, Kind, Message
from .fields import as_object
from .plan import Disposition
from .privacy import Blocked, Guard, Policy
from .wire import MAX_MESSAGE_BYTES, decode_fact, encode_message, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .plan import Plan
    from .privacy import Redaction

_MAX_ID = 256


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that may be sent or stored.

    ``text`` is its JSON where the pipeline had to write it, as for every fact. ``unplanned`` is why
    the plan sets the message apart; it is empty for one that the plan lets pass. ``redactions`` is
    what the guard has just removed.
    """

    message: dict[str, Any]
    text: str | None = None
    unplanned: tuple[Violation, ...] = ()
    redactions: tuple[Redaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Input that must not be stored, with each reason.

    It has an id if one could be read that may be told.
    """

    message_id: str | None
    violations: tuple[Violation, ...]


class Pipeline:
    """Turns facts into messages, and checks messages that others made.

    Without a plan nothing is unplanned; without a guard of its own it has one that lets leave what
    the plan allows to be read of a page, and else by default. Neither way raises for any JSON value
    or changes what it was given, and to take again what was accepted changes nothing.
    """

    def __init__(self, *, plan: Plan | None = None, guard: Guard | None = None) -> None:
        self._plan = plan
        self._stamp = None if plan is None else plan.stamp
        self._guard = guard or guard_for(plan)

    def from_fact(self, data: Json, environment: Environment) -> Accepted | Refused:
        """The message of a fact that the loader captured in ``environment``."""
        try:
            fact = decode_fact(data)
        except InvalidInput as error:
            return self.refused(_text(data, "id"), error.violations)
        return self.from_own(encode_message(message_from(fact, environment)))

    def foresee(self, items: Iterable[Json]) -> None:
        """Let the guard know of facts or messages that are going to be taken together."""
        self._guard.foresee(items)

    def from_own(self, message: dict[str, Any]) -> Accepted | Refused:
        """A message that the caller made itself of a fact: it is stamped with the plan.

        The accepted one has its text. ``message`` belongs to the pipeline from now on.
        """
        if self._stamp is not None:
            message["context"]["plan"] = self._stamp
        return self._checked(message, must_measure=True)

    def from_message(self, data: Json, *, size_at_most: int | None = None) -> Accepted | Refused:
        """A message that a worker, a service or another SDK made, kept as it is.

        ``size_at_most`` is a bound in bytes that the caller knows already, such as the size of
        the whole request: below the limit for a message, none is measured again.
        """
        violations = check_envelope(data)
        if violations:
            return self.refused(_text(data, "messageId"), violations)
        is_small = size_at_most is not None and size_at_most <= MAX_MESSAGE_BYTES
        return self._checked(data, must_measure=not is_small)

    def _checked(self, message: dict[str, Any], *, must_measure: bool) -> Accepted | Refused:
        # Before the guard, so that a text of a wrong kind is told as that, and not as missing.
        disposition, unplanned = self._planned(message)
        if disposition is Disposition.REFUSE:
            return self.refused(_text(message, "messageId"), unplanned)
        scrubbed = self._guard.scrub(message)
        if isinstance(scrubbed, Blocked):
            return Refused(scrubbed.message_id, scrubbed.violations)
        message, redactions = scrubbed.message, scrubbed.redactions
        if redactions:
            # What is sent now is another message; the record of what is missing made it longer.
            disposition, unplanned = self._planned(message)
            unplanned = _explained(unplanned, redactions)
            if disposition is Disposition.REFUSE:
                return self.refused(_text(message, "messageId"), unplanned)
        text: str | None = None
        if must_measure or redactions:
            measured = _within_limit(message)
            if isinstance(measured, Violation):
                return self.refused(_text(message, "messageId"), (measured,))
            message, text = measured
        return Accepted(message, text, unplanned, redactions)

    def _planned(self, message: dict[str, Any]) -> tuple[Disposition, tuple[Violation, ...]]:
        """What the plan wants done with the message, and why."""
        if self._plan is None:
            return Disposition.PASS, ()
        findings = self._plan.check(message)
        if not findings.violations and not findings.unplanned:
            return Disposition.PASS, ()
        disposition = self._plan.disposition(findings)
        if disposition is Disposition.PASS:
            return disposition, ()
        return disposition, tuple(map(self._tellable, findings.all))

    def _tellable(self, violation: Violation) -> Violation:
        """The violation without the name of its field, where that is what must not be said."""
        above, _, name = violation.field.rpartition(".")
        if not above or self._guard.rule_of(name) is None:
            return violation
        return replace(violation, field=above)

    def refused(self, message_id: str | None, violations: tuple[Violation, ...]) -> Refused:
        """The refusal of a message, without its id where that must not be told."""
        if message_id is not None and not self._guard.may_be_id(message_id):
            message_id = None
        return Refused(message_id and message_id[:_MAX_ID], violations)


def guard_for(plan: Plan | None, policy: Policy | None = None) -> Guard:
    """The guard that a policy asks for, which lets pass what the plan allows to be read of a page."""
    policy = policy or Policy()
    return Guard(policy if plan is None else policy.with_page_facts(plan.rules.page_facts))


def message_from(fact: Fact, environment: Environment) -> Message:
    """The message of a fact: the innermost page wins, the innermost section wins."""
    call, visit = fact.call, fact.visit
    if call.app:
        environment = replace(environment, app=call.app)
    page = page_of(call.path)
    names_page = call.kind is Kind.PAGE
    return Message(
        type=call.kind,
        message_id=fact.id,
        anonymous_id=visit.anonymous_id,
        user_id=call.user_id or visit.user_id,
        event=f"{environment.app.name}.{call.name}" if call.kind is Kind.TRACK else None,
        name=call.name if names_page else None,
        category=page.category if names_page and page else None,
        properties=call.properties,
        traits=call.traits,
        group_id=call.group_id,
        previous_id=call.previous_id,
        original_timestamp=fact.at,
        context=Context(
            environment=environment,
            page=page,
            sections=sections_of(call.path),
            session_id=visit.session_id,
            page_facts=fact.page_facts,
        ),
    )


def _within_limit(message: dict[str, Any]) -> tuple[dict[str, Any], str] | Violation:
    """The message and its text, or why it cannot be sent."""
    try:
        text = to_text(message)
    except RecursionError:
        return Violation("message", "too_deep", "expected fewer levels of lists and objects")
    except ValueError:
        return Violation("message", "not_json", "expected finite numbers, got NaN or Infinity")
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        # A lone surrogate, which JavaScript strings may hold, has no UTF-8.
        text = text.encode(errors="replace").decode()
        message, size = json.loads(text), len(text)
    if size <= MAX_MESSAGE_BYTES:
        return message, text
    reason = f"expected at most {MAX_MESSAGE_BYTES} bytes of JSON, got {size}"
    return Violation("message", "message_too_large", reason)


def _explained(
    violations: tuple[Violation, ...], redactions: Sequence[Redaction]
) -> tuple[Violation, ...]:
    """The violations, which say where the guard was that made them."""
    removed = dict(redactions)
    return tuple(
        replace(one, message=f"{one.message}; the privacy guard removed it: {removed[one.field]}")
        if one.field in removed
        else one
        for one in violations
    )


def _text(data: Json, field: str) -> str | None:
    value = (as_object(data) or {}).get(field)
    return value if isinstance(value, str) else None
