"""What of a decoded body may be stored, and why the rest may not. No I/O.

A body of half a megabyte, made for it, can keep the guard busy for seconds: after each message it is
seen whether others are to have their turn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast

import msgspec

from tracker.errors import InvalidInput, Violation
from tracker.pipeline import Accepted, Pipeline, Refused
from tracker.wire import MAX_MESSAGE_BYTES, decode_environment

from ..answers import Rejected, too_large
from .decode import MAX_DEPTH, Decoded, is_deep
from .stamps import Receipt

MAX_MESSAGES = 5000
"""Messages in one request; twice what Segment takes, and enough for the smallest in 512 KB."""

TURN_SECONDS = 0.02
"""For so long, or for one message, a body may keep all other requests waiting."""

Via: TypeAlias = Literal["batch", "raw"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one message was not accepted; ``index`` is its place in the request."""

    index: int
    message_id: str | None
    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class SetApart:
    """What the plan minds about a message, all of it, and the first of that as a reason."""

    reason: Reason
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """The messages that may be stored, stamped, and the refusals, both in the order sent.

    ``times`` has the ``originalTimestamp`` of each message in ms since the epoch, if it has one.
    ``apart`` has those of the messages that are to be quarantined, by their place in ``messages``.
    """

    messages: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    times: list[int | None] = field(default_factory=list[int | None])
    apart: dict[int, SetApart] = field(default_factory=dict[int, SetApart])
    refusals: list[Reason] = field(default_factory=list[Reason])

    def refuse(self, index: int, refused: Refused) -> None:
        """Note that the message at ``index`` may not be stored."""
        self.refusals.append(_reason(index, refused.message_id, refused.violations))


class Intake:
    """Reads messages and facts out of a body, each on its own: a bad one never costs a good one."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def messages(self, decoded: Decoded, size: int, receipt: Receipt) -> Taken:
        """The messages of ``{"batch": […]}``, whose JSON was ``size`` bytes.

        Raises ``Rejected`` when the body has no such list.
        """
        return await self._take(_list_of(decoded.value, "batch"), decoded, size, receipt)

    async def message(self, decoded: Decoded, kind: str, size: int, receipt: Receipt) -> Taken:
        """The one message that is the body; its type is the path's.

        Raises ``Rejected`` when the body is no object.
        """
        message = _object(decoded.value)
        message["type"] = kind
        return await self._take([message], decoded, size, receipt)

    async def facts(self, decoded: Decoded, receipt: Receipt) -> Taken:
        """The messages of ``{"environment": {…}, "facts": […]}``.

        An environment that breaks a rule refuses every fact. Raises ``Rejected`` when the body has
        no list of facts.
        """
        facts = _list_of(decoded.value, "facts")
        taken = Taken()
        try:
            environment = decode_environment(decoded.value.get("environment"))
        except InvalidInput as error:
            for index, fact in enumerate(facts):
                refused = self._pipeline.refused(_id_of(fact, "id"), error.violations)
                taken.refuse(index, refused)
            return taken
        self._pipeline.foresee(facts)
        results = (
            self._too_deep(fact, "id")
            if not decoded.shallow and is_deep(fact)
            else self._pipeline.from_fact(fact, environment)
            for fact in facts
        )
        return await _collect(results, receipt, taken)

    async def _take(
        self, messages: list[Any], decoded: Decoded, size: int, receipt: Receipt
    ) -> Taken:
        small = decoded.strict and size <= MAX_MESSAGE_BYTES
        for message in messages:
            # Segment's browser SDK puts the key into each message; keys are not stored.
            if isinstance(message, dict):
                cast("dict[str, Any]", message).pop("writeKey", None)
        self._pipeline.foresee(messages)
        results = (
            self._too_deep(message, "messageId")
            if not decoded.shallow and is_deep(message)
            else self._pipeline.from_message(
                message, size_at_most=size if small else _size(message, strict=decoded.strict)
            )
            for message in messages
        )
        return await _collect(results, receipt, Taken())

    def _too_deep(self, value: Any, id_field: str) -> Refused:
        reason = f"expected at most {MAX_DEPTH} levels of lists and objects, got more"
        violation = Violation("message", "too_deep", reason)
        return self._pipeline.refused(_id_of(value, id_field), (violation,))


async def _collect(results: Iterator[Accepted | Refused], receipt: Receipt, taken: Taken) -> Taken:
    until = time.monotonic() + TURN_SECONDS
    for index, result in enumerate(results):
        if time.monotonic() > until:
            await asyncio.sleep(0)
            until = time.monotonic() + TURN_SECONDS
        if isinstance(result, Refused):
            taken.refuse(index, result)
            continue
        message = result.message
        if result.unplanned:
            reason = _reason(index, message["messageId"], result.unplanned)
            taken.apart[len(taken.messages)] = SetApart(reason, result.unplanned)
        taken.times.append(receipt.stamp(message))
        taken.messages.append(message)
    return taken


def _reason(index: int, message_id: str | None, violations: tuple[Violation, ...]) -> Reason:
    # One reason each: the first is the outermost, and mending it shows the next.
    violation = violations[0]
    if message_id is not None:
        message_id = message_id.encode("utf-8", "replace").decode()
    return Reason(index, message_id, violation.rule, violation.field, violation.message)


def _size(message: Any, *, strict: bool) -> int | None:
    """The message's bytes of JSON, at the speed of msgspec; None lets the core measure it.

    Only a strict body's values can be written by msgspec as they were sent.
    """
    return len(msgspec.json.encode(message)) if strict else None


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    raise Rejected(400, "malformed_body", "The body is not a JSON object; send one.")


def _list_of(value: Any, name: str) -> list[Any]:
    entries = _object(value).get(name)
    if not isinstance(entries, list):
        message = f'The body has no list "{name}"; send {{"{name}": […]}}.'
        raise Rejected(400, "malformed_body", message)
    if len(cast("list[Any]", entries)) > MAX_MESSAGES:
        raise too_large("A request", MAX_MESSAGES, "messages")
    return cast("list[Any]", entries)


def _id_of(value: Any, name: str) -> str | None:
    found = cast("Mapping[str, Any]", value).get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else None
