"""From a fact to a message: the one way, in the visitor's worker and in the collector.

The same code runs on both sides, so a fact beaconed raw by a visitor who left early becomes the
very message that the worker would have sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from .context import page_of, sections_of
from .envelope import check_envelope
from .errors import InvalidInput, Violation
from .event import Context, Environment, Fact, Json, Kind, Message
from .fields import as_object
from .wire import MAX_MESSAGE_BYTES, decode_fact, encode_message, to_text


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that may be sent or stored.

    ``text`` is its JSON where the pipeline had to write it, as for every fact.
    """

    message: dict[str, Any]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Input that must not be stored, with each reason; it has an id if one could be read."""

    message_id: str | None
    violations: tuple[Violation, ...]


class Pipeline:
    """Turns facts into messages, and checks messages that others made.

    Neither way raises for any JSON value.
    """

    def from_fact(self, data: Json, environment: Environment) -> Accepted | Refused:
        """The message of a fact that the loader captured in ``environment``."""
        try:
            fact = decode_fact(data)
        except InvalidInput as error:
            return Refused(_id_of(data, "id"), error.violations)
        message = encode_message(message_from(fact, environment))
        return _within_limit(message)

    def from_message(self, data: Json, *, size_at_most: int | None = None) -> Accepted | Refused:
        """A message that a worker, a service or another SDK made, kept as it is.

        ``size_at_most`` is a bound in bytes that the caller knows already, such as the size of
        the whole request: below the limit for a message, none is measured again.
        """
        violations = check_envelope(data)
        if violations:
            return Refused(_id_of(data, "messageId"), violations)
        if size_at_most is not None and size_at_most <= MAX_MESSAGE_BYTES:
            return Accepted(data)
        return _within_limit(data)


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
        ),
    )


def _within_limit(message: dict[str, Any]) -> Accepted | Refused:
    try:
        text = to_text(message)
    except RecursionError:
        return _refused(message, "too_deep", "expected fewer levels of lists and objects")
    except ValueError:
        return _refused(message, "not_json", "expected finite numbers, got NaN or Infinity")
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        # A lone surrogate, which JavaScript strings may hold, has no UTF-8.
        text = text.encode(errors="replace").decode()
        message, size = json.loads(text), len(text)
    if size <= MAX_MESSAGE_BYTES:
        return Accepted(message, text)
    reason = f"expected at most {MAX_MESSAGE_BYTES} bytes of JSON, got {size}"
    return _refused(message, "message_too_large", reason)


def _refused(message: dict[str, Any], rule: str, reason: str) -> Refused:
    return Refused(_id_of(message, "messageId"), (Violation("message", rule, reason),))


def _id_of(data: Json, field: str) -> str | None:
    value = (as_object(data) or {}).get(field)
    return value[:256] if isinstance(value, str) else None
