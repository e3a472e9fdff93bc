"""The guard: what must not be tracked is gone from a message before it is sent, stored or logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Violation
from ..fields import as_object, kind_of
from .page import scrub_campaign, scrub_page, scrub_referrer
from .policy import Action, Policy
from .record import Redaction, merged
from .rules import RULES, Place
from .sweep import GONE, Sweep
from .traits import AnonymousUsers, scrub_traits
from .values import Values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..event import Json

_VIEWS = frozenset({"page", "screen"})
_ALWAYS_NEEDED = frozenset({"messageId", "type"})
_NEEDED: dict[str, frozenset[str]] = {
    "track": _ALWAYS_NEEDED | {"event"},
    "group": _ALWAYS_NEEDED | {"groupId"},
    "alias": _ALWAYS_NEEDED | {"userId", "previousId"},
}
_SEND_AN_ID = "send an opaque id, such as a UUID or the key of a row"
_MENDS = {
    "event": "name the event <element>.<action>",
    "type": "send the type of the call, such as track",
}


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A message that may leave. It is the very message that came if nothing had to go.

    ``redactions`` is what this call removed; ``context.privacy.redacted`` has it too, behind what
    an earlier guard removed.
    """

    message: dict[str, Any]
    redactions: tuple[Redaction, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """A message that must not leave, nor be stored or logged, with each reason.

    ``message_id`` is None when the id itself is a leak.
    """

    message_id: str | None
    violations: tuple[Violation, ...]


class Guard:
    """Removes what must not be tracked from messages, as a policy says.

    No call raises for any JSON value, changes what it was given, or takes longer than linear time.
    A guard keeps texts that it found to be safe; one guard serves a whole process.
    """

    def __init__(self, policy: Policy | None = None) -> None:
        self._policy = policy or Policy()
        self._values = Values(self._policy)
        self._anonymous = AnonymousUsers()

    def foresee(self, items: Iterable[Json]) -> None:
        """Note who of these facts or messages is tracked without a name, before the first is scrubbed.

        So what was said of them before, and waits with it, loses the names too.
        """
        for item in items:
            self._anonymous.learn(item)

    def scrub(self, message: Json) -> Scrubbed | Blocked:
        """The message without what a rule catches, or the reasons why it must not leave.

        To scrub what was scrubbed changes nothing.
        """
        data = as_object(message)
        if data is None:
            reason = f"expected an object, got {kind_of(message)}"
            return Blocked(None, (Violation("message", "not_an_object", reason),))
        return _Scrubbing(self._policy, self._values, self._anonymous, data).result()

    def strip(self, value: Json) -> tuple[Json, tuple[Redaction, ...]]:
        """Any JSON value without what a rule catches, for dead letters and logs.

        Nothing is refused, and ids that a message would need are removed like everything else.
        """
        data = as_object(value)
        if data is not None:
            scrubbing = _Scrubbing(self._policy, self._values, self._anonymous, data)
            return scrubbing.cleaned(), tuple(scrubbing.sweep.redactions)
        sweep = Sweep(self._values)
        kept = sweep.value(value, "value")
        return None if kept is GONE else kept, tuple(sweep.redactions)

    def rule_of(self, text: str) -> str | None:
        """The rule that a single text breaks, None when it may be sent, stored and logged."""
        return self._values.rule_of_text(text, self._values.positions[Place.TEXT])

    def may_be_id(self, text: str) -> bool:
        """Whether the text may be sent, stored and logged as an id."""
        return self._values.rule_of_text(text, self._values.positions[Place.ID]) is None


class _Scrubbing:
    """One message on its way through the guard."""

    __slots__ = ("_anonymous", "_data", "_policy", "_values", "sweep")

    def __init__(
        self, policy: Policy, values: Values, anonymous: AnonymousUsers, data: dict[str, Json]
    ) -> None:
        self._policy = policy
        self._anonymous = anonymous
        self._values = values
        self._data = data
        self.sweep = Sweep(values)

    def result(self) -> Scrubbed | Blocked:
        """The message, or why it cannot leave."""
        cleaned = self.cleaned()
        redactions = self.sweep.redactions
        if not redactions:
            return Scrubbed(cleaned)
        violations = (*self._refused(), *self._missing(cleaned))
        if violations:
            kept = cleaned.get("messageId")
            return Blocked(kept[:256] if isinstance(kept, str) else None, violations)
        return Scrubbed(cleaned, tuple(redactions))

    def cleaned(self) -> dict[str, Json]:
        """The message without what was caught, and with the record of it."""
        cleaned = self.sweep.mapping(
            self._data,
            "",
            {"properties": self._properties, "traits": self._traits, "context": self._context},
        )
        if not self.sweep.redactions:
            return cleaned
        context = as_object(cleaned.get("context")) or {}
        privacy = as_object(context.get("privacy")) or {}
        record = merged(privacy.get("redacted"), self.sweep.redactions, self._values)
        return cleaned | {"context": context | {"privacy": privacy | {"redacted": record}}}

    def _kind(self) -> str:
        kind = self._data.get("type")
        return kind if isinstance(kind, str) else ""

    def _properties(self, value: Json) -> Json:
        entries = as_object(value)
        if entries is not None and self._kind() in _VIEWS:
            # SDKs repeat the page's facts in the properties of their page calls.
            return scrub_page(entries, "properties", self.sweep, self._policy.page, is_closed=False)
        return self._plain(value, "properties")

    def _traits(self, value: Json) -> Json:
        return self._scrubbed_traits(value, "traits")

    def _context(self, value: Json) -> Json:
        entries = as_object(value)
        if entries is None:
            return self._plain(value, "context")
        return self.sweep.mapping(
            entries,
            "context",
            {
                "page": self._page,
                "section": self._section,
                "traits": lambda traits: self._scrubbed_traits(traits, "context.traits"),
                "campaign": self._campaign,
                "referrer": self._referrer,
                "ip": self._ip,
                "privacy": self._privacy,
            },
        )

    def _plain(self, value: Json, field: str) -> Json:
        entries = as_object(value)
        if entries is None:
            return self.sweep.value(value, field)
        return self.sweep.mapping(entries, field)

    def _page(self, value: Json) -> Json:
        entries = as_object(value)
        if entries is None:
            return self._forbidden(value, "context.page", "page_not_allowed")
        return scrub_page(entries, "context.page", self.sweep, self._policy.page, is_closed=True)

    def _section(self, value: Json) -> Json:
        entries = as_object(value)
        if entries is None:
            return self._plain(value, "context.section")
        return self.sweep.mapping(entries, "context.section", {"path": self._section_path})

    def _section_path(self, value: Json) -> Json:
        """Names, and not the path of a file or an address, which might stay under such a key."""
        return self.sweep.value(value, "context.section.path", "name")

    def _scrubbed_traits(self, value: Json, field: str) -> Json:
        entries = as_object(value)
        if entries is None:
            return self.sweep.value(value, field)
        if not entries:
            return entries
        policy = self._policy.traits
        anonymize = policy.anonymize or self._anonymous.covers(self._data)
        return scrub_traits(entries, field, self.sweep, policy, anonymize=anonymize)

    def _campaign(self, value: Json) -> Json:
        return scrub_campaign(value, self.sweep, self._policy.page)

    def _referrer(self, value: Json) -> Json:
        return scrub_referrer(value, self.sweep, self._policy.page)

    def _ip(self, value: Json) -> Json:
        if value == "0.0.0.0":  # noqa: S104 - what Segment's SDKs send for nobody's address
            return value
        return self._forbidden(value, "context.ip", "ip_address")

    def _privacy(self, value: Json) -> Json:
        """The record of an earlier guard is kept, as far as it is one."""
        entries = as_object(value)
        if entries is None:
            return self.sweep.value(value, "context.privacy")
        others = {key: item for key, item in entries.items() if key != "redacted"}
        swept = self.sweep.mapping(others, "context.privacy")
        if "redacted" not in entries:
            return entries if swept is others else swept
        record = merged(entries["redacted"], (), self._values)
        if swept is others and record == entries["redacted"]:
            return entries
        return swept | {"redacted": record}

    def _forbidden(self, value: Json, field: str, rule: str) -> Json:
        if self._values.ignored(rule):
            return self._plain(value, field)
        if not value:
            return value
        self.sweep.note(field, rule)
        return GONE

    def _refused(self) -> list[Violation]:
        if not self._policy.actions:
            return []
        return [
            Violation(
                redaction.field,
                redaction.rule,
                f"looks like {RULES[redaction.rule]}, which the policy refuses; send it without",
            )
            for redaction in self.sweep.redactions
            if self._policy.action(redaction.rule) is Action.REFUSE
        ]

    def _missing(self, cleaned: dict[str, Json]) -> list[Violation]:
        """What the message cannot do without, and had to lose."""
        needed = _NEEDED.get(self._kind(), _ALWAYS_NEEDED)
        if not (cleaned.get("anonymousId") or cleaned.get("userId")):
            needed |= {"anonymousId", "userId"}
        return [
            Violation(
                redaction.field,
                redaction.rule,
                f"looks like {RULES[redaction.rule]}; {_MENDS.get(redaction.field, _SEND_AN_ID)}",
            )
            for redaction in self.sweep.redactions
            if redaction.field in needed
        ]
